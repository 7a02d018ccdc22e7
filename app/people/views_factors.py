"""One's own passkeys, app and recovery codes, looked at and changed. Behind the whole door."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, flash, render_template, url_for

from app import clock
from app.door import SecondFactorFirst, me, requires
from app.errors import NotThere
from app.people import passkeys, second_factor, totp
from app.people.identity import Me
from app.people.schemas_second_factor import PasskeyName
from app.people.views_second_factor import go, settings, this_browser
from app.people.views_set_up import show_new_codes
from app.web.forms import Form

pages = Blueprint("factors", __name__, template_folder="templates")


@pages.get("/account/second-factor")
@requires("account.own")
def manage() -> str:
    person = me()
    return render_template(
        "people/factors.html",
        factors=second_factor.of_person(person.person_id),
        is_required=second_factor.is_required_of(person, is_required=_is_required()),
    )


@pages.route("/account/passkeys/<uuid:passkey>", methods=["GET", "POST"])
@requires("account.own")
def name_passkey(passkey: UUID) -> Response | tuple[str, int]:
    mine = second_factor.of_person(me().person_id).passkeys
    found = next((one for one in mine if one.id == passkey), None)
    if found is None:
        raise NotThere
    form = Form(PasskeyName, {"name": found.name})
    if not form.is_ready:
        return form.page("people/name_passkey.html", passkey=found)
    passkeys.rename(me().person_id, passkey, str(form.data["name"]))
    flash("The passkey has its new name.", "success")
    return go(url_for(".manage"))


@pages.post("/account/passkeys/<uuid:passkey>/removal")
@requires("account.own")
def remove_passkey(passkey: UUID) -> Response:
    person = _freshly_proved()
    second_factor.check_may_lose_one(person, is_required=_is_required())
    passkeys.remove(person.person_id, passkey)
    return _removed(person, "passkey_removed", "The passkey is removed here.")


@pages.post("/account/authenticator-app/removal")
@requires("account.own")
def remove_app() -> Response:
    person = _freshly_proved()
    second_factor.check_may_lose_one(person, is_required=_is_required())
    totp.remove(person.person_id)
    return _removed(person, "totp_removed", "Codes of the app are no longer taken.")


@pages.post("/account/recovery-codes")
@requires("account.own")
def new_codes() -> Response:
    person = _freshly_proved()
    if person.second_factor_since is None:
        raise NotThere
    second_factor.changed(
        person.person_id, "recovery_codes_made", this_browser(person), clock.now()
    )
    return show_new_codes(person, "")


def _freshly_proved() -> Me:
    if not second_factor.recently_proved(me(), clock.now()):
        raise SecondFactorFirst
    return me()


def _removed(person: Me, kind: str, sentence: str) -> Response:
    second_factor.after_loss(person.person_id)
    second_factor.changed(person.person_id, kind, this_browser(person), clock.now())
    flash(sentence, "success")
    return go(url_for(".manage"))


def _is_required() -> bool:
    return settings().is_second_factor_required
