"""What a scanned label opens. It stands in the door's PUBLIC: whoever scans need not be signed in.

A member of the school goes on to the sheet. Anybody else sees the school's name and the tag, and
may say what is wrong. Whatever is wrong with a token looks the same.
"""

from __future__ import annotations

from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue as Answer
from markupsafe import Markup

from app import limits, sessions
from app.assets.stocktaking_queries import open_takes_of
from app.labels import queries, reporting, schemas
from app.labels.queries import Opened, Thing
from app.limits.at_the_door import limiter
from app.limits.counting import Limit
from app.people.identity import Me
from app.people.rules import network, trace
from app.web.attempt import attempt
from app.web.forms import Form
from tenants import Binding, rebind
from tenants.context import FRONT_DOOR, SCHOOL

pages = Blueprint("label_scans", __name__, template_folder="templates")

LABEL = "/<slug:school>/label/<token>"
# Made-up tokens from one address in ten seconds; a torn label is scanned twice or three times.
_MISSES = 10
# Reports in five minutes: about one thing (the throttle's own limit), and from one address.
_REPORTS_PER_ADDRESS = 20
_WAIT_SECONDS = 300


@pages.get(LABEL)
def scanned(school: str, token: str) -> Answer:
    opened = _open(school, token)
    if opened is None:
        return _opens_nothing()
    member = _member(school)
    rebind(Binding(SCHOOL, opened.school_id))
    thing = queries.thing_of(opened)
    if member is not None:
        return _for_member(member, thing)
    if "sent" in request.args:
        return _page("labels/sent.html", opened, token, thing)
    return _page("labels/report.html", opened, token, thing, form=Form(schemas.ScannedReport, {}))


@pages.post(LABEL)
def scan_report(school: str, token: str) -> Answer:
    opened = _open(school, token)
    if opened is None:
        return _opens_nothing()
    form, status = Form(schemas.ScannedReport), 422
    rebind(Binding(SCHOOL, opened.school_id))
    thing = queries.thing_of(opened)
    if form.is_ready:
        _count_report(token)
        status = attempt(form, lambda: reporting.report(opened, thing, **form.data))
        if not status:
            to = url_for(".scanned", school=school, token=token, sent="yes")
            return redirect(to, 303)
        thing = queries.thing_of(opened)
    return _page("labels/report.html", opened, token, thing, form=form), status


def _open(slug: str, token: str) -> Opened | None:
    """Whoever tries tokens is stopped before they cost a statement."""
    misses = Limit("misses of labels", _trace("label misses", _address()).hex()[:32], _MISSES)
    limiter().check_refused(misses)
    rebind(Binding(FRONT_DOOR))
    opened = queries.open_token(slug, token)
    if opened is None:
        limiter().check(misses)
    return opened


def _member(slug: str) -> Me | None:
    """Who may report in this school; somebody of another one is a stranger."""
    person = sessions.person_of_request(slug)
    is_theirs = person is not None and person.school is not None and person.may("incident.log")
    return person if is_theirs else None


def _for_member(person: Me, thing: Thing) -> Answer:
    """Straight to the sheet; whoever takes stock is asked first what they scanned it for."""
    g.me = person
    room = queries.room_of(thing)
    sheet = url_for(
        "incidents.log",
        asset=thing.asset.tag if thing.asset else None,
        location=room.key if room else None,
    )
    register = _register_page(person, thing)
    takes = open_takes_of(person.name) if thing.asset and person.may("asset.edit") else []
    if takes:
        return render_template(
            "labels/scanned.html", thing=thing, takes=takes, sheet=sheet, register=register
        )
    if register:
        said = Markup('You scanned {}. <a class="govuk-notification-banner__link" href="{}">{}</a>')
        flash(said.format(thing.name, register, "Open it in the register"), "message")
    return redirect(sheet, 303)


def _register_page(person: Me, thing: Thing) -> str | None:
    if thing.asset is not None and person.may("asset.view"):
        return url_for("assets.show", key=thing.asset.tag)
    return None


def _page(template: str, opened: Opened, token: str, thing: Thing, **more: Any) -> Response:
    here = url_for(".scanned", school=opened.slug, token=token)
    page = render_template(
        template,
        school_name=opened.school,
        tag=thing.name,
        action=here,
        sign_in=url_for("people.sign_in", next=here),
        **more,
    )
    response = current_app.make_response(page)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _opens_nothing() -> Answer:
    return render_template("labels/no_label.html"), 404


def _count_report(token: str) -> None:
    tries = sessions.throttle().begin(
        _trace("label reports", token), _trace("label reports from", _address())
    )
    if tries.is_account_over or tries.of_address > _REPORTS_PER_ADDRESS:
        raise limits.TooMany(_WAIT_SECONDS)


def _address() -> str:
    return network(request.remote_addr or "")


def _trace(kind: str, value: str) -> bytes:
    return trace(current_app.config["SECRET_KEY"], kind, value)
