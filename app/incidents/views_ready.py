"""Pages where the desk keeps its checklists and replies; the LA's are for every school."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app.door import me, requires
from app.errors import DeskError, NotThere
from app.incidents import checklists, ready_replies, work_schemas
from app.incidents.blueprint import pages
from app.web.attempt import attempt, changed_by, is_stale
from app.web.forms import Form
from tenants import administering

FORM = ("GET", "POST")
_REASON = "what the desks keep ready"


def _at_la(is_la: bool) -> AbstractContextManager[Any]:
    """The LA's rows are written by its administration."""
    return administering(_REASON) if is_la else nullcontext()


# --- what there is ---


@pages.get("/<slug:school>/ready")
@requires("desk.keep_ready")
def ready() -> Answer:
    return render_template(
        "incidents/ready.html",
        lists=checklists.all_of_school(),
        replies=ready_replies.all_of_school(),
        la_lists=[one for one in checklists.all_of_la() if not one.is_archived],
        la_replies=[one for one in ready_replies.all_of_la() if not one.is_archived],
        is_la=False,
    )


@pages.get("/authority/ready")
@requires("authority.knowledge")
def la_ready() -> Answer:
    with _at_la(True):
        return render_template(
            "incidents/ready.html",
            lists=checklists.all_of_la(),
            replies=ready_replies.all_of_la(),
            is_la=True,
        )


# --- checklists ---


@pages.route("/<slug:school>/ready/checklists/new", methods=FORM)
@requires("desk.keep_ready")
def add_checklist() -> Answer:
    return _add(False, "checklist")


@pages.route("/authority/ready/checklists/new", methods=FORM)
@requires("authority.knowledge")
def la_add_checklist() -> Answer:
    return _add(True, "checklist")


@pages.route("/<slug:school>/ready/checklists/<number:place>", methods=FORM)
@requires("desk.keep_ready")
def change_checklist(place: int) -> Answer:
    return _change(False, "checklist", place)


@pages.route("/authority/ready/checklists/<number:place>", methods=FORM)
@requires("authority.knowledge")
def la_change_checklist(place: int) -> Answer:
    return _change(True, "checklist", place)


# --- replies ---


@pages.route("/<slug:school>/ready/replies/new", methods=FORM)
@requires("desk.keep_ready")
def add_reply() -> Answer:
    return _add(False, "reply")


@pages.route("/authority/ready/replies/new", methods=FORM)
@requires("authority.knowledge")
def la_add_reply() -> Answer:
    return _add(True, "reply")


@pages.route("/<slug:school>/ready/replies/<number:place>", methods=FORM)
@requires("desk.keep_ready")
def change_reply(place: int) -> Answer:
    return _change(False, "reply", place)


@pages.route("/authority/ready/replies/<number:place>", methods=FORM)
@requires("authority.knowledge")
def la_change_reply(place: int) -> Answer:
    return _change(True, "reply", place)


# --- one page for all of them ---

_SHAPES = {"checklist": work_schemas.ChecklistForm, "reply": work_schemas.ReplyForm}
_ROOMS: dict[str, Any] = {"checklist": checklists, "reply": ready_replies}
_FIELDS = {"checklist": ("name", "category", "items"), "reply": ("title", "category", "text")}


def _add(is_la: bool, noun: str) -> Answer:
    form = Form(_SHAPES[noun])
    status = 422 if form.errors else 200
    if form.is_ready:
        with _at_la(is_la):
            status = attempt(form, lambda: _ROOMS[noun].add(by=me(), at_la=is_la, **form.data))
        if not status:
            return _done(is_la, f"“{form.data[_FIELDS[noun][0]]}” can be used now.")
    return _page(form, noun, is_la), status


def _change(is_la: bool, noun: str, place: int) -> Answer:
    with _at_la(is_la):
        one = _ROOMS[noun].kept(place, at_la=is_la)
        saved, version, is_archived = _saved(noun, one), one.version, one.is_archived
        form, status = Form(_SHAPES[noun], saved), 200
        if form.is_posted:
            if is_stale(version, is_needed=True):
                status = form.stale(changed_by(None, None), saved, version)
            elif "archived" in request.form:
                wanted = request.form["archived"] == "true"
                return _put_away(
                    is_la, lambda: _ROOMS[noun].archive(one, by=me(), is_archived=wanted)
                )
            elif form.is_ready:
                status = attempt(form, lambda: _ROOMS[noun].change(one, by=me(), **form.data))
                if not status:
                    return _done(is_la, "It has been changed.")
            else:
                status = 422
    return _page(form, noun, is_la, version=version, is_archived=is_archived), status


def _put_away(is_la: bool, act: Callable[[], object]) -> Answer:
    try:
        act()
    except NotThere:
        raise
    except DeskError as refusal:
        flash(refusal.sentence, "error")
        return redirect(_list(is_la), 303)
    return _done(is_la, "It has been put away, or is offered again.")


def _saved(noun: str, one: Any) -> dict[str, Any]:
    found = {name: getattr(one, name) for name in _FIELDS[noun]}
    if noun == "checklist":
        found["items"] = checklists.text_of(one.items)
    return found


def _page(
    form: Form, noun: str, is_la: bool, *, version: int | None = None, is_archived: bool = False
) -> str:
    page, _ = form.page(
        "incidents/ready_one.html",
        noun=noun,
        names=_FIELDS[noun],
        version=version,
        is_archived=is_archived,
        back=_list(is_la),
        is_la=is_la,
    )
    return page


def _done(is_la: bool, said: str) -> Answer:
    flash(said, "success")
    return redirect(_list(is_la), 303)


def _list(is_la: bool) -> str:
    return url_for(".la_ready" if is_la else ".ready")
