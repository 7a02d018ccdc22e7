"""Pages of the asset register: the list, one asset with all that happened to it, add and change."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer
from sqlalchemy import select

from app import clock
from app.assets import actions, own_form, queries, rules, schemas, shown, told
from app.assets.beside import incidents_of, open_incidents
from app.assets.models import Asset
from app.assets.reading import PAPERS, opened
from app.contracts.register import Contract
from app.door import me, requires
from app.errors import Wrong
from app.files.papers import papers_of
from app.files.views_papers import pages_of_papers
from app.history.queries import events_of, last_event
from app.locations.models import Location
from app.locations.queries import location_choices
from app.suppliers.models import Supplier
from app.web import spreadsheets
from app.web.attempt import attempt, changed_by, is_stale
from app.web.forms import Form
from app.web.listed import listed, read_filters
from tenants import db

pages = Blueprint("assets", __name__, template_folder="templates")

REGISTER = "/<slug:school>/assets"
ONE = f"{REGISTER}/<tag:key>"
_EVENTS_SHOWN = 50

pages_of_papers(pages, ONE, PAPERS)


@pages.app_template_filter()
def asset_type_words(kind: str) -> str:
    return rules.TYPES.get(kind, kind)


@pages.app_template_filter()
def asset_status_words(status: str) -> str:
    return rules.STATUS_WORDS.get(status, status)


@pages.app_template_filter()
def asset_status_colour(status: str) -> str:
    return rules.COLOURS.get(status, "grey")


@pages.app_template_filter()
def asset_words(asset: Asset) -> str:
    return queries.described(asset)


@pages.get(REGISTER)
@requires("asset.view")
def index() -> Answer:
    filters = read_filters(schemas.AssetFilters)
    found = listed("assets", filters, queries.page_of_assets)
    return render_template(
        "assets/index.html",
        found=found,
        filters=filters,
        around=queries.around(found.rows),
        faults=open_incidents(me(), [one.id for one in found.rows]),
        rooms=dict(location_choices()),
        types=rules.TYPES,
        statuses=rules.STATUS_WORDS,
        today=clock.today(),
    )


@pages.get(f"{REGISTER}.csv")
@requires("asset.view")
def csv() -> Answer:
    return _file("csv")


@pages.get(f"{REGISTER}.xlsx")
@requires("asset.view")
def xlsx() -> Answer:
    return _file("xlsx")


def _file(kind: str) -> Answer:
    """The list exactly as it is filtered, with the school's own fields behind the others."""
    filters = read_filters(schemas.AssetFilters)
    if filters.errors:
        raise Wrong({"": filters.errors})
    own = shown.own_columns(filters.asked.get("type"))
    table = spreadsheets.Table(
        "assets",
        (*shown.HEADINGS, *(field.label for field in own)),
        lambda after, limit: queries.page_of_assets(filters.asked, after, limit),
        lambda rows: shown.spreadsheet_rows(rows, own),
    )
    return spreadsheets.answer(table, kind)


@pages.route(f"{REGISTER}/new", methods=["GET", "POST"])
@requires("asset.edit")
def add() -> Answer:
    kind = request.args.get("type", "")
    own = own_form.fields_of(kind if kind in rules.TYPES else request.form.get("type", ""))
    form = Form(own_form.shape(schemas.NewAsset, own), _beginning(kind))
    name_people(form, "holder")
    status = 422 if form.errors else 200
    if form.is_ready:
        said = own_form.gathered(form.data)
        status = attempt(form, lambda: actions.add_asset(by=me(), **said))
        if not status:
            flash(f"{said['tag']} is in the register.", "success")
            if "another" in request.form:
                return redirect(url_for(".add", type=said["type"], **_like(said)), 303)
            return redirect(url_for(".show", key=said["tag"]), 303)
    own_form.place_errors(form)
    return _form_page(form, None, own), status


@pages.get(ONE)
@requires("asset.view")
def show(key: str) -> Answer:
    asset = opened(key, me())
    around = queries.around([asset])
    events = events_of("asset", asset.id, limit=_EVENTS_SHOWN)
    return render_template(
        "assets/show.html",
        thing=asset,
        room=around.rooms.get(asset.location_id or 0),
        supplier=around.suppliers.get(asset.supplier_id or 0),
        contract=around.contracts.get(asset.contract_id or 0),
        loan=around.loans.get(asset.id),
        own=own_form.in_words(asset),
        incidents=incidents_of(me(), asset.id),
        events=[(event, event_words(event)) for event in events.rows],
        following=[one for one in rules.MAY_FOLLOW[asset.status] if one != "on_loan"],
        method=rules.DISPOSAL_METHODS.get(asset.disposal_method or "", asset.disposal_method),
        files=papers_of("asset", asset.id),
        address=url_for(".show", key=asset.tag),
        today=clock.today(),
    )


@pages.route(f"{ONE}/details", methods=["GET", "POST"])
@requires("asset.edit")
def change(key: str) -> Answer:
    if request.method != "POST":
        asset = queries.get_asset(key)
        own = own_form.fields_of(asset.type)
        shape = own_form.shape(schemas.AssetChange, own)
        return _form_page(Form(shape, saved(asset)), asset, own)
    own = own_form.fields_of(queries.get_asset(key).type)
    form, status = Form(own_form.shape(schemas.AssetChange, own)), 422
    name_people(form, "holder")
    asset = queries.get_asset(key, to_change=True)
    if is_stale(asset.version, is_needed=True):
        status = form.stale(who_was_quicker(asset), saved(asset), asset.version)
    elif form.is_ready:
        said = own_form.gathered(form.data)
        status = attempt(form, lambda: actions.change_asset(asset, by=me(), **said))
        if not status:
            return done(said["tag"], f"{said['tag']} has been changed.")
        asset = queries.get_asset(key)
    own_form.place_errors(form)
    return _form_page(form, asset, own), status


@pages.post(f"{ONE}/removal")
@requires("asset.edit")
def remove(key: str) -> Answer:
    """One that was added by mistake."""
    asset = queries.get_asset(key, to_change=True)
    own = own_form.fields_of(asset.type)
    form = Form(own_form.shape(schemas.AssetChange, own), saved(asset), is_posted=False)
    if is_stale(asset.version, is_needed=True):
        status = form.stale(who_was_quicker(asset), {}, asset.version)
    else:
        status = attempt(form, lambda: actions.remove_asset(asset, by=me()))
    if not status:
        flash(f"{asset.tag} has been removed.", "success")
        return redirect(url_for(".index"), 303)
    return _form_page(form, queries.get_asset(key), own), status


# --- what these pages share ---


def name_people(form: Form, field: str) -> None:
    """Somebody given by e-mail address; before any row is read that is to be changed."""
    if form.is_ready:
        try:
            form.data = queries.with_names(form.data, field)
        except Wrong as mistake:
            form.add_errors(mistake.errors)


def done(key: str, said: str) -> Answer:
    flash(said, "success")
    return redirect(url_for("assets.show", key=key), 303)


def who_was_quicker(asset: Asset) -> str:
    last = last_event("asset", asset.id)
    return changed_by(last.actor if last else None, last.at if last else None)


def event_words(event: Any) -> str:
    """“Moved: Hall → Library” as a person says it."""
    words = told.EVENT_WORDS.get(event.kind, event.kind)
    said = [_in_words(one) for one in (event.from_value, event.to_value)]
    if event.kind in ("asset.moved", "asset.handed_over"):
        return f"{words}: {said[0] or 'nothing'} → {said[1] or 'nothing'}"
    if event.kind == "asset.lent":
        return f"{words} to {said[1]}"
    if event.kind == "asset.status_changed":
        return f"{words}: {said[0]} → {said[1]}"
    return str(words)


def _in_words(value: str | None) -> str | None:
    return rules.STATUS_WORDS.get(value, value) if value else None


def saved(asset: Asset) -> dict[str, Any]:
    """What stands where the form would write."""
    around = queries.around([asset])
    room = around.rooms.get(asset.location_id or 0)
    supplier = around.suppliers.get(asset.supplier_id or 0)
    contract = around.contracts.get(asset.contract_id or 0)
    return {
        **{name: getattr(asset, name) for name in actions.PLAIN},
        "location": room.key if room else None,
        "holder": asset.holder,
        "supplier": supplier.key if supplier else None,
        "contract": contract.number if contract else None,
        **own_form.start(asset),
    }


def choices_for_form(asset: Asset | None = None) -> dict[str, Any]:
    """Rooms, suppliers and contracts to choose from; what it has already may stay."""
    rooms = location_choices()
    if asset is not None and asset.location_id is not None:
        room = db.session.get(Location, (asset.school_id, asset.location_id))
        if room is not None and room.key not in dict(rooms):
            rooms = [*rooms, (room.key, f"{room.name} (no longer used)")]
    suppliers = db.session.execute(
        select(Supplier.key, Supplier.name)
        .where(Supplier.is_archived.is_(False))
        .order_by(Supplier.name)
    )
    contracts = db.session.execute(
        select(Contract.number, Contract.name)
        .where(Contract.state.in_(("draft", "active")))
        .order_by(Contract.name)
    )
    return {
        "rooms": rooms,
        "suppliers": [(key, name) for key, name in suppliers],
        "contracts": [(number, name) for number, name in contracts],
        "people": queries.people_names(),
    }


def _form_page(form: Form, asset: Asset | None, own: Any) -> str:
    page, _ = form.page(
        "assets/form.html",
        thing=asset,
        own=own,
        type=request.args.get("type"),
        **choices_for_form(asset),
    )
    return page


def _beginning(kind: str) -> dict[str, Any]:
    given = {name: request.args.get(name) for name in ("make", "model", "location", "tag")}
    return {"type": kind if kind in rules.TYPES else None, "status": "in_use", **given}


def _like(said: dict[str, Any]) -> dict[str, Any]:
    """The next of thirty: make, model and room stand there already."""
    return {name: said[name] for name in ("make", "model", "location") if said.get(name)}


# The other pages of this blueprint.
from app.assets import (  # noqa: E402
    views_fields,
    views_passing,
    views_steps,
    views_together,
)

__all__ = ["pages", "views_fields", "views_passing", "views_steps", "views_together"]
