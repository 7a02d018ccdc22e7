"""One's own API tokens: make, list, revoke."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app import clock
from app.api.manners import make_cursor, read_cursor
from app.door import SecondFactorFirst, me, requires
from app.people import rules, second_factor, tokens
from app.people.account_schemas import NewToken
from app.web.attempt import attempt
from app.web.forms import Form

pages = Blueprint("tokens", __name__, template_folder="templates")

PAGE_SIZE = 25


@pages.get("/account/tokens")
@requires("account.own")
def index() -> Answer:
    place = read_cursor("tokens", request.args.get("after"))
    after = (datetime.fromisoformat(place[0]), UUID(place[1])) if place else None
    found = tokens.page_of(me().person_id, after, PAGE_SIZE + 1)
    shown, rest = found[:PAGE_SIZE], found[PAGE_SIZE:]
    last = [shown[-1].created_at.isoformat(), str(shown[-1].id)] if rest else None
    return render_template(
        "people/tokens.html",
        tokens=shown,
        now=clock.now(),
        next_url=url_for(".index", after=make_cursor("tokens", last)) if last else None,
        first_url=url_for(".index") if place else None,
    )


@pages.route("/account/tokens/new", methods=["GET", "POST"])
@requires("account.own")
def make() -> Answer:
    """The answer shows the token, this once: it is in no cookie, no address and no table.

    It outlives the browser it was made in, so an open one that somebody left does not do."""
    if not second_factor.recently_proved(me(), clock.now()):
        raise SecondFactorFirst
    form = Form(NewToken, {"days": 90, "read_only": True})
    made: list[str] = []
    status = 422 if form.errors else 200
    if form.is_ready:
        status = attempt(form, lambda: made.append(_make(form)))
    if not made:
        schools = [(one.slug, one.name) for one in sorted(me().schools, key=lambda one: one.name)]
        return render_template("people/token_new.html", form=form, schools=schools), status
    return render_template("people/token_made.html", token=made[0], name=form.data["name"]), 201


@pages.post("/account/tokens/<uuid:token>/revocation")
@requires("account.own")
def revoke(token: UUID) -> Answer:
    name = tokens.revoke(token, by=me(), device=_device(), now=clock.now())
    flash(f"“{name}” is revoked. Programs that use it are refused from now on.", "success")
    return redirect(url_for(".index"), 303)


def _make(form: Form) -> str:
    return tokens.make(by=me(), device=_device(), now=clock.now(), **form.data)


def _device() -> str:
    return rules.device_name(request.user_agent.string)
