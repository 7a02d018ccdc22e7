"""The LA's packs as pages: read by its lines, written by manager and administrator."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app import clock
from app.api.manners import make_cursor, read_cursor
from app.contracts import agreements_queries as queries
from app.contracts import la_packs, pack_form
from app.contracts.rules import LA_STANDARD
from app.contracts.schemas import FOR_OPEN, written_on_page
from app.door import me, requires
from app.errors import NotThere
from app.history.queries import last_event_at_la
from app.permissions import may
from app.shapes import SHORT, Flag, Shape, Text
from app.web.attempt import attempt, changed_by, is_stale
from app.web.forms import Form
from tenants import across_schools, administering

pages = Blueprint("packs", __name__, template_folder="templates")
pages.add_app_template_filter(lambda kind: pack_form.KIND_WORDS[kind], "agreement_kind_words")
pages.add_app_template_filter(pack_form.terms_rows, "terms_rows")

PAGE_SIZE = 50
_WRITE = "a pack of the LA is written"


class Reasoned(Shape):
    reason = Text(
        SHORT,
        allow_none=True,
        metadata={"label": "Why?", "hint": "It is kept in the history."},
    )


class NewPackForm(pack_form.NewPack, Reasoned):
    """A pack that schools can choose."""


class ForOpen(Shape):
    for_open = Flag(load_default=False, metadata={"label": FOR_OPEN})


class VersionForm(pack_form.NextVersion, ForOpen, Reasoned):
    """The next version of a pack."""


@pages.get("/service-levels")
@requires("authority.packs_view")
def index() -> Answer:
    """By name, each with its newest version."""
    place = read_cursor("service levels", request.args.get("after"))
    with across_schools("the packs of the LA"):
        found = queries.page_of_packs(
            after=(place[0], place[1]) if place else None, limit=PAGE_SIZE + 1
        )
        shown, rest = found[:PAGE_SIZE], found[PAGE_SIZE:]
        versions = queries.newest_versions([one.id for one in shown])
        after = make_cursor("service levels", [shown[-1].name, shown[-1].id]) if rest else None
        return render_template(
            "agreements/packs.html",
            packs=shown,
            may_write=_may_write(),
            versions=versions,
            next_url=url_for(".index", after=after) if after else None,
            first_url=url_for(".index") if place else None,
        )


@pages.get("/service-levels/<slug:key>")
@requires("authority.packs_view")
def show(key: str) -> Answer:
    with across_schools("the packs of the LA"):
        pack = queries.get_pack(key)
        return render_template(
            "agreements/pack.html",
            pack=pack,
            versions=queries.versions_of(pack.id),
            may_write=_may_write(),
        )


def _may_write() -> bool:
    return may(me().all_roles, "authority.packs")


@pages.route("/service-levels/new", methods=["GET", "POST"])
@requires("authority.packs")
def add() -> Answer:
    """Beginning with the LA standard, or with whatever `?from=` names: an example, say."""
    form = Form(NewPackForm, None if request.method == "POST" else _start())
    status = 422 if form.errors else 200
    if form.is_ready:
        with administering(_WRITE):
            status = attempt(form, lambda: _add(form))
        if not status:
            flash(f"{form.data['name']} is added. Schools can choose it.", "success")
            return redirect(url_for(".index"), 303)
    page, _ = form.page("agreements/pack_form.html", pack=None, version_now=None)
    return page, status


def _add(form: Form) -> None:
    la_packs.add_pack(written_on_page(form.data, form.data["kind"]), by=me())


def _start() -> dict[str, Any]:
    terms: dict[str, Any] = LA_STANDARD
    if key := request.args.get("from"):
        with across_schools("the packs of the LA"):
            pack = queries.get_pack(key[:100])
            terms = queries.versions_of(pack.id)[0].terms
    begins = {"valid_from": clock.today(), "kind": terms["kind"]}
    return {**pack_form.as_typed(terms), **begins}


@pages.route("/service-levels/<slug:key>/change", methods=["GET", "POST"])
@requires("authority.packs")
def change(key: str) -> Answer:
    """A new version from a day on; the ones before stay as they were."""
    if request.method != "POST":
        return pack_form_page(Form(VersionForm, _saved(key)), key)
    form, status = Form(VersionForm), 422
    with administering(_WRITE):
        pack = queries.get_pack(key, to_change=True)
        newest = queries.versions_of(pack.id)[0]
        number, name, kind = newest.number, pack.name, pack.kind
        saved = {**pack_form.as_typed(newest.terms), "name": name}
        if is_stale(number, is_needed=True):
            last = last_event_at_la("pack.", name)
            said = changed_by(last.actor if last else None, last.at if last else None)
            status = form.stale(said, saved, number)
        elif form.is_ready:
            written = written_on_page  # read inside `attempt`: its mistakes go into the form
            status = attempt(
                form,
                lambda: la_packs.add_version(pack, written(form.data, kind), by=me()),
            )
    if not status:
        flash(f"A new version of {form.data['name']} is saved.", "success")
        return redirect(url_for(".show", key=key), 303)
    return pack_form_page(form, key), status


def pack_form_page(form: Form, key: str, **more: Any) -> str:
    with across_schools("the packs of the LA"):
        pack = queries.get_pack(key)
        number = queries.versions_of(pack.id)[0].number
        page, _ = form.page("agreements/pack_form.html", pack=pack, version_now=number, **more)
    return page


def _saved(key: str) -> dict[str, Any]:
    with across_schools("the packs of the LA"):
        pack = queries.get_pack(key)
        if pack.is_example:
            raise NotThere
        newest = queries.versions_of(pack.id)[0]
        begins = {"valid_from": clock.today(), "name": pack.name}
        return {**pack_form.as_typed(newest.terms), **begins}
