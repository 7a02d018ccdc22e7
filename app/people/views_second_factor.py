"""Where a second factor is given: after the password, again before dangerous pages, and, with a
passkey, instead of the password.

Whoever has only said the password reaches the pages of this blueprint and the public ones, nothing
else (door.py). So no page here may show or change anything that a password alone must not reach.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)

from app import clock, frame, own_forms, sessions
from app.door import me, requires
from app.errors import DeskError
from app.people import (
    actions,
    carried,
    front_door,
    lost_session,
    passkeys,
    recovery,
    rules,
    second_factor,
    totp,
)
from app.people.actions import Browser
from app.people.carried import Carried
from app.people.identity import Me
from app.people.schemas import SignInForm
from app.people.schemas_second_factor import CodeForm
from app.people.second_factor import NotProven
from app.web.forms import Form
from config import Settings
from tenants import db

pages = Blueprint("second_factor", __name__, template_folder="templates")

Refusal = (NotProven, actions.NotRight, actions.TooManyTries)
_WRONG_CODE = "That code is not right, or it was used before. Enter the newest one."


def settings() -> Settings:
    found: Settings = current_app.config["SETTINGS"]
    return found


def is_half_signed_in(person: Me) -> bool:
    return person.owes_second_factor(is_required=settings().is_second_factor_required)


def site() -> passkeys.Site:
    return passkeys.Site(settings().public_url)


def this_browser(person: Me) -> Browser:
    return sessions.this_browser(person.email, is_shared_computer=False)


def go(where: str) -> Response:
    return redirect(where, 303)  # type: ignore[return-value]


# --- on the way ---


def after_password(person: Me, kept: Carried | None, next_path: str) -> Response:
    """The password was right. What they had typed before goes on with them."""
    if kept is not None and person.second_factor_since is not None:
        return _ask_page(_form({"carried": carried.pack(kept), "next": next_path}), person, kept)
    return go(url_for("second_factor.ask", next=next_path or None))


def first() -> Response:
    """The answer to a page or a form that wants the second factor first."""
    if request.method in ("GET", "HEAD"):
        there = request.full_path if request.query_string else request.path
        return redirect(url_for("second_factor.ask", next=there), 302)  # type: ignore[return-value]
    kept = None if own_forms.is_from_elsewhere() else carried.from_request()
    person = frame.greet()
    if person is None or person.second_factor_since is None:
        return go(url_for("second_factor.ask", next=carried.page_before()))
    start = {"carried": carried.pack(kept)} if kept else {"next": carried.page_before()}
    return _ask_page(_form(start), person, kept, status=401)


# --- given ---


@pages.route("/second-factor", methods=["GET", "POST"])
@requires("account.own")
def ask() -> Response:
    person = me()
    next_path = carried.local_path(request.values.get("next", "")) or ""
    if person.second_factor_since is None:
        # Nobody must be led here for nothing, nor lose where they were going.
        if not is_half_signed_in(person):
            return go(next_path or frame.home_of(person))
        return go(url_for(".set_up", next=next_path or None))
    form = Form(CodeForm, {"next": next_path})
    if not form.is_ready:
        return _ask_page(form, person, carried.unpack(str(form.values["carried"])))
    return _prove(form, lambda: _take_code(person, str(form.data["code"])))


@pages.post("/second-factor/passkey")
@requires("account.own")
def ask_passkey() -> Response:
    person = me()
    form = _form(request.form.to_dict())

    def prove() -> None:
        passkeys.prove(site(), person.person_id, *_answer(), clock.now())

    return _prove(form, prove)


@pages.post("/second-factor/passkey/challenge")
@requires("account.own")
def ask_challenge() -> Response:
    return jsonify(passkeys.to_prove(site(), me().person_id, clock.now()))


@pages.post("/second-factor/other-way")
@requires("account.own")
def other_way() -> Response:
    """The page once more, asking for a recovery code; a POST, because of what it carries."""
    form = _form(request.form.to_dict())
    return _ask_page(form, me(), carried.unpack(str(form.values["carried"])), way="recovery")


# --- instead of the password ---


@pages.post("/sign-in/passkey/challenge")
def sign_in_challenge() -> Response:
    frame.greet()
    return jsonify(passkeys.to_prove(site(), None, clock.now()))


@pages.post("/sign-in/passkey")
def sign_in() -> Response:
    """Possession and the finger, face or PIN in one: nothing more is asked."""
    frame.greet()
    start = {name: request.form.get(name, "") for name in ("email", "next", "carried")}
    kept = carried.unpack(start["carried"])
    try:
        person, secret = _let_in()
    except Refusal as refusal:
        note_refusal(refusal, _unknown_browser(), None)
        form = Form(SignInForm, start, is_posted=False)
        form.add_errors({"": [refusal.sentence]})
        return with_patience(lost_session.sign_in_page(form, refusal.status, kept), refusal)
    sessions.start(person)
    answer = _onward(person, kept, start["next"])
    sessions.give_cookie(answer, secret)
    return answer


def _let_in() -> tuple[Me, str]:
    now = clock.now()
    challenge, answer = _answer()
    traces = _traces(f"challenge {challenge}")
    second_factor.begin_try(sessions.throttle(), *traces)
    person_id = passkeys.prove(site(), None, challenge, answer, now)
    # A whole school signs in from one address on the same morning.
    sessions.throttle().forgive(*traces)
    is_shared = request.form.get("shared_computer") == "true"
    new = actions.sign_in_with_passkey(
        person_id,
        lambda email: sessions.this_browser(email, is_shared_computer=is_shared),
        now,
    )
    person = front_door.by_session(new.secret, None, now, is_activity=True)
    assert person is not None
    return person, new.secret


# --- how ---


def _form(start: dict[str, str]) -> Form:
    return Form(CodeForm, start, is_posted=False)


def _ask_page(
    form: Form, person: Me, kept: Carried | None = None, *, status: int = 200, way: str = ""
) -> Response:
    factors = second_factor.of_person(person.person_id)
    is_recovery = "recovery" in (way, request.args.get("way"))
    page = render_template(
        "people/second_factor.html",
        form=form,
        kept=kept,
        factors=factors,
        way="recovery" if is_recovery else "app" if factors.has_app else "passkey",
        is_again=person.second_factor_at is not None,
    )
    return make_response(page, 422 if form.errors and status == 200 else status)


def _prove(form: Form, tried: Callable[[], None]) -> Response:
    """One try, counted; right or wrong it leaves a line."""
    person, now = me(), clock.now()
    traces = _traces(str(person.person_id))
    kept = carried.unpack(str(form.values["carried"]))
    try:
        second_factor.begin_try(sessions.throttle(), *traces)
        tried()
    except Refusal as refusal:
        note_refusal(refusal, this_browser(person), person)
        form.add_errors({"code": [refusal.sentence]})
        return with_patience(_ask_page(form, person, kept, status=refusal.status), refusal)
    sessions.throttle().forgive(*traces)
    secret = second_factor.given(person, this_browser(person), now)
    whole = replace(person, second_factor_at=now)
    sessions.start(whole)
    answer = _onward(whole, kept, str(form.values["next"]))
    sessions.give_cookie(answer, secret)
    return answer


def _take_code(person: Me, code: str) -> None:
    """Six digits are the app's, everything else a recovery code."""
    now = clock.now()
    digits = code.replace(" ", "")
    if digits.isascii() and digits.isdecimal() and len(digits) == 6:
        if not totp.take(person.person_id, digits, settings().secret_key, now):
            raise NotProven(_WRONG_CODE)
        return
    if not recovery.take(person.person_id, code, now):
        raise NotProven(_WRONG_CODE)
    second_factor.changed(person.person_id, "recovery_code_used", this_browser(person), now)
    left = recovery.left(person.person_id)
    flash(f"That recovery code is used up. You have {left} left.", "message")


def _onward(person: Me, kept: Carried | None, next_path: str) -> Response:
    if kept is not None and kept.person in (None, person.key):
        return lost_session.give_back(kept)
    return go(carried.local_path(next_path) or frame.home_of(person))


def _answer() -> tuple[str, str]:
    """Which question, and what the passkey said to it."""
    return request.form.get("challenge", ""), request.form.get("credential", "")


def _traces(whose: str) -> tuple[bytes, bytes]:
    """Counted apart from passwords: neither uses up the other's tries."""
    key = current_app.config["SECRET_KEY"]
    network = rules.network(request.remote_addr or "")
    return (
        rules.trace(key, "second factor", whose),
        rules.trace(key, "second factor from", network),
    )


def note_refusal(refusal: DeskError, browser: Browser, person: Me | None) -> None:
    """What the log says must survive the rollback at the door, and what was begun must not."""
    db.session.rollback()
    now = clock.now()
    person_id = person.person_id if person else None
    passkeys.spend(request.form.get("challenge", ""))
    if isinstance(refusal, NotProven):
        actions.note(refusal.kind, browser, now, person_id)
    elif isinstance(refusal, second_factor.Flooded) and refusal.is_first:
        actions.note("second_factor_throttled", browser, now, person_id)
        if person_id is not None:
            # Whoever tries knows the password already.
            second_factor.tell_owner(person_id, "second_factor_throttled", now)
    db.session.commit()


def _unknown_browser() -> Browser:
    return sessions.this_browser("", is_shared_computer=False)


def with_patience(answer: Response, refusal: DeskError) -> Response:
    if isinstance(refusal, actions.TooManyTries):
        answer.headers["Retry-After"] = str(refusal.seconds)
    return answer
