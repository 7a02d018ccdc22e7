"""Who uses a licence, and its key, as pages."""

from __future__ import annotations

from datetime import timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue as Answer

from app import clock
from app.assets.queries import people_names
from app.door import me, requires
from app.licences import actions, allocating, keys, queries, schemas
from app.licences.api import secret_key
from app.licences.models import Licence
from app.licences.views import ONE, done, pages, refused, to_press, who_was_quicker
from app.shapes import Shape
from app.web.attempt import attempt, is_stale
from app.web.forms import Form


@pages.route(f"{ONE}/allocations/new", methods=["GET", "POST"])
@requires("licence.edit")
def allocate(number: int) -> Answer:
    licence = queries.get_licence(number, to_change=request.method == "POST")
    form = Form(schemas.NewAllocation, {"from_day": clock.today()})
    status = 422 if form.errors else 200
    if form.is_posted and is_stale(licence.version, is_needed=True):
        status = form.stale(who_was_quicker(licence), {}, licence.version)
    elif form.is_ready:
        status = attempt(form, lambda: allocating.allocate(licence, form.data, by=me()))
        if not status:
            return done(number, "It is in the list of who uses it.")
        licence = queries.get_licence(number)
    page, _ = form.page("licences/allocate.html", licence=licence, people=people_names())
    return page, status


@pages.post(f"{ONE}/allocations/<number:other>/ending")
@requires("licence.edit")
def end(number: int, other: int) -> Answer:
    """From today on it is free again."""
    licence = to_press(number)
    one, form = queries.get_allocation(licence, other), Form(Shape, is_posted=False)
    yesterday = clock.today() - timedelta(days=1)
    if one.from_day > yesterday:
        allocating.remove_allocation(licence, one, by=me())
        return done(number, "It has begun only today, so the entry is taken out.")
    if attempt(form, lambda: allocating.end_allocation(licence, one, by=me(), on=yesterday)):
        return refused(form, number)
    return done(number, "It is free again from today.")


@pages.post(f"{ONE}/allocations/<number:other>/removal")
@requires("licence.edit")
def take_out(number: int, other: int) -> Answer:
    licence = to_press(number)
    one = queries.get_allocation(licence, other)
    allocating.remove_allocation(licence, one, by=me())
    return done(number, "The entry is taken out.")


@pages.route(f"{ONE}/key", methods=["GET", "POST"])
@requires("licence.edit")
def put_in_key(number: int) -> Answer:
    """Another key, or none: what is typed here is never shown again on this page."""
    licence = queries.get_licence(number, to_change=request.method == "POST")
    form, status = Form(schemas.LicenceKeyOnPage), 200
    if form.is_posted:
        status = 422
        if is_stale(licence.version, is_needed=True):
            status = form.stale(who_was_quicker(licence), {}, licence.version)
        elif form.is_ready:
            status = attempt(form, lambda: _keep(licence, form.data["licence_key"]))
            if not status:
                return done(number, "The licence key is kept locked.")
            licence = queries.get_licence(number)
    page, _ = form.page("licences/key_in.html", licence=licence)
    return page, status


@pages.post(f"{ONE}/key/removal")
@requires("licence.edit")
def take_out_key(number: int) -> Answer:
    _keep(to_press(number), None)
    return done(number, "The licence key is taken out.")


@pages.post(f"{ONE}/key/reveal")
@requires("licence.reveal")
def reveal(number: int) -> Answer:
    """The answer shows the key, this once: it is in no address and no table in plain words."""
    licence = to_press(number)
    key = keys.reveal_key(licence, by=me(), secret_key=secret_key())
    return render_template("licences/key.html", licence=licence, key=key)


def _keep(licence: Licence, key: str | None) -> None:
    actions.change_licence(licence, by=me(), secret_key=secret_key(), licence_key=key)
