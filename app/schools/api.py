"""Schools as JSON: those the caller may see."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask.views import MethodView

from app.api.body import Blueprint
from app.api.manners import make_cursor, read_cursor
from app.api.reply import reply
from app.door import me, requires
from app.errors import NotThere
from app.schools import replies, shown
from app.shapes import PageArgs
from tenants import School, db

schools = Blueprint(
    "schools_api", __name__, url_prefix="/api/v1/schools", description="Schools of the authority"
)


@schools.route("")
class Schools(MethodView):
    @requires("account.own")
    @schools.arguments(PageArgs, location="query")
    @schools.response(200, replies.SchoolPage)
    def get(self, args: dict[str, Any]) -> Response:
        """Those you belong to; LA staff see all. By name."""
        after = read_cursor("schools", args.get("after"))
        page = shown.page_of_schools(me(), after=after, limit=args["limit"])
        cursor = make_cursor("schools", page.next) if page.next is not None else None
        return reply({"items": page.items, "next": cursor})


@schools.route("/<slug:school>")
class OneSchool(MethodView):
    @requires("school.view")
    @schools.response(200, replies.SchoolOut)
    def get(self) -> Response:
        """One school, with who its single points of contact are."""
        here = me().school
        school = db.session.get(School, here.id) if here else None
        found = shown.shown_school(me())
        if school is None or found is None:
            raise NotThere
        return reply(found, version=school.version)
