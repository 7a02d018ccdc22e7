"""The tasks that `later()` may name. Thin: each gets ids, calls one action, and may run twice.

The drain has stepped into the row's school before it calls one, and commits after it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import current_app

from app.assets import states
from app.assets.states import RETIRED, is_gone
from app.imports import working
from app.incidents import advising, clocks, closing, follow_ups, retiming
from app.licences.actions import release_of_asset
from app.notifications import (
    account_mail,
    asset_mail,
    desk_mail,
    diary_mail,
    payment_mail,
    progress_mail,
    supplier_mail,
    troubles,
    visit_mail,
)
from app.notifications import actions as notifications
from app.notifications.second_factor_mail import send_second_factor_notice
from app.people.second_factor import NOTICE
from app.performance import rollup
from app.performance.depth import counting
from app.reports.issued import scheduling, telling
from app.visits.taking_place import visit_begins
from config import Settings

Payloads = Sequence[Mapping[str, Any]]


def decide_clocks(incident_id: int) -> None:
    """A due time has passed: what has been breached is written down."""
    clocks.decide_overdue(incident_id)


def retime_clocks(
    why: str = "the calendar was changed",
    moving: dict[str, Any] | None = None,
    after: int = 0,
    only: Sequence[int] | None = None,
    is_again: bool = False,
) -> None:
    """A calendar or an agreement has changed: one batch of a school's open clocks is read again."""
    retiming.retime(why, moving, after, only, is_again)


def remind_to_confirm(incident_id: int, resolved_at: str) -> None:
    """Nobody has said whether it is solved."""
    closing.remind_to_confirm(incident_id, resolved_at)


def close_by_itself(incident_id: int, resolved_at: str) -> None:
    closing.close_by_itself(incident_id, resolved_at)


def remind_follow_up(incident_id: int, on: str) -> None:
    """The day has come on which somebody wanted to look at it again."""
    follow_ups.remind_follow_up(incident_id, on)


def send_invitation(invitation_id: int, link_id: str) -> None:
    account_mail.send_invitation(invitation_id, link_id, _key())


def send_la_invitation(invitation_id: int, link_id: str) -> None:
    account_mail.send_la_invitation(invitation_id, link_id, _key())


def send_reset(reset_id: str) -> None:
    account_mail.send_reset(reset_id, _key())


def send_supplier_link(link_id: str) -> None:
    supplier_mail.send_supplier_link(link_id, _key())


def import_step(import_id: int, round: int, after: int = 0, is_kept: bool = False) -> None:
    """A few hundred lines of a spreadsheet."""
    working.step(import_id, round, _key(), after, is_kept)


def asset_retired(asset_id: int) -> None:
    """Nobody can undo it any more: what it used is free for others."""
    if is_gone(asset_id):
        release_of_asset(asset_id)


def _key() -> str:
    """What the links in mails are made with."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.secret_key


TASKS: dict[str, Callable[..., None]] = {
    "decide_clocks": decide_clocks,
    "retime_clocks": retime_clocks,
    "remind_to_confirm": remind_to_confirm,
    "close_by_itself": close_by_itself,
    "remind_follow_up": remind_follow_up,
    rollup.TASK: rollup.count_figures,
    counting.TASK: counting.count_in_depth,
    "tell_people": notifications.tell_people,
    working.STEP: import_step,
    "visit_begins": visit_begins,
    RETIRED: asset_retired,
    "send_asset_news": asset_mail.send_asset_news,
    advising.TIME_IS_UP: advising.time_is_up,
    "tell_of_visit": visit_mail.tell_of_visit,
    "send_visit_letter": visit_mail.send_visit_letter,
    states.RETIRED: release_of_asset,
    "tell_of_payment": payment_mail.tell_of_payment,
    "send_payment_letter": payment_mail.send_payment_letter,
    "tell_of_progress": progress_mail.tell_of_progress,
    "send_progress_letter": progress_mail.send_progress_letter,
    scheduling.TASK: scheduling.write_report,
    telling.TASK: telling.send_report_notice,
    "send_mail": notifications.send_mail,
    "send_digest": notifications.send_digest,
    "tell_of_spocs": desk_mail.tell_of_spocs,
    "send_desk_mail": desk_mail.send_desk_mail,
    "send_diary_reminder": diary_mail.send_diary_reminder,
    NOTICE: send_second_factor_notice,
    "send_invitation": send_invitation,
    "send_la_invitation": send_la_invitation,
    "send_reset": send_reset,
    "send_supplier_link": send_supplier_link,
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
    "send_asset_news": troubles.mail_was_refused,
    "send_progress_letter": troubles.mail_was_refused,
    "send_invitation": troubles.mail_was_refused,
    "send_desk_mail": troubles.mail_was_refused,
    telling.TASK: troubles.mail_was_refused,
    "send_diary_reminder": troubles.mail_was_refused,
    "send_supplier_link": troubles.mail_was_refused,
    working.STEP: working.give_up,
}
