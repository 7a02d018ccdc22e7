"""The fields that a school adds to a type of equipment, as JSON."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask.views import MethodView

from app.api.body import Blueprint
from app.api.listed import listed
from app.api.manners import check_version
from app.api.reply import reply
from app.assets import own_fields, replies, schemas, shown
from app.assets.models import AssetField
from app.door import me, requires
from tenants import db

asset_fields = Blueprint(
    "asset_fields_api",
    __name__,
    url_prefix="/api/v1/schools/<slug:school>/asset_fields",
    description="Fields of the school's own on a type of equipment",
)


@asset_fields.route("")
class Fields(MethodView):
    @requires("asset.view")
    @asset_fields.arguments(schemas.AssetFieldArgs, location="query")
    @asset_fields.response(200, replies.AssetFieldPage)
    def get(self, args: dict[str, Any]) -> Response:
        """By type and place."""
        return listed(
            "asset fields",
            args,
            own_fields.page_of_fields,
            lambda rows: [shown.shown_field(one) for one in rows],
        )

    @requires("asset.edit")
    @asset_fields.arguments(schemas.NewAssetField)
    @asset_fields.response(201, replies.AssetFieldOut)
    def post(self, body: dict[str, Any]) -> Response:
        """Add a field to a type."""
        field = own_fields.add_field(by=me(), **body)
        return _one(field, 201, url_for("asset_fields_api.One", key=field.key))


@asset_fields.route("/<slug:key>")
class One(MethodView):
    @requires("asset.view")
    @asset_fields.response(200, replies.AssetFieldOut)
    def get(self, key: str) -> Response:
        """One field."""
        return _one(own_fields.get_field(key))

    @requires("asset.edit")
    @asset_fields.arguments(schemas.AssetFieldChange(partial=True))
    @asset_fields.response(200, replies.AssetFieldOut)
    def patch(self, changes: dict[str, Any], key: str) -> Response:
        """Its name, answers, place, or that it is no longer asked. Needs If-Match."""
        field = own_fields.get_field(key, to_change=True)
        check_version(field.version, is_needed=True)
        own_fields.change_field(field, by=me(), **changes)
        return _one(field)


def _one(field: AssetField, status: int = 200, there: str | None = None) -> Response:
    db.session.flush()
    return reply(shown.shown_field(field), status, version=field.version, location=there)
