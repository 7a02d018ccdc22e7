"""The school's dashboard [M30]: how support was this term beside the last, how the months went, how
long what is open has waited. Figures come from the roll-ups, each as performance/figures says it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, NamedTuple

from app import clock
from app.incidents.rules import Party
from app.people.identity import Me
from app.performance.figures import FIGURES, HOURS, denominator, numerator
from app.performance.models import EVERY
from app.performance.periods import A_DAY, Period, before, month_of, months_of
from app.performance.totals import Counts, by_kind, months
from app.reports.backlog_age import Backlog, backlog_of
from app.reports.overview import Overview, Term, asked_here, overview
from tenants import current_school_id

# (figure, whose promise): what stands in the table of the two terms. Those of no promise are of
# every incident.
SHOWN: Final = (
    ("response_met", "sla"),
    ("resolution_met", "sla"),
    ("response_met", "ola"),
    ("resolution_met", "ola"),
    ("response_met", "uc"),
    ("resolution_met", "uc"),
    ("first_line_fix", EVERY),
    ("csat", EVERY),
    ("deflection", EVERY),
)
MONTHS_SHOWN: Final = 12


class Share(NamedTuple):
    counted: int
    of: int


class Line(NamedTuple):
    figure: str
    kind: str
    now: Share
    before: Share


class Dashboard(NamedTuple):
    glance: Overview
    # This term and the one before, or two months where no terms are known.
    now: Term
    before: Term
    lines: list[Line]
    months: list[tuple[Period, Counts]]
    backlog: Backlog

    @property
    def is_of_terms(self) -> bool:
        return self.now == self.glance.this_term


def dashboard(person: Me, now: datetime) -> Dashboard:
    """A fixed number of statements, whatever the school has."""
    found = overview(person, now)
    today = now.astimezone(clock.LONDON).date()
    this, last = found.this_term, found.last_term
    if this is None or last is None:
        this, last = _months(person, today)
    return Dashboard(
        found,
        this,
        last,
        [line for key, kind in SHOWN if (line := _line(key, kind, this, last))],
        _by_month(person, today),
        backlog_of(person, now, current_school_id()),
    )


def lesson_hours(term: Term) -> float:
    return term.counts.get("lesson_seconds", 0) / HOURS


def waited(term: Term) -> bool:
    """Whether anybody waited for anybody in it."""
    return any(term.counts.get(f"party_{party}_seconds") for party in Party)


def _line(key: str, kind: str, this: Term, last: Term) -> Line | None:
    """None where it was never counted, as of a promise that nobody made."""
    both = [_share(key, term.sums.get(kind, {})) for term in (this, last)]
    return Line(key, kind, *both) if any(one.of for one in both) else None


def _share(key: str, counts: Counts) -> Share:
    figure = FIGURES[key]
    return Share(numerator(figure, counts), denominator(figure, counts))


def _months(person: Me, today: date) -> tuple[Term, Term]:
    """As many days of the month before as of this one."""
    this = month_of(today)
    last = before(this)
    assert last is not None
    ends = (today, min(last.first + (today - this.first), last.end - A_DAY))
    this_one, last_one = (
        Term(one.first, end, by_kind(asked_here(person, one.first, end + A_DAY)))
        for one, end in zip((this, last), ends, strict=True)
    )
    return this_one, last_one


def _by_month(person: Me, today: date) -> list[tuple[Period, Counts]]:
    """The whole months of a year, from the first in which anything happened."""
    this = month_of(today).first
    found = months(asked_here(person, _a_year_before(this), this))
    wanted = list(months_of(min(found), this - A_DAY)) if found else []
    return [(one, found.get(one.first, {})) for one in wanted][-MONTHS_SHOWN:]


def _a_year_before(first: date) -> date:
    return first.replace(year=first.year - 1)


def known(found: Sequence[tuple[Period, Counts]]) -> bool:
    """Two months at least: one alone has nothing to be unlike."""
    return len(found) > 1
