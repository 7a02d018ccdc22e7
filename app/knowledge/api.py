"""What is known at a school, as JSON: its own articles, and those of the LA."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask.views import MethodView

from app import clock
from app.api.body import Blueprint
from app.api.manners import check_version, make_cursor, read_cursor
from app.api.reply import reply
from app.door import me, requires
from app.history.actions import record_access
from app.knowledge import actions, lists, queries, review, rules, schemas, shown
from app.knowledge.models import Article
from app.people.identity import SchoolName
from tenants import db

articles = Blueprint(
    "articles_api",
    __name__,
    url_prefix="/api/v1/schools/<slug:school>/articles",
    description="What is known at a school: how to put things right, known errors, how-to",
)


@articles.route("")
class Articles(MethodView):
    @requires("article.view")
    @articles.arguments(schemas.ListArgs, location="query")
    @articles.response(200, schemas.ArticlePage)
    def get(self, args: dict[str, Any]) -> Response:
        """The school's own, then the LA's, by title. `q` finds beginnings of words."""
        limit, after = args.pop("limit"), args.pop("after", None)
        if not lists.sees_drafts(me()):
            args.pop("state", None)
        scope = f"articles api {_here().slug} {sorted(args.items())}"
        found = lists.page_of_articles(me(), args, after=read_cursor(scope, after), limit=limit + 1)
        page, rest = found[:limit], found[limit:]
        cursor = make_cursor(scope, lists.place_of(page[-1])) if rest else None
        return reply({"items": [shown.listed(row, _here().code) for row in page], "next": cursor})

    @requires("article.write")
    @articles.arguments(schemas.ArticleIn)
    @articles.response(201, schemas.ArticleOut)
    def post(self, body: dict[str, Any]) -> Response:
        """Write one. It begins as a draft; PATCH `state` publishes it."""
        article = actions.write(by=me(), **body)
        return _one(article, 201, url_for("articles_api.One", number=article.number))


@articles.route("/suggestions")
class Suggestions(MethodView):
    @requires("article.view")
    @articles.arguments(schemas.SuggestArgs, location="query")
    @articles.response(200, schemas.ArticleSuggestions)
    def get(self, args: dict[str, Any]) -> Response:
        """What fits the words that somebody is typing, the best first."""
        found = queries.suggest(
            args["q"],
            args.get("category"),
            for_desk=lists.is_of_desk(me()),
            limit=args["limit"],
        )
        return reply({"items": [shown.suggested(one) for one in found]})


@articles.route("/<number:number>")
class One(MethodView):
    @requires("article.view")
    @articles.response(200, schemas.ArticleOut)
    def get(self, number: int) -> Response:
        """One of the school's own."""
        article = lists.get_article(me(), number)
        if me().is_from_outside:
            reference = rules.reference(_here().code, number)
            record_access(reference, "read as LA staff", at=clock.now(), by=me())
        return _one(article)

    @requires("article.write")
    @articles.arguments(schemas.ArticleChange(partial=True))
    @articles.response(200, schemas.ArticleOut)
    def patch(self, changes: dict[str, Any], number: int) -> Response:
        """Change it, publish it (`"state": "published"`) or retire it. Needs If-Match."""
        article = lists.get_article(me(), number, to_change=True)
        check_version(article.version, is_needed=True)
        actions.change(article, by=me(), **changes)
        return _one(article)


@articles.route("/<number:number>/offer")
class Offer(MethodView):
    @requires("article.offer")
    @articles.arguments(schemas.ArticleOffer, required=False)
    @articles.response(200, schemas.ArticleOfferOut)
    def put(self, _body: dict[str, Any], number: int) -> Response:
        """The school agrees that the LA reviews it and publishes it for every school. The answer
        says what its text may give away."""
        article = lists.get_article(me(), number, to_change=True)
        check_version(article.version)
        actions.offer(article, by=me())
        db.session.flush()
        return _with_what_it_gives_away(article)

    @requires("article.offer")
    @articles.response(200, schemas.ArticleOut)
    def delete(self, number: int) -> Response:
        """Not after all, while the LA has not answered."""
        article = lists.get_article(me(), number, to_change=True)
        check_version(article.version)
        actions.withdraw(article, by=me())
        return _one(article)


@articles.route("/<number:number>/review")
class Review(MethodView):
    @requires("authority.knowledge")
    @articles.response(200, schemas.ArticleOfferOut)
    def get(self, number: int) -> Response:
        """For the LA: an offered article, and what its text may give away."""
        return _with_what_it_gives_away(review.open_offer(number, by=me()))

    @requires("authority.knowledge")
    @articles.arguments(schemas.ArticleReview)
    @articles.response(200, schemas.ArticleOut)
    def put(self, body: dict[str, Any], number: int) -> Response:
        """For the LA: publish a copy for every school, as edited here, or decline with a reason."""
        article = review.open_offer(number, by=me(), to_change=True)
        check_version(article.version)
        decision, reason = body.pop("decision"), body.pop("reason", None)
        if decision == "publish":
            review.publish(article, by=me(), **body)
        else:
            review.decline(article, by=me(), reason=reason)
        return _one(lists.get_article(me(), number))


@articles.route("/la/<number:number>")
class OfLa(MethodView):
    @requires("article.view")
    @articles.response(200, schemas.ArticleOut)
    def get(self, number: int) -> Response:
        """One that the LA published for every school."""
        article = lists.get_la_article(me(), number)
        uses = lists.uses_of_la(article.id)
        return reply(shown.detail(article, rules.LA_CODE, uses), version=article.version)


def _here() -> SchoolName:
    school = me().school
    assert school is not None
    return school


def _one(article: Article, status: int = 200, there: str | None = None) -> Response:
    db.session.flush()
    body = shown.detail(article, _here().code, lists.uses_of(article))
    return reply(body, status, version=article.version, location=there)


def _with_what_it_gives_away(article: Article) -> Response:
    body = shown.detail(article, _here().code, lists.uses_of(article))
    body["may_give_away"] = shown.may_give_away(article, _here())
    return reply(body, version=article.version)
