"""How figures are put into sentences: numerator and denominator always, no percentage of fewer
than five, and what is missing is said. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from app.performance.figures import FIGURES, denominator, numerator, rate

# Of fewer than these a percentage says nothing (domain.md 4.4).
FEWEST = 5
NOTHING = "–"
_WORDS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def share(met: int, of: int) -> str:
    """`41 of 47 (87.2 %)`; of few just `2 of 3`; of none "none"."""
    if not of:
        return "none"
    return f"{met:,} of {of:,}" + ("" if of < FEWEST else f" ({percent(met, of)})")


def percent(met: int, of: int) -> str:
    if not of:
        return NOTHING
    tenths = (2 * 1000 * met + of) // (2 * of)  # half up
    return f"{tenths // 10}.{tenths % 10} %"


def many(count: int, thing: str, things: str | None = None) -> str:
    """`one problem`, `12 problems`, `no problems`."""
    words = thing if count == 1 else things or f"{thing}s"
    return f"{number(count) if count else 'no'} {words}"


def number(count: int) -> str:
    return _WORDS[count] if 0 <= count < len(_WORDS) else f"{count:,}"


def were(count: int) -> str:
    return "was" if count == 1 else "were"


def hours(value: float | None) -> str:
    if value is None:
        return NOTHING
    return f"{value:,.1f} hours" if round(value, 1) != 1 else "1.0 hour"


def minutes(count: int) -> str:
    """`45 minutes`, `12.5 hours`."""
    return many(count, "minute") if count < 120 else f"{count / 60:,.1f} hours"


def pounds(amount: str | Decimal) -> str:
    return f"£{Decimal(amount):,.2f}"


def and_(parts: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *others, last = parts
    return f"{', '.join(others)} and {last}" if others else last


def compared(now: int, then: int | None, thing: str, before: str) -> str:
    """How a count stands to the period before: `That is six fewer than the 58 reported in …`."""
    if then is None:
        return ""
    if now == then:
        return f"That is as many as in {before}."
    more = "more" if now > then else "fewer"
    return f"That is {number(abs(now - then))} {more} than the {then:,} {thing} in {before}."


def short(name: str) -> str:
    """For the heading of a column: `Autumn term 2025`."""
    return sentence(name.removeprefix("the ").removeprefix("time from "))


def sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def of_figure(key: str, counts: Mapping[str, int]) -> tuple[int, int]:
    """Numerator and denominator of a figure of all incidents."""
    figure = FIGURES[key]
    return numerator(figure, counts), denominator(figure, counts)


def mean_of(key: str, counts: Mapping[str, int]) -> float | None:
    return rate(FIGURES[key], counts)


def table(title: str, headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """Plain texts, as they are kept; numbers stay numbers so that they stand to the right."""
    return {"title": title, "headings": list(headings), "rows": [list(row) for row in rows]}
