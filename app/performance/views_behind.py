"""The incidents behind a number: a list that adds up to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue as Answer

from app import clock
from app.door import me, requires
from app.history.actions import record_access
from app.keyset import Page
from app.performance import words
from app.performance.behind import Behind, counters_of, incidents_behind, kind_behind
from app.performance.page_schemas import BehindFilters
from app.performance.sight import Sight, catch_up, each_of, within_sight
from app.performance.totals import Asked, sums
from app.performance.views import HERE, LA, around, of_everybody, pages
from app.performance.views_asked import OnPage, read_page
from app.web import spreadsheets
from app.web.listed import listed
from app.web.words import status_words
from tenants import acting_in

_VIEW = "performance.view"


@dataclass(frozen=True)
class Number:
    """A number of a page, and what adds up to it."""

    sight: Sight
    asked: Asked
    counters: tuple[str, ...]
    kind: str

    def total(self) -> int:
        found = each_of(self.sight, lambda: [sums(self.asked, self.kind)])
        return sum(one[name] for one in found for name in self.counters)

    def listed(self) -> Callable[[list[Any] | None, int], Page]:
        """Also after the request, for a file that is written while it is sent."""
        asks = partial(incidents_behind, me(), self.asked, self.counters, self.kind)
        return lambda after, many: each_of(self.sight, lambda: [asks(after, many)])[0]

    def said(self, value: int) -> str:
        return words.amount(self.counters[0], value)


@pages.get(f"{LA}/incidents")
@requires(_VIEW)
@of_everybody
def la_behind() -> Answer:
    return _behind()


@pages.get(f"{HERE}/incidents")
@requires(_VIEW)
def behind() -> Answer:
    return _behind()


@pages.get(f"{LA}/incidents.csv", defaults={"what": "csv"})
@pages.get(f"{LA}/incidents.xlsx", defaults={"what": "xlsx"})
@requires(_VIEW)
def la_behind_file(what: str) -> Answer:
    return of_everybody(lambda: _file(what))()


@pages.get(f"{HERE}/incidents.csv", defaults={"what": "csv"})
@pages.get(f"{HERE}/incidents.xlsx", defaults={"what": "xlsx"})
@requires(_VIEW)
def behind_file(what: str) -> Answer:
    return _file(what)


def _behind() -> Answer:
    page = read_page(BehindFilters)
    if page.asked is None:
        return render_template("performance/behind.html", **around(page)), 422
    number = _number(page)
    catch_up(page.sight)
    total, fetch = number.total(), number.listed()
    shown = listed("behind a figure", page.filters, lambda _, after, many: fetch(after, many))
    _leave_a_trace(number.asked)
    return render_template(
        "performance/behind.html",
        **around(page),
        number=number,
        total=number.said(total),
        part=_part(page),
        listed=shown,
    )


def _number(page: OnPage) -> Number:
    assert page.asked is not None
    counters, is_of_agreement = counters_of(page.figure, _part(page))
    asked = within_sight(page.sight, page.asked)
    return Number(page.sight, asked, counters, kind_behind(asked, is_of_agreement=is_of_agreement))


def _part(page: OnPage) -> str:
    return str(page.filters.asked.get("part") or "numerator")


def _leave_a_trace(asked: Asked) -> None:
    """Whoever of the LA opens the list of one school; the list of all is like the queue."""
    person = me()
    if person.school is not None and not person.is_from_outside:
        return
    if asked.school_ids is None or len(asked.school_ids) != 1:
        return
    with acting_in(next(iter(asked.school_ids))):
        record_access("incidents behind a figure", "read as LA staff", at=clock.now(), by=person)


def _file(what: str) -> Answer:
    page = read_page(BehindFilters)
    if page.asked is None:
        return render_template("performance/behind.html", **around(page)), 422
    number = _number(page)
    if me().school is None:  # in a school the file itself leaves one
        _leave_a_trace(number.asked)
    headings = ("Reference", "School", "Title", "Status", "Counted on", "Adds")
    table = spreadsheets.Table(
        "incidents-behind", headings, number.listed(), lambda rows: [_cells(one) for one in rows]
    )
    return spreadsheets.answer(table, what)


def _cells(one: Behind) -> list[Any]:
    reference = f"{one.school.code}-{one.number}"
    return [reference, one.school.name, one.title, status_words(one.status), one.on, one.value]
