"""The plots of the pages of figures, and the table of each as a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue as Answer

from app.door import requires
from app.errors import NotThere
from app.performance import drawing, many, periods, words
from app.performance.comparing import Line
from app.performance.figures import FIGURES
from app.performance.models import EVERY
from app.performance.periods import Period
from app.performance.sight import each_of, within_sight
from app.performance.totals import Counts, add_to
from app.performance.totals import months as by_month
from app.performance.totals import sums as sums_of
from app.performance.views import (
    HERE,
    LA,
    Compared,
    around,
    compare,
    every_line,
    of_everybody,
    pages,
)
from app.performance.views_asked import OnPage, read_page
from app.plots import draw
from app.web import spreadsheets

_VIEW = "performance.view"
_MONTHS_SHOWN = 13


@pages.get(f"{LA}/plot-parties.csv", defaults={"key": "parties"})
@pages.get(f"{LA}/plot-pauses.csv", defaults={"key": "pauses"})
@pages.get(f"{LA}/plot-months.csv", defaults={"key": "months"})
@requires(_VIEW)
def la_plot(key: str) -> Answer:
    return of_everybody(lambda: _file(key))()


@pages.get(f"{HERE}/plot-parties.csv", defaults={"key": "parties"})
@pages.get(f"{HERE}/plot-pauses.csv", defaults={"key": "pauses"})
@pages.get(f"{HERE}/plot-months.csv", defaults={"key": "months"})
@requires(_VIEW)
def plot(key: str) -> Answer:
    return _file(key)


def _file(key: str) -> Answer:
    page = read_page()
    if page.asked is None:
        return render_template("performance/index.html", **around(page)), 422
    compared = compare(page)
    if key == "parties" and compared.found.is_window:
        return spreadsheets.answer(_parties_of_many(compared), "csv")
    found = (
        parties(compared, compared.lines)
        if key == "parties"
        else {"months": months, "pauses": pauses}[key](compared)
    )
    if found is None:
        raise NotThere
    return spreadsheets.of_plot(f"performance-{key}", found.texts)


def _file_of(compared: Compared, key: str) -> str:
    return compared.page.link("plot", key=key)


def _parties_of_many(compared: Compared) -> spreadsheets.Table:
    """In a very large authority of all its schools, not only of those on the page."""
    headings = [words.BY_WORDS[compared.page.by], *words.PARTY_WORDS.values()]

    def draw_rows(lines: list[Line]) -> list[Any]:
        return [[one.named.name, *drawing.hours_by_party(one.counts)] for one in lines]

    return spreadsheets.Table("performance-parties", headings, every_line(compared), draw_rows)


def funnel(compared: Compared) -> Any:
    if compared.baseline is None or compared.page.by == "priority":
        return None
    page = compared.page
    lines, others = _dots(compared)
    answered = compared.found.many
    plot = drawing.funnel(
        lines,
        others,
        compared.figure,
        compared.baseline,
        link=compared.one,
        is_own=page.sight.is_among_others,
        who_words=words.BY_WORDS[page.by],
        many_words=compared.many,
        centre_words=_centre_words(compared),
        csv_url=page.link("table", what="csv") if has_more_dots(compared) else None,
        flags=answered.flags(page.kind, compared.figure) if answered else None,
    )
    return draw(plot) if plot else None


def has_more_dots(compared: Compared) -> bool:
    """Whether dots are drawn that are no line of the page."""
    found = compared.found
    return bool(found.others) or found.is_window


def _dots(compared: Compared) -> tuple[Sequence[Line], Sequence[Line]]:
    """Those with a name, and the others. Of a very large authority those that are kept for the
    picture; what is a line of the page is drawn as it is now."""
    page, found = compared.page, compared.found
    if found.many is None or (page.sight.is_everywhere and not found.is_window):
        return compared.lines, found.others
    figure, lines = compared.figure, compared.lines
    besides = {one.row.group.school_id for one in lines}
    dots = found.many.dots(page.kind, figure, besides)
    if not page.sight.is_everywhere:
        return lines, many.unnamed_dots(dots, page.kind, figure)
    named = [*lines, *many.named_dots(dots, page.kind, figure)]
    return sorted(named, key=lambda one: one.place), ()


def _centre_words(compared: Compared) -> str:
    if compared.page.target and compared.figure.is_of_agreement:
        return "Target"
    return "All schools together"


def parties(compared: Compared, lines: list[Line]) -> Any:
    named = [(one.named.name, one.counts) for one in lines]
    plot = drawing.parties(named, words.BY_WORDS[compared.page.by], _file_of(compared, "parties"))
    return draw(plot) if plot else None


def pauses(compared: Compared, lines: list[Line] | None = None) -> Any:
    """Of everything that was asked for, or of these."""
    sums: Counts = {}
    for one in compared.lines if lines is None else lines:
        add_to(sums, one.promised)
    if lines is None and compared.found.is_window:
        sums = _promised_of_all(compared.page)
    plot = drawing.pauses(sums, _file_of(compared, "pauses"))
    return draw(plot) if plot else None


def _promised_of_all(page: OnPage) -> Counts:
    assert page.asked is not None
    asked = within_sight(page.sight, page.asked)
    return each_of(page.sight, lambda: [sums_of(asked, page.kind)])[0]


def months(compared: Compared) -> Any:
    """The chosen figure in the thirteen months up to the end of the period."""
    page = compared.page
    assert page.asked is not None
    last = periods.month_of(page.asked.end - periods.A_DAY)
    first = date(last.first.year - 1, last.first.month, 1)
    sums = _by_month(page, first, last.end)
    shown = list(periods.months_of(first, last.end))[-_MONTHS_SHOWN:]
    begun = next((at for at, month in enumerate(shown) if month.first in sums), 0)
    plot = drawing.months(
        compared.figure,
        [(month, sums.get(month.first, {})) for month in shown[begun:]],
        lambda month: _behind_month(page, month),
        _file_of(compared, "months"),
    )
    return draw(plot) if plot else None


def _by_month(page: OnPage, first: date, end: date) -> dict[date, Counts]:
    assert page.asked is not None
    asked = within_sight(page.sight, replace(page.asked, first=first, end=end))
    is_whole = asked.is_whole and not FIGURES[page.figure].is_of_agreement
    kind = EVERY if is_whole else page.kind
    sums: dict[date, Counts] = {}
    for on, counts in each_of(page.sight, lambda: list(by_month(asked, kind).items())):
        add_to(sums.setdefault(on, {}), counts)
    return sums


def _behind_month(page: OnPage, month: Period) -> str:
    days = {"from": month.first.isoformat(), "to": month.end.isoformat()}
    return page.behind(page.figure, "denominator", **days)
