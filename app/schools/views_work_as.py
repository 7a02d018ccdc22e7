"""Working as one of several roles. It stands above history, where the LA's switches are kept."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, request, url_for

from app import clock, sessions
from app.door import me, requires
from app.errors import NotThere
from app.history.actions import record_at_la
from app.people import acting, rules
from app.people.models import LA_ROLES
from app.permissions import Role
from tenants import administering

pages = Blueprint("work_as", __name__)

ALL = "all my roles"


@pages.post("/account/work-as")
@requires("account.own")
def change() -> Response:
    person, now = me(), clock.now()
    wanted = _role(request.form.get("role", ""))
    browser = sessions.this_browser(person.email, is_shared_computer=False)
    if acting.work_as(person, wanted, browser, now) and not person.every_role.isdisjoint(LA_ROLES):
        with administering("somebody of the LA changes the role they work as"):
            record_at_la(
                "role_switched",
                person.own_name,
                at=now,
                by=person,
                from_value=person.acting_as or ALL,
                to_value=wanted or ALL,
            )
    said = f"as {rules.ROLE_NAMES[wanted]} only" if wanted else f"with {ALL}"
    flash(f"In this browser you now work {said}.", "success")
    return redirect(url_for("people.account"), 303)  # type: ignore[return-value]


def _role(text: str) -> Role | None:
    try:
        return Role(text) if text else None
    except ValueError:
        raise NotThere from None
