"""Ask for a change, write it up, and take it from one state to the next (domain.md 2.3)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from app import clock
from app.catalogue.actions import changed_in, told
from app.catalogue.critical_dates import days_words, freezing
from app.errors import NotAllowed, Refused, Wrong, wrong
from app.history.actions import record
from app.people.identity import Me
from app.people.only_one import is_only_one
from app.permissions import WORDS
from app.problems_log.queries import problem_numbered
from app.progress import rules
from app.progress.models import Change
from app.progress.told import tell_of
from tenants import db
from tenants.numbers import take_number


def ask_for(*, by: Me, **said: Any) -> Change:
    """A draft; whoever asks for it is its originator."""
    columns = _columns(said)
    columns["cost"] = columns.get("cost") or Decimal(0)
    columns["contracts_affected"] = columns.get("contracts_affected") or ""
    change = Change(
        number=take_number("change"),
        state="draft",
        originator=by.name,
        originator_person=by.person_id,
        created_by=by.name,
        **columns,
    )
    _check_dates(change, by)
    db.session.add(change)
    db.session.flush()
    _record("change.asked_for", change, by, to_value=change.title)
    return change


def write_up(change: Change, *, by: Me, **said: Any) -> None:
    """What was approved stays as it was approved: then ask for another change."""
    columns = _columns(said)
    before = {name: getattr(change, name) for name in columns}
    _check_open(change, by, {name for name in said if _is_other(change, said, name)})
    columns = {
        name: _EMPTY.get(name) if value is None and name in _EMPTY else value
        for name, value in columns.items()
    }
    changed = changed_in(change, columns)
    if {"planned_start", "planned_end", "is_urgent"} & set(changed):
        _check_dates(change, by)
    _check_still_complete(change, before)
    db.session.flush()
    if changed:
        _record("change.changed", change, by, **told(changed))


def move(
    change: Change, state: str, *, by: Me, note: str | None = None, outcome: str | None = None
) -> None:
    """To the next state, with what it needs to be said."""
    step = rules.STEPS[state]
    if not by.may(step.permission):
        raise NotAllowed(f"{WORDS[step.permission]}: your role does not allow it.")
    if change.state not in step.before:
        raise Refused(rules.refusal(change.state, state))
    is_own = step.permission == "change.approve" and _is_own(change, by)
    change.decision_note = note if "note" in step.asks else change.decision_note
    change.outcome = outcome or change.outcome
    _check_filled(change, step.needs)
    if state in ("prepared", "approved_to_implement", "implementing"):
        _check_dates(change, by)
    before, at = change.state, clock.now()
    change.state = state
    if step.permission == "change.approve" and state != "rejected":
        change.approved_by = by.name
        change.is_approved_by_originator = is_own
    if state == "implementing":
        change.started_at = at
    if state in ("implemented", "backed_out"):
        change.ended_at = at
    db.session.flush()
    said = note if "note" in step.asks else outcome
    _record(f"change.{state}", change, by, from_value=before, to_value=state, note=said)
    tell_of(change, "change", state, by)


def _is_own(change: Change, by: Me) -> bool:
    """Whether they decide about what they asked for, which only the one who is alone may do."""
    if change.originator_person != by.person_id:
        return False
    if not is_only_one(by, "change.approve"):
        raise NotAllowed("You asked for this change, so another ICT owner decides about it.")
    return True


def _check_open(change: Change, by: Me, names: set[str]) -> None:
    for name in sorted(names):
        states, permission = rules.OPEN_FOR[name]
        if change.state not in states:
            raise Refused(
                f"It stands at “{rules.STATE_WORDS[change.state]}”: what was approved stays as it "
                "was. Ask for another change instead."
            )
        is_theirs = name in rules.PLANNED and by.may("change.originate")
        if not (by.may(permission) or is_theirs):
            raise NotAllowed(f"{WORDS[permission]}: your role does not allow it.")


def _is_other(change: Change, said: dict[str, Any], name: str) -> bool:
    if name == "problem":
        return bool(_columns({"problem": said["problem"]})["problem_id"] != change.problem_id)
    value = said[name] if said[name] is not None else _EMPTY.get(name)
    return bool(getattr(change, _COLUMNS.get(name, name)) != value)


def _check_filled(change: Change, needs: tuple[str, ...]) -> None:
    missing = [rules.MISSING[name] for name in needs if not getattr(change, name)]
    if missing:
        raise Wrong({field: [sentence] for field, sentence in missing})


def _check_still_complete(change: Change, before: dict[str, Any]) -> None:
    """What a state needed stays filled in it."""
    if change.state == "draft":
        return
    emptied = [
        name
        for name in rules.STEPS["submitted"].needs
        if before.get(name) and not getattr(change, name)
    ]
    _check_filled(change, tuple(emptied))


def _check_dates(change: Change, by: Me) -> None:
    """In order, and not within days on which only urgent changes are made (N13)."""
    start, end = change.planned_start, change.planned_end
    if start and end and end < start:
        raise wrong("planned_end", "It must not end before it begins.")
    if start is None or change.is_urgent:
        return
    with db.session.no_autoflush:
        found = freezing(_day(start), _day(end or start))
    if found is not None:
        days = days_words(found.first_day, found.last_day)
        # An inspection is confidential: the days must be said, what it is need not.
        why = f" ({found.title})" if by.may("critical_date.view") else ""
        when = f"from {days}" if " to " in days else f"on {days}"
        raise Refused(
            f"Only urgent changes are made {when}{why}. Plan it for another day, or say that it "
            "is urgent."
        )


def _day(at: datetime) -> Any:
    return at.astimezone(clock.LONDON).date()


_COLUMNS = {"problem": "problem_id", "urgent": "is_urgent"}
_EMPTY: dict[str, Any] = {"cost": Decimal(0), "contracts_affected": ""}


def _columns(said: dict[str, Any]) -> dict[str, Any]:
    columns = {_COLUMNS.get(name, name): value for name, value in said.items()}
    if said.get("problem") is not None:
        columns["problem_id"] = problem_numbered(said["problem"]).id
    return columns


def _record(kind: str, change: Change, by: Me, **more: Any) -> None:
    record(
        kind,
        subject_kind="change",
        subject_id=change.id,
        at=clock.now(),
        by=by,
        visibility="internal",
        **more,
    )
