"""Figures in depth as pages: an index, and one page a topic, for the LA and for a school."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app import clock
from app.assets.rules import TYPES
from app.door import me, requires
from app.errors import NotThere, Wrong
from app.history.actions import record_access
from app.performance.depth import keeping, noting, schemas
from app.performance.depth.reliability import key_of
from app.performance.depth.seen import PERIODS, USUAL, Seen, freshen, seen_by
from app.performance.depth.told import Told
from app.performance.depth.topics import TOPICS, Topic
from app.performance.kept import how_many_schools
from app.web import spreadsheets
from app.web.attempt import attempt, is_stale
from app.web.forms import Form
from app.web.listed import Filters, read_filters
from tenants import administering

pages = Blueprint("figures_in_depth", __name__, template_folder="../templates")

LA, HERE = "/performance/in-depth", "/<slug:school>/performance/in-depth"
_NOTE = "the LA says something of a model"


@pages.get(LA)
@requires("authority.overview")
def la_index() -> Answer:
    return _index()


@pages.get(HERE)
@requires("performance.in_depth")
def index() -> Answer:
    return _index()


@pages.get(f"{LA}/<slug:key>")
@requires("authority.overview")
def la_topic(key: str) -> Answer:
    return _page(key)


@pages.get(f"{HERE}/<slug:key>")
@requires("performance.in_depth")
def topic(key: str) -> Answer:
    return _page(key)


@pages.get(f"{LA}/<slug:key>/<int:number>.csv")
@requires("authority.overview")
def la_table(key: str, number: int) -> Answer:
    return _file(key, number)


@pages.get(f"{HERE}/<slug:key>/<int:number>.csv")
@requires("performance.in_depth")
def table(key: str, number: int) -> Answer:
    return _file(key, number)


@pages.route(f"{LA}/reliability/note", methods=["GET", "POST"])
@requires("performance.note")
def note() -> Answer:
    """Of the model that the address names."""
    kind, make, model = _model_asked()
    with administering(_NOTE):
        found = noting.note_of(kind, make, model, to_change=request.method == "POST")
        saved = {"verdict": found.verdict, "note": found.note} if found else {}
        version = found.version if found else 0
        if request.method != "POST":
            return _note_page(Form(schemas.ModelNote, saved), kind, make, model, version)
        form, status = Form(schemas.ModelNote), 422
        if is_stale(version, is_needed=True):
            who = found.written_by if found else "Somebody else"
            status = form.stale(f"{who} has said something meanwhile.", saved, version)
        elif form.is_ready:
            status = attempt(
                form, lambda: noting.say(kind, make, model, by=me(), **_whole(form.data))
            )
            if not status:
                flash("It stands beside the figures now, for every school.", "success")
                return redirect(url_for(".la_topic", key="reliability", type=kind), 303)
        return _note_page(form, kind, make, model, version), status


def link(name: str, **more: Any) -> str:
    """The same page of the LA or of the school where the person stands."""
    school = me().school
    if school is None:
        return url_for(f"figures_in_depth.la_{name}", **more)
    return url_for(f"figures_in_depth.{name}", school=school.slug, **more)


def _index() -> Answer:
    return render_template("depth/index.html", topics=TOPICS.values(), link=link)


def _page(key: str) -> Answer:
    topic, filters = _topic(key), read_filters(schemas.DepthPageArgs)
    try:
        seen, told = _told(topic, filters)
    except Wrong as mistakes:
        said = [sentence for found in mistakes.errors.values() for sentence in found]
        filters = filters._replace(errors=said)
        return _drawn(topic, filters, seen=None, told=None, figures=[], csv_urls=[]), 422
    urls = [link("table", key=key, number=at, **filters.given) for at in range(len(told.tables))]
    return _drawn(
        topic,
        filters,
        seen=seen,
        told=told,
        figures=told.figures,
        csv_urls=urls,
        again=link("topic", key=key, **filters.given),
        schools=how_many_schools() if told.is_awaited else 0,
    )


def _drawn(topic: Topic, filters: Filters, **context: Any) -> str:
    return render_template(
        "depth/topic.html",
        topic=topic,
        given=filters.given,
        errors=filters.errors,
        periods=PERIODS,
        chosen=filters.given.get("period") or USUAL,
        types=TYPES if topic.key == "reliability" else {},
        is_la=me().school is None,
        link=link,
        **context,
    )


def _told(topic: Topic, filters: Filters) -> tuple[Seen, Told]:
    if filters.errors:
        raise Wrong({"": filters.errors})
    person = me()
    seen = seen_by(person, filters.asked)
    freshen(seen)
    if person.is_from_outside and person.school is not None:
        record_access(f"figures: {topic.title}", "read as LA staff", at=clock.now(), by=person)
    return seen, keeping.tell(topic, seen)


def _file(key: str, number: int) -> Answer:
    topic, filters = _topic(key), read_filters(schemas.DepthPageArgs)
    _, told = _told(topic, filters)
    if told.is_wholly_awaited:
        # The page says that it is being worked out.
        return redirect(link("topic", key=key, **filters.given), 303)
    if number >= len(told.tables):
        raise NotThere
    one = told.tables[number]
    texts = [list(one.headings), *([cell.text for cell in row] for row in one.rows)]
    return spreadsheets.of_plot(f"{key}-{number + 1}", texts)


def _topic(key: str) -> Topic:
    found = TOPICS.get(key)
    if found is None:
        raise NotThere
    return found


def _model_asked() -> tuple[str, str, str]:
    kind = request.args.get("type", "")
    make, model = (request.args.get(name, "")[:200] for name in ("make", "model"))
    _, make_key, model_key = key_of(kind, make, model)
    if kind not in TYPES or not (make_key or model_key):
        raise NotThere
    return kind, make, model


def _whole(data: dict[str, Any]) -> dict[str, Any]:
    return {"verdict": data["verdict"], "note": data.get("note")}


def _note_page(form: Form, kind: str, make: str, model: str, version: int) -> str:
    page, _ = form.page(
        "depth/note.html",
        kind=TYPES[kind],
        name=f"{make} {model}".strip(),
        version_now=version,
    )
    return page
