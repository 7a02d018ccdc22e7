"""What the owner of an account hears when something happens to their second factor, or when a
program gets a token that needs none.

It cannot be switched off: whoever got into an account would switch it off first.
"""

from __future__ import annotations

from sqlalchemy import select

from app.later import row_being_done
from app.notifications.letters import Letter
from app.notifications.post import absolute, post
from app.people.models import Person
from tenants import db

# fmt: off
# kind of event: (subject, sentence)
SAYS = {
    "passkey_added":             ("A passkey was added to your account",
                                  "You can sign in with the new passkey from now on."),
    "passkey_removed":           ("A passkey was removed from your account",
                                  "It opens nothing here any more."),
    "totp_set_up":               ("An authenticator app was set up for your account",
                                  "Its codes are asked for when you sign in."),
    "totp_removed":              ("The authenticator app was removed from your account",
                                  "Its codes are no longer taken."),
    "recovery_code_used":        ("A recovery code of your account was used",
                                  "Somebody signed in with one of your recovery codes. It is used up."),
    "recovery_codes_made":       ("New recovery codes were made for your account",
                                  "The old ones are no longer taken."),
    "second_factor_throttled":   ("Many wrong codes for your account",
                                  "Somebody who knows your password entered a wrong code many times. Nobody got in."),
    "second_factor_reset_asked": ("Somebody asked to reset your second factor",
                                  "It is taken off when a second person approves."),
    "second_factor_reset":       ("Your second factor was reset",
                                  "It was taken off, you were signed out everywhere, and your API tokens were revoked. You set up a new one when you sign in next."),
    "token_made":                ("An API token was made for your account",
                                  "A program that has it acts in your name until it runs out or is revoked."),
}
# fmt: on
# Where to look after it; everything else is on the page of second factors.
_PLACES = {"token_made": "/account/tokens"}
_NOT_YOU = (
    "If this was not you and nobody did it at your wish, choose a new password now and tell your "
    "school’s ICT contact or the local authority."
)


def send_second_factor_notice(person_id: int, what: str) -> None:
    """At the front door."""
    owner = db.session.execute(
        select(Person.email, Person.name).where(Person.id == person_id, Person.is_active)
    ).first()
    if owner is None or what not in SAYS:
        return
    subject, sentence = SAYS[what]
    post(
        Letter(
            to=owner.email,
            to_name=owner.name,
            subject=subject,
            paragraphs=(sentence, _NOT_YOU),
            button=("Look at your account", absolute(_PLACES.get(what, "/account/second-factor"))),
        ),
        message_id=row_being_done.get(),
    )
