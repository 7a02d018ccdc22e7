"""What the LA knows: its articles, and those that schools offer for every school."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app.api.manners import make_cursor, read_cursor
from app.door import me, requires
from app.errors import Refused
from app.history.queries import last_event_at_la
from app.knowledge import lists, review, rules, schemas
from app.knowledge.models import LaArticle
from app.knowledge.views import (
    ONE,
    PAGE_SIZE,
    asked_for,
    looked_at,
    reference_of,
    saved,
    who_was_quicker,
)
from app.schools.categories import CATEGORY_WORDS
from app.web.attempt import attempt, changed_by, check_current, is_stale
from app.web.forms import Form
from tenants import across_schools, administering

pages = Blueprint("la_knowledge", __name__, template_folder="templates")

FILTERS = ("q", "category", "kind", "state")


@pages.get("/articles")
@requires("queue.view")
def index() -> Answer:
    asked = asked_for(schemas.LaListArgs, FILTERS)
    scope = f"la articles {sorted(asked.items())}"
    place = read_cursor(scope, request.args.get("after"))
    with across_schools("articles of the LA"):
        found = lists.page_of_la_articles(asked, after=place, limit=PAGE_SIZE + 1)
    page, rest = found[:PAGE_SIZE], found[PAGE_SIZE:]
    after = make_cursor(scope, lists.place_of(page[-1])) if rest else None
    return render_template(
        "knowledge/la_index.html",
        rows=[(rules.reference(rules.LA_CODE, row.number), row) for row in page],
        asked=asked,
        kinds=rules.KIND_WORDS,
        categories=CATEGORY_WORDS,
        states=rules.STATE_WORDS,
        next_url=url_for(".index", after=after, **asked) if after else None,
        first_url=url_for(".index", **asked) if place else None,
    )


@pages.get("/articles/<number:number>")
@requires("queue.view")
def show(number: int) -> Answer:
    with across_schools("articles of the LA"):
        article = lists.get_la_article(me(), number)
        uses = lists.uses_of_la(article.id)
        return render_template(
            "knowledge/la_show.html",
            article=article,
            reference=_reference(number),
            uses=uses,
            may_follow=rules.MAY_FOLLOW[article.state],
        )


@pages.route("/articles/new", methods=["GET", "POST"])
@requires("authority.knowledge")
def add() -> Answer:
    form = Form(schemas.ArticleIn, {"kind": "resolution", "audience": "everyone"})
    status = 422 if form.errors else 200
    if form.is_ready:
        made: list[int] = []
        status = attempt(form, lambda: made.append(review.write(by=me(), **form.data)))
        if not status:
            flash("It is a draft: no school sees it until you publish it.", "success")
            return redirect(url_for(".show", number=made[0]), 303)
    return _form_page(form, None), status


@pages.route("/articles/<number:number>/change", methods=["GET", "POST"])
@requires("authority.knowledge")
def change(number: int) -> Answer:
    article = _read(number)
    form = Form(schemas.ArticleIn, saved(article))
    status = 422 if form.is_posted else 200
    if form.is_posted and is_stale(article.version, is_needed=True):
        status = form.stale(_who_was_quicker(number), saved(article), article.version)
    elif form.is_ready:
        version = article.version
        status = attempt(form, lambda: review.change(number, version, by=me(), **form.data))
        if not status:
            return _done(number, f"{_reference(number)} has been changed.")
        article = _read(number)
    return _form_page(form, article), status


@pages.post("/articles/<number:number>/state")
@requires("authority.knowledge")
def move(number: int) -> Answer:
    form, article = Form(schemas.ArticleState), _read(number)
    check_current(article.version, lambda: _who_was_quicker(number), is_needed=True)
    if form.is_ready:
        version, state = article.version, form.data["state"]
        if not attempt(form, lambda: review.change(number, version, by=me(), state=state)):
            said = rules.STATE_WORDS[state].lower()
            return _done(number, f"{_reference(number)} is now: {said}.")
    flash(" ".join(sentence for _, sentence in form.problems), "error")
    return redirect(url_for(".show", number=number), 303)


@pages.get("/articles/offers")
@requires("authority.knowledge")
def offers() -> Answer:
    place = read_cursor("offers", request.args.get("after"))
    after = [datetime.fromisoformat(place[0]), *place[1:]] if place else None
    found = lists.offers(after=after, limit=PAGE_SIZE + 1)
    page, rest = found[:PAGE_SIZE], found[PAGE_SIZE:]
    last = [page[-1].offered_at.isoformat(), page[-1].school_id, page[-1].id] if rest else None
    return render_template(
        "knowledge/offers.html",
        offers=[(rules.reference(row.code, row.number), row) for row in page],
        next_url=last and url_for(".offers", after=make_cursor("offers", last)),
        first_url=url_for(".offers") if place else None,
    )


@pages.route(f"{ONE}/review", methods=["GET", "POST"])
@requires("authority.knowledge")
def review_offer(number: int) -> Answer:
    """The reviewer edits a copy; what it may give away is marked, and marked again when sent."""
    try:
        article = review.open_offer(number, by=me(), to_change=request.method == "POST")
    except Refused as refusal:
        flash(refusal.sentence, "error")
        return redirect(url_for("knowledge.show", number=number), 303)
    start = saved(article)
    form = Form(schemas.Review, {**start, "decision": "publish"})
    status = 422 if form.is_posted else 200
    if form.is_posted and is_stale(article.version, is_needed=True):
        status = form.stale(who_was_quicker(article), start, article.version)
    elif form.is_ready:
        status = attempt(form, lambda: _answer(article, dict(form.data)))
        if not status:
            is_published = form.data["decision"] == "publish"
            said = "is published for every school" if is_published else "is not published"
            flash(f"{reference_of(number)} {said}. The school can read that.", "success")
            return redirect(url_for(".offers"), 303)
        article = review.open_offer(number, by=me())
    sent = {name: request.form.get(name, start[name]) for name in start}
    page, _ = form.page(
        "knowledge/review.html",
        article=article,
        reference=reference_of(number),
        parts=looked_at(sent),
    )
    return page, status


def _answer(article: Any, said: dict[str, Any]) -> None:
    decision, reason = said.pop("decision"), said.pop("reason", None)
    if decision == "publish":
        review.publish(article, by=me(), **said)
    else:
        review.decline(article, by=me(), reason=reason)


def _read(number: int) -> LaArticle:
    """Leaving the scope lets go of the row; its values stay."""
    with across_schools("articles of the LA"):
        return lists.get_la_article(me(), number)


def _who_was_quicker(number: int) -> str:
    with administering("who changed an article of the LA"):
        last = last_event_at_la("la_article.", _reference(number))
    return changed_by(last.actor if last else None, last.at if last else None)


def _reference(number: int) -> str:
    return rules.reference(rules.LA_CODE, number)


def _form_page(form: Form, article: LaArticle | None) -> str:
    page, _ = form.page(
        "knowledge/la_article.html",
        article=article,
        reference=_reference(article.number) if article else None,
    )
    return page


def _done(number: int, said: str) -> Answer:
    flash(said, "success")
    return redirect(url_for(".show", number=number), 303)
