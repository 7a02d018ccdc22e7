"""Somebody else is in charge of the desk: noticed, and told once although several things changed.

People change in a few steps (one ends, another begins, a deputy is named), so what has become of
it is looked at some minutes after the first of them, and said if it still differs.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, or_, select

from app import clock
from app.history.actions import record
from app.history.models import Event
from app.later import Outbox, later
from app.people.models import Membership
from app.reachability.queries import SPOC_CHANGED, forget_desks
from tenants import current_school_id, db

TASK = "tell_of_spocs"
WAIT = timedelta(minutes=5)
# (person, whether as a deputy)
Spocs = list[list[Any]]


class Told(NamedTuple):
    """The event of a change."""

    at: datetime
    id: int


def look_after() -> None:
    """Before a change: remember who it is until then, unless one is being looked after already."""
    now = clock.now()
    forget_desks()
    if not _is_looked_after():
        later(TASK, at=now + WAIT, before=_spocs(_in_force(now.date())))


def settle(before: Spocs) -> Told | None:
    """After the steps of a change: what became of it, written down. None when nothing did, or when
    two began to look after it at the same moment and the other has told it."""
    now = clock.now()
    after = _spocs(_in_force(now.date()))
    if sorted(before) == after or _last_told() == after:
        return None
    return _write_down(before, after, now)


def notice(now: datetime) -> Told | None:
    """Every day: a part that ended or began by itself with the day."""
    today = now.date()
    before = _spocs(_in_force(today - timedelta(days=1)))
    after = _spocs(_in_force(today))
    if before == after or _is_looked_after() or _last_told() == after:
        return None
    return _write_down(before, after, now)


def changes_with(today: date) -> ColumnElement[bool]:
    """Memberships that begin with this day or ended with the one before."""
    return (Membership.role == "spoc") & or_(
        Membership.valid_from == today, Membership.valid_to == today - timedelta(days=1)
    )


def said_names(names: Sequence[tuple[str, bool]]) -> str:
    """`Sandra Marsh; deputies: Tom Lane and Jo Hill`."""
    in_charge = [name for name, is_deputy in names if not is_deputy]
    deputies = [name for name, is_deputy in names if is_deputy]
    said = _listed(in_charge) or "nobody"
    if not deputies:
        return said
    return f"{said}; {'deputies' if len(deputies) > 1 else 'deputy'}: {_listed(deputies)}"


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _write_down(before: Spocs, after: Spocs, now: datetime) -> Told:
    forget_desks()
    event_id = record(
        SPOC_CHANGED,
        subject_kind="school",
        subject_id=current_school_id(),
        at=now,
        by=None,
        from_value=said_names(_names(before)),
        to_value=said_names(_names(after)),
        details={"spocs": after},
        is_id_wanted=True,
    )
    assert event_id is not None
    return Told(now, event_id)


def _spocs(in_force: ColumnElement[bool]) -> Spocs:
    rows = db.session.execute(
        select(Membership.person_id, Membership.deputy_for_id.is_not(None))
        .where(Membership.school_id == current_school_id(), Membership.role == "spoc", in_force)
        .distinct()
    )
    return sorted([person_id, is_deputy] for person_id, is_deputy in rows)


def _in_force(day: date) -> ColumnElement[bool]:
    return (Membership.valid_from <= day) & or_(
        Membership.valid_to.is_(None), Membership.valid_to >= day
    )


def _names(spocs: Spocs) -> list[tuple[str, bool]]:
    """As they are called here, also those who have left."""
    rows = db.session.execute(
        select(Membership.person_id, Membership.name)
        .where(
            Membership.school_id == current_school_id(),
            Membership.person_id.in_([person_id for person_id, _ in spocs]),
        )
        .order_by(Membership.id)
    )
    called = {person_id: name for person_id, name in rows}
    return sorted((called.get(person_id, "somebody"), is_deputy) for person_id, is_deputy in spocs)


def _is_looked_after() -> bool:
    waiting = select(Outbox.id).where(
        Outbox.school_id == current_school_id(),
        Outbox.task == TASK,
        Outbox.done_at.is_(None),
        Outbox.failed_at.is_(None),
    )
    return db.session.scalar(waiting.limit(1)) is not None


def _last_told() -> Spocs | None:
    details = db.session.scalar(
        select(Event.details)
        .where(
            Event.school_id == current_school_id(),
            Event.subject_kind == "school",
            Event.subject_id == current_school_id(),
            Event.kind == SPOC_CHANGED,
        )
        .order_by(Event.at.desc(), Event.id.desc())
        .limit(1)
    )
    return details["spocs"] if details else None
