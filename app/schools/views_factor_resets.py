"""Lost second factors: one person asks for a reset, another one approves it.

The same pages for a school (those who may invite) and for the LA's administrator.
"""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from app import clock, sessions
from app.api.manners import make_cursor, read_cursor
from app.door import SecondFactorFirst, me, requires
from app.errors import Wrong
from app.history.actions import record, record_at_la
from app.people import factor_resets, second_factor
from app.people.actions import Browser
from app.people.identity import Me
from app.people.schemas_second_factor import AskForReset
from app.web.forms import Form
from tenants import administering, at_the_front_door

pages = Blueprint("factor_resets", __name__, template_folder="templates")

PAGE_SIZE = 25


@pages.route("/second-factor-resets", methods=["GET", "POST"])
@requires("authority.office")
def of_authority() -> Response | str | tuple[str, int]:
    return _ask(".of_authority")


@pages.post("/second-factor-resets/<number:reset>")
@requires("authority.office")
def decide_at_la(reset: int) -> Response:
    return _decide(reset, ".of_authority")


@pages.route("/<slug:school>/second-factor-resets", methods=["GET", "POST"])
@requires("school.invite")
def of_school() -> Response | str | tuple[str, int]:
    return _ask(".of_school")


@pages.post("/<slug:school>/second-factor-resets/<number:reset>")
@requires("school.invite")
def decide(reset: int) -> Response:
    return _decide(reset, ".of_school")


def _ask(back: str) -> Response | tuple[str, int]:
    person = _freshly_proved() if request.method == "POST" else me()
    form = Form(AskForReset)
    if form.is_ready:
        try:
            about = _asked(form, person)
        except Wrong as mistakes:
            form.add_errors(mistakes.errors)
        else:
            _record("second_factor_reset_asked", about, person, str(form.data["reason"]))
            flash("Asked for. Now somebody else must approve it.", "success")
            return redirect(url_for(back), 303)  # type: ignore[return-value]
    return _page(form, person, back)


def _asked(form: Form, person: Me) -> int:
    with at_the_front_door():
        return factor_resets.ask(
            form.data["email"],
            form.data["reason"],
            _school(person),
            person,
            _browser(),
            clock.now(),
        )


def _decide(reset: int, back: str) -> Response:
    person = _freshly_proved()
    is_approved = request.form.get("decision") == "approve"
    with at_the_front_door():
        about = factor_resets.decide(
            reset, is_approved, _school(person), person, _browser(), clock.now()
        )
    kind = "second_factor_reset" if is_approved else "second_factor_reset_declined"
    _record(kind, about, person, None)
    flash("Approved: it is off." if is_approved else "Not approved: nothing changed.", "success")
    return redirect(url_for(back), 303)  # type: ignore[return-value]


def _page(form: Form, person: Me, back: str) -> tuple[str, int]:
    place = read_cursor("factor_resets", request.args.get("after"))
    with at_the_front_door():
        found = factor_resets.waiting(
            _school(person), clock.now(), place[0] if place else None, PAGE_SIZE + 1
        )
    shown = found[:PAGE_SIZE]
    is_more = len(found) > PAGE_SIZE
    page = render_template(
        "schools/second_factor_resets.html",
        form=form,
        waiting=shown,
        back=back,
        decide_endpoint={".of_school": ".decide"}.get(back, ".decide_at_la"),
        next_url=url_for(back, after=make_cursor("factor_resets", [shown[-1].id]))
        if is_more
        else None,
        first_url=url_for(back) if place else None,
    )
    return page, 422 if form.errors else 200


def _record(kind: str, about: int, by: Me, note: str | None) -> None:
    """The number, not the name: who it is, the school's own list of people says."""
    now = clock.now()
    if by.school is not None:
        record(
            kind,
            subject_kind="person",
            subject_id=about,
            at=now,
            by=by,
            note=note,
            visibility="internal",
        )
        return
    with administering("a second factor is reset"):
        record_at_la(kind, f"person {about}", at=now, by=by, note=note)


def _freshly_proved() -> Me:
    if not second_factor.recently_proved(me(), clock.now()):
        raise SecondFactorFirst
    return me()


def _browser() -> Browser:
    return sessions.this_browser(me().email, is_shared_computer=False)


def _school(person: Me) -> int | None:
    return person.school.id if person.school else None
