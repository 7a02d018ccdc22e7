"""What I get by mail, and which addresses of a school mail does not reach."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.api.manners import make_cursor, read_cursor
from app.door import me, requires
from app.notifications import choices, schemas, views_sent, views_waiting
from app.notifications import troubles as unreached
from app.notifications.blueprint import PAGE_SIZE, pages
from app.notifications.rules import topics_of
from app.web.forms import Form

assert views_sent and views_waiting


@pages.route("/account/mail", methods=["GET", "POST"])
@requires("account.own")
def my_mail() -> Response | tuple[str, int]:
    person = me()
    topics = topics_of(person.all_roles)
    form = Form(schemas.choices_of(topics), choices.choices_of(person.person_id))
    if form.is_ready:
        choices.choose(person.person_id, form.data)
        flash("Your choices are saved.", "success")
        return redirect(url_for(".my_mail"), 303)
    return form.page("notifications/my_mail.html", topics=topics)


@pages.get("/<slug:school>/mail-troubles")
@requires("school.mail_troubles")
def troubles() -> str:
    after = read_cursor("troubles", request.args.get("after"))
    found = unreached.troubles(after, PAGE_SIZE + 1)
    shown = found[:PAGE_SIZE]
    last = shown[-1] if len(found) > PAGE_SIZE else None
    return render_template(
        "notifications/troubles.html",
        troubles=shown,
        next_url=last and url_for(".troubles", after=make_cursor("troubles", [last.address])),
        first_url=url_for(".troubles") if after is not None else None,
    )


@pages.post("/<slug:school>/mail-troubles/again")
@requires("school.mail_troubles")
def try_address_again() -> Response:
    name = unreached.try_again(request.form.get("address", ""), by=me())
    flash(f"The next mail to {name} is sent again.", "success")
    return redirect(url_for(".troubles"), 303)


__all__ = ["pages"]
