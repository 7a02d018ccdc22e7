"""When a mail about an incident may go: not before its receiver is at work, where the school has
asked for that or has said when it is open.

A school that has said neither gets its mail at once, at any hour: nobody has agreed hours with it.

Nobody waits through the holidays. Where it would be for more than four days, mail waits only until
the school or the LA would open on an ordinary weekday: in August a SPOC reads it at eight the next
morning, or when back, and not all of it on the first day of term.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from app import clock
from app.calendar_days import AnyCalendar, Calendar, Changing, day_of
from app.contracts.queries import agreement_in_force
from app.contracts.rules import Kind
from app.incidents.models import Incident
from app.notifications.rules import Topic
from app.people.identity import Me
from app.reachability.queries import desk_here
from app.service_hours import NeverOpen, next_opening

# Of these nobody waits: the whole school stands still.
_URGENT = 1
_RECEIPT = ("incident.logged", Topic.REPORTS)
LONGEST_WAIT = timedelta(days=4)


@dataclass(frozen=True)
class Quiet:
    """The hours of the school's people and of the LA's; None: mail goes at once."""

    school: AnyCalendar | None = None
    la: AnyCalendar | None = None

    def until(
        self, now: datetime, event: Any, incident: Incident, person: Me | None, topic: str
    ) -> datetime:
        """When it goes out. `person` is None for a reporter without an account."""
        if incident.priority == _URGENT or (event.kind, topic) == _RECEIPT:
            return now
        # Whoever is both works for the school here.
        is_at_la = person is not None and not person.membership_ids
        hours = self.la if is_at_la else self.school
        return now if hours is None else _next_opening(hours, now)

    def at_school(self, now: datetime) -> datetime:
        return now if self.school is None else _next_opening(self.school, now)

    def at_la(self, now: datetime) -> datetime:
        return now if self.la is None else _next_opening(self.la, now)


def quiet_here() -> Quiet:
    """Of the school acted in."""
    desk = desk_here(is_fresh=True)
    if not desk.is_quiet_when_closed:
        return Quiet()
    return Quiet(desk.rota.days, _hours_of_la())


def _hours_of_la() -> AnyCalendar | None:
    try:
        return agreement_in_force(Kind.SLA, clock.today()).calendar
    except LookupError:
        return None


def _next_opening(hours: AnyCalendar, now: datetime) -> datetime:
    at = _opening(hours, now)
    if at is None or at - now > LONGEST_WAIT:
        at = _opening(_any_week(hours, now), now)
    return now if at is None else at


def _opening(hours: AnyCalendar, now: datetime) -> datetime | None:
    try:
        return next_opening(hours, now)
    except NeverOpen:
        return None


def _any_week(hours: AnyCalendar, now: datetime) -> AnyCalendar:
    """The same hours in a week of no holidays; bank holidays stay."""
    if isinstance(hours, Changing):
        hours = hours.on(day_of(now))
    if not isinstance(hours, Calendar):
        return hours
    none: frozenset[Any] = frozenset()
    return replace(hours, terms=None, closures=none, inset_days=none)
