"""Plays the days of one school in order: reports come, people act, the worker does what is due."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random

from sqlalchemy import select, update

from app import clock
from app.calendar_days import AnyCalendar
from app.contracts.queries import agreement_in_force
from app.contracts.rules import Kind
from app.demo.years import appointments, moves, office, outage, seasons, sheets, stories
from app.demo.years.moves import Move
from app.demo.years.scene import Cast, Scene
from app.errors import DeskError
from app.incidents import actions
from app.incidents.models import Incident
from app.incidents.rules import SUPPLIER_LINE
from app.later import Outbox
from app.service_hours import add_open_time
from tenants import current_school_id, db

Tasks = dict[str, Callable[..., None]]
# Mail of those days is not sent today.
_NOT_DONE = ("tell_", "send_")
# In the order of the day's work a step or two is as good as a minute.
_LEAST_MINUTES = 2
# Ten working days after it was resolved nobody may reopen it.
_MOST_MINUTES = 9 * 9 * 60
# So many reporters ask a Tech Advisor first where the school has them.
_TO_ADVISORS = 0.3
_SCHOOLS_DIFFER = 0.08


@dataclass(frozen=True)
class Span:
    first: date
    last: date
    per_week: float
    terms: seasons.Terms
    bank_holidays: frozenset[date]


@dataclass
class Played:
    """What came of it. A refusal is part of life (two at once); each sentence is counted."""

    logged: int = 0
    steps: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)


@dataclass(order=True)
class _Next:
    at: datetime
    number: int  # keeps the order of what falls on one instant
    incident_id: int | None = None
    move: Move | None = field(default=None, compare=False)
    status: str = field(default="", compare=False)
    found: tuple[int, int, str] = field(default=(3, 2, "other"), compare=False)
    # What is drawn next comes after it; a script says itself what does.
    goes_on: bool = field(default=True, compare=False)
    # Something that no single incident is about.
    act: Callable[[], None] | None = field(default=None, compare=False)


class Play:
    """One school's; to be run inside the school. Each day is committed."""

    def __init__(self, cast: Cast, span: Span, seed: int, tasks: Tasks) -> None:
        self._cast, self._span, self._tasks = cast, span, tasks
        self._dice = Random(seed)
        self._coming: list[_Next] = []
        self._count = 0
        self._calendar: AnyCalendar | None = None
        # Nobody is as quick as everybody else.
        self._pace = self._dice.lognormvariate(0, _SCHOOLS_DIFFER)
        self.played = Played()

    def run(self) -> Played:
        for at in seasons.reports(
            self._span.first,
            self._span.last,
            self._span.per_week,
            self._span.terms,
            self._span.bank_holidays,
            self._dice,
        ):
            self._push(_Next(at, 0))
        self._plan()
        day: date | None = None
        end = self._span.last + timedelta(days=1)
        while self._coming:
            coming = heapq.heappop(self._coming)
            local = coming.at.astimezone(clock.LONDON).date()
            if local >= end:
                break
            if day is not None and local != day:
                db.session.commit()
                db.session.expunge_all()
            day = local
            self._work_until(coming.at)
            with clock_at(coming.at):
                self._happen(coming)
        self._work_until(datetime.combine(end, time(0), clock.LONDON))
        db.session.commit()
        return self.played

    def _plan(self) -> None:
        span = self._span
        if stories.is_in_outage(self._cast.house.place) and stories.is_in_span(
            span.first, span.last
        ):
            times = stories.outage_times(self._dice)
            self._push(_Next(times.reported, 0, act=partial(self._report_outage, times)))
        appointments.plan(self._cast, span.first, span.last, self._dice, self._later)
        office.plan(self._cast, span.first, span.last, self._later)

    def _later(self, at: datetime, act: Callable[[], None]) -> None:
        self._push(_Next(at, 0, act=act))

    def _report_outage(self, times: stories.Times) -> None:
        incident = outage.report(self._cast, self._dice)
        self.played.logged += 1
        for step in outage.steps(times):
            self._push(
                _Next(
                    step.at,
                    0,
                    incident.id,
                    step.move,
                    step.status,
                    outage.FOUND,
                    goes_on=step.is_last,
                )
            )

    def _happen(self, coming: _Next) -> None:
        if coming.act is not None:
            self._try(_name(coming.act), coming.act)
            return
        if coming.incident_id is None:
            self._report(coming.at)
            return
        assert coming.move is not None
        wanted = select(Incident).where(Incident.id == coming.incident_id)
        incident = db.session.scalars(wanted.with_for_update()).one()
        one = Scene(incident, self._cast, self._dice, coming.found)
        # It may have moved on by itself since: then something else comes next.
        if incident.status == coming.status:
            self._try(coming.move.do.__name__, partial(coming.move.do, one))
        if coming.goes_on:
            self._go_on(one, coming.at)

    def _report(self, at: datetime) -> None:
        house = self._cast.house
        kind, told = sheets.draw(self._dice, house)
        by = self._dice.choice(self._cast.reporters)
        sheet = sheets.sheet(kind, told, self._dice, house)
        if self._cast.advisor and self._dice.random() < _TO_ADVISORS:
            sheet |= {"advice": True, "category": told.category}
        incident = actions.log_incident(by=by, **sheet)
        self.played.logged += 1
        found = (told.impact, told.urgency, told.category)
        self._go_on(Scene(incident, self._cast, self._dice, found), at)

    def _try(self, name: str, act: Callable[[], object]) -> None:
        """Without a savepoint, which costs a sixth of the time: who refuses has not written yet, and
        what is left behind by one who has is found by the questions afterwards."""
        try:
            act()
        except DeskError as refusal:
            self.played.refused[f"{name}: {refusal}"] += 1
        else:
            self.played.steps[name] += 1

    def _go_on(self, one: Scene, at: datetime) -> None:
        move = moves.draw(one)
        if move is None:
            return
        mean = move.minutes * self._pace
        if one.incident.line == SUPPLIER_LINE:
            mean *= stories.pace(one.incident.group_name, at.date())
        minutes = min(max(_LEAST_MINUTES, self._dice.expovariate(1 / mean)), _MOST_MINUTES)
        then = add_open_time(self._open_hours(), at, round(minutes * 60))
        self._push(_Next(then, 0, one.incident.id, move, one.incident.status, one.found))

    def _push(self, coming: _Next) -> None:
        self._count += 1
        coming.number = self._count
        heapq.heappush(self._coming, coming)

    def _open_hours(self) -> AnyCalendar:
        if self._calendar is None:
            self._calendar = agreement_in_force(Kind.OLA, self._span.first).calendar
        return self._calendar

    def _work_until(self, now: datetime) -> None:
        """What the worker would have done by now, each at the instant when it was due."""
        wanted = select(Outbox.id, Outbox.task, Outbox.payload, Outbox.next_try_at).where(
            Outbox.school_id == current_school_id(),
            Outbox.done_at.is_(None),
            Outbox.failed_at.is_(None),
            Outbox.next_try_at <= now,
        )
        # A task may leave another one that is due by then.
        while due := db.session.execute(wanted.order_by(Outbox.next_try_at, Outbox.id)).all():
            for _, task, payload, at in due:
                if task.startswith(_NOT_DONE):
                    continue
                with clock_at(at):
                    self._try(task, partial(self._tasks[task], **payload))
            ids = [row.id for row in due]
            db.session.execute(update(Outbox).where(Outbox.id.in_(ids)).values(done_at=now))


def _name(act: Callable[[], None]) -> str:
    inner = act.func if isinstance(act, partial) else act
    return str(getattr(inner, "__name__", "")).strip("_")


@contextmanager
def clock_at(instant: datetime) -> Iterator[None]:
    """The product reads one clock; the past is made by setting it."""
    real = clock.now
    clock.now = lambda: instant
    try:
        yield
    finally:
        clock.now = real
