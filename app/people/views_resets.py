"""A forgotten password, and a password that its owner changes."""

from __future__ import annotations

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue as Answer

from app import clock, frame, sessions
from app.door import me, requires
from app.people import resets, rules
from app.people.account_schemas import ChangedPassword, NewPassword, ResetWanted
from app.people.actions import TooManyTries
from app.people.throttle import PER_ADDRESS
from app.web.attempt import attempt
from app.web.forms import Form

pages = Blueprint("resets", __name__, template_folder="templates")

# So many mails in five minutes for one account; whoever asks more often hears the same.
MAILS_PER_ACCOUNT = 3


@pages.route("/reset-password", methods=["GET", "POST"])
def ask() -> Answer:
    frame.greet()
    form = Form(ResetWanted)
    if form.is_ready:
        email = str(form.data["email"]).lower()
        if _may_have_another(email):
            resets.ask(email, clock.now())
        return _go(url_for(".asked"))
    return form.page("people/reset_ask.html")


@pages.get("/reset-password/sent")
def asked() -> str:
    """The same for every address."""
    frame.greet()
    return render_template("people/reset_asked.html")


@pages.route("/reset-password/<link>", methods=["GET", "POST"])
def choose(link: str) -> Answer:
    """GET only shows it: mail scanners open links."""
    frame.greet()
    now = clock.now()
    key = current_app.config["SECRET_KEY"]
    owner = resets.find(link, key, now, to_use=request.method == "POST")
    form = Form(NewPassword)
    status = 422 if form.errors else 200
    if form.is_ready:
        status = attempt(
            form,
            lambda: resets.set_new_password(
                owner, form.data["password"], device=_device(), now=now
            ),
        )
        if not status:
            answer = _go(url_for("people.sign_in"))
            sessions.take_cookie(answer)
            flash("Your password has been changed. Sign in with it.", "success")
            return answer
    page = render_template("people/reset.html", form=form, link=link, email=owner.email)
    return page, status


@pages.route("/account/password", methods=["GET", "POST"])
@requires("account.own")
def change() -> Answer:
    form = Form(ChangedPassword)
    status = 422 if form.errors else 200
    if form.is_ready:
        _count_a_try()
        status = attempt(form, lambda: _change(form))
        if not status:
            flash("Your password has been changed. You are signed in only here now.", "success")
            return _go(url_for("people.account"))
    return render_template("people/password.html", form=form), status


def _change(form: Form) -> None:
    resets.change_password(
        me().person_id,
        me().session_id,
        old=form.data["old_password"],
        new=form.data["password"],
        device=_device(),
        now=clock.now(),
    )
    sessions.throttle().forgive(*_traces("change", me().email))


def _count_a_try() -> None:
    """Somebody at an open browser must not guess the password of who left it."""
    if sessions.throttle().begin(*_traces("change", me().email)).is_over:
        raise TooManyTries


def _may_have_another(email: str) -> bool:
    """Raises TooManyTries for an address that asks for everybody; says no, and nothing else, for an
    account that has been asked for often enough."""
    tries = sessions.throttle().begin(*_traces("reset", email))
    if tries.of_address > PER_ADDRESS:
        raise TooManyTries
    return tries.of_account <= MAILS_PER_ACCOUNT


def _traces(what: str, email: str) -> tuple[bytes, bytes]:
    """Counted apart from tries to sign in."""
    key = current_app.config["SECRET_KEY"]
    address = rules.network(request.remote_addr or "")
    return rules.trace(key, f"{what} account", email), rules.trace(key, f"{what} address", address)


def _device() -> str:
    return rules.device_name(request.user_agent.string)


def _go(where: str) -> Response:
    return redirect(where, 303)  # type: ignore[return-value]
