"""The service catalogue: list, the usual services, add, read, change, archive, remove, parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app import clock
from app.catalogue import actions, queries, rules, schemas, shown
from app.catalogue.models import Service
from app.catalogue.parts import parts_of
from app.door import me, requires
from app.errors import wrong
from app.history.queries import events_of, last_event
from app.history.shown import Told, told
from app.web.attempt import attempt, changed_by, is_stale
from app.web.forms import Form
from app.web.listed import listed, read_filters
from app.web.spreadsheets import Table, answer

pages = Blueprint("services", __name__, template_folder="templates")

LIST = "/<slug:school>/services"
ONE = f"{LIST}/<slug:key>"
FORM = ("GET", "POST")
_KEPT = (
    *("name", "purpose", "used_by", "criticality", "owner", "hours", "skills"),
    "seasons",
)


@pages.app_template_filter()
def criticality_words(criticality: str) -> str:
    return rules.SHORT_WORDS.get(criticality, criticality)


@pages.app_template_filter()
def criticality_colour(criticality: str) -> str:
    return rules.COLOURS.get(criticality, "grey")


def _fetch(filters: dict[str, Any], after: list[Any] | None, limit: int) -> Any:
    return queries.page_of_services(filters, after, limit, on=clock.today())


@pages.get(LIST)
@requires("service.view")
def index() -> Answer:
    filters = read_filters(schemas.ServiceFilters)
    found = listed("services", filters, _fetch)
    page = render_template(
        "catalogue/index.html",
        rows=shown.listed(found.rows, me()),
        filters=filters,
        criticalities=rules.SHORT_WORDS,
        next_url=found.next_url,
        first_url=found.first_url,
    )
    return page, 422 if filters.errors else 200


@pages.get(f"{LIST}.csv")
@requires("service.view")
def as_csv() -> Answer:
    return _file("csv")


@pages.get(f"{LIST}.xlsx")
@requires("service.view")
def as_xlsx() -> Answer:
    return _file("xlsx")


def _file(kind: str) -> Answer:
    """Exactly what the list shows with these filters."""
    filters, person = read_filters(schemas.ServiceFilters), me()
    if filters.errors:
        return index()
    table = Table(
        "services",
        shown.HEADINGS,
        lambda after, limit: _fetch(filters.asked, after, limit),
        lambda rows: shown.as_cells(rows, person),
    )
    return answer(table, kind)


@pages.route(f"{LIST}/new", methods=FORM)
@requires("service.edit")
def add() -> Answer:
    form = Form(schemas.ServiceOnPage, {"criticality": "medium", "supported": True})
    status = 422 if form.errors else 200
    if form.is_ready:
        made: list[Service] = []
        status = attempt(form, lambda: made.append(actions.add_service(by=me(), **form.data)))
        if not status:
            return _done(made[0].key, f"{made[0].name} is in the catalogue.")
    page, _ = form.page("catalogue/form.html", service=None)
    return page, status


@pages.route(f"{LIST}/presets", methods=FORM)
@requires("service.edit")
def usual() -> Answer:
    """At first use: which of the services that schools usually have does this one have?"""
    taken = queries.names_taken()
    left = [one for one in rules.PRESETS if one.name.lower() not in taken]
    form = Form(schemas.UsualServices, {"names": [one.name for one in left]})
    status = 422 if form.errors else 200
    if form.is_ready:
        status = attempt(form, lambda: actions.add_usual(form.data["names"], by=me()))
        if not status:
            flash("The services are in the catalogue. Change what is different here.", "success")
            return redirect(url_for(".index"), 303)
    choices = [(one.name, one.name, f"{one.purpose}. {one.used_by}") for one in left]
    page, _ = form.page("catalogue/usual.html", choices=choices)
    return page, status


@pages.get(ONE)
@requires("service.view")
def show(key: str) -> Answer:
    return _show_page(queries.get_service(key), Form(schemas.PartOnPage, {"kind": "asset"}))


@pages.route(f"{ONE}/change", methods=FORM)
@requires("service.edit")
def change(key: str) -> Answer:
    if request.method != "POST":
        service = queries.get_service(key)
        return _change_page(Form(schemas.ServiceOnPage, _saved(service)), service)
    service = queries.get_service(key, to_change=True)
    form, status = Form(schemas.ServiceOnPage), 422
    if is_stale(service.version, is_needed=True):
        status = form.stale(_who_was_quicker(service), _saved(service), service.version)
    elif form.is_ready:
        status = attempt(form, lambda: actions.change_service(service, by=me(), **form.data))
        if not status:
            return _done(key, f"{service.name} has been changed.")
        service = queries.get_service(key)
    return _change_page(form, service), status


@pages.post(f"{ONE}/parts")
@requires("service.edit")
def add_part(key: str) -> Answer:
    form = Form(schemas.PartOnPage)
    service = queries.get_service(key, to_change=True)
    if is_stale(service.version, is_needed=True):
        status = form.stale(_who_was_quicker(service), {}, service.version)
        return _show_page(service, form), status
    if not form.is_ready:
        return _show_page(service, form), 422
    status = attempt(form, lambda: _add_part(service, **form.data))
    if not status:
        return _done(key, f"{service.name}: part added.")
    if "parts" in form.errors:
        form.errors["what"] = form.errors.pop("parts")
    return _show_page(queries.get_service(key), form), status


@pages.post(f"{ONE}/parts/<number:number>/removal")
@requires("service.edit")
def remove_part(key: str, number: int) -> Answer:
    """The one at that place of its list."""

    def act(service: Service) -> None:
        said = _said_parts(service)
        actions.change_service(service, by=me(), parts=said[: number - 1] + said[number:])

    return _press(key, act, "no longer has that part.")


@pages.post(f"{ONE}/archive")
@requires("service.edit")
def archive(key: str) -> Answer:
    is_archived = request.form.get("archived") == "true"
    said = "is no longer offered." if is_archived else "is offered again."
    return _press(key, lambda one: actions.change_service(one, by=me(), archived=is_archived), said)


@pages.post(f"{ONE}/removal")
@requires("service.edit")
def remove(key: str) -> Answer:
    return _press(key, lambda one: actions.remove_service(one, by=me()), "has been removed.")


def _add_part(service: Service, kind: str, what: str) -> None:
    is_number = kind in ("licence", "contract")
    if is_number and not (what.isascii() and what.isdecimal() and len(what) < 10):
        raise wrong("what", f"Give the number of the {kind}, for example 3.")
    value: Any = int(what) if is_number else what
    actions.change_service(service, by=me(), parts=[*_said_parts(service), {kind: value}])


def _said_parts(service: Service) -> list[dict[str, Any]]:
    return [{one.kind: one.key} for one in parts_of([service])[service.id]]


def _press(key: str, act: Callable[[Service], None], said: str) -> Answer:
    service = queries.get_service(key, to_change=True)
    name = service.name
    form = Form(schemas.PartOnPage, {"kind": "asset"}, is_posted=False)
    if is_stale(service.version, is_needed=True):
        status = form.stale(_who_was_quicker(service), {}, service.version)
    else:
        status = attempt(form, lambda: act(service))
    if not status:
        flash(f"{name} {said}", "success")
        is_gone = request.endpoint == "services.remove"
        there = url_for(".index") if is_gone else url_for(".show", key=key)
        return redirect(there, 303)
    return _show_page(queries.get_service(key), form), status


def _done(key: str, said: str) -> Answer:
    flash(said, "success")
    return redirect(url_for(".show", key=key), 303)


def _show_page(service: Service, form: Form) -> str:
    page, _ = form.page(
        "catalogue/show.html",
        service=service,
        one=shown.detail(service, me()),
        parts=shown.seen(parts_of([service])[service.id], me()),
        part_words=rules.PART_WORDS,
        seasons=rules.write_seasons(service.seasons),
        events=_history(service) if me().may("service.edit") else [],
    )
    return page


def _history(service: Service) -> list[Told]:
    return told(events_of("service", service.id).rows, rules.EVENT_WORDS)


def _change_page(form: Form, service: Service) -> str:
    page, _ = form.page("catalogue/form.html", service=service)
    return page


def _saved(service: Service) -> dict[str, Any]:
    return {
        **{name: getattr(service, name) for name in _KEPT},
        "seasons": rules.write_seasons(service.seasons),
        "supported": service.is_supported,
    }


def _who_was_quicker(service: Service) -> str:
    last = last_event("service", service.id)
    return changed_by(last.actor if last else None, last.at if last else None)
