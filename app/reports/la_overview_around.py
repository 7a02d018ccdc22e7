"""What stands around the lines of the LA's overview: everything that is of all schools together."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from app import clock
from app.people.identity import Me
from app.reports.backlog_age import Backlog, backlog_of
from app.reports.la_overview_kept import Attainment, attainment
from app.reports.la_overview_needs import Need, needs
from app.reports.la_overview_week import (
    SchoolWeek,
    Totals,
    half_terms,
    school_weeks,
    totals_of_week,
)
from tenants import across_schools


class Around(NamedTuple):
    backlog: Backlog
    week: Totals
    weeks: list[SchoolWeek]
    kept: Attainment
    needs: list[Need]


def around(person: Me, now: datetime) -> Around:
    """Not to be asked in a scope."""
    today = now.astimezone(clock.LONDON).date()
    with across_schools("the weather of the week at every school"):
        terms = half_terms()
        found = (
            backlog_of(person, now),
            totals_of_week(today),
            school_weeks(today, terms),
            attainment(today, terms),
        )
    return Around(*found, needs(person, now))
