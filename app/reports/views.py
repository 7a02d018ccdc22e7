"""A school at a glance, what its data lacks, its first steps, and one search over everything."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app import clock
from app.door import me, requires
from app.errors import NotThere
from app.history.glass import looked_at
from app.performance.figures import FIGURES
from app.performance.rollup import catch_up_here
from app.performance.words import KIND_WORDS
from app.plots import draw
from app.reports import first_day, quality, schemas, words
from app.reports.dashboard import Line as FigureLine
from app.reports.dashboard import dashboard, lesson_hours
from app.reports.dashboard_drawn import plots
from app.reports.searching import SHORTEST, Found, search
from app.shapes import SHORT
from app.web import spreadsheets
from app.web.forms import Form

pages = Blueprint("reports", __name__, template_folder="templates")


@dataclass(frozen=True)
class Line:
    """One check, step or group for the page."""

    said: words.Said
    count: int
    url: str
    examples: list[tuple[str, str | None]]


@pages.get("/<slug:school>/overview")
@requires("school.overview")
def show() -> Answer:
    looked_at("overview", me())
    steps = first_day.steps()
    is_up_to_date = catch_up_here()
    found = dashboard(me(), clock.now())
    return render_template(
        "reports/overview.html",
        found=found.glance,
        board=found,
        lines=[_figure_line(one) for one in found.lines],
        plots=[draw(one) for one in plots(found, _plot_url).values()],
        is_up_to_date=is_up_to_date,
        lesson_hours=lesson_hours,
        steps_left=[] if _is_settled(steps) else [one for one in steps if not one.is_done],
        lacking=sum(1 for one in quality.lacks(clock.today()) if one.count),
    )


@pages.get("/<slug:school>/overview/<key>.csv")
@requires("school.overview")
def plot_csv(key: str) -> Answer:
    """The data of a plot of the dashboard."""
    looked_at("overview", me())
    plot = plots(dashboard(me(), clock.now()), _plot_url).get(key)
    if plot is None:
        raise NotThere
    return spreadsheets.of_plot(key, draw(plot).texts)


@pages.get("/<slug:school>/data-quality")
@requires("school.overview")
def lacks() -> Answer:
    looked_at("data quality", me())
    found = quality.lacks(clock.today())
    return render_template(
        "reports/quality.html",
        lines=[_line(one) for one in found if one.count],
        kept=[words.LACKS[one.key].title for one in found if not one.count],
    )


@pages.get("/<slug:school>/first-steps")
@requires("school.overview")
def begin() -> Answer:
    found = first_day.steps()
    return render_template(
        "reports/first_steps.html",
        steps=[(one, words.STEPS[one.key]) for one in found],
        done=sum(1 for one in found if one.is_done),
        is_opened=not first_day.is_invited(me()),
    )


@pages.get("/<slug:school>/search")
@requires("school.view")
def find() -> Answer:
    form = Form(schemas.SearchArgs, {"q": request.args.get("q", "")[:SHORT]})
    asked = str(form.values.get("q") or "").strip()
    found = search(me(), asked)
    groups = [
        (words.FOUND[kind][0], [(one.words, _address(one)) for one in those])
        for kind, those in groupby(found, key=lambda one: one.kind)
    ]
    return render_template(
        "reports/search.html", form=form, asked=asked, groups=groups, shortest=SHORTEST
    )


def _plot_url(key: str) -> str:
    return url_for(".plot_csv", key=key)


def _figure_line(one: FigureLine) -> dict[str, Any]:
    """Leads to the figure's own page of this school."""
    return {
        "title": FIGURES[one.figure].title,
        "promise": KIND_WORDS.get(one.kind, ""),
        "now": words.kept_words(*one.now),
        "before": words.kept_words(*one.before),
        "url": url_for(
            "performance.index",
            figure=one.figure,
            agreement_kind=one.kind or None,
            period="this_term",
        ),
    }


def _is_settled(steps: list[first_day.Step]) -> bool:
    return all(one.is_done for one in steps)


def _line(lack: quality.Lack) -> Line:
    said = words.LACKS[lack.key]
    return Line(
        said,
        lack.count,
        url_for(said.endpoint, **_values(said.values)),
        [(text, _example(said, key)) for key, text in lack.examples],
    )


def _example(said: words.Said, key: str) -> str | None:
    if said.example is None:
        return None
    endpoint, name = said.example
    return url_for(endpoint, **_values({name: key}))


def _address(found: Found) -> str:
    endpoint, values = words.place_of(found)
    return url_for(endpoint, **_values(values))


def _values(values: dict[str, str]) -> dict[str, Any]:
    """A number in an address is one to the converter as well."""
    return {name: int(value) if name == "number" else value for name, value in values.items()}
