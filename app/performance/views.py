"""How support performs: the comparison for the LA, and what a school sees of itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer
from sqlalchemy import func, select

from app.door import me, requires
from app.incidents.rules import TYPES
from app.keyset import Page
from app.performance import choosing, kept, tables, words
from app.performance.asking import Answer as Found
from app.performance.asking import performance
from app.performance.comparing import Line
from app.performance.figures import DRAWN, FIGURES, Figure
from app.performance.sight import catch_up, each_of, every_school
from app.performance.views_asked import OnPage, place, read_page
from app.permissions import may
from app.plots.bars import MOST_BARS
from app.web import spreadsheets
from app.web.listed import listed
from tenants import School, db

pages = Blueprint("performance", __name__, template_folder="templates")

LA, HERE = "/performance", "/<slug:school>/performance"
# So many bars a picture of who waited for whom has at most.
_ON_A_PAGE = MOST_BARS
# So many schools of a very large authority are read at once for a file.
IN_A_FILE = 250
_MOST_SCHOOLS_OFFERED = 500
_OF_WHOM = ("school", "contract", "supplier")
_MANY = {
    "school": "schools",
    "contract": "agreements",
    "supplier": "suppliers",
    "priority": "priorities",
}


@dataclass(frozen=True)
class Compared:
    """The comparison that a page asked for."""

    page: OnPage
    found: Found
    is_up_to_date: bool

    @property
    def figure(self) -> Figure:
        return FIGURES[self.page.figure]

    @property
    def lines(self) -> list[Line]:
        return self.found.comparison.lines

    @property
    def baseline(self) -> Any:
        return self.found.comparison.baselines.get((self.page.kind, self.figure.key))

    @property
    def is_compared(self) -> bool:
        return self.baseline is not None

    @property
    def many(self) -> str:
        return _MANY[self.page.by]

    @property
    def how_many_schools(self) -> str:
        return f"{kept.how_many_schools():,}"

    def key_of(self, line: Line) -> dict[str, str]:
        return {self.page.by: line.named.key}

    def one(self, line: Line) -> str | None:
        """A row's own page; a priority has none."""
        return None if self.page.by == "priority" else self.page.link("one", **self.key_of(line))


def of_everybody(view: Callable[[], Answer]) -> Callable[[], Answer]:
    """The LA's pages are about every school; whoever sees only their own goes on to that one."""

    def answered() -> Answer:
        if any(one.school_id is None and may((one.role,), _VIEW) for one in me().belongings):
            with every_school():
                return view()
        seen = {one.school_id for one in me().belongings if may((one.role,), _VIEW)}
        own = [one for one in me().schools if one.id in seen]
        if len(own) != 1:
            return redirect(url_for("people.pick_school"), 303)
        here = str(request.endpoint).replace(".la_", ".")
        where: dict[str, Any] = {**request.args, **(request.view_args or {})}
        return redirect(url_for(here, **{**where, "school": own[0].slug}), 303)

    answered.__name__ = view.__name__
    answered.__doc__ = view.__doc__
    return answered


_VIEW = "performance.view"


@pages.get(LA)
@requires(_VIEW)
@of_everybody
def la_index() -> Answer:
    return _index()


@pages.get(HERE)
@requires(_VIEW)
def index() -> Answer:
    return _index()


@pages.get(f"{LA}/table.csv", defaults={"what": "csv"})
@pages.get(f"{LA}/table.xlsx", defaults={"what": "xlsx"})
@requires(_VIEW)
def la_table(what: str) -> Answer:
    return of_everybody(lambda: _file(what))()


@pages.get(f"{HERE}/table.csv", defaults={"what": "csv"})
@pages.get(f"{HERE}/table.xlsx", defaults={"what": "xlsx"})
@requires(_VIEW)
def table(what: str) -> Answer:
    return _file(what)


def _index() -> Answer:
    page = read_page()
    if page.asked is None:
        return render_template("performance/index.html", **around(page)), 422
    looked: list[Compared] = []

    def look(_: dict[str, Any], after: list[Any] | None, limit: int) -> Page:
        looked.append(compare(page, after=after, limit=limit))
        return looked[0].found.part(after, limit, with_others=False)

    shown = listed("performance", page.filters, look, size=_ON_A_PAGE)
    (compared,) = looked
    return render_template(
        "performance/index.html",
        **around(page),
        compared=compared,
        lines=shown.rows,
        next_url=shown.next_url,
        first_url=shown.first_url,
        funnel=views_plots.funnel(compared),
        has_more_dots=views_plots.has_more_dots(compared),
        parties=views_plots.parties(compared, shown.rows),
        pauses=views_plots.pauses(compared),
        beside=tables.beside(page.figure),
    )


def compare(page: OnPage, **window: Any) -> Compared:
    """`window`: in a very large authority of which schools, after and limit."""
    assert page.asked is not None
    is_up_to_date = catch_up(page.sight)
    found = performance(page.sight, page.asked, target=page.target, **window)
    return Compared(page, found, is_up_to_date)


def around(page: OnPage) -> dict[str, Any]:
    """What every page of figures has: its question, the form of filters, the words."""
    schools = _schools_offered(page)
    return {
        "page": page,
        "place": place,
        "words": words,
        "figures": FIGURES,
        "drawn": DRAWN,
        "periods": choosing.PERIODS,
        "types": {key: words.TYPE_WORDS[key] for key in TYPES},
        "schools": schools,
        "question": _question(page, schools),
        "in_depth": _in_depth(),
        "may_set_rate": may(me().all_roles, "authority.labour_rate"),
    }


def _in_depth() -> str | None:
    """Where it is said why a figure is as it is, for those who may read it."""
    here = me().school
    if here is None:
        wide = may(me().all_roles, "authority.overview")
        return url_for("figures_in_depth.la_index") if wide else None
    return url_for("figures_in_depth.index") if me().may("performance.in_depth") else None


def _question(page: OnPage, schools: list[tuple[str, str]]) -> str:
    """What was asked, in one sentence."""
    if page.asked is None:
        return ""
    given, named = page.filters.given, {**page.agreements, **dict(schools)}
    said = [words.FIGURE_WORDS[page.figure], f"of {words.KINDS_SAID[page.kind]}"]
    only = [named.get(given[one], given[one]) for one in _OF_WHOM if one in given]
    only += [words.PRIORITY_WORDS[given["priority"]]] if "priority" in given else []
    only += [words.TYPE_WORDS[given["type"]].lower()] if "type" in given else []
    said += [f"only {', '.join(only)}"] if only else []
    period = words.span(page.asked.first, page.asked.end)
    name = choosing.PERIODS[page.period_key].lower()
    return f"{', '.join(said)}: {period} ({name}{', so far' if page.is_so_far else ''})."


def _schools_offered(page: OnPage) -> list[tuple[str, str]]:
    if not page.is_la:
        return []
    by_name = (func.lower(School.name), School.slug)
    wanted = select(School.slug, School.name).order_by(*by_name).limit(_MOST_SCHOOLS_OFFERED)
    return each_of(page.sight, lambda: [(slug, name) for slug, name in db.session.execute(wanted)])


def _file(what: str) -> Answer:
    """Exactly the table of the page, all of it."""
    page = read_page()
    if page.asked is None:
        return render_template("performance/index.html", **around(page)), 422
    compared = compare(page, limit=IN_A_FILE)
    headings = tables.headings(
        compared.figure, words.BY_WORDS[page.by], is_compared=compared.is_compared
    )

    def draw_rows(rows: list[Any]) -> list[Any]:
        return tables.rows(rows, compared.figure, is_compared=compared.is_compared)

    wanted = spreadsheets.Table("performance", headings, every_line(compared), draw_rows)
    return spreadsheets.answer(wanted, what)


def every_line(compared: Compared) -> spreadsheets.Fetch:
    """For a file: all there are, in a very large authority window after window."""
    page = compared.page

    def fetch(after: list[Any] | None, limit: int) -> Page:
        assert page.asked is not None
        window: dict[str, Any] = {"after": after, "limit": IN_A_FILE}
        found = (
            performance(page.sight, page.asked, target=page.target, **window)
            if after
            else compared.found
        )
        if found.is_window:
            return found.part(after, IN_A_FILE)
        return Page([*found.comparison.lines, *found.others], None)

    return fetch


# More pages of the same room.
from app.performance import (  # noqa: E402
    views_behind,
    views_one,
    views_plots,
    views_rate,
)

__all__ = ["pages", "views_behind", "views_one", "views_plots", "views_rate"]
