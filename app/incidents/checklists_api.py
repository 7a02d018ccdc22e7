"""The checklists that can be chosen at a school, as JSON."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask.views import MethodView
from marshmallow import fields

from app.api.body import Blueprint
from app.api.manners import make_cursor, read_cursor
from app.api.reply import reply
from app.door import me, requires
from app.incidents import checklists
from app.schools.categories import CATEGORY_WORDS
from app.shapes import Flag, PageArgs, Shape, choice

checklists_api = Blueprint(
    "checklists_api",
    __name__,
    url_prefix="/api/v1/schools/<slug:school>/checklists",
    description="Checklists for the diagnostics sheet",
)


class ChecklistArgs(PageArgs):
    category = choice(tuple(CATEGORY_WORDS))


class CheckItem(Shape):
    position = fields.Integer(required=True)
    text = fields.String(required=True)
    safe = Flag(required=True, metadata={"description": "A Tech Advisor may try it"})


class ChecklistOut(Shape):
    key = fields.String(required=True)
    name = fields.String(required=True)
    category = fields.String(allow_none=True)
    scope = choice(("school", "la"), required=True)
    items = fields.List(fields.Nested(CheckItem), required=True)


class ChecklistList(Shape):
    items = fields.List(fields.Nested(ChecklistOut), required=True)
    next = fields.String(allow_none=True, required=True)


@checklists_api.route("")
class Checklists(MethodView):
    @requires("incident.diagnose")
    @checklists_api.arguments(ChecklistArgs, location="query")
    @checklists_api.response(200, ChecklistList)
    def get(self, args: dict[str, Any]) -> Response:
        """The school's own and the LA's, by key; with `category` only those for it."""
        school, category = me().school, args.get("category")
        scope = f"checklists {school.slug if school else ''} {category}"
        after = read_cursor(scope, args.get("after"))
        found = [one for one in checklists.offered() if category in (None, one.category)]
        found = sorted(found, key=lambda one: one.key)
        rest = [one for one in found if after is None or one.key > after[0]]
        page = rest[: args["limit"]]
        place = [page[-1].key] if len(rest) > len(page) else None
        return reply(
            {
                "items": [checklists.shown_checklist(one) for one in page],
                "next": make_cursor(scope, place) if place else None,
            }
        )
