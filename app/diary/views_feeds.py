"""The diary in a calendar program: one's own feeds, and the feed itself, which needs no sign-in."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app import clock
from app.diary import entries, feeds, ical, schemas
from app.diary.blueprint import DIARY, FORM, pages
from app.door import me, requires
from app.limits.at_the_door import limiter
from app.limits.counting import Limit
from app.web.attempt import attempt
from app.web.forms import Form

_BACK, _AHEAD = timedelta(days=365), timedelta(days=730)
# In ten seconds. A calendar program asks a few times a day.
_OFTEN = 20
_NOT_THERE = "There is no such calendar.\n"


@pages.route(f"{DIARY}/feeds", methods=FORM)
@requires("diary.view")
def my_feeds() -> Answer:
    """The answer to a new one shows its address, this once."""
    form = Form(schemas.DiaryNewFeed, {})
    status, address = 422 if form.errors else 200, None
    if form.is_ready:
        made: list[str] = []
        said = form.data
        status = attempt(form, lambda: made.append(feeds.make(by=me(), **said)[1])) or 200
        if made:
            address = url_for(".feed", token=made[0], _external=True)
    page = render_template("diary/feeds.html", form=form, feeds=_listed(), address=address)
    return page, status


@pages.post(f"{DIARY}/feeds/end")
@requires("diary.view")
def end_feed() -> Answer:
    form = Form(schemas.EndedFeed)
    feed = feeds.end(form.data.get("key", ""), by=me())
    flash(f"“{feed.label}” has ended. Its address opens nothing any more.", "success")
    return redirect(url_for(".my_feeds"), 303)


def _listed() -> list[tuple[str, object]]:
    return [(feeds.key_of(one), one) for one in feeds.feeds_of(me())]


# --- stands in the door's PUBLIC ---


@pages.get(f"{DIARY}/<token>.ics")
def feed(school: str, token: str) -> Answer:
    """Whatever is wrong with an address looks the same."""
    opened = feeds.open_feed(school, token)
    if opened is None:
        return Response(_NOT_THERE, 404, mimetype="text/plain")
    found, owner = opened
    limiter().check(Limit("feed", found.digest.hex()[:32], _OFTEN))
    feeds.was_read(found, clock.now())
    assert owner.school is not None
    today = clock.today()
    body = ical.calendar_text(
        f"ICT diary of {owner.school.name}",
        entries.agenda(owner, today - _BACK, today + _AHEAD),
        slug=school,
        page=url_for(".index", school=school, _external=True),
    )
    response = make_response(body)
    response.mimetype = "text/calendar"
    response.headers["Content-Disposition"] = 'inline; filename="diary.ics"'
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(hashlib.sha256(body).hexdigest()[:32])
    return response.make_conditional(request)
