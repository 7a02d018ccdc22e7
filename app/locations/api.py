"""The locations of a school as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, url_for
from flask.views import MethodView

from app.api.body import Blueprint
from app.api.listed import listed
from app.api.manners import check_version
from app.api.reply import reply
from app.api.timelines import timeline
from app.door import me, requires
from app.history.schemas import EventPage
from app.locations import actions, merging, queries, schemas
from app.locations.models import Location
from app.shapes import PageArgs, instant
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
        return listed("locations", args, queries.page_of_locations, _drawn)

    @requires("location.edit")
    @locations.arguments(schemas.NewLocation)
    @locations.response(201, schemas.LocationOut)
    def post(self, body: dict[str, Any]) -> Response:
        """Add a room."""
        location = actions.add_location(by=me(), **body)
        there = url_for("locations_api.One", key=location.key)
        return _one(location, 201, there)


@locations.route("/presets")
class Presets(MethodView):
    @requires("location.edit")
    @locations.arguments(schemas.LocationPresets)
    @locations.response(200, schemas.LocationsOut)
    def post(self, body: dict[str, Any]) -> Response:
        """Add some of the rooms that most schools have; those of that name are left alone."""
        added = actions.add_presets(set(body["names"]), by=me())
        db.session.flush()
        return reply({"items": _drawn(added)})


@locations.route("/<slug:key>")
class One(MethodView):
    @requires("location.view")
    @locations.response(200, schemas.LocationOut)
    def get(self, key: str) -> Response:
        """One room. Of one that was merged, `merged_into` says which it is now."""
        return _one(queries.get_location(key))

    @requires("location.edit")
    @locations.arguments(schemas.LocationChange(partial=True))
    @locations.response(200, schemas.LocationOut)
    def patch(self, changes: dict[str, Any], key: str) -> Response:
        """Rename, move or archive it. What is inside moves along. Needs If-Match."""
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


@locations.route("/<slug:key>/merge")
class Merge(MethodView):
    @requires("location.edit")
    @locations.arguments(schemas.LocationMerge)
    @locations.response(200, schemas.LocationOut)
    def post(self, body: dict[str, Any], key: str) -> Response:
        """It is the same room as `into`: incidents, assets and whatever else names it go there.
        It is archived. Answers the room that stays."""
        location = queries.get_location(key, to_change=True)
        check_version(location.version)
        return _one(merging.merge(location, body["into"], by=me()))


@locations.route("/<slug:key>/timeline")
class Timeline(MethodView):
    @requires("location.edit")
    @locations.arguments(PageArgs, location="query")
    @locations.response(200, EventPage)
    def get(self, args: dict[str, Any], key: str) -> Response:
        """What became of it, the newest first."""
        location = queries.get_location(key)
        return timeline("location", location.id, args)


def _one(location: Location, status: int = 200, there: str | None = None) -> Response:
    db.session.flush()
    (shown,) = _drawn([location])
    return reply(shown, status, version=location.version, location=there)


def _drawn(found: Sequence[Location]) -> list[dict[str, Any]]:
    keys = queries.keys_of(
        number for one in found for number in (one.parent_id, one.merged_into_id)
    )
    return [_shown(one, keys) for one in found]


def _shown(location: Location, keys: dict[int | None, str]) -> dict[str, Any]:
    return {
        "key": location.key,
        "name": location.name,
        "kind": location.kind,
        "parent": keys.get(location.parent_id),
        "container": location.is_container,
        "preset": location.is_preset,
        "archived": location.is_archived,
        "merged_into": keys.get(location.merged_into_id),
        "created_at": instant(location.created_at),
        "version": location.version,
    }
