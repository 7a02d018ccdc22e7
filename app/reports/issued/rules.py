"""Kinds of reports, their states, and what their periods are called: tables and pure functions.

Source: domain.md 4 (incident report, problem report, service report: FITS; the yearly review: the
DfE's standard for IT support).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import NamedTuple

from app.contracts.school_terms import Span, whole_terms
from app.performance.periods import Period, before, of_kind

A_DAY = timedelta(days=1)


class Kind(NamedTuple):
    title: str
    what: str  # what one reads in it
    usual: str  # the period it is usually of


# fmt: off
KINDS: dict[str, Kind] = {
    "incident": Kind("Incident report",
                     "What was reported, where, how quickly it was mended, what is still open.",
                     "half_term"),
    "problem":  Kind("Problem report",
                     "What keeps coming back: open problems, known errors and their workarounds.",
                     "half_term"),
    "service":  Kind("Service report",
                     "The term: putting right, preventing, changing, and the actions agreed.",
                     "term"),
    "review":   Kind("IT support review",
                     "The year, for governors: what was promised and kept, what it cost, whether "
                     "it fits.", "academic_year"),
}
KIND_WORDS = {key: one.title for key, one in KINDS.items()}
STATE_WORDS = {"draft": "Draft", "issued": "Issued", "superseded": "Replaced by a later one"}
STATE_COLOURS = {"draft": "yellow", "issued": "green", "superseded": "grey"}
PERIOD_WORDS = {
    "month": "A month", "half_term": "A half term", "term": "A term",
    "academic_year": "A school year", "financial_year": "A financial year",
}
RHYTHM_WORDS = {
    "month": "After every month", "half_term": "After every half term",
    "term": "After every term", "academic_year": "After every school year",
}
# Who may be told that a draft waits: they can all read it.
ROLE_WORDS = {
    "spoc": "Single points of contact", "service_desk_owner": "Service desk owner",
    "ict_owner": "ICT owner",
}
EVENT_WORDS = {
    "report.drafted":    "Drafted",
    "report.changed":    "Changed the words of: {after}",
    "report.recounted":  "Counted again",
    "report.issued":     "Issued",
    "report.superseded": "Replaced by number {after}",
    "report.discarded":  "Draft thrown away",
}
# fmt: on


def last_whole(kind: str, today: date, half_terms: Iterable[Span]) -> Period | None:
    """The latest one of that kind that is over."""
    terms = list(half_terms)
    now = of_kind(kind, today, terms)
    if now is None or now.end <= today:
        return now
    return before(now, terms)


def next_day(kind: str, today: date, half_terms: Iterable[Span]) -> date | None:
    """The day after the one that goes on; None where the terms to come are not known."""
    now = of_kind(kind, today, half_terms)
    return now.end if now is not None and now.end > today else None


def called(period: Period, half_terms: Iterable[Span] = ()) -> str:
    """As people say it, to stand after "in": the autumn term 2025, January 2026."""
    name = _NAMES.get(period.kind)
    if name is None:
        return f"the time from {day(period.first)} to {day(period.end - A_DAY)}"
    return name(period, list(half_terms))


def day(on: date) -> str:
    return f"{on.day} {on:%B %Y}"


def span_words(first: date, end: date) -> str:
    return f"{day(first)} to {day(end - A_DAY)}"


def _month(period: Period, _: list[Span]) -> str:
    return f"{period.first:%B %Y}"


def _term(period: Period, _: list[Span]) -> str:
    return f"the {_season(period.first)} term {period.first.year}"


def _half_term(period: Period, half_terms: list[Span]) -> str:
    """First or second, of the term that it lies in."""
    around = next(
        (one for one in whole_terms(half_terms) if one[0] <= period.first <= one[1]), None
    )
    which = "first" if around is None or around[0] == period.first else "second"
    season = _season(around[0] if around else period.first)
    return f"the {which} half of the {season} term {period.first.year}"


def _year(period: Period, _: list[Span]) -> str:
    what = "school" if period.kind == "academic_year" else "financial"
    return f"the {what} year {period.first.year} to {period.first.year + 1}"


def _season(first: date) -> str:
    if first.month >= 8:  # some terms begin in the last days of August
        return "autumn"
    return "summer" if first.month >= 4 else "spring"


_NAMES: dict[str, Callable[[Period, list[Span]], str]] = {
    "month": _month,
    "half_term": _half_term,
    "term": _term,
    "academic_year": _year,
    "financial_year": _year,
}
