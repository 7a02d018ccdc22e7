"""The plots of the pages of figures, and the table of each as a file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue as Answer

from app.door import requires
from app.errors import NotThere
from app.performance import drawing, periods, words
from app.performance.comparing import Line
from app.performance.figures import FIGURES
from app.performance.models import EVERY
from app.performance.periods import Period
from app.performance.sight import each_of, within_sight
from app.performance.totals import Counts, add_to
from app.performance.totals import months as by_month
from app.performance.views import HERE, LA, Compared, around, compare, of_everybody, pages
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
    if key == "months":
        found = months(compared)
    else:
        found = {"parties": parties, "pauses": pauses}[key](compared, compared.lines)
    if found is None:
        raise NotThere
    return spreadsheets.of_plot(f"performance-{key}", found.texts)


def _file_of(compared: Compared, key: str) -> str:
    return compared.page.link("plot", key=key)


def funnel(compared: Compared) -> Any:
    if compared.baseline is None or compared.page.by == "priority":
        return None
    page = compared.page
    plot = drawing.funnel(
        compared.lines,
        compared.found.others,
        compared.figure,
        compared.baseline,
        link=compared.one,
        is_own=page.sight.is_among_others,
        who_words=words.BY_WORDS[page.by],
        many_words=compared.many,
        centre_words=_centre_words(compared),
        csv_url=page.link("table", what="csv") if compared.found.others else None,
    )
    return draw(plot) if plot else None


def _centre_words(compared: Compared) -> str:
    if compared.page.target and compared.figure.is_of_agreement:
        return "Target"
    return "All schools together"


def parties(compared: Compared, lines: list[Line]) -> Any:
    named = [(one.named.name, one.counts) for one in lines]
    plot = drawing.parties(named, words.BY_WORDS[compared.page.by], _file_of(compared, "parties"))
    return draw(plot) if plot else None


def pauses(compared: Compared, lines: list[Line]) -> Any:
    sums: Counts = {}
    for one in lines:
        add_to(sums, one.promised)
    plot = drawing.pauses(sums, _file_of(compared, "pauses"))
    return draw(plot) if plot else None


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
