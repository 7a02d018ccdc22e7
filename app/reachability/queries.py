"""Who can be reached, of the school acted in and across schools.

All that one desk needs comes in one statement, and each process keeps it for half a minute:
the card of the desk stands on every page of a school.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as wall_time
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased

from app import clock
from app.calendar_days import day_of
from app.contracts.calendars import LaDays
from app.contracts.models import BankHoliday, LaTerm, SchoolCalendar
from app.history.models import Event
from app.people.models import LaMembership, Membership
from app.reachability import rules
from app.reachability.counted import counted_elsewhere
from app.reachability.days import open_days
from app.reachability.models import Absence, LaAbsence, ReachPeriod
from app.reachability.rules import Away, Member, Now, Period, Reach, Rota
from app.schools.desk_settings import DeskSettings
from app.shapes import instant
from tenants import School, current_school_id, db

KEPT_SECONDS = 30.0
COUNTED_SECONDS = 300.0
_MOST_KEPT = 2000
_MOST_LISTED = 500
OF_THE_DESK = ("spoc", "service_desk_owner")
SPOC_CHANGED = "school.spoc_changed"
# So long pages say that somebody else is in charge.
NEWS_FOR = timedelta(days=14)
_BEFORE, _AFTER = timedelta(days=40), timedelta(days=420)


@dataclass
class Desk:
    """One school's desk, as plain values."""

    school_id: int
    slug: str
    school: str
    rota: Rota
    phone: str | None
    email: str | None
    # Mail waits for opening hours: only where somebody has said that it should, or when they are.
    is_quiet_when_closed: bool
    changed_at: datetime | None
    change: str | None
    _card: dict[int, Card] = field(default_factory=dict)
    # The card as a page shows it, by what its reader may see; of this minute.
    drawn: dict[Any, Any] = field(default_factory=dict)

    def card(self, now: datetime) -> Card:
        """As it stands in this minute: every time in it is a whole minute."""
        minute = int(now.timestamp() // 60)
        if minute not in self._card:
            self._card, self.drawn = {minute: _card_of(self, now)}, {}
        return self._card[minute]


class Card(NamedTuple):
    """What stands on every page of a school."""

    people: tuple[Now, ...]
    phone: str | None
    email: str | None
    is_uncovered: bool
    news: str | None


class AwayIds(NamedTuple):
    membership_ids: frozenset[int]
    la_membership_ids: frozenset[int]


class _Kept:
    desks: dict[int, tuple[float, Desk]] = {}
    without_cover: tuple[float, int] = (0.0, 0)


def forget_desks() -> None:
    """After something was changed in this process."""
    _Kept.desks.clear()
    _Kept.without_cover = (0.0, 0)


def kept_desk(school_id: int) -> Desk | None:
    until, desk = _Kept.desks.get(school_id, (0.0, None))
    return desk if time.monotonic() < until else None


def desk_here(*, is_fresh: bool = False) -> Desk:
    """Of the school acted in."""
    school_id = current_school_id()
    found = None if is_fresh else kept_desk(school_id)
    if found is None:
        found = next(iter(_load(School.id == school_id)))
        if len(_Kept.desks) >= _MOST_KEPT:
            _Kept.desks.clear()
        _Kept.desks[school_id] = (time.monotonic() + KEPT_SECONDS, found)
    return found


def spoc_card(now: datetime) -> Card:
    return desk_here().card(now)


def spocs(now: datetime) -> list[dict[str, Any]]:
    """The single points of contact, for `/schools/{school}`."""
    found = {
        one.member.name: one
        for one in reversed(rules.stands(desk_here(is_fresh=True).rota, now))
        if one.member.is_spoc
    }
    return [
        {
            "name": name,
            "reachable_now": found[name].until is not None,
            "until": instant(found[name].until),
        }
        for name in sorted(found)
    ]


def reachable_spans(day_from: date, day_to: date) -> list[tuple[datetime, datetime, str]]:
    """When somebody of the desk can be reached, and who: for booking a visit."""
    found: list[Reach] = rules.reaches(desk_here(is_fresh=True).rota, day_from, day_to)
    return [(one.began_at, one.ended_at, one.member.name) for one in found]


def away_on(day: date) -> AwayIds:
    """Who is away: of the school acted in, and of the LA."""
    here = select(Absence.membership_id).where(
        Absence.school_id == current_school_id(), *_is_on(Absence, day)
    )
    at_la = select(LaAbsence.la_membership_id).where(*_is_on(LaAbsence, day))
    return AwayIds(frozenset(db.session.scalars(here)), frozenset(db.session.scalars(at_la)))


# --- across schools ---


def schools_without_cover(now: datetime) -> list[tuple[Desk, bool, list[Any]]]:
    """Active schools where nobody covers now or on one of the coming school days, by name: the
    desk, whether that is so now, and the days with their times. Runs across schools."""
    found = [
        (one, rules.is_uncovered(one.rota, now), rules.uncovered_days(one.rota, now))
        for one in _load(School.status == "active")
    ]
    return [one for one in found if one[1] or one[2]]


def how_many_without_cover(now: datetime) -> int:
    """For the head of the queue; at most five minutes old. Runs across schools."""
    until, many = _Kept.without_cover
    if time.monotonic() >= until:
        known = counted_elsewhere()
        many = len(schools_without_cover(now)) if known is None else known.many
        _Kept.without_cover = (time.monotonic() + COUNTED_SECONDS, many)
    return many


# --- one statement for everything ---


def _load(which: ColumnElement[bool]) -> Iterable[Desk]:
    today = clock.today()
    with db.session.no_autoflush:
        rows = db.session.execute(_statement(today).where(which)).all()
    return [_desk(row, today) for row in rows]


def _statement(today: date) -> Select[Any]:
    year = (today - _BEFORE, today + _AFTER)
    return select(
        School.id,
        School.slug,
        School.name,
        _rows(
            Membership,
            Membership.id,
            Membership.person_id,
            Membership.name,
            Membership.role,
            Membership.deputy_for_id,
            Membership.job_role,
            Membership.valid_from,
            Membership.valid_to,
        )
        .where(
            Membership.role.in_(OF_THE_DESK),
            or_(Membership.valid_to.is_(None), Membership.valid_to >= today),
        )
        .scalar_subquery()
        .label("members"),
        _rows(
            ReachPeriod,
            ReachPeriod.membership_id,
            ReachPeriod.weekday,
            ReachPeriod.begins,
            ReachPeriod.ends,
            ReachPeriod.term_time_only,
        )
        .scalar_subquery()
        .label("periods"),
        _rows(Absence, Absence.membership_id, Absence.first_day, Absence.last_day, Absence.cover_id)
        .where(Absence.cancelled_at.is_(None), Absence.last_day >= today - timedelta(days=1))
        .scalar_subquery()
        .label("aways"),
        select(
            func.jsonb_build_object(
                *("opening", SchoolCalendar.opening),
                *("breaks", SchoolCalendar.breaks),
                *("terms", SchoolCalendar.terms),
                *("inset_days", SchoolCalendar.inset_days),
                *("closures", SchoolCalendar.closures),
            )
        )
        .where(SchoolCalendar.school_id == School.id)
        .scalar_subquery()
        .label("calendar"),
        select(
            func.jsonb_build_array(
                DeskSettings.phone, DeskSettings.email, DeskSettings.is_quiet_when_closed
            )
        )
        .where(DeskSettings.school_id == School.id)
        .scalar_subquery()
        .label("settings"),
        select(func.jsonb_agg(BankHoliday.on))
        .where(BankHoliday.on.between(*year))
        .scalar_subquery()
        .label("holidays"),
        select(func.jsonb_agg(func.jsonb_build_array(LaTerm.first_day, LaTerm.last_day)))
        .where(LaTerm.last_day >= year[0], LaTerm.first_day <= year[1])
        .scalar_subquery()
        .label("terms"),
        select(func.jsonb_build_array(Event.at, Event.to_value))
        .where(
            Event.school_id == School.id,
            Event.subject_kind == "school",
            Event.subject_id == School.id,
            Event.kind == SPOC_CHANGED,
            Event.at > clock.now() - NEWS_FOR,
        )
        .order_by(Event.at.desc(), Event.id.desc())
        .limit(1)
        .scalar_subquery()
        .label("change"),
    ).order_by(School.name, School.id)


def _rows(of: Any, *columns: Any) -> Select[Any]:
    return select(func.jsonb_agg(func.jsonb_build_array(*columns))).where(of.school_id == School.id)


def _desk(row: Any, today: date) -> Desk:
    holidays = frozenset(_day(one) for one in row.holidays or ())
    terms = tuple(sorted((_day(first), _day(last)) for first, last in row.terms or ()))
    days = open_days(row.calendar, LaDays(holidays, terms), around=today)
    members = tuple(
        sorted(map(_member, row.members or ()), key=lambda one: (one.name.lower(), one.id))
    )
    periods = tuple(
        Period(number, weekday, _time(begins), _time(ends), is_term_only)
        for number, weekday, begins, ends, is_term_only in row.periods or ()
    )
    aways = tuple(
        Away(number, _day(first), _day(last), cover)
        for number, first, last, cover in row.aways or ()
    )
    phone, email, is_quiet = row.settings or (None, None, row.calendar is not None)
    changed_at, change = row.change or (None, None)
    return Desk(
        school_id=row.id,
        slug=row.slug,
        school=row.name,
        rota=Rota(
            members,
            periods or rules.usual_periods(members),
            aways,
            days.school,
            days.year,
            is_published=bool(periods),
        ),
        phone=phone,
        email=email,
        is_quiet_when_closed=is_quiet,
        changed_at=datetime.fromisoformat(changed_at) if changed_at else None,
        change=change,
    )


def _member(values: list[Any]) -> Member:
    number, person_id, name, role, deputy_for, job_role, first, last = values
    return Member(
        number,
        person_id,
        name,
        is_spoc=role == "spoc",
        deputy_for=deputy_for,
        job_role=job_role,
        first_day=_day(first),
        last_day=_day(last) if last else date.max,
    )


def _card_of(desk: Desk, now: datetime) -> Card:
    is_news = desk.changed_at is not None and day_of(now) <= day_of(desk.changed_at + NEWS_FOR)
    return Card(
        people=tuple(rules.stands(desk.rota, now)),
        phone=desk.phone,
        email=desk.email,
        is_uncovered=rules.is_uncovered(desk.rota, now),
        news=desk.change if is_news else None,
    )


def _is_on(of: type[Absence] | type[LaAbsence], day: date) -> tuple[Any, ...]:
    return of.first_day <= day, of.last_day >= day, of.cancelled_at.is_(None)


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _time(text: str) -> wall_time:
    return wall_time.fromisoformat(text)


# --- absences as they are written down ---


def absences_ahead() -> Sequence[Any]:
    """Of the school acted in: those that are not over, the next first."""
    away, cover = aliased(Membership), aliased(Membership)
    return db.session.execute(
        select(
            Absence.id,
            Absence.membership_id,
            away.name,
            Absence.first_day,
            Absence.last_day,
            cover.name.label("cover"),
        )
        .join(away, (away.school_id == Absence.school_id) & (away.id == Absence.membership_id))
        .outerjoin(cover, (cover.school_id == Absence.school_id) & (cover.id == Absence.cover_id))
        .where(
            Absence.school_id == current_school_id(),
            Absence.cancelled_at.is_(None),
            Absence.last_day >= clock.today(),
        )
        .order_by(Absence.first_day, Absence.id)
        .limit(_MOST_LISTED)
    ).all()


def la_absences_ahead() -> Sequence[Any]:
    """The same of the LA's own."""
    return db.session.execute(
        select(
            LaAbsence.id,
            LaAbsence.la_membership_id,
            LaMembership.name,
            LaAbsence.first_day,
            LaAbsence.last_day,
        )
        .join(LaMembership, LaMembership.id == LaAbsence.la_membership_id)
        .where(LaAbsence.cancelled_at.is_(None), LaAbsence.last_day >= clock.today())
        .order_by(LaAbsence.first_day, LaAbsence.id)
        .limit(_MOST_LISTED)
    ).all()


def la_staff() -> list[tuple[int, str]]:
    today = clock.today()
    rows = db.session.execute(
        select(LaMembership.id, LaMembership.name)
        .where(
            LaMembership.role.in_(("la_first_line", "la_second_line", "la_manager")),
            LaMembership.valid_from <= today,
            or_(LaMembership.valid_to.is_(None), LaMembership.valid_to >= today),
        )
        .order_by(LaMembership.name, LaMembership.id)
    )
    return [(number, name) for number, name in rows]
