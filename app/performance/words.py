"""Figures in people's words: what was compared, what a flag means, how a number is said. Pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from app import clock
from app.incidents.schemas import HOLD_WORDS
from app.performance.comparing import Shown
from app.performance.counters import PAUSES
from app.performance.figures import (
    A_COUNT,
    DRAWN,
    FIGURES,
    HOURS,
    MEAN,
    TOTALS,
    Counts,
    Figure,
    denominator,
    numerator,
    rate,
)
from app.plots.words import NONE, number, per_cent, share_of

# A share of fewer than these is said as "2 of 3": no percentage, no flag (domain.md 4.4).
FEWEST: Final = 5

BY_WORDS: Final = {
    "school": "School",
    "contract": "Agreement",
    "supplier": "Supplier",
    "priority": "Priority",
}
KIND_WORDS: Final = {"sla": "The LA’s (SLA)", "ola": "The school desk’s (OLA)", "uc": "Suppliers’"}
KINDS_SAID: Final = {
    "sla": "what the LA promised",
    "ola": "what the school’s desk promised",
    "uc": "what suppliers promised",
}
TYPE_WORDS: Final = {"incident": "Incidents", "request": "Requests"}
PRIORITY_WORDS: Final = {
    **{f"P{level}": f"P{level}" for level in range(1, 5)},
    "unchecked": "Not checked yet",
}
PART_WORDS: Final = {"numerator": "counted", "denominator": "in all, of which some are counted"}
# So that a number is never parted from its unit at the end of a line.
_FIXED: Final = "\u00a0"
PARTY_WORDS: Final = {
    "reporter": "Reporter",
    "school_desk": "School’s desk",
    "tech_advisor": "Tech Advisor",
    "first_line": "First line",
    "second_line": "Second line",
    "supplier": "Supplier",
}
PAUSE_WORDS: Final = {
    **HOLD_WORDS,
    "reopened": "Between resolved and reopened",
    "with_school": "Back with the school",
}
TITLES: Final = {key: one.title for key, one in FIGURES.items()}
FIGURE_WORDS: Final = {**TITLES, **TOTALS}
_TOTAL_SENTENCES: Final = {
    "reported": "Incidents and requests reported in the period.",
    "resolved": "Incidents and requests whose last resolution lies in the period.",
    "cancelled": "Incidents and requests cancelled in the period.",
    "class_stopped": "Reported in the period as having stopped a class.",
    "priority_overridden": "Reported in the period, with a priority that somebody set by hand.",
}
_SIDES: Final = {
    "low_95": ("lower", "alert, 95 %"),
    "low_998": ("lower", "alarm, 99.8 %"),
    "high_95": ("higher", "alert, 95 %"),
    "high_998": ("higher", "alarm, 99.8 %"),
}


def sentence_of(key: str) -> str:
    """What a figure counts."""
    return FIGURES[key].sentence if key in FIGURES else _TOTAL_SENTENCES[key]


def flag_words(figure: Figure, flag: str | None) -> str:
    """An alarm is only what is worse than chance explains; what is better is said as such."""
    if flag is None:
        return ""
    if flag in _SIDES:
        side, how = _SIDES[flag]
        is_better = figure.is_more_better is not None and (
            (side == "higher") == figure.is_more_better
        )
        how = how.split(", ")[1] if is_better else how
        good = "for the better; " if is_better else ""
        return f"{side.capitalize()} than chance explains ({good}{how})"
    return {"within": "Within expected variation", "too_few": "Too few to say"}[flag]


def verdict(one: Shown) -> str:
    """With the plain flag beside it where the correction calmed it."""
    said = flag_words(one.figure, one.flag)
    if one.plain_flag in (None, one.flag):
        return said
    plain = flag_words(one.figure, one.plain_flag)
    return f"{said}; without the correction: {plain[:1].lower()}{plain[1:]}"


def is_loud(flag: str | None) -> bool:
    return flag in _SIDES


def value(one: Shown) -> str:
    """`87.2 %`, `12.30 h`, `2 of 3` of fewer than five, `–` where there is nothing to divide by."""
    if not one.denominator:
        return NONE
    if one.figure.kind == MEAN:
        return f"{mean(one.rate)}{_unit(one.figure)}"
    if is_few(one):
        return f"{one.numerator} of {one.denominator}"
    return _tight(share_of(one.numerator, one.denominator))


def is_few(one: Shown) -> bool:
    """A share of fewer than five says what it is made of, and nothing more."""
    return one.figure.key in DRAWN and one.denominator < FEWEST


def _tight(text: str) -> str:
    return text.replace(" %", f"{_FIXED}%")


def plain_value(figure: Figure, counts: Counts) -> str:
    """The same of sums that are compared with nothing, with what it is made of."""
    one = Shown(
        figure, numerator(figure, counts), denominator(figure, counts), rate(figure, counts)
    )
    said = value(one)
    above, below = made_of(one)
    if is_few(one) or not one.denominator:
        return said
    return f"{said} ({above}{joined(figure)}{below})"


def joined(figure: Figure) -> str:
    """A share is 41 of 47, a mean 12.30 h over 5."""
    return " over " if figure.kind == MEAN else " of "


def mean(found: float | None) -> str:
    return NONE if found is None else f"{found + 1e-9:,.2f}"


def median_words(one: Shown) -> str:
    return "" if one.median is None else f"{mean(one.median)}{_unit(one.figure)}"


def interval(one: Shown) -> str:
    if one.low is None or one.high is None or one.denominator < FEWEST:
        return NONE
    return _tight(f"{per_cent(one.low)} to {per_cent(one.high)}")


def expected_words(one: Shown) -> str:
    """How many, and which share of them, were each priority met as often as everywhere."""
    if one.expected is None or one.denominator < FEWEST:
        return NONE
    return _tight(f"{number(one.expected, 1)} ({per_cent(one.expected / one.denominator)})")


def made_of(one: Shown) -> tuple[str, str]:
    """Numerator and denominator, in what people count."""
    return (
        amount(one.figure.numerator[0], one.numerator),
        amount(one.figure.denominator[0], one.denominator),
    )


def amount(counter: str, count: int) -> str:
    """A counter's sum in its own unit."""
    if counter.endswith("_seconds"):
        return f"{count / HOURS + 1e-9:,.2f}{_FIXED}h"
    if counter.startswith("minutes_"):
        return f"{count:,}{_FIXED}min"
    return f"£{count / 100:,.2f}" if counter.endswith("_pence") else f"{count:,}"


def span(first: date, end: date) -> str:
    """[first, end) as people say it, with its last day."""
    last = end - timedelta(days=1)
    if first == last:
        return said_day(first)
    return f"{said_day(first)} to {said_day(last)}"


def last_day(end: date) -> str:
    return said_day(end - timedelta(days=1))


def money(amount: str) -> str:
    """`£1,131.98`"""
    return f"£{Decimal(amount):,.2f}"


def moment(at: datetime) -> str:
    """`26 November, 14:05`, in London."""
    here = at.astimezone(clock.LONDON)
    return f"{here.day} {here:%B, %H:%M}"


def said_day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _unit(figure: Figure) -> str:
    return "" if figure.unit == A_COUNT else f"{_FIXED}h"


assert set(PAUSES) <= set(PAUSE_WORDS)
