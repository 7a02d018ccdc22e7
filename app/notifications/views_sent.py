"""The demo's page "Mail that would have been sent": only there, and only while none is sent."""

from __future__ import annotations

from flask import current_app, render_template, url_for
from sqlalchemy import select

from app import frame
from app.errors import NotThere
from app.notifications import sent
from app.notifications.blueprint import pages
from app.notifications.post import folder
from config import Settings
from tenants import at_the_front_door, db
from tenants.models import LocalAuthority

_SHOWN = 50


@pages.get("/mail-not-sent")
def not_sent() -> str:
    _only_in_the_demo()
    return render_template("notifications/not_sent.html", mails=sent.newest(_SHOWN))


@pages.get("/mail-not-sent/<name>")
def one_not_sent(name: str) -> str:
    _only_in_the_demo()
    mail = sent.one(name)
    if mail is None:
        raise NotThere
    return render_template("notifications/one_not_sent.html", mail=mail)


def _only_in_the_demo() -> None:
    """Links that let somebody in stand in these mails."""
    frame.greet()
    if not _is_demo():
        raise NotThere


def _is_demo() -> bool:
    settings: Settings = current_app.config["SETTINGS"]
    if settings.is_production or folder() is None:
        return False
    # A form that is refused before anybody was asked for shows the sign-in page too.
    with at_the_front_door():
        return bool(db.session.scalar(select(LocalAuthority.is_demo)))


@pages.app_template_global()
def mail_not_sent_url() -> str | None:
    """For the sign-in page, which is at the front door."""
    return url_for("notifications.not_sent") if _is_demo() else None
