"""Set an implementation up, keep its milestones, say how it stands (S2: new designs)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from app import clock
from app.catalogue.actions import changed_in, told
from app.errors import NotThere, Refused, wrong
from app.history.actions import record
from app.people.identity import Me
from app.problems_log.queries import problem_numbered
from app.progress import rules
from app.progress.models import Implementation, Milestone
from app.progress.queries import change_named, milestones_of
from app.progress.schemas_implementing import MOST_MILESTONES
from app.progress.told import tell_of
from tenants import db
from tenants.numbers import take_number

_STEP = {"in_hand": "begun", "done": "done", "stopped": "stopped"}


def add(*, by: Me, milestones: Sequence[dict[str, Any]] = (), **said: Any) -> Implementation:
    columns = _columns(said)
    found = Implementation(
        number=take_number("implementation"), status="planned", created_by=by.name, **columns
    )
    db.session.add(found)
    db.session.flush()
    for position, one in enumerate(milestones, 1):
        _check_not_to_come(one.get("done_on"))
        db.session.add(Milestone(implementation_id=found.id, position=position, **one))
    if any(one.get("done_on") for one in milestones):
        found.status = "in_hand"
    db.session.flush()
    _record("implementation.added", found, by, to_value=found.title)
    return found


def change(found: Implementation, *, by: Me, **said: Any) -> None:
    status = said.pop("status", found.status)
    reason = said.pop("reason", found.reason)
    changed = changed_in(found, _columns(said))
    db.session.flush()
    if changed:
        _record("implementation.changed", found, by, **told(changed))
    if status != found.status:
        move(found, status, by=by, reason=reason)


def move(found: Implementation, status: str, *, by: Me, reason: str | None = None) -> None:
    if status not in rules.MAY_FOLLOW[found.status]:
        before, after = rules.STATUS_WORDS[found.status], rules.STATUS_WORDS[status]
        raise Refused(f"“{after}” does not come after “{before}”.")
    if status == "stopped" and not reason:
        raise wrong("reason", "Say why it is stopped.")
    if status == "done":
        _check_reached(found)
    before, found.status = found.status, status
    found.reason = reason if status == "stopped" else None
    db.session.flush()
    kind = f"implementation.{_STEP[status]}"
    _record(kind, found, by, from_value=before, to_value=found.title, note=found.reason)
    if status == "done":
        tell_of(found, "implementation", status, by)


def _check_reached(found: Implementation) -> None:
    left = [one for one in milestones_of([found])[found.id] if one.done_on is None]
    if left:
        raise Refused(f"“{left[0].name}” has not been reached. Mark it, or remove it, first.")


def set_milestone(
    found: Implementation,
    position: int,
    *,
    by: Me,
    name: str,
    due_on: date | None = None,
    done_on: date | None = None,
) -> Milestone:
    """That one of its milestones, or the next one after the last."""
    _check_open(found)
    _check_not_to_come(done_on)
    milestones = milestones_of([found])[found.id]
    last = milestones[-1].position if milestones else 0
    one = next((one for one in milestones if one.position == position), None)
    if one is None and (position != last + 1 or len(milestones) >= MOST_MILESTONES):
        raise NotThere
    is_new = one is None
    if one is None:
        one = Milestone(implementation_id=found.id, position=position, name=name)
        db.session.add(one)
    is_reached = done_on is not None and one.done_on is None
    one.name, one.due_on, one.done_on = name, due_on, done_on
    if is_reached and found.status == "planned":
        found.status = "in_hand"
    _touch(found)
    kind = "milestone_done" if is_reached else "milestone_changed"
    _record(f"implementation.{kind}", found, by, to_value=name, note="added" if is_new else None)
    return one


def remove_milestone(found: Implementation, position: int, *, by: Me) -> None:
    """Those behind it move up."""
    _check_open(found)
    milestones = milestones_of([found])[found.id]
    one = next((one for one in milestones if one.position == position), None)
    if one is None:
        raise NotThere
    db.session.delete(one)
    db.session.flush()
    for later in milestones:
        if later.position > position:
            later.position -= 1
            # One after the other: each takes the place that has just become free.
            db.session.flush()
    _touch(found)
    _record("implementation.milestone_removed", found, by, from_value=one.name)


def _check_open(found: Implementation) -> None:
    if found.status == "done":
        raise Refused(f"{found.title} is done. Set up another implementation instead.")


def _check_not_to_come(done_on: date | None) -> None:
    if done_on is not None and done_on > clock.today():
        raise wrong("done_on", "This day has not come yet.")


def _touch(found: Implementation) -> None:
    """Whoever has it open reads it again: its version goes up."""
    found.updated_at = clock.now()
    db.session.flush()


def _columns(said: dict[str, Any]) -> dict[str, Any]:
    columns = {name: value for name, value in said.items() if name not in ("change", "problem")}
    if "change" in said:
        change = change_named(said["change"])
        columns["change_id"] = change.id if change else None
    if "problem" in said:
        number = said["problem"]
        columns["problem_id"] = problem_numbered(number).id if number else None
    return columns


def _record(kind: str, found: Implementation, by: Me, **more: Any) -> None:
    record(
        kind,
        subject_kind="implementation",
        subject_id=found.id,
        at=clock.now(),
        by=by,
        visibility="internal",
        **more,
    )
