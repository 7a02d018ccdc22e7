"""In and out, one's own account, the start page, who belongs to a school, who may do what."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from app import clock, frame, sessions
from app.api.manners import make_cursor, read_cursor
from app.door import me, requires
from app.errors import NotThere
from app.people import (
    actions,
    carried,
    front_door,
    lost_session,
    queries,
    rules,
    sign_in_warnings,
    views_second_factor,
    who_may,
)
from app.people.schemas import SignInForm
from app.permissions import Role
from app.web.forms import Form
from tenants import db

pages = Blueprint("people", __name__, template_folder="templates")

PAGE_SIZE = 50
# Memberships that end within this time are marked.
ENDS_SOON = timedelta(days=30)


@pages.app_template_filter()
def role_words(role: str) -> str:
    """`spoc` as `Single point of contact (SPOC)`."""
    return rules.ROLE_NAMES[Role(role)]


@pages.app_template_filter()
def date_words(on: date) -> str:
    """`1 Sep 2026`."""
    return f"{on.day} {on:%b %Y}"


# --- in and out ---


@pages.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Response:
    person = frame.greet()
    start = {"next": carried.local_path(request.args.get("next", "")) or ""}
    if person is not None and request.method == "GET":
        return _go(start["next"] or frame.home_of(person))
    form = Form(SignInForm, start)
    if not form.is_ready:
        return lost_session.sign_in_page(form, 422 if form.errors else 200, _kept(form))
    try:
        return _let_in(form)
    except (actions.NotRight, actions.TooManyTries) as refusal:
        # What the log says of a refused try must survive the rollback at the door.
        db.session.commit()
        form.add_errors({"email": [refusal.sentence]})
        answer = lost_session.sign_in_page(form, refusal.status, _kept(form))
        if isinstance(refusal, actions.TooManyTries):
            answer.headers["Retry-After"] = str(refusal.seconds)
        return answer


@pages.post("/sign-out")
def sign_out() -> Response:
    frame.greet()
    secret = sessions.secret_of_request()
    if secret:
        actions.sign_out(secret, clock.now())
    return _signed_out("You have signed out.")


@pages.post("/sign-out-everywhere")
@requires("account.own")
def sign_out_everywhere() -> Response:
    actions.end_all_sessions(me().person_id, clock.now())
    return _signed_out("You have signed out everywhere.")


# --- the start page ---


@pages.get("/")
@requires("account.own")
def home() -> Response:
    return _go(frame.home_of(me()))


@pages.get("/my-schools")
@requires("account.own")
def pick_school() -> str:
    schools = sorted(me().schools, key=lambda one: one.name)
    return render_template("people/pick_school.html", schools=schools)


@pages.get("/<slug:school>/")
@requires("school.view")
def school_home() -> Response:
    """The desk's people to their work list, advisors to whom they can help, others to reports."""
    for action, endpoint in (
        ("desk.view", "incidents.desk"),
        ("incident.advise", "incidents.offered_to_me"),
        ("incident.view", "incidents.mine"),
        ("school.people", "people.index"),
    ):
        if me().may(action):
            return _go(url_for(endpoint))
    raise NotThere


# --- one's own account ---


@pages.get("/account")
@requires("account.own")
def account() -> str:
    person = me()
    return render_template(
        "people/account.html",
        parts=_parts(),
        sign_ins=queries.sign_ins(person.person_id, clock.now()),
        lately=sign_in_warnings.recent(person.person_id, _trace(person.email), 10),
        happened=rules.HAPPENED,
    )


@pages.post("/account/sign-ins/end")
@requires("account.own")
def end_session() -> Response:
    try:
        session_id = UUID(request.form.get("sign_in", ""))
    except ValueError:
        raise NotThere from None
    actions.end_session(me().person_id, session_id, clock.now())
    if session_id == me().session_id:
        return _signed_out("You have signed out.")
    flash("That browser is signed out.", "success")
    return _go(url_for(".account"))


@pages.post("/account/keyboard-shortcuts")
@requires("account.own")
def keyboard_shortcuts() -> Response:
    wanted = request.form.get("wanted") == "on"
    actions.use_keyboard_shortcuts(me().person_id, wanted)
    flash(f"Keyboard shortcuts are {'on' if wanted else 'off'}.", "success")
    return _go(url_for(".account"))


# --- who is who ---


@pages.get("/<slug:school>/people")
@requires("school.people")
def index() -> str:
    person = me()
    found = queries.members(
        clock.today(), read_cursor("people", request.args.get("after")), PAGE_SIZE + 1
    )
    shown = found[:PAGE_SIZE]
    last = shown[-1] if len(found) > PAGE_SIZE else None
    # When somebody was last here is the business of their own school's desk.
    is_own_desk = bool(person.membership_ids)
    return render_template(
        "people/index.html",
        members=shown,
        soon=clock.today() + ENDS_SOON,
        last_seen=queries.last_seen([one.person_id for one in shown]) if is_own_desk else None,
        next_url=last and url_for(".index", after=make_cursor("people", [last.sort_name, last.id])),
        is_first=not request.args.get("after"),
    )


@pages.get("/who-may-do-what")
def roles_page() -> str:
    role = next((one for one in Role if one == request.args.get("role")), None)
    return render_template(
        "people/who_may.html",
        role=role,
        role_names=rules.ROLE_NAMES,
        groups=who_may.of_role(role) if role else who_may.of_everybody(),
    )


def _let_in(form: Form) -> Response:
    kept = _kept(form)
    email = str(form.data["email"]).lower()
    browser = sessions.this_browser(email, is_shared_computer=form.data["shared_computer"])
    now = clock.now()
    new = actions.sign_in(email, form.data["password"], browser, sessions.throttle(), now)
    person = front_door.by_session(new.secret, None, now, is_activity=True)
    assert person is not None
    sessions.start(person)
    ours = kept if kept is not None and kept.person in (None, person.key) else None
    if views_second_factor.is_half_signed_in(person):
        answer = views_second_factor.after_password(person, ours, form.data["next"])
    elif ours is not None:
        answer = lost_session.give_back(ours)
    else:
        answer = _go(carried.local_path(form.data["next"]) or frame.home_of(person))
    sessions.give_cookie(answer, new.secret)
    return answer


def _kept(form: Form) -> carried.Carried | None:
    return carried.unpack(str(form.values["carried"]))


def _signed_out(sentence: str) -> Response:
    answer = _go(url_for("people.sign_in"))
    sessions.take_cookie(answer)
    flash(sentence, "success")
    return answer


def _trace(email: str) -> bytes:
    return sessions.this_browser(email, is_shared_computer=False).account


def _parts() -> list[tuple[str, str]]:
    """(where, as what) for everything the person is."""
    person = me()
    names = {one.id: one.name for one in person.schools}
    return [
        (
            names[one.school_id] if one.school_id is not None else person.authority,
            rules.ROLE_NAMES[one.role],
        )
        for one in person.belongings
    ]


def _go(where: str) -> Response:
    return redirect(where, 303)  # type: ignore[return-value]
