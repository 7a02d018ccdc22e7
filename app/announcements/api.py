"""Announcements as JSON: a school's with the LA's among them, and the LA's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, url_for
from flask.views import MethodView
from sqlalchemy import Row

from app.announcements import actions, lists, schemas
from app.announcements.models import Announcement
from app.api.body import Blueprint
from app.api.manners import check_version, make_cursor, read_cursor
from app.api.reply import reply
from app.door import me, requires
from tenants import across_schools, db

announcements = Blueprint(
    "announcements_api",
    __name__,
    url_prefix="/api/v1/schools/<slug:school>/announcements",
    description="What everybody at a school should know before they report it",
)
la_announcements = Blueprint(
    "la_announcements_api",
    __name__,
    url_prefix="/api/v1/announcements",
    description="What the LA announces to every school",
)


@announcements.route("")
class Announcements(MethodView):
    @requires("announcement.view")
    @announcements.arguments(schemas.ListArgs, location="query")
    @announcements.response(200, schemas.AnnouncementPage)
    def get(self, args: dict[str, Any]) -> Response:
        """The school's own and the LA's, the newest first; `current=true`: those that hold now."""
        school = me().school
        scope = f"announcements api {school.slug if school else ''} {args['current']}"
        found = lists.page_of_announcements(
            me(),
            is_current=args["current"],
            after=read_cursor(scope, args.get("after")),
            limit=args["limit"] + 1,
        )
        return _page(found, args["limit"], scope)

    @requires("announcement.write")
    @announcements.arguments(schemas.AnnouncementIn)
    @announcements.response(201, schemas.AnnouncementOut)
    def post(self, body: dict[str, Any]) -> Response:
        """Announce something. An outage stands on every page of the school while it lasts."""
        one = actions.announce(by=me(), **body)
        return _one(one, 201, url_for("announcements_api.One", number=one.number))


@announcements.route("/<number:number>")
class One(MethodView):
    @requires("announcement.view")
    @announcements.response(200, schemas.AnnouncementOut)
    def get(self, number: int) -> Response:
        """One of the school's own."""
        return _one(lists.get_announcement(me(), number))

    @requires("announcement.write")
    @announcements.arguments(schemas.AnnouncementChange(partial=True))
    @announcements.response(200, schemas.AnnouncementOut)
    def patch(self, changes: dict[str, Any], number: int) -> Response:
        """Change it. Needs If-Match."""
        one = lists.get_announcement(me(), number, to_change=True)
        check_version(one.version, is_needed=True)
        actions.change(one, by=me(), **changes)
        return _one(one)


@announcements.route("/<number:number>/end")
class End(MethodView):
    @requires("announcement.write")
    @announcements.arguments(schemas.AnnouncementEnd, required=False)
    @announcements.response(200, schemas.AnnouncementOut)
    def put(self, _body: dict[str, Any], number: int) -> Response:
        """It is over, or will not be."""
        one = lists.get_announcement(me(), number, to_change=True)
        check_version(one.version)
        actions.end(one, by=me())
        return _one(one)


@la_announcements.route("")
class LaAnnouncements(MethodView):
    @requires("queue.view", "authority.announce")
    @la_announcements.arguments(schemas.ListArgs, location="query")
    @la_announcements.response(200, schemas.AnnouncementPage)
    def get(self, args: dict[str, Any]) -> Response:
        """The LA's, the newest first."""
        scope = f"la announcements api {args['current']}"
        place = read_cursor(scope, args.get("after"))
        with across_schools("announcements for every school"):
            found = lists.page_of_la_announcements(
                is_current=args["current"], after=place, limit=args["limit"] + 1
            )
        return _page(found, args["limit"], scope)

    @requires("authority.announce")
    @la_announcements.arguments(schemas.AnnouncementIn)
    @la_announcements.response(201, schemas.AnnouncementOut)
    def post(self, body: dict[str, Any]) -> Response:
        """Announce something to every school."""
        number = actions.announce_at_la(by=me(), **body)
        return _one_of_la(number, 201, url_for("la_announcements_api.LaOne", number=number))


@la_announcements.route("/<number:number>")
class LaOne(MethodView):
    @requires("queue.view", "authority.announce")
    @la_announcements.response(200, schemas.AnnouncementOut)
    def get(self, number: int) -> Response:
        """One of the LA's."""
        return _one_of_la(number)

    @requires("authority.announce")
    @la_announcements.arguments(schemas.AnnouncementChange(partial=True))
    @la_announcements.response(200, schemas.AnnouncementOut)
    def patch(self, changes: dict[str, Any], number: int) -> Response:
        """Change it. Needs If-Match."""
        version = _version_of_la(number)
        check_version(version, is_needed=True)
        actions.change_at_la(number, version, by=me(), **changes)
        return _one_of_la(number)


@la_announcements.route("/<number:number>/end")
class LaEnd(MethodView):
    @requires("authority.announce")
    @la_announcements.arguments(schemas.AnnouncementEnd, required=False)
    @la_announcements.response(200, schemas.AnnouncementOut)
    def put(self, _body: dict[str, Any], number: int) -> Response:
        """It is over, or will not be."""
        version = _version_of_la(number)
        check_version(version)
        actions.end_at_la(number, version, by=me())
        return _one_of_la(number)


def _page(found: Sequence[Row[Any]], limit: int, scope: str) -> Response:
    page, rest = found[:limit], found[limit:]
    cursor = make_cursor(scope, lists.place_of(page[-1])) if rest else None
    return reply({"items": [lists.shown(row, is_la=row.is_la) for row in page], "next": cursor})


def _one(one: Announcement, status: int = 200, there: str | None = None) -> Response:
    db.session.flush()
    return reply(lists.shown(one, is_la=False), status, version=one.version, location=there)


def _one_of_la(number: int, status: int = 200, there: str | None = None) -> Response:
    with across_schools("announcements for every school"):
        body = lists.shown(lists.get_la_announcement(number), is_la=True)
    return reply(body, status, version=body["version"], location=there)


def _version_of_la(number: int) -> int:
    with across_schools("announcements for every school"):
        return lists.get_la_announcement(number).version
