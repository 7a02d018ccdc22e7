"""Who of a desk can be reached when: periods, absences and the calendar in, stretches of time out.

Pure: every instant comes in as an argument. At or after the end of a period it no longer counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

from app.calendar_days import Calendar, Hours, Span, day_of, openings_on

# The usual hours of a desk that has published none (domain.md 3.4, STD).
USUAL_HOURS: Hours = (time(8), time(17))
USUAL_WEEK: tuple[tuple[Hours, ...], ...] = ((USUAL_HOURS,),) * 5 + ((),) * 2
SCHOOL_DAYS_AHEAD = 5
# Nobody looks further: the longest holiday is over by then.
LOOK_AHEAD = timedelta(days=60)


@dataclass(frozen=True)
class Member:
    """Somebody of the desk. `is_spoc`: the single point of contact or a deputy, and in charge of
    it whether they published anything or not."""

    id: int
    person_id: int
    name: str
    is_spoc: bool = True
    deputy_for: int | None = None
    job_role: str | None = None
    first_day: date = date.min
    last_day: date = date.max

    def belongs_on(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day


@dataclass(frozen=True)
class Period:
    member: int
    weekday: int
    begins: time
    ends: time
    is_term_only: bool = True


@dataclass(frozen=True)
class Away:
    """From the first day to the last, both included."""

    member: int
    first_day: date
    last_day: date
    cover: int | None = None

    def is_on(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day


@dataclass(frozen=True)
class Rota:
    """All that says who can be reached at one school. `days` is when the school is open, in term
    and not on INSET days; of `year` only bank holidays and closures count."""

    members: tuple[Member, ...]
    periods: tuple[Period, ...]
    aways: tuple[Away, ...]
    days: Calendar
    year: Calendar
    # False: nobody has said anything yet, and the periods are the usual ones.
    is_published: bool = True

    def member(self, number: int) -> Member | None:
        return next((one for one in self.members if one.id == number), None)

    @property
    def spocs(self) -> tuple[Member, ...]:
        return tuple(one for one in self.members if one.is_spoc)


class Reach(NamedTuple):
    """A stretch in which somebody can be reached; `instead_of` whom they cover, if anybody."""

    began_at: datetime
    ended_at: datetime
    member: Member
    instead_of: Member | None = None


@dataclass(frozen=True)
class Now:
    """One member as things stand: until when they can be reached, or when next."""

    member: Member
    until: datetime | None
    next_at: datetime | None
    is_away: bool


def reaches_on(rota: Rota, day: date) -> list[Reach]:
    """Who can be reached on one London day, in order of time."""
    found = []
    for one in rota.members:
        spans = _agreed(rota, one, day)
        if not spans:
            continue
        standing_in = _who_stands_in(rota, one, day)
        if standing_in is not None:
            instead_of = None if standing_in is one else one
            found += [Reach(*span, standing_in, instead_of) for span in spans]
    return sorted(found, key=lambda reach: (reach.began_at, reach.ended_at, reach.member.id))


def reaches(rota: Rota, day_from: date, day_to: date) -> list[Reach]:
    """The same for several days, both included."""
    return [reach for day in _days(day_from, day_to) for reach in reaches_on(rota, day)]


def stands(rota: Rota, now: datetime) -> list[Now]:
    """Everybody of the desk who has or covers a period, or is in charge of it; in reach first."""
    today, ahead = day_of(now), _spans_ahead(rota, now)
    away = {one.member for one in rota.aways if one.is_on(today)}
    found = [
        Now(one, *ahead.get(one.id, (None, None)), one.id in away)
        for one in rota.members
        if one.belongs_on(today)
    ]
    shown = [one for one in found if one.member.is_spoc or one.until or one.next_at]
    return sorted(shown, key=lambda one: (one.until is None, one.member.deputy_for is not None))


def agreed_on(rota: Rota, day: date) -> list[Span]:
    """The times at which somebody said to be reachable, whether they are away or not."""
    return joined(span for one in rota.members for span in _agreed(rota, one, day))


def uncovered_on(rota: Rota, day: date) -> list[Span]:
    """When nobody covers though somebody should: agreed times of people who are away, or on a day
    for which nothing was agreed, all the time that the school is open."""
    is_open = openings_on(rota.days, day)
    if not is_open:
        return []
    wanted = agreed_on(rota, day) or joined(is_open)
    return without(wanted, [(one.began_at, one.ended_at) for one in reaches_on(rota, day)])


def gaps_on(rota: Rota, day: date) -> list[Span]:
    """When the school is open and nobody can be reached ("ideally throughout every school day")."""
    covered = [(one.began_at, one.ended_at) for one in reaches_on(rota, day)]
    return without(joined(openings_on(rota.days, day)), covered)


def is_uncovered(rota: Rota, now: datetime) -> bool:
    return any(began <= now < ended for began, ended in uncovered_on(rota, day_of(now)))


def school_days_from(days: Calendar, day: date, many: int = SCHOOL_DAYS_AHEAD) -> list[date]:
    """The next days on which the school is open, from this one on."""
    found: list[date] = []
    for ahead in _days(day, day + LOOK_AHEAD):
        if openings_on(days, ahead):
            found.append(ahead)
            if len(found) == many:
                break
    return found


def uncovered_days(rota: Rota, now: datetime) -> list[tuple[date, list[Span]]]:
    """Of the coming school days those on which nobody covers, with the times that are still
    ahead."""
    found = []
    for day in school_days_from(rota.days, day_of(now)):
        spans = [(max(a, now), b) for a, b in uncovered_on(rota, day) if b > now]
        if spans:
            found.append((day, spans))
    return found


def usual_periods(members: Iterable[Member]) -> tuple[Period, ...]:
    """What holds until a desk publishes anything: the usual week, for whoever is in charge."""
    return tuple(
        Period(one.id, weekday, *USUAL_HOURS, is_term_only=False)
        for one in members
        if one.is_spoc
        for weekday, hours in enumerate(USUAL_WEEK)
        if hours
    )


def joined(spans: Iterable[Span]) -> list[Span]:
    """In order, those that touch or overlap made one."""
    found: list[Span] = []
    for began, ended in sorted(spans):
        if found and began <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], ended))
        elif began < ended:
            found.append((began, ended))
    return found


def without(spans: Sequence[Span], taken: Iterable[Span]) -> list[Span]:
    """What is left of the spans; both may overlap."""
    left = joined(spans)
    for began, ended in joined(taken):
        left = [
            piece
            for opens, closes in left
            for piece in ((opens, min(closes, began)), (max(opens, ended), closes))
            if piece[0] < piece[1]
        ]
    return left


def _spans_ahead(rota: Rota, now: datetime) -> dict[int, tuple[datetime | None, datetime | None]]:
    """For each member who is ever to be reached: until when they are now, or from when next."""
    today = day_of(now)
    pending = {one.member for one in rota.periods} | {one.cover for one in rota.aways if one.cover}
    found: dict[int, tuple[datetime | None, datetime | None]] = {}
    for day in _days(today, today + LOOK_AHEAD):
        if not pending:
            break
        on_the_day = reaches_on(rota, day)
        for number in list(pending):
            mine = [(one.began_at, one.ended_at) for one in on_the_day if one.member.id == number]
            ahead = [span for span in joined(mine) if span[1] > now]
            if ahead:
                began, ended = ahead[0]
                found[number] = (ended, None) if began <= now else (None, began)
                pending.discard(number)
    return found


def _agreed(rota: Rota, member: Member, day: date) -> list[Span]:
    if not member.belongs_on(day):
        return []
    spans: list[Span] = []
    for is_term_only in (True, False):
        hours = tuple(
            (one.begins, one.ends)
            for one in rota.periods
            if one.member == member.id
            and one.weekday == day.weekday()
            and one.is_term_only == is_term_only
        )
        if hours:
            days = rota.days if is_term_only else rota.year
            spans += openings_on(_calendar(days, day.weekday(), hours), day)
    return joined(spans)


@lru_cache(maxsize=4096)
def _calendar(days: Calendar, weekday: int, hours: tuple[Hours, ...]) -> Calendar:
    """The same days with these hours on one of them. Hours may overlap; the spans are joined."""
    return replace(days, week=tuple(hours if one == weekday else () for one in range(7)))


def _who_stands_in(rota: Rota, member: Member, day: date) -> Member | None:
    """The member, or whoever covers; a cover that is away themselves may have one in turn."""
    asked: set[int] = set()
    one: Member | None = member
    while one is not None and one.id not in asked:
        asked.add(one.id)
        away = [each for each in rota.aways if each.member == one.id and each.is_on(day)]
        if not away:
            return one if one.belongs_on(day) else None
        cover = next((each.cover for each in away if each.cover is not None), None)
        one = rota.member(cover) if cover is not None else None
    return None


def _days(first: date, last: date) -> Iterable[date]:
    return (date.fromordinal(one) for one in range(first.toordinal(), last.toordinal() + 1))
