"""Pages where a school adds fields of its own to a type of equipment [S23]."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app.assets import own_fields, rules, schemas
from app.assets.models import AssetField
from app.assets.views import pages
from app.door import me, requires
from app.history.queries import last_event
from app.web.attempt import attempt, changed_by, is_stale
from app.web.forms import Form

_ALL = "/<slug:school>/asset-fields"


@pages.get(_ALL)
@requires("asset.edit")
def fields() -> Answer:
    return render_template(
        "assets/fields.html",
        fields=own_fields.all_fields(with_archived=True),
        kinds=rules.FIELD_KINDS,
    )


@pages.route(f"{_ALL}/new", methods=["GET", "POST"])
@requires("asset.edit")
def add_field() -> Answer:
    kind = request.args.get("type")
    form = Form(schemas.NewAssetField, {"type": kind, "kind": "text"})
    status = 422 if form.errors else 200
    if form.is_ready:
        status = attempt(form, lambda: own_fields.add_field(by=me(), **form.data))
        if not status:
            return _done(f"{form.data['label']} is now asked.")
    return _page(form, None), status


@pages.route(f"{_ALL}/<slug:key>", methods=["GET", "POST"])
@requires("asset.edit")
def change_field(key: str) -> Answer:
    if request.method != "POST":
        field = own_fields.get_field(key)
        return _page(Form(schemas.AssetFieldChange, _saved(field)), field)
    field = own_fields.get_field(key, to_change=True)
    form, status = Form(schemas.AssetFieldChange), 422
    if is_stale(field.version, is_needed=True):
        last = last_event("asset_field", field.id)
        said = changed_by(last.actor if last else None, last.at if last else None)
        status = form.stale(said, _saved(field), field.version)
    elif form.is_ready:
        changes = dict(form.data)
        status = attempt(form, lambda: own_fields.change_field(field, by=me(), **changes))
        if not status:
            return _done(f"{changes['label']} has been changed.")
        field = own_fields.get_field(key)
    return _page(form, field), status


def _saved(field: AssetField) -> dict[str, Any]:
    return {
        "label": field.label,
        "choices": "\n".join(field.choices or []),
        "position": field.position,
        "archived": field.is_archived,
    }


def _page(form: Form, field: AssetField | None) -> str:
    page, _ = form.page("assets/field.html", field=field)
    return page


def _done(said: str) -> Answer:
    flash(said, "success")
    return redirect(url_for(".fields"), 303)
