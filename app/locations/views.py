"""The rooms of a school: list, add, rename, archive, remove."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app.api.manners import make_cursor, read_cursor
from app.door import me, requires
from app.history.queries import last_event
from app.locations import actions, queries, rules, schemas
from app.locations.models import Location
from app.web.attempt import attempt, changed_by, is_stale
from app.web.forms import Form
from tenants import db

pages = Blueprint("locations", __name__, template_folder="templates")

PAGE_SIZE = 50


@pages.app_template_filter()
def room_kind_words(kind: str) -> str:
    return rules.KINDS.get(kind, kind)


@pages.get("/<slug:school>/locations")
@requires("location.view")
def index() -> Answer:
    with_archived = request.args.get("archived") == "true"
    more: dict[str, Any] = {"archived": "true"} if with_archived else {}
    scope = f"locations {me().school} {with_archived}"
    place = read_cursor(scope, request.args.get("after"))
    found = queries.page_of_locations(
        after=(place[0], place[1]) if place else None,
        limit=PAGE_SIZE + 1,
        with_archived=with_archived,
    )
    shown, rest = found[:PAGE_SIZE], found[PAGE_SIZE:]
    after = make_cursor(scope, [shown[-1].name, shown[-1].id]) if rest else None
    return render_template(
        "locations/index.html",
        rooms=shown,
        parents=queries.names_of_parents(shown),
        with_archived=with_archived,
        next_url=url_for(".index", after=after, **more) if after else None,
        first_url=url_for(".index", **more) if place else None,
    )


@pages.route("/<slug:school>/locations/new", methods=["GET", "POST"])
@requires("location.edit")
def add() -> Answer:
    form = Form(schemas.NewLocation, {"kind": "classroom"})
    status = 422 if form.errors else 200
    if form.is_ready:
        status = attempt(form, lambda: actions.add_location(by=me(), **form.data))
        if not status:
            return _done(f"{form.data['name']} can now be chosen.")
    return _form_page(form, None), status


@pages.route("/<slug:school>/locations/<slug:key>", methods=["GET", "POST"])
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
            return _done(f"{room.name} has been changed.")
        room = queries.get_location(key)
    return _form_page(form, room), status


@pages.post("/<slug:school>/locations/<slug:key>/archive")
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


@pages.post("/<slug:school>/locations/<slug:key>/removal")
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


def _done(said: str) -> Answer:
    flash(said, "success")
    return redirect(url_for(".index"), 303)


def _form_page(form: Form, room: Location | None) -> str:
    page, _ = form.page(
        "locations/room.html",
        room=room,
        parents=[one for one in queries.location_choices() if room is None or one[0] != room.key],
    )
    return page


def _saved(room: Location) -> dict[str, Any]:
    return {"name": room.name, "kind": room.kind, "parent": _parent_key(room)}


def _who_was_quicker(room: Location) -> str:
    last = last_event("location", room.id)
    return changed_by(last.actor if last else None, last.at if last else None)


def _parent_key(room: Location) -> str | None:
    if room.parent_id is None:
        return None
    parent = db.session.get(Location, (room.school_id, room.parent_id))
    return parent.key if parent else None
