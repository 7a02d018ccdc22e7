"""What a manager of the LA sees first: what needs them today, and the week at every school."""

from __future__ import annotations

from functools import partial
from itertools import groupby
from typing import Any

from flask import Blueprint, Response, render_template, url_for
from flask.typing import ResponseReturnValue as Answer

from app import clock
from app.door import me, requires
from app.errors import NotThere
from app.incidents.queue_address import narrowed_to
from app.keyset import Page
from app.performance.sight import Sight, catch_up
from app.performance.words import BY_WORDS, KIND_WORDS
from app.plots import draw, spark
from app.plots.shapes import Plot
from app.reports import backlog_age, la_overview_week
from app.reports import la_overview_schemas as schemas
from app.reports.la_overview import Weather, first_day, page_of_weather
from app.reports.la_overview_around import Around, around
from app.reports.la_overview_needs import KINDS, MOST, Need
from app.reports.la_overview_rules import RULE, WEATHER
from app.reports.words import kept_words
from app.web import spreadsheets
from app.web.listed import listed, read_filters
from tenants import across_schools

pages = Blueprint("la_overview", __name__, template_folder="templates")

_HEADINGS = (
    "School",
    "Code",
    "Weather",
    "Reported in the last seven days",
    "Resolved",
    "Times missed",
    "Open",
    "Overdue",
)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@pages.get("/overview")
@requires("authority.overview")
def show() -> Answer:
    person, now = me(), clock.now()
    filters = read_filters(schemas.WeatherFilters)
    is_up_to_date = catch_up(Sight(None))
    with across_schools("the weather of the week at every school"):
        found = listed("overview", filters, partial(page_of_weather, person, now))
    is_first = not (filters.given or found.first_url)
    return render_template(
        "reports/la_overview.html",
        lines=[_line(one) for one in found.rows],
        next_url=found.next_url,
        first_url=found.first_url,
        filters=filters,
        letters=LETTERS,
        rule=RULE,
        compare_url=_compare_url,
        since=first_day(clock.today()),
        is_up_to_date=is_up_to_date,
        around=_shown(around(person, now)) if is_first else None,
    ), 422 if filters.errors else 200


@pages.get("/overview.csv")
@requires("authority.overview")
def as_csv() -> Response:
    """The week of every school."""
    person, now = me(), clock.now()
    asked = read_filters(schemas.WeatherFilters).asked

    def fetch(after: list[Any] | None, limit: int) -> Page:
        with across_schools("the weather of the week at every school"):
            return page_of_weather(person, now, asked, after, limit)

    return spreadsheets.answer(
        spreadsheets.Table("week-of-schools", _HEADINGS, fetch, _cells), "csv"
    )


@pages.get("/overview/<key>.csv")
@requires("authority.overview")
def plot_csv(key: str) -> Response:
    """The data of a plot."""
    plot = _plots(around(me(), clock.now())).get(key)
    if plot is None:
        raise NotThere
    return spreadsheets.of_plot(key, draw(plot).texts)


def _compare_url(by: str) -> str:
    return url_for("performance.la_index", by=by, period="this_term")


def _line(one: Weather) -> dict[str, Any]:
    return {
        "school": one,
        "spark": spark(one.reported, one.spark_words),
        "weather": WEATHER[one.word],
        "open_url": narrowed_to(school=one.slug),
        "overdue_url": narrowed_to(school=one.slug, overdue="true"),
    }


def _cells(rows: list[Weather]) -> list[Any]:
    return [
        [
            one.name,
            one.code,
            WEATHER[one.word][0],
            one.this_week,
            one.resolved,
            one.missed,
            one.open,
            one.overdue,
        ]
        for one in rows
    ]


def _plots(found: Around) -> dict[str, Plot]:
    age = backlog_age.drawn(
        found.backlog,
        whose="at every school",
        csv_url=url_for(".plot_csv", key="backlog-age"),
    )
    weeks = la_overview_week.drawn(found.weeks, csv_url=url_for(".plot_csv", key="school-weeks"))
    return {one.key: one for one in (age, weeks)}


def _shown(found: Around) -> dict[str, Any]:
    return {
        "week": found.week,
        "backlog": found.backlog,
        "needs": [
            (kind, KINDS[kind], [(one, _address(one)) for one in those])
            for kind, those in _by_kind(found.needs)
        ],
        "most": MOST,
        "plots": [draw(one) for one in _plots(found).values()],
        "kept": found.kept,
        "tables": [
            (by, BY_WORDS[by], [_kept_row(one) for one in lines])
            for by, lines in found.kept.lines.items()
            if lines
        ],
    }


def _by_kind(found: list[Need]) -> list[tuple[str, list[Need]]]:
    order = list(KINDS)
    in_order = sorted(found, key=lambda one: order.index(one.kind))
    return [(kind, list(those)) for kind, those in groupby(in_order, key=lambda one: one.kind)]


def _kept_row(one: Any) -> tuple[str, str, list[str]]:
    """This term and the one before stand side by side, figure by figure."""
    pairs = zip(one.now, one.before, strict=True)
    cells = [kept_words(kept.met, kept.decided) for pair in pairs for kept in pair]
    return one.named.name, KIND_WORDS[one.kind], cells


def _address(one: Need) -> str | None:
    """Where it can be acted on; None where this person cannot."""
    if one.kind == "breach":
        return url_for("incidents.show", school=one.slug, number=one.number)
    if one.kind == "notice":
        return url_for("contracts.show", school=one.slug, number=one.number)
    if one.kind == "no_cover":
        return url_for("la_reachability.without_cover")
    if one.kind in ("burst", "backlog"):
        return narrowed_to(school=str(one.slug))
    if one.kind == "mail":
        return url_for("notifications.waiting") if me().may("authority.mail") else None
    return url_for("reports.show", school=one.slug) if one.slug else None
