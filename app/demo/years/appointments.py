"""What a school does by the calendar: a visit a month of the authority's engineer, and the problems
that it looks into."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random

from sqlalchemy import select

from app import clock
from app.clock import LONDON
from app.demo.years import changes, sheets, stories
from app.demo.years.scene import Cast, Later
from app.incidents.models import Incident
from app.incidents.rules import Status
from app.people.groups import Assignable
from app.problems_log import actions as problems
from app.problems_log import linking
from app.problems_log.models import Problem
from app.visits import booking, taking_place
from app.visits.models import Visit, VisitJob
from tenants import current_school_id, db

ENGINEER = "Pat Rowe of Essex ICT"
_ABORTED = 0.09
_WHY_ABORTED = ("The room was locked and nobody had the key.", "The class was in the room.")
_MOST_JOBS = 4
# Weeks after the first day until it is logged, and days from then on.
_WI_FI_AFTER, _EVERY = timedelta(weeks=30), 3
_WI_FI_DAYS, _WORKAROUND = 56, "Sit near the stage."
_BAD_LAPTOPS = date(2026, 1, 20)
_MONTHS_BETWEEN_CHANGES = 6


def plan(cast: Cast, first: date, last: date, dice: Random, then: Later) -> None:
    for day in _months(first, last):
        at = _at(day + timedelta(days=dice.randrange(4, 12)), 9)
        then(at, partial(book_visit, cast, dice, then))
    for number, day in enumerate(_months(first, last)):
        if (number + cast.house.place) % _MONTHS_BETWEEN_CHANGES == 2:
            at = _at(day + timedelta(days=2), 14)
            then(at, partial(changes.ask_for_change, cast, dice, then))
    if cast.house.place % _EVERY == 1:
        then(_at(first + _WI_FI_AFTER, 10), partial(log_wi_fi_problem, cast, dice, then))
    if stories.has_bad_model(cast.house.place) and first < _BAD_LAPTOPS:
        then(_at(_BAD_LAPTOPS, 11), partial(log_laptop_problem, cast, then))


def book_visit(cast: Cast, dice: Random, then: Later) -> None:
    numbers = db.session.scalars(
        select(Incident.number)
        .where(Incident.is_open, Incident.line > 0, Incident.is_sensitive.is_(False))
        .order_by(Incident.next_due_at, Incident.id)
        .limit(_MOST_JOBS)
    ).all()
    ahead = clock.now() + timedelta(days=dice.randrange(1, 6), hours=dice.randrange(6))
    slots = booking.next_slots(by=cast.spoc, engineer=ENGINEER, minutes=90, earliest=ahead)
    if not slots:
        return
    starts_at, ends_at = slots[0]
    visit = booking.book(
        by=cast.spoc, engineer=ENGINEER, starts_at=starts_at, ends_at=ends_at, incidents=numbers
    )
    if dice.random() < _ABORTED:
        at = starts_at + timedelta(minutes=20)
        then(at, partial(abort_visit, cast, visit.id, dice.choice(_WHY_ABORTED)))
    else:
        late = timedelta(minutes=dice.randrange(15))
        then(starts_at + late, partial(arrive_at_visit, cast, visit.id))
        then(ends_at + late, partial(leave_visit, cast, visit.id, dice))


def abort_visit(cast: Cast, visit_id: int, reason: str) -> None:
    visit = _visit(visit_id)
    if visit.state == "booked":
        taking_place.abort(visit, by=cast.second_line[0], reason=reason)


def arrive_at_visit(cast: Cast, visit_id: int) -> None:
    visit = _visit(visit_id)
    if visit.state == "booked":
        taking_place.arrive(visit, by=cast.second_line[0])


def leave_visit(cast: Cast, visit_id: int, dice: Random) -> None:
    """What became of each job is written down, and the desk signs."""
    visit = _visit(visit_id)
    if visit.state != "arrived":
        return
    by = cast.second_line[0]
    numbers = _open_jobs(visit)
    if numbers:
        jobs = [
            {
                "incident": number,
                "outcome": dice.choices(("done", "not_done", "follow_up"), (6, 1, 2))[0],
                "minutes": dice.randrange(10, 50, 5),
            }
            for number in numbers
        ]
        taking_place.write_outcomes(visit, by=by, jobs=jobs)
    taking_place.leave(visit, by=by)
    taking_place.sign(visit, by=cast.spoc)


def log_wi_fi_problem(cast: Cast, dice: Random, then: Later) -> None:
    """One that is solved in some weeks, by a change; what is reported until then is put under it."""
    problem = problems.log(
        by=cast.spoc,
        title="The Wi-Fi in the hall drops again and again",
        description="Reported every few weeks: all tablets lose the network at once.",
        raised_from="incidents",
        impact=2,
        priority=3,
    )
    now, step = clock.now(), partial(move_problem, cast, problem.id)
    then(now + timedelta(days=1), partial(give_problem, cast, problem.id))
    known = {"cause": "Two access points on one channel.", "workaround": _WORKAROUND}
    then(now + timedelta(days=6), partial(step, "known_error", **known))
    solution = {"solution": "Other channels, and less power."}
    target = now.date() + timedelta(days=70)
    planned = partial(step, "solution_planned", **solution, target_date=target)
    then(now + timedelta(days=9), planned)
    then(
        now + timedelta(days=10),
        partial(changes.ask_for_change, cast, dice, then, problem=problem.number),
    )
    for days in range(7, _WI_FI_DAYS):
        then(now + timedelta(days=days), partial(put_under_problem, cast, problem.id))
    then(now + timedelta(days=_WI_FI_DAYS + cast.house.place % 9), partial(step, "resolved"))


def log_laptop_problem(cast: Cast, then: Later) -> None:
    """Of the bad model; nobody has solved it yet."""
    name = " ".join(stories.BAD_MODEL)
    problem = problems.log(
        by=cast.spoc,
        title=f"{name} laptops fail more often than the others",
        description="Boards and batteries fail, in and out of warranty.",
        affected=name,
        raised_from="review",
        impact=2,
        priority=3,
    )
    then(clock.now() + timedelta(days=2), partial(give_problem, cast, problem.id))


def put_under_problem(cast: Cast, problem_id: int) -> None:
    """Whoever mends the same thing again says so."""
    problem = _problem(problem_id)
    wanted = select(Incident).where(
        Incident.title == sheets.WI_FI_DROPS,
        Incident.status == Status.IN_PROGRESS,
        Incident.problem_id.is_(None),
    )
    for incident in db.session.scalars(wanted.order_by(Incident.id).with_for_update()):
        linking.link(incident, problem, by=cast.manager, workaround=_WORKAROUND)


def give_problem(cast: Cast, problem_id: int) -> None:
    resolver = Assignable(cast.manager.own_name, None, cast.manager.la_membership_ids[0])
    problems.give(_problem(problem_id), resolver, 0, by=cast.manager, anyway=True)


def move_problem(cast: Cast, problem_id: int, state: str, **said: object) -> None:
    problems.move(_problem(problem_id), state, by=cast.manager, **said)


def _open_jobs(visit: Visit) -> list[int]:
    joined = (VisitJob.school_id == Incident.school_id) & (VisitJob.incident_id == Incident.id)
    wanted = (
        select(Incident.number)
        .join(VisitJob, joined)
        .where(VisitJob.visit_id == visit.id, VisitJob.outcome.is_(None), Incident.is_open)
    )
    return list(db.session.scalars(wanted.order_by(Incident.number)))


def _visit(visit_id: int) -> Visit:
    return db.session.get_one(Visit, (current_school_id(), visit_id))


def _problem(problem_id: int) -> Problem:
    return db.session.get_one(Problem, (current_school_id(), problem_id))


def _months(first: date, last: date) -> Iterator[date]:
    """The first day of each month that has a whole fortnight in the span."""
    day = first.replace(day=1)
    while day + timedelta(days=14) <= last:
        if day >= first:
            yield day
        day = (day + timedelta(days=32)).replace(day=1)


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), LONDON)
