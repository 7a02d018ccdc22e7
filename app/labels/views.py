"""Print labels: choose what they are for and the sheet, then print the page."""

from __future__ import annotations

from typing import Any, NamedTuple

import segno
from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer
from markupsafe import Markup
from marshmallow import ValidationError

from app.assets.queries import get_asset
from app.assets.schemas import AssetFilters
from app.door import me, requires
from app.errors import NotThere
from app.labels import actions, choosing, queries, rules, schemas
from app.labels.models import Label
from app.labels.queries import Printed, Thing
from app.locations.queries import get_location, location_choices
from app.web.attempt import attempt, changed_by, check_current
from app.web.forms import Form
from app.web.listed import read_filters
from config import Settings

pages = Blueprint("labels", __name__, template_folder="templates")

LABELS = "/<slug:school>/labels"


class Drawn(NamedTuple):
    picture: Markup
    name: str
    what: str
    address: str


@pages.route(LABELS, methods=["GET", "POST"])
@requires("label.print")
def index() -> Answer:
    """The filters of the asset list may stand in the address: then what it lists is chosen."""
    filters = read_filters(AssetFilters)
    asked = {name: value for name, value in filters.asked.items() if value is not None}
    form, status = Form(schemas.PrintLabels, {"sheet": "l7163", "start": 1, **_from_list()}), 200
    if form.is_posted:
        status = 422
        if form.is_ready:
            sheet, start = form.data.pop("sheet"), form.data.pop("start")
            made: list[list[Printed]] = []
            status = attempt(form, lambda: made.append(_make(form.data, asked)))
            if not status:
                at = made[0][0].label.printed_at
                assert at is not None
                to = url_for(".sheets", at=at.isoformat(), sheet=sheet, start=start)
                return redirect(to, 303)
    page = render_template(
        "labels/index.html", form=form, rooms=location_choices(), filters=filters.given
    )
    return page, status


@pages.get(f"{LABELS}/print")
@requires("label.print")
def sheets() -> Answer:
    """What was made ready at one instant, on the sheets that were chosen."""
    try:
        asked = schemas.SheetArgs().load(request.args)
    except ValidationError:
        raise NotThere from None
    found = queries.printed_at(asked["at"])
    sheet = rules.SHEETS[asked["sheet"]]
    if not found or asked["start"] > sheet.holds:
        raise NotThere
    school = me().school
    assert school is not None
    return render_template(
        "labels/sheets.html",
        sheet=sheet,
        pages=rules.laid_out([_drawn(one) for one in found], sheet, asked["start"]),
        count=len(found),
        school_name=school.name,
    )


@pages.get(f"{LABELS}/asset/<tag:key>")
@requires("label.print")
def of_asset(key: str) -> Answer:
    return _one(Thing(get_asset(key), None))


@pages.get(f"{LABELS}/location/<slug:key>")
@requires("label.print")
def of_location(key: str) -> Answer:
    return _one(Thing(None, get_location(key)))


@pages.post(f"{LABELS}/asset/<tag:key>/replacement")
@requires("label.print")
def replace_asset_label(key: str) -> Answer:
    return _replace(Thing(get_asset(key, to_change=True), None))


@pages.post(f"{LABELS}/location/<slug:key>/replacement")
@requires("label.print")
def replace_room_label(key: str) -> Answer:
    return _replace(Thing(None, get_location(key, to_change=True)))


@pages.post(f"{LABELS}/asset/<tag:key>/ending")
@requires("label.print")
def end_asset_label(key: str) -> Answer:
    return _end(Thing(get_asset(key, to_change=True), None))


@pages.post(f"{LABELS}/location/<slug:key>/ending")
@requires("label.print")
def end_room_label(key: str) -> Answer:
    return _end(Thing(None, get_location(key, to_change=True)))


def address_of(label: Label) -> str:
    """What stands in the picture."""
    settings: Settings = current_app.config["SETTINGS"]
    school = me().school
    assert school is not None
    path = url_for("label_scans.scanned", school=school.slug, token=label.token)
    return f"{settings.public_url}{path}"


def _make(wanted: dict[str, Any], filters: dict[str, Any]) -> list[Printed]:
    chosen = {name: wanted.get(name) for name in ("tags", "inside", "rooms")}
    return actions.make_labels(choosing.things_chosen(**chosen, filters=filters), by=me())


def _from_list() -> dict[str, Any]:
    """One thing, as its own page leads here."""
    tag, room = request.args.get("tag"), request.args.get("room")
    return {"tags": tag, "rooms": [room] if room else []}


def _drawn(one: Printed) -> Drawn:
    address = address_of(one.label)
    return Drawn(_picture(address, one.thing.name), one.thing.name, one.thing.what, address)


def _picture(address: str, name: str) -> Markup:
    """With its quiet zone and without styles of its own; level M stands a scratch."""
    svg = segno.make(address, error="m", micro=False, boost_error=False).svg_inline(
        border=4, light="#fff", omitsize=True, svgclass="desk-label__code", lineclass=None
    )
    # Made by the library from our own address.
    return Markup(svg)


def _one(thing: Thing) -> str:
    label = queries.active_label(thing)
    return render_template(
        "labels/one.html",
        thing=thing,
        label=label,
        drawn=_drawn(Printed(label, thing)) if label else None,
        version=queries.version_of(thing),
        here=_address_of_page(thing),
        print_url=url_for(".index", **_chosen(thing)),
    )


def _replace(thing: Thing) -> Answer:
    _check(thing)
    actions.replace_label(thing, by=me())
    flash(f"The old label of {thing.name} opens nothing any more. Print the new one.", "success")
    return redirect(url_for(".index", **_chosen(thing)), 303)


def _end(thing: Thing) -> Answer:
    _check(thing)
    actions.end_label(thing, by=me())
    flash(f"The label of {thing.name} opens nothing any more.", "success")
    return redirect(_address_of_page(thing), 303)


def _check(thing: Thing) -> None:
    """Two people with one lost label between them: the second would end the new one."""
    check_current(queries.version_of(thing), lambda: changed_by(None, None), is_needed=True)


def _chosen(thing: Thing) -> dict[str, Any]:
    """As the page of choosing reads it from the address."""
    return {"tag": thing.name} if thing.room is None else {"room": thing.room.key}


def _address_of_page(thing: Thing) -> str:
    if thing.room is None:
        return url_for(".of_asset", key=thing.name)
    return url_for(".of_location", key=thing.room.key)
