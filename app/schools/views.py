"""The LA administrator's pages about schools, and the page that tells a school about itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from marshmallow import EXCLUDE, ValidationError
from werkzeug.wrappers import Response

from app import clock
from app.api.manners import make_cursor, read_cursor
from app.door import me, requires
from app.errors import NotThere, Wrong
from app.history.queries import last_event_at_la
from app.schools import actions, queries, schemas, shown
from app.schools.import_views import imports
from app.schools.rules import MAY_FOLLOW, State, plain_date
from app.web.attempt import changed_by, is_stale
from app.web.forms import Form
from tenants import School, administering

pages = Blueprint("schools", __name__, template_folder="templates")
pages.register_blueprint(imports)
pages.add_app_template_filter(plain_date)

PAGE_SIZE = 50


@pages.app_template_filter()
def school_state_words(state: str) -> str:
    return schemas.STATE_WORDS[State(state)]


# --- the list ---


@pages.get("/authority/schools")
@requires("authority.schools")
def index() -> str | tuple[str, int]:
    """Every school, to be searched by name, code or URN, or narrowed to one state."""
    sought = _search()
    after = read_cursor("authority schools", sought.get("after"))
    with administering("the list of schools"):
        found = queries.register_page(
            q=sought.get("q"),
            status=sought.get("status"),
            after=(after[0], after[1]) if after else None,
            limit=PAGE_SIZE + 1,
        )
        schools = found[:PAGE_SIZE]
        urns = queries.open_urns(schools)
    next_url = None
    if len(found) > PAGE_SIZE:
        place = make_cursor("authority schools", [schools[-1].name, schools[-1].id])
        next_url = url_for(".index", **{**sought, "after": place})
    return render_template(
        "schools/index.html",
        schools=schools,
        urns=urns,
        sought=sought,
        state_words=schemas.STATE_WORDS,
        next_url=next_url,
        first_url=url_for(".index", **{**sought, "after": None}) if after else None,
    )


def _search() -> dict[str, Any]:
    """What an address asks for; a box that cannot be read asks for nothing."""
    given = schemas.without_blanks(request.args.to_dict())
    try:
        found: dict[str, Any] = schemas.SchoolSearch(unknown=EXCLUDE).load(given)
    except ValidationError as error:
        found = dict(error.valid_data or {})
    return {key: value for key, value in found.items() if value is not None}


# --- one school ---


@pages.get("/authority/schools/<slug:slug>")
@requires("authority.schools")
def show(slug: str) -> str:
    with administering("one school's entry"):
        school = queries.get_school(slug)
        identifiers = queries.identifiers_of(school)
        is_frozen = actions.is_code_frozen(school)
    return render_template(
        "schools/show.html",
        one=school,
        identifiers=identifiers,
        is_code_frozen=is_frozen,
        next_states=MAY_FOLLOW[State(school.status)],
    )


@pages.get("/authority/urns/<number:urn>")
@requires("authority.schools")
def by_urn(urn: int) -> Response:
    """A URN that a school once had still leads to the school."""
    with administering("a school by its URN"):
        school = queries.school_with_urn(urn)
    if school is None:
        raise NotThere
    return redirect(url_for(".show", slug=school.slug), 302)


@pages.route("/authority/schools/<slug:slug>/state", methods=["GET", "POST"])
@requires("authority.schools")
def state(slug: str) -> Response | tuple[str, int]:
    with administering("the state of a school"):
        school = queries.get_school(slug, to_change=True)
        next_states = MAY_FOLLOW[State(school.status)]
        form = Form(schemas.StateChange(next_states), {"version": school.version})
        choices = [(one.value, schemas.STATE_WORDS[one]) for one in next_states]

        def act(data: dict[str, Any]) -> None:
            actions.move_to(
                school,
                State(data["status"]),
                by=me(),
                reason=data["reason"],
                version=data["version"],
            )

        return _change(form, school, "state", act, {}, choices=choices)


@pages.route("/authority/schools/<slug:slug>/code", methods=["GET", "POST"])
@requires("authority.schools")
def code(slug: str) -> Response | tuple[str, int]:
    with administering("the code of a school"):
        school = queries.get_school(slug, to_change=True)
        form = Form(schemas.CodeChange, {"version": school.version, "code": school.code})

        def act(data: dict[str, Any]) -> None:
            actions.change_code(school, data["code"], by=me(), version=data["version"])

        return _change(form, school, "code", act, {"code": school.code})


@pages.route("/authority/schools/<slug:slug>/urn", methods=["GET", "POST"])
@requires("authority.schools")
def urn(slug: str) -> Response | tuple[str, int]:
    with administering("the URN of a school"):
        school = queries.get_school(slug, to_change=True)
        form = Form(schemas.NewUrn, {"version": school.version, "on": clock.today()})
        saved = _current_urn(school)

        def act(data: dict[str, Any]) -> None:
            actions.give_urn(school, data["urn"], data["on"], by=me(), version=data["version"])

        return _change(form, school, "urn", act, saved)


def _change(
    form: Form,
    school: School,
    what: str,
    act: Callable[[dict[str, Any]], None],
    saved: Mapping[str, Any],
    **context: Any,
) -> Response | tuple[str, int]:
    """One small form about one school: done, or shown again with its mistakes, or with what
    somebody else saved meanwhile."""
    name, slug = school.name, school.slug
    status = None
    if form.is_posted and is_stale(school.version, is_needed=True):
        last = last_event_at_la("school.", name)
        said = changed_by(last.actor if last else None, last.at if last else None)
        status = form.stale(said, saved, school.version)
    elif form.is_ready:
        try:
            act(form.data)
        except Wrong as error:
            form.add_errors(error.errors)
        else:
            flash(f"{name} is changed.", "success")
            return redirect(url_for(".show", slug=slug), 303)
    page, usual = form.page(f"schools/{what}.html", one=school, **context)
    return page, status or usual


def _current_urn(school: School) -> dict[str, Any]:
    current = next(iter(queries.identifiers_of(school)), None)
    return {"urn": current.urn, "on": current.valid_from} if current else {}


# --- what a school's own people see ---


@pages.get("/<slug:school>/details")
@requires("school.view")
def details() -> str:
    found = shown.shown_school(me())
    if found is None:
        raise NotThere
    return render_template("schools/details.html", one=found, **shown.particulars())
