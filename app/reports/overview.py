"""A school at a glance [M30]: what is open and whose turn it is, which rooms and things fault again
and again, and this term beside the last. Sums of a term come from the roll-ups; what is open
now is counted now."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import and_, func, select

from app import clock
from app.assets.models import Asset
from app.contracts.kept import here
from app.contracts.school_terms import Span, whole_terms
from app.incidents.models import Incident
from app.incidents.queries import visible_to
from app.locations.models import Location
from app.people.identity import Me
from app.performance.models import EVERY
from app.performance.periods import A_DAY
from app.performance.sight import sight_of
from app.performance.totals import Asked, Counts, by_kind
from tenants import current_school_id, db

_LOOKED_BACK = timedelta(days=90)
MOST_ROOMS = 5
# Once is chance, twice is a pair: from three on something is wrong with it.
REPEATED = 3


class Turn(NamedTuple):
    party: str
    open: int
    overdue: int


class Place(NamedTuple):
    key: str
    words: str
    faults: int


class Term(NamedTuple):
    """`sums` by kind of agreement; under "" those of every incident."""

    first: date
    last: date  # the last day that is counted
    sums: dict[str, Counts]

    @property
    def counts(self) -> Counts:
        return self.sums.get(EVERY, {})

    @property
    def reported(self) -> int:
        return self.counts.get("reported", 0)

    @property
    def resolved(self) -> int:
        return self.counts.get("resolved", 0)


class Overview(NamedTuple):
    turns: list[Turn]
    due_today: int
    rooms: list[Place]
    assets: list[Place]
    this_term: Term | None
    last_term: Term | None

    @property
    def open(self) -> int:
        return sum(one.open for one in self.turns)

    @property
    def overdue(self) -> int:
        return sum(one.overdue for one in self.turns)


def overview(person: Me, now: datetime) -> Overview:
    """Six statements, whatever the school has."""
    today = now.astimezone(clock.LONDON).date()
    this, last = _terms(today)
    return Overview(
        _turns(person, now),
        _due_before(person, now, _midnight(today + timedelta(days=1))),
        _rooms(person, now),
        _assets(person, now),
        _term(person, this, today) if this else None,
        # As many days of it, so that the two can be compared while this one goes on.
        _term(person, last, last[0] + (today - this[0])) if this and last else None,
    )


def _turns(person: Me, now: datetime) -> list[Turn]:
    late = func.count().filter(Incident.next_due_at < now)
    wanted = _seen(person, Incident.waiting_for, func.count(), late)
    wanted = wanted.where(Incident.is_open).group_by(Incident.waiting_for)
    found = [Turn(*row) for row in db.session.execute(wanted)]
    return sorted(found, key=lambda one: (-one.open, one.party))


def _due_before(person: Me, now: datetime, until: datetime) -> int:
    wanted = _seen(person, func.count()).where(
        Incident.is_open, Incident.next_due_at >= now, Incident.next_due_at < until
    )
    return db.session.scalar(wanted) or 0


def _rooms(person: Me, now: datetime) -> list[Place]:
    return _most(person, now, Location, Incident.location_id, Location.key, Location.name, 1)


def _assets(person: Me, now: datetime) -> list[Place]:
    words = func.concat_ws(" ", func.nullif(Asset.make, ""), Asset.model)
    return _most(person, now, Asset, Incident.asset_id, Asset.tag, words, REPEATED)


def _most(
    person: Me, now: datetime, thing: Any, column: Any, key: Any, words: Any, least: int
) -> list[Place]:
    """With the most faults of the last 90 days."""
    there = and_(thing.school_id == Incident.school_id, thing.id == column)
    count = func.count()
    wanted = (
        _seen(person, key, words, count)
        .join(thing, there)
        .where(Incident.type == "incident", Incident.reported_at >= now - _LOOKED_BACK)
        .group_by(key, words)
        .having(count >= least)
        .order_by(count.desc(), key)
        .limit(MOST_ROOMS)
    )
    return [Place(*row) for row in db.session.execute(wanted)]


def _term(person: Me, span: Span, until: date) -> Term:
    last = min(span[1], until)
    return Term(span[0], last, by_kind(asked_here(person, span[0], last + A_DAY)))


def asked_here(person: Me, first: date, end: date) -> Asked:
    """Figures of the school acted in, as far as this person sees them."""
    return Asked(
        first,
        end,
        school_ids=frozenset({current_school_id()}),
        sees_hidden=sight_of(person).sees_hidden,
    )


def _terms(today: date) -> tuple[Span | None, Span | None]:
    """The term that has begun, and the one before it; a holiday belongs to the term before."""
    access = here(current_school_id()).access
    terms = access.terms if access else None
    begun = [one for one in whole_terms(terms or ()) if one[0] <= today]
    this = begun[-1] if begun else None
    return this, begun[-2] if len(begun) > 1 else None


def _seen(person: Me, *columns: Any) -> Any:
    return (
        select(*columns)
        .select_from(Incident)
        .where(Incident.school_id == current_school_id(), visible_to(person))
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=clock.LONDON).astimezone(UTC)
