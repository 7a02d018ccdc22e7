"""The LA's queue across all schools as JSON, and its counts."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask.views import MethodView

from app import clock
from app.api.body import Blueprint
from app.api.manners import make_cursor, read_cursor
from app.api.reply import reply
from app.door import me, requires
from app.incidents import lists, replies, schemas, shown
from tenants import across_schools

queue = Blueprint(
    "queue_api", __name__, url_prefix="/api/v1/queue", description="The queue across all schools"
)


@queue.route("")
class Queue(MethodView):
    @requires("queue.view")
    @queue.arguments(schemas.QueueArgs, location="query")
    @queue.response(200, replies.ListedPage)
    def get(self, args: dict[str, Any]) -> Response:
        """Open incidents by next due time."""
        after = read_cursor("queue", args.pop("after", None))
        with across_schools("the support queue"):
            page = lists.queue(me(), args, after=after, limit=args.pop("limit"))
        now = clock.now()
        cursor = make_cursor("queue", page.next) if page.next is not None else None
        return reply({"items": [shown.listed(row, now) for row in page.rows], "next": cursor})


@queue.route("/counts")
class QueueCounts(MethodView):
    @requires("queue.view")
    @queue.arguments(schemas.CountArgs, location="query")
    @queue.response(200, replies.Counts)
    def get(self, args: dict[str, Any]) -> Response:
        """How many are open, by status, line and priority; by school on request."""
        by_school = args.pop("by", None) == "school"
        with across_schools("counts of the support queue"):
            found = lists.counts(me(), args)
            if by_school:
                found["schools"] = lists.counts_by_school(me(), args)
        return reply(found)
