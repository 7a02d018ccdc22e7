"""What is known at a school: search, read, write, publish, offer to the LA."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer
from marshmallow import EXCLUDE, ValidationError

from app import clock
from app.api.manners import make_cursor, read_cursor
from app.door import me, requires
from app.errors import Wrong
from app.history.actions import record_access
from app.history.queries import last_event
from app.knowledge import actions, lists, redaction, rules, schemas, shown
from app.knowledge.models import Article
from app.people.identity import SchoolName
from app.schools.categories import CATEGORY_WORDS
from app.web.attempt import attempt, changed_by, check_current, is_stale
from app.web.forms import Form

pages = Blueprint("knowledge", __name__, template_folder="templates")

PAGE_SIZE = 50
FILTERS = ("q", "category", "kind", "state", "scope")
ARTICLES = "/<slug:school>/articles"
ONE = f"{ARTICLES}/<number:number>"


@pages.app_template_filter()
def article_kind_words(kind: str) -> str:
    return rules.KIND_WORDS.get(kind, kind)


@pages.app_template_filter()
def article_state_words(state: str) -> str:
    return rules.STATE_WORDS.get(state, state)


@pages.app_template_filter()
def gives_away_words(kind: str) -> str:
    return redaction.KIND_WORDS.get(kind, kind)


@pages.get(ARTICLES)
@requires("article.view")
def index() -> Answer:
    asked = asked_for(schemas.ListArgs, FILTERS)
    if not lists.sees_drafts(me()):
        asked.pop("state", None)
    scope = f"articles {me().school} {sorted(asked.items())}"
    place = read_cursor(scope, request.args.get("after"))
    found = lists.page_of_articles(me(), asked, after=place, limit=PAGE_SIZE + 1)
    page, rest = found[:PAGE_SIZE], found[PAGE_SIZE:]
    after = make_cursor(scope, lists.place_of(page[-1])) if rest else None
    return render_template(
        "knowledge/index.html",
        rows=[(shown.listed(row, here().code), _address(row.is_la, row.number)) for row in page],
        asked=asked,
        kinds=rules.KIND_WORDS,
        categories=CATEGORY_WORDS,
        states=rules.STATE_WORDS if lists.sees_drafts(me()) else {},
        next_url=url_for(".index", after=after, **asked) if after else None,
        first_url=url_for(".index", **asked) if place else None,
    )


@pages.get(ONE)
@requires("article.view")
def show(number: int) -> Answer:
    article = opened(number)
    return render_template(
        "knowledge/show.html",
        article=article,
        reference=reference_of(number),
        uses=lists.uses_of(article),
        offer_words=rules.OFFER_WORDS,
        may_follow=rules.MAY_FOLLOW[article.state],
    )


@pages.get(f"{ARTICLES}/la/<number:number>")
@requires("article.view")
def show_la(number: int) -> Answer:
    article = lists.get_la_article(me(), number)
    return render_template(
        "knowledge/show_la.html",
        article=article,
        reference=rules.reference(rules.LA_CODE, number),
        uses=lists.uses_of_la(article.id),
    )


@pages.route(f"{ARTICLES}/new", methods=["GET", "POST"])
@requires("article.write")
def add() -> Answer:
    form = Form(schemas.ArticleIn, {"kind": "resolution", "audience": "everyone"})
    status = 422 if form.errors else 200
    if form.is_ready:
        made: list[Article] = []
        status = attempt(form, lambda: made.append(actions.write(by=me(), **form.data)))
        if not status:
            flash("It is a draft: nobody else sees it until you publish it.", "success")
            return redirect(url_for(".show", number=made[0].number), 303)
    return form_page(form), status


@pages.route(f"{ONE}/change", methods=["GET", "POST"])
@requires("article.write")
def change(number: int) -> Answer:
    if request.method != "POST":
        article = lists.get_article(me(), number)
        return form_page(Form(schemas.ArticleIn, saved(article)), article)
    article = lists.get_article(me(), number, to_change=True)
    form, status = Form(schemas.ArticleIn), 422
    if is_stale(article.version, is_needed=True):
        status = form.stale(who_was_quicker(article), saved(article), article.version)
    elif form.is_ready:
        status = attempt(form, lambda: actions.change(article, by=me(), **form.data))
        if not status:
            return _done(number, f"{reference_of(number)} has been changed.")
        article = lists.get_article(me(), number)
    return form_page(form, article), status


_MOVED = {
    "published": "{} is published.",
    "draft": "{} is a draft again: only those who write articles see it.",
    "retired": "{} is retired. It stays in the history of what it solved.",
}


@pages.post(f"{ONE}/state")
@requires("article.write")
def move(number: int) -> Answer:
    form = Form(schemas.ArticleState)
    article = lists.get_article(me(), number, to_change=True)
    check_current(article.version, lambda: who_was_quicker(article), is_needed=True)
    if form.is_ready and not attempt(
        form, lambda: actions.move(article, form.data["state"], by=me())
    ):
        return _done(number, _MOVED[form.data["state"]].format(reference_of(number)))
    return _not_done(number, form)


@pages.route(f"{ONE}/offer", methods=["GET", "POST"])
@requires("article.offer")
def offer(number: int) -> Answer:
    """What it may give away is shown before the school agrees."""
    article = lists.get_article(me(), number, to_change=request.method == "POST")
    form = Form(schemas.ArticleOffer)
    if form.is_posted:
        check_current(article.version, lambda: who_was_quicker(article), is_needed=True)
    if form.is_ready and not attempt(form, lambda: actions.offer(article, by=me())):
        return _done(number, f"{reference_of(number)} is offered. The LA reads it first.")
    if form.errors:
        return _not_done(number, form)
    return render_template(
        "knowledge/offer.html",
        form=form,
        article=article,
        reference=reference_of(number),
        parts=looked_at(saved(article)),
    )


@pages.post(f"{ONE}/offer/withdrawal")
@requires("article.offer")
def withdraw(number: int) -> Answer:
    article = lists.get_article(me(), number, to_change=True)
    check_current(article.version, lambda: who_was_quicker(article))
    form = Form(schemas.ArticleOffer)
    if not attempt(form, lambda: actions.withdraw(article, by=me())):
        return _done(number, "The offer is taken back.")
    return _not_done(number, form)


def looked_at(said: dict[str, Any]) -> list[tuple[str, list[tuple[str, str]]]]:
    """(label, pieces): each text with what it may give away marked."""
    labels = {"title": "Title", "symptoms": "What people notice", "text": "What helps"}
    found = shown.found_in(said, shown.known_here(here()))
    return [(labels[name], redaction.pieces(said[name] or "", found[name])) for name in labels]


def opened(number: int) -> Article:
    """One to read; LA staff from outside leave an access record."""
    article = lists.get_article(me(), number)
    if me().is_from_outside:
        record_access(reference_of(number), "read as LA staff", at=clock.now(), by=me())
    return article


def here() -> SchoolName:
    school = me().school
    assert school is not None
    return school


def reference_of(number: int) -> str:
    return rules.reference(here().code, number)


def saved(article: Any) -> dict[str, Any]:
    return {name: getattr(article, name) for name in schemas.ArticleIn().fields}


def who_was_quicker(article: Article) -> str:
    last = last_event("article", article.id)
    return changed_by(last.actor if last else None, last.at if last else None)


def asked_for(shape: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """The filters of an address; empty ones are those nobody chose."""
    given = {name: request.args[name] for name in names if request.args.get(name)}
    try:
        found: dict[str, Any] = shape(unknown=EXCLUDE, only=names).load(given)
    except ValidationError as mistakes:
        raise Wrong(mistakes.messages_dict) from None
    return {name: value for name, value in found.items() if value is not None}


def form_page(form: Form, article: Article | None = None, source: str | None = None) -> str:
    """Write or change one. `source`: what it is written from."""
    page, _ = form.page(
        "knowledge/article.html",
        article=article,
        reference=reference_of(article.number) if article else None,
        source=source,
    )
    return page


def _address(is_la: bool, number: int) -> str:
    return url_for(".show_la" if is_la else ".show", number=number)


def _done(number: int, said: str) -> Answer:
    flash(said, "success")
    return redirect(url_for(".show", number=number), 303)


def _not_done(number: int, form: Form) -> Answer:
    flash(" ".join(sentence for _, sentence in form.problems), "error")
    return redirect(url_for(".show", number=number), 303)
