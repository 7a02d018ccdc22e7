"""Setting up a passkey or an authenticator app, and the recovery codes, which are shown once.

Part of the blueprint that somebody reaches who has only said the password: for them only as long
as they have no second factor. Afterwards a fresh one is asked for, or else a stolen password would
be enough to add a thief's own.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import segno
from flask import Response, current_app, flash, jsonify, render_template, request, session, url_for
from markupsafe import Markup

from app import clock, frame, sessions
from app.door import SecondFactorFirst, me, requires
from app.people import carried, passkeys, recovery, rules, second_factor, totp
from app.people.identity import Me
from app.people.schemas_second_factor import AppForm, KeptForm
from app.people.sealed import seal, unseal_lately
from app.people.second_factor import NotProven
from app.people.views_second_factor import (
    go,
    is_half_signed_in,
    note_refusal,
    pages,
    settings,
    site,
    this_browser,
)
from app.web.forms import Form

# With the pages above added to it.
second_factor_pages = pages

_SECRET, _CODES = "app to set up", "codes to keep"
# So long may somebody take to find their phone, or a pen.
_SHOWN_FOR = timedelta(minutes=30)


# --- which ---


@pages.get("/second-factor/set-up")
@requires("account.own")
def set_up() -> str:
    person = _who_may_set_up()
    return render_template(
        "people/second_factor_set_up.html",
        is_owed=is_half_signed_in(person),
        next_path=_next(),
    )


# --- a passkey ---


@pages.post("/second-factor/set-up/passkey/challenge")
@requires("account.own")
def passkey_challenge() -> Response:
    person = _who_may_set_up()
    handle = rules.trace(current_app.config["SECRET_KEY"], "passkeys of", str(person.person_id))
    return jsonify(
        passkeys.to_add(
            site(), person.person_id, handle, person.email, person.own_name, clock.now()
        )
    )


@pages.post("/second-factor/set-up/passkey")
@requires("account.own")
def add_passkey() -> Response:
    person, now = _who_may_set_up(), clock.now()
    browser = this_browser(person)
    sent = request.form
    try:
        passkeys.add(
            site(),
            person.person_id,
            sent.get("challenge", ""),
            sent.get("credential", ""),
            f"Made with {browser.device}"[: passkeys.LONGEST_NAME],
            now,
        )
    except NotProven as refusal:
        note_refusal(refusal, browser, person)
        flash(refusal.sentence, "error")
        return go(url_for(".set_up", next=_next() or None))
    return _added(person, "passkey_added")


# --- an app ---


@pages.route("/second-factor/set-up/app", methods=["GET", "POST"])
@requires("account.own")
def set_up_app() -> Response:
    person, now = _who_may_set_up(), clock.now()
    secret = _unsealed(_SECRET, person)
    form = Form(AppForm, {"next": _next()})
    if secret is None:
        # The page was open too long: the app has to read a new one.
        secret = totp.new_secret()
        _seal(_SECRET, person, secret)
        if form.is_posted:
            form.add_errors({"code": ["That took too long. Scan the new code, then try again"]})
    if not form.is_ready:
        return _app_page(form, person, secret, 422 if form.errors else 200)
    step = totp.step_of(secret, str(form.data["code"]).replace(" ", ""), now)
    if step is None:
        form.add_errors({"code": ["That is not what the app shows now. Enter the newest 6 digits"]})
        return _app_page(form, person, secret, 422)
    totp.keep(person.person_id, secret, step, current_app.config["SECRET_KEY"], now)
    session.pop(_SECRET, None)
    return _added(person, "totp_set_up")


# --- recovery codes ---


@pages.route("/second-factor/codes", methods=["GET", "POST"])
@requires("account.own")
def codes() -> Response:
    """They stay here, in this browser only, until somebody says that they have kept them."""
    person = _who_may_set_up()
    shown = _unsealed(_CODES, person)
    form = Form(KeptForm, {"next": _next()})
    if shown is None or form.is_ready:
        session.pop(_CODES, None)
        return go(carried.local_path(str(form.values["next"])) or url_for("factors.manage"))
    page = render_template("people/recovery_codes.html", form=form, codes=shown.split())
    return current_app.make_response((page, 422 if form.errors else 200))


def show_new_codes(person: Me, next_path: str) -> Response:
    """Make ten, and lead to the page that shows them."""
    _seal(_CODES, person, " ".join(recovery.make(person.person_id, clock.now())))
    return go(url_for("second_factor.codes", next=next_path or None))


def _who_may_set_up() -> Me:
    person = me()
    if not second_factor.recently_proved(person, clock.now()):
        raise SecondFactorFirst
    return person


def _added(person: Me, kind: str) -> Response:
    """It is theirs, and they have just shown it: the sign-in is whole."""
    now = clock.now()
    browser = this_browser(person)
    second_factor.added(person.person_id, kind, browser, now)
    secret = second_factor.given(person, browser, now)
    whole = replace(person, second_factor_at=now, second_factor_since=now)
    sessions.start(whole)
    if recovery.left(person.person_id):
        flash("Done. It is asked for from the next sign-in on.", "success")
        answer = go(carried.local_path(_next()) or url_for("factors.manage"))
    else:
        answer = show_new_codes(whole, _next() or frame.home_of(whole))
    sessions.give_cookie(answer, secret)
    return answer


def _app_page(form: Form, person: Me, secret: str, status: int) -> Response:
    page = render_template(
        "people/set_up_app.html",
        form=form,
        picture=_picture(totp.address(secret, person.email, person.authority)),
        secret=totp.in_fours(secret),
    )
    return current_app.make_response((page, status))


def _picture(text: str) -> Markup:
    """An SVG without styles of its own; what it says stands beside it as text."""
    svg = segno.make(text, error="m", micro=False).svg_inline(
        light="#fff", title="QR code for your authenticator app", omitsize=True
    )
    # Made by the library from our own words; what people typed is only in the pattern.
    return Markup(svg)


def _next() -> str:
    return carried.local_path(request.values.get("next", "")) or ""


def _seal(name: str, person: Me, text: str) -> None:
    """In this browser's own cookie: a reload shows it again, and nobody else can read it."""
    key = settings().secret_key
    session[name] = seal(key, f"{name} {person.key}", text, clock.now()).decode()


def _unsealed(name: str, person: Me) -> str | None:
    key = settings().secret_key
    sealed = session.get(name, "")
    return unseal_lately(key, f"{name} {person.key}", sealed, clock.now(), _SHOWN_FOR)
