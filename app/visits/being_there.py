"""Everybody who has to be there for a visit, read from what they have published."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from app.calendar_days import (
    INSET_DAY,
    AnyCalendar,
    Span,
    day_of,
    end_of_day,
    openings_on,
    why_shut,
)
from app.contracts.queries import agreement_in_force
from app.contracts.rules import Kind
from app.reachability.models import Absence, LaAbsence
from app.reachability.queries import desk_here
from app.reachability.rules import Rota, reaches_on, without
from app.visits.models import Visit
from app.visits.rules import Side, weekly
from app.visits.visitors import Visitor
from tenants import across_schools, db

STANDS = ("booked", "arrived")


class Must(NamedTuple):
    """A reporter who has to be there, and when they can be met; None says nothing of it."""

    reference: str
    periods: Sequence[Sequence[str]] | None


def sides_of(
    visitor: Visitor, musts: Iterable[Must], now: datetime, *, but: int | None = None
) -> list[Side]:
    """The school, its desk, the visitor, and reporters who must be present. `but` is the visit
    that is being moved: it does not stand in its own way."""
    busy = busy_of(visitor, now, but=but)
    rota = desk_here(is_fresh=True).rota
    return [
        _school(rota, now),
        _desk(rota),
        *_visitor(visitor, busy, now),
        *(_reporter(one) for one in musts if one.periods),
    ]


def host_at(starts_at: datetime, ends_at: datetime) -> str | None:
    """Who of the desk receives them: whoever is there at the beginning, and for longest."""
    there = [
        one
        for one in reaches_on(desk_here(is_fresh=True).rota, day_of(starts_at))
        if one.began_at <= starts_at < one.ended_at
    ]
    longest = max(there, key=lambda one: min(one.ended_at, ends_at), default=None)
    return longest.member.name if longest else None


def busy_of(visitor: Visitor, now: datetime, *, but: int | None = None) -> list[Span]:
    """The other visits of the same person, at whatever school: times, and nothing else of them."""
    times = (Visit.starts_at, Visit.ends_at)
    wanted = select(*times).where(Visit.state.in_(STANDS), Visit.ends_at > now)
    if but is not None:
        wanted = wanted.where(Visit.id != but)
    if visitor.la_membership_id is not None:
        with across_schools("when a technician is on another visit"):
            mine = wanted.where(Visit.la_membership_id == visitor.la_membership_id)
            return [(began, ended) for began, ended in db.session.execute(mine)]
    if visitor.membership_id is None:
        return []
    own = wanted.where(Visit.membership_id == visitor.membership_id)
    return [(began, ended) for began, ended in db.session.execute(own)]


def _school(rota: Rota, now: datetime) -> Side:
    """When the school lets somebody in."""
    calendar = _hours_of(Kind.OLA, now, lambda one: one.school_hours) or rota.days

    def shut(day: date) -> str | None:
        reason = why_shut(calendar, day)
        if reason is None:
            return None
        if reason == INSET_DAY:
            return f"The school has an INSET day on {said_day(day)}."
        return f"The school is closed on {said_day(day)}: {reason.removeprefix('closed: ')}."

    return Side("The school is closed {when}.", lambda day: openings_on(calendar, day), shut)


def _desk(rota: Rota) -> Side:
    def free(day: date) -> list[Span]:
        return [(one.began_at, one.ended_at) for one in reaches_on(rota, day)]

    return Side("Nobody of the desk is reachable {when}.", free)


def _visitor(visitor: Visitor, busy: Sequence[Span], now: datetime) -> list[Side]:
    """Their hours, their absences and their other visits; of an engineer nothing is known."""
    if visitor.la_membership_id is None and visitor.membership_id is None:
        return []
    name = _plain(visitor.name)
    sides = [
        Side(f"{name} is on another visit {{when}}.", lambda day: without([whole(day)], busy)),
        Side("", lambda day: [whole(day)], _away(visitor, now)),
    ]
    kind = Kind.SLA if visitor.is_of_la else Kind.OLA
    hours = _hours_of(kind, now, lambda one: one.calendar)
    if hours is not None:
        sides.append(Side(f"{name} does not work {{when}}.", lambda day: openings_on(hours, day)))
    return sides


def _reporter(must: Must) -> Side:
    periods = must.periods or ()
    return Side(
        f"The reporter of {must.reference} cannot be met {{when}}.",
        lambda day: weekly(periods, day),
    )


def _away(visitor: Visitor, now: datetime) -> Callable[[date], str | None]:
    today, name = day_of(now), visitor.name
    spans = db.session.execute(_absences_of(visitor, today)).all()

    def shut(day: date) -> str | None:
        is_away = any(first <= day <= last for first, last in spans)
        return f"{name} is away on {said_day(day)}." if is_away else None

    return shut


def _absences_of(visitor: Visitor, today: date) -> Any:
    of: Any = LaAbsence if visitor.is_of_la else Absence
    who = (
        LaAbsence.la_membership_id == visitor.la_membership_id
        if visitor.is_of_la
        else Absence.membership_id == visitor.membership_id
    )
    return select(of.first_day, of.last_day).where(
        who, of.last_day >= today, of.cancelled_at.is_(None)
    )


def _hours_of(kind: Kind, now: datetime, part: Callable[[Any], Any]) -> AnyCalendar | None:
    try:
        found: AnyCalendar | None = part(agreement_in_force(kind, day_of(now)))
    except LookupError:
        return None
    return found


def whole(day: date) -> Span:
    """A London day from its first instant to the first of the next."""
    return end_of_day(date.fromordinal(day.toordinal() - 1)), end_of_day(day)


def said_day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


def _plain(name: str) -> str:
    """A name is put into a sentence that is filled in once more."""
    return name.replace("{", "{{").replace("}", "}}")
