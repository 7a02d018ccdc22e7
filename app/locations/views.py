"""The rooms of a school: list, add, show, change, merge, archive, remove."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app.door import me, requires
from app.history.queries import events_of, last_event
from app.history.shown import told
from app.locations import actions, inside, merging, queries, rules, schemas
from app.locations.models import Location
from app.web.attempt import attempt, changed_by, is_stale
from app.web.forms import Form
from app.web.listed import Filters, listed, read_filters
from app.web.spreadsheets import Table, answer

pages = Blueprint("locations", __name__, template_folder="templates")

ROOMS = "/<slug:school>/locations"
ONE = f"{ROOMS}/<slug:key>"
FORM = ("GET", "POST")
_COLUMNS = ("Name", "Kind", "Part of", "Moves with what is in it", "No longer used", "Key")


@pages.app_template_filter()
def room_kind_words(kind: str) -> str:
    return rules.KINDS.get(kind, kind)


@pages.get(ROOMS)
@requires("location.view")
def index() -> Answer:
    """As a tree; narrowed, or at a school with very many, as a list with pages."""
    filters = read_filters(schemas.Narrowed)
    tree = _tree(filters)
    found = listed("locations", filters, queries.page_of_locations) if tree is None else None
    rooms = found.rows if found else []
    page = render_template(
        "locations/index.html",
        tree=tree,
        rooms=rooms,
        found=found,
        filters=filters,
        kinds=rules.KINDS,
        parents=queries.names_of(one.parent_id for one in rooms),
        assets=inside.how_many_assets() if me().may("asset.view") else {},
        presets=_presets_form() if tree == [] and me().may("location.edit") else None,
    )
    return page, 422 if filters.errors else 200


@pages.get(f"{ROOMS}.csv")
@requires("location.view")
def csv() -> Answer:
    return _file("csv")


@pages.get(f"{ROOMS}.xlsx")
@requires("location.view")
def xlsx() -> Answer:
    return _file("xlsx")


@pages.route(f"{ROOMS}/new", methods=FORM)
@requires("location.edit")
def add() -> Answer:
    form = Form(schemas.NewLocation, {"kind": "classroom", "parent": request.args.get("parent")})
    status = 422 if form.errors else 200
    if form.is_ready:
        status = attempt(form, lambda: actions.add_location(by=me(), **form.data))
        if not status:
            return _done(f"{form.data['name']} can now be chosen.")
    return _form_page(form, None), status


@pages.route(f"{ROOMS}/presets", methods=FORM)
@requires("location.edit")
def presets() -> Answer:
    """The rooms that most schools have, as ticks."""
    form = _presets_form()
    status = 422 if form.errors else 200
    if form.is_ready:
        added: list[Location] = []
        status = attempt(
            form, lambda: added.extend(actions.add_presets(set(form.data["names"]), by=me()))
        )
        if not status:
            names = ", ".join(one.name for one in added)
            return _done(f"Added: {names}." if added else "Your school has these rooms already.")
    page, _ = form.page("locations/presets.html")
    return page, status


@pages.get(ONE)
@requires("location.view")
def show(key: str) -> Answer:
    room = queries.get_location(key)
    if room.merged_into_id is not None:
        there = queries.now_called(room)
        flash(f"{room.name} was merged: it is {there.name} now.", "message")
        return redirect(url_for(".show", key=there.key))
    ids = queries.with_those_inside(room.id)
    rooms = queries.rooms_of(ids)
    return render_template(
        "locations/show.html",
        room=room,
        path=queries.path_to(room),
        tree=rules.outline(one for one in rooms if one.id != room.id),
        names={one.id: one.name for one in rooms},
        incidents=inside.open_incidents_in(ids, me()),
        assets=inside.assets_in(ids) if me().may("asset.view") else None,
        counts=inside.how_many_assets(ids) if me().may("asset.view") else {},
        history=told(events_of("location", room.id).rows, rules.EVENT_WORDS)
        if me().may("location.edit")
        else None,
    )


@pages.route(f"{ONE}/change", methods=FORM)
@requires("location.edit")
def change(key: str) -> Answer:
    if request.method != "POST":
        room = queries.get_location(key)
        return _form_page(Form(schemas.NewLocation, _saved(room)), room)
    room = queries.get_location(key, to_change=True)
    form, status = Form(schemas.NewLocation), 422
    if is_stale(room.version, is_needed=True):
        status = form.stale(_who_was_quicker(room), _saved(room), room.version)
    elif form.is_ready:
        status = attempt(form, lambda: actions.change_location(room, by=me(), **form.data))
        if not status:
            return _done(f"{room.name} has been changed.", room.key)
        room = queries.get_location(key)
    return _form_page(form, room), status


@pages.route(f"{ONE}/merge", methods=FORM)
@requires("location.edit")
def merge(key: str) -> Answer:
    """Two entries for one room: everything goes to the other one."""
    room = queries.get_location(key, to_change=request.method == "POST")
    name, form, status = room.name, Form(schemas.LocationMerge), 200
    if request.method == "POST":
        status = 422
        if is_stale(room.version, is_needed=True):
            status = form.stale(_who_was_quicker(room), {}, room.version)
        elif form.is_ready:
            stays: list[Location] = []
            into = form.data["into"]
            status = attempt(form, lambda: stays.append(merging.merge(room, into, by=me())))
            if not status:
                return _done(f"{name} is {stays[0].name} now.", stays[0].key)
            room = queries.get_location(key)
    page, _ = form.page("locations/merge.html", room=room, choices=_others(room))
    return page, status


@pages.post(f"{ONE}/archive")
@requires("location.edit")
def archive(key: str) -> Answer:
    """No longer offered, or offered again; old incidents keep its name."""
    is_archived = request.form.get("archived") == "true"
    said = (
        "is no longer offered. Old incidents keep its name." if is_archived else "is offered again."
    )
    return _press(
        key, lambda room: actions.change_location(room, by=me(), archived=is_archived), said
    )


@pages.post(f"{ONE}/removal")
@requires("location.edit")
def remove(key: str) -> Answer:
    return _press(key, lambda room: actions.remove_location(room, by=me()), "has been removed.")


def _press(key: str, act: Callable[[Location], None], said: str) -> Answer:
    room = queries.get_location(key, to_change=True)
    name = room.name
    form = Form(schemas.NewLocation, _saved(room), is_posted=False)
    if is_stale(room.version, is_needed=True):
        status = form.stale(_who_was_quicker(room), {}, room.version)
    else:
        status = attempt(form, lambda: act(room))
    if not status:
        return _done(f"{name} {said}")
    room = queries.get_location(key)
    return _form_page(form, room), status


def _done(said: str, key: str | None = None) -> Answer:
    flash(said, "success")
    return redirect(url_for(".show", key=key) if key else url_for(".index"), 303)


def _tree(filters: Filters) -> list[rules.Branch] | None:
    """None where a list with pages says it better."""
    if set(filters.given) - {"archived"} or "after" in request.args:
        return None
    page = queries.page_of_locations(filters.asked, None, queries.MOST_DRAWN)
    return None if page.place else rules.outline(page.rows)


def _file(kind: str) -> Answer:
    """Exactly what the filters show, all of it."""
    filters = read_filters(schemas.Narrowed)
    if filters.errors:
        return index()
    asked = filters.asked
    table = Table(
        "locations",
        _COLUMNS,
        lambda after, limit: queries.page_of_locations(asked, after, limit),
        _cells,
    )
    return answer(table, kind)


def _cells(rooms: Sequence[Location]) -> list[Sequence[Any]]:
    names = queries.names_of(one.parent_id for one in rooms)
    return [
        (
            *(one.name, room_kind_words(one.kind), names.get(one.parent_id)),
            *(one.is_container, one.is_archived, one.key),
        )
        for one in rooms
    ]


def _presets_form() -> Form:
    return Form(schemas.LocationPresets, {"names": [name for name, _ in rules.PRESETS]})


def _form_page(form: Form, room: Location | None) -> str:
    page, _ = form.page("locations/room.html", room=room, parents=_others(room))
    return page


def _others(room: Location | None) -> list[tuple[str, str]]:
    return [one for one in queries.location_choices() if room is None or one[0] != room.key]


def _saved(room: Location) -> dict[str, Any]:
    parent = queries.keys_of([room.parent_id]).get(room.parent_id)
    return {
        "name": room.name,
        "kind": room.kind,
        "parent": parent,
        "container": room.is_container,
    }


def _who_was_quicker(room: Location) -> str:
    last = last_event("location", room.id)
    return changed_by(last.actor if last else None, last.at if last else None)
