"""Labels as JSON: make them, replace one, end one. Sheets are printed from the page."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask.views import MethodView

from app.api.body import Blueprint
from app.api.listed import listed
from app.api.manners import check_version
from app.api.reply import reply
from app.assets.queries import get_asset
from app.door import me, requires
from app.errors import NotThere, wrong
from app.labels import actions, choosing, queries, schemas
from app.labels.models import Label
from app.labels.queries import Thing
from app.labels.views import address_of
from app.locations.queries import get_location
from app.shapes import instant

labels_api = Blueprint(
    "labels_api",
    __name__,
    url_prefix="/api/v1/schools/<slug:school>/labels",
    description="QR labels of equipment and rooms",
)


@labels_api.route("")
class Labels(MethodView):
    @requires("label.print")
    @labels_api.arguments(schemas.LabelArgs, location="query")
    @labels_api.response(200, schemas.LabelPage)
    def get(self, args: dict[str, Any]) -> Response:
        """Those that open something, in the order they were made."""
        return listed("labels", args, queries.page_of_labels, _all_shown)

    @requires("label.print")
    @labels_api.arguments(schemas.NewLabels)
    @labels_api.response(201, schemas.LabelsOut)
    def post(self, body: dict[str, Any]) -> Response:
        """For these assets (tags) and locations (keys). What has a label keeps it."""
        things = choosing.things_named(body["assets"], body["locations"])
        if not things:
            raise wrong("assets", "Say which assets or locations the labels are for.")
        found = actions.make_labels(things, by=me())
        items = [_shown(one.label, one.thing) for one in found]
        return reply({"items": items}, 201, location=url_for("labels_api.Labels"))


class _One(MethodView):
    """The label of one thing. Its version goes up when it is replaced."""

    def thing(self, key: str, *, to_change: bool = False) -> Thing:
        raise NotImplementedError

    @requires("label.print")
    @labels_api.response(200, schemas.LabelOut)
    def get(self, key: str) -> Response:
        """The one that opens something."""
        thing = self.thing(key)
        label = queries.active_label(thing)
        if label is None:
            raise NotThere
        return reply(_shown(label, thing), version=queries.version_of(thing))

    @requires("label.print")
    @labels_api.response(201, schemas.LabelOut)
    def post(self, key: str) -> Response:
        """A new one; the old one opens nothing from now on."""
        thing = self._locked(key)
        label = actions.replace_label(thing, by=me())
        version = queries.version_of(thing)
        return reply(_shown(label, thing), 201, version=version, location=request.path)

    @requires("label.print")
    @labels_api.response(204)
    def delete(self, key: str) -> Response:
        """It opens nothing any more."""
        actions.end_label(self._locked(key), by=me())
        return Response(status=204)

    def _locked(self, key: str) -> Thing:
        thing = self.thing(key, to_change=True)
        check_version(queries.version_of(thing))
        return thing


@labels_api.route("/asset/<tag:key>")
class OfAsset(_One):
    def thing(self, key: str, *, to_change: bool = False) -> Thing:
        return Thing(get_asset(key, to_change=to_change), None)


@labels_api.route("/location/<slug:key>")
class OfLocation(_One):
    def thing(self, key: str, *, to_change: bool = False) -> Thing:
        return Thing(None, get_location(key, to_change=to_change))


def _all_shown(rows: list[Any]) -> list[dict[str, Any]]:
    return [_shown(label, Thing(asset, room)) for label, asset, room in rows]


def _shown(label: Label, thing: Thing) -> dict[str, Any]:
    return {
        "asset": thing.asset.tag if thing.asset is not None else None,
        "location": thing.room.key if thing.room is not None else None,
        "token": label.token,
        "address": address_of(label),
        "made_by": label.made_by,
        "created_at": instant(label.created_at),
        "printed_at": instant(label.printed_at),
    }
