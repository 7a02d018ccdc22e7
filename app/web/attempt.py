"""Do what a form asks for. A refusal goes back into the form, so that nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import request

from app.errors import NotAllowed, Refused, Stale, Wrong
from app.web.forms import Form
from app.web.words import day_time
from tenants import db


def attempt(form: Form, act: Callable[[], object]) -> int:
    """0 when it is done; otherwise the status to show the form with. What was begun is undone."""
    try:
        act()
        db.session.flush()
        return 0
    except Wrong as mistakes:
        form.add_errors(mistakes.errors)
        status = mistakes.status
    except (Refused, NotAllowed, Stale) as refusal:
        form.add_errors({"": [refusal.sentence]})
        status = refusal.status
    db.session.rollback()
    return status


def changed_by(who: str | None, at: datetime | None) -> str:
    """Who was quicker: the first sentence of a page that could not save (`Form.stale`)."""
    when = f" on {day_time(at)}" if at else ""
    return f"{who or 'Somebody else'} changed this{when}, after you had opened the page."


def check_current(
    version: int, who_was_quicker: Callable[[], str], *, is_needed: bool = False
) -> None:
    """For a button that asks nothing: raises Stale where the page it stood on is an older one."""
    if is_stale(version, is_needed=is_needed):
        raise Stale(f"{who_was_quicker()} Look at it, then decide again.")


def is_stale(version: int, *, is_needed: bool = False) -> bool:
    """Whether somebody else changed the row since this form was drawn (its hidden `version`).

    Asked before the mistakes of the form are looked at: a page that comes back with them says
    this too, and never brings a newer version without saying so.
    """
    sent = request.form.get("version")
    return is_needed if sent is None else sent != str(version)
