"""The locations of a school as JSON."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask.views import MethodView

from app.api.body import Blueprint
from app.api.manners import check_version, make_cursor, read_cursor
from app.api.reply import reply
from app.door import me, requires
from app.locations import actions, queries, schemas
from app.locations.models import Location
from app.shapes import instant
from tenants import db

locations = Blueprint(
    "locations_api",
    __name__,
    url_prefix="/api/v1/schools/<slug:school>/locations",
    description="Rooms and places of a school",
)


@locations.route("")
class Locations(MethodView):
    @requires("location.view")
    @locations.arguments(schemas.LocationArgs, location="query")
    @locations.response(200, schemas.LocationPage)
    def get(self, args: dict[str, Any]) -> Response:
        """By name."""
        school = me().school
        scope = f"locations {school.slug if school else ''}"
        after = read_cursor(scope, args.get("after"))
        found = queries.page_of_locations(
            after=(after[0], after[1]) if after else None,
            limit=args["limit"] + 1,
            with_archived=args["archived"],
        )
        page, rest = found[: args["limit"]], found[args["limit"] :]
        keys = queries.keys_of_parents(page)
        items = [_shown(one, keys.get(one.parent_id)) for one in page]
        cursor = make_cursor(scope, [page[-1].name, page[-1].id]) if rest else None
        return reply({"items": items, "next": cursor})

    @requires("location.edit")
    @locations.arguments(schemas.NewLocation)
    @locations.response(201, schemas.LocationOut)
    def post(self, body: dict[str, Any]) -> Response:
        """Add a room."""
        location = actions.add_location(by=me(), **body)
        there = url_for("locations_api.One", key=location.key)
        return _one(location, 201, there)


@locations.route("/<slug:key>")
class One(MethodView):
    @requires("location.view")
    @locations.response(200, schemas.LocationOut)
    def get(self, key: str) -> Response:
        """One room."""
        return _one(queries.get_location(key))

    @requires("location.edit")
    @locations.arguments(schemas.LocationChange(partial=True))
    @locations.response(200, schemas.LocationOut)
    def patch(self, changes: dict[str, Any], key: str) -> Response:
        """Rename, move or archive it. Needs If-Match."""
        location = queries.get_location(key, to_change=True)
        check_version(location.version, is_needed=True)
        actions.change_location(location, by=me(), **changes)
        return _one(location)

    @requires("location.edit")
    @locations.response(204)
    def delete(self, key: str) -> Response:
        """Remove one that nothing refers to."""
        location = queries.get_location(key, to_change=True)
        check_version(location.version)
        actions.remove_location(location, by=me())
        return Response(status=204)


def _one(location: Location, status: int = 200, there: str | None = None) -> Response:
    db.session.flush()
    keys = queries.keys_of_parents([location])
    shown = _shown(location, keys.get(location.parent_id))
    return reply(shown, status, version=location.version, location=there)


def _shown(location: Location, parent: str | None) -> dict[str, Any]:
    return {
        "key": location.key,
        "name": location.name,
        "kind": location.kind,
        "parent": parent,
        "preset": location.is_preset,
        "archived": location.is_archived,
        "created_at": instant(location.created_at),
        "version": location.version,
    }
