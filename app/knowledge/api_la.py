"""What the LA knows, as JSON, for its lines; what schools offer, for those who review it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response, url_for
from flask.views import MethodView

from app.api.body import Blueprint
from app.api.manners import check_version, make_cursor, read_cursor
from app.api.reply import reply
from app.door import me, requires
from app.knowledge import lists, review, rules, schemas, shown
from app.shapes import PageArgs
from tenants import across_schools

la_articles = Blueprint(
    "la_articles_api",
    __name__,
    url_prefix="/api/v1/articles",
    description="What the LA knows and publishes for every school",
)


@la_articles.route("")
class Articles(MethodView):
    @requires("queue.view")
    @la_articles.arguments(schemas.LaListArgs, location="query")
    @la_articles.response(200, schemas.ArticlePage)
    def get(self, args: dict[str, Any]) -> Response:
        """By title, in every state."""
        limit, after = args.pop("limit"), args.pop("after", None)
        scope = f"la articles api {sorted(args.items())}"
        place = read_cursor(scope, after)
        with across_schools("articles of the LA"):
            found = lists.page_of_la_articles(args, after=place, limit=limit + 1)
        page, rest = found[:limit], found[limit:]
        cursor = make_cursor(scope, lists.place_of(page[-1])) if rest else None
        items = [shown.listed(row, rules.LA_CODE) for row in page]
        return reply({"items": items, "next": cursor})

    @requires("authority.knowledge")
    @la_articles.arguments(schemas.ArticleIn)
    @la_articles.response(201, schemas.ArticleOut)
    def post(self, body: dict[str, Any]) -> Response:
        """Write one. It begins as a draft; PATCH `state` publishes it."""
        number = review.write(by=me(), **body)
        return _one(number, 201, url_for("la_articles_api.One", number=number))


@la_articles.route("/offers")
class Offers(MethodView):
    @requires("authority.knowledge")
    @la_articles.arguments(PageArgs, location="query")
    @la_articles.response(200, schemas.ArticleOfferedPage)
    def get(self, args: dict[str, Any]) -> Response:
        """What schools offered and nobody has answered, the oldest first. Each is reviewed in its
        school: `/schools/{school}/articles/{number}/review`."""
        limit, place = args["limit"], read_cursor("offers api", args.get("after"))
        after = [datetime.fromisoformat(place[0]), *place[1:]] if place else None
        found = lists.offers(after=after, limit=limit + 1)
        page, rest = found[:limit], found[limit:]
        last = [page[-1].offered_at.isoformat(), page[-1].school_id, page[-1].id] if rest else None
        cursor = make_cursor("offers api", last) if last else None
        return reply({"items": [shown.offered(row) for row in page], "next": cursor})


@la_articles.route("/<number:number>")
class One(MethodView):
    @requires("queue.view")
    @la_articles.response(200, schemas.ArticleOut)
    def get(self, number: int) -> Response:
        """One of the LA's, with how often it solved or helped at all schools together."""
        return _one(number)

    @requires("authority.knowledge")
    @la_articles.arguments(schemas.ArticleChange(partial=True))
    @la_articles.response(200, schemas.ArticleOut)
    def patch(self, changes: dict[str, Any], number: int) -> Response:
        """Change it, publish it or retire it. Needs If-Match."""
        with across_schools("articles of the LA"):
            version = lists.get_la_article(me(), number).version
        check_version(version, is_needed=True)
        review.change(number, version, by=me(), **changes)
        return _one(number)


def _one(number: int, status: int = 200, there: str | None = None) -> Response:
    with across_schools("articles of the LA"):
        article = lists.get_la_article(me(), number)
        body = shown.detail(article, rules.LA_CODE, lists.uses_of_la(article.id))
    return reply(body, status, version=body["version"], location=there)
