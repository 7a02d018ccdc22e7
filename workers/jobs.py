"""The tasks that `later()` may name. Thin: each gets ids, calls one action, and may run twice.

The drain has stepped into the row's school before it calls one, and commits after it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import current_app

from app.incidents import clocks
from app.notifications import account_mail, troubles
from app.notifications import actions as notifications
from app.notifications.second_factor_mail import send_second_factor_notice
from app.people.second_factor import NOTICE
from config import Settings

Payloads = Sequence[Mapping[str, Any]]


def decide_clocks(incident_id: int) -> None:
    """A due time has passed: what has been breached is written down."""
    clocks.decide_overdue(incident_id)


def send_invitation(invitation_id: int, link_id: str) -> None:
    account_mail.send_invitation(invitation_id, link_id, _key())


def send_la_invitation(invitation_id: int, link_id: str) -> None:
    account_mail.send_la_invitation(invitation_id, link_id, _key())


def send_reset(reset_id: str) -> None:
    account_mail.send_reset(reset_id, _key())


def _key() -> str:
    """What the links in mails are made with."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.secret_key


TASKS: dict[str, Callable[..., None]] = {
    "decide_clocks": decide_clocks,
    "tell_people": notifications.tell_people,
    "send_mail": notifications.send_mail,
    "send_digest": notifications.send_digest,
    NOTICE: send_second_factor_notice,
    "send_invitation": send_invitation,
    "send_la_invitation": send_la_invitation,
    "send_reset": send_reset,
    "send_password_changed": account_mail.send_password_changed,
    "send_sign_in_warning": account_mail.send_sign_in_warning,
    "send_address_changed": account_mail.send_address_changed,
}


def sends_mail(task: str) -> bool:
    """Whether it waits for a mail server while its transaction is open. By name, so that a new one
    is not forgotten in a second list."""
    return task.startswith("send_")


# Their effect is rows of the same database and takes no lock: a school's are done in one go.
TOGETHER: dict[str, Callable[[Payloads], None]] = {
    "tell_people": notifications.tell_people_of,
}

# Their reading is done for a school's at once; each effect and its mark are one transaction still.
PREPARED: dict[str, Callable[[Payloads], list[Callable[[], None]]]] = {
    "send_mail": notifications.mails_for,
}

# What else is to be done when a row is given up for good.
GIVEN_UP: dict[str, Callable[..., None]] = {
    "send_mail": troubles.mail_was_refused,
    "send_digest": troubles.mail_was_refused,
    "send_invitation": troubles.mail_was_refused,
}
