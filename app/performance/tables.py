"""The table of a comparison: the same cells on the page, in CSV and in XLSX. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from app.performance import words
from app.performance.comparing import Line, Shown
from app.performance.figures import DRAWN, FIGURES, HOURS, MEAN, Figure

# What stands beside the chosen figure.
MAIN: Final = (
    "response_met",
    "resolution_met",
    "mean_time_to_restore",
    "first_contact_fix",
    "reopen_rate",
    "csat",
)
COUNTED: Final = ("reported", "resolved")


def beside(figure: str) -> tuple[Figure, ...]:
    return tuple(FIGURES[key] for key in MAIN if key != figure)


def headings(figure: Figure, who: str, *, is_compared: bool) -> list[str]:
    found = [who, *(words.FIGURE_WORDS[key] for key in COUNTED), *_headings_of(figure)]
    if figure.key in DRAWN:
        found += ["Interval from (95 %)", "Interval to (95 %)"]
        if is_compared:
            found += ["Expected of its mix", "Verdict", "Verdict without the correction"]
    for one in beside(figure.key):
        found += [f"{one.title}: {words}" for words in _parts_of(one)]
    return found


def row(line: Line, figure: Figure, *, is_compared: bool) -> list[Any]:
    counts, one = line.counts, line.figures[figure.key]
    found = [line.named.name, *(counts.get(key, 0) for key in COUNTED), *_cells(one)]
    if figure.key in DRAWN:
        is_few = one.denominator < words.FEWEST
        found += [None, None] if is_few else [_exact(one.low), _exact(one.high)]
        if is_compared:
            found += [
                None if is_few else _exact(one.expected, 2),
                words.flag_words(figure, one.flag),
                words.flag_words(figure, one.plain_flag),
            ]
    for other in beside(figure.key):
        found += _cells(line.figures[other.key])
    return found


def rows(lines: Sequence[Line], figure: Figure, *, is_compared: bool) -> list[list[Any]]:
    return [row(one, figure, is_compared=is_compared) for one in lines]


def _headings_of(figure: Figure) -> list[str]:
    return [f"{figure.title}: {one}" for one in _parts_of(figure)]


def _parts_of(figure: Figure) -> list[str]:
    if figure.kind != MEAN:
        return ["counted", "out of", "share"]
    hours = ", hours" if figure.unit == HOURS else ""
    return [f"sum{hours}", "of how many", f"mean{hours}", *_median_heading(figure, hours)]


def _median_heading(figure: Figure, hours: str) -> list[str]:
    return [f"median{hours}"] if figure.median_of else []


def _cells(one: Shown) -> list[Any]:
    """Of a share of fewer than five no share: what it is made of says enough."""
    figure = one.figure
    if figure.kind != MEAN:
        is_few = figure.key in DRAWN and one.denominator < words.FEWEST
        return [one.numerator, one.denominator, None if is_few else _exact(one.rate)]
    found = [_exact(one.numerator / figure.unit, 2), one.denominator, _exact(one.rate, 2)]
    return [*found, _exact(one.median, 2)] if figure.median_of else found


def _exact(value: float | None, digits: int = 4) -> Decimal | None:
    return None if value is None else Decimal(f"{value:.{digits}f}")
