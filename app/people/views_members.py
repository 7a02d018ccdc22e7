"""One part that somebody plays in a school: another role, a last day, the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue as Answer

from app.door import me, requires
from app.errors import NotThere
from app.history.queries import last_event
from app.people import job_roles, keys, members, rules
from app.people.account_schemas import LastDay, NewRole
from app.people.models import Membership
from app.shapes import Shape
from app.web.attempt import attempt, changed_by, is_stale
from app.web.forms import Form

pages = Blueprint("members", __name__, template_folder="templates")

Act = Callable[[Membership, dict[str, Any]], object]


@pages.app_template_global()
def member_key(number: int) -> str:
    """The name of a membership in an address."""
    return keys.make_key(current_app.config["SECRET_KEY"], _school(), number)


@pages.get("/<slug:school>/people/<slug:member>")
@requires("school.members")
def show(member: str) -> Answer:
    found = members.get_member(_number(member))
    return _page(found, Form(NewRole, _saved(found)), Form(LastDay, _saved(found)))


@pages.post("/<slug:school>/people/<slug:member>/role")
@requires("school.members")
def change_role(member: str) -> Answer:
    return _change(
        member,
        NewRole,
        lambda found, data: members.change_role(found, by=me(), **data),
        "has another role from today. They sign in again to use it.",
    )


@pages.post("/<slug:school>/people/<slug:member>/last-day")
@requires("school.members")
def set_last_day(member: str) -> Answer:
    return _change(
        member,
        LastDay,
        lambda found, data: members.set_last_day(found, by=me(), **data),
        "has another last day.",
    )


@pages.post("/<slug:school>/people/<slug:member>/end")
@requires("school.members")
def end(member: str) -> Answer:
    return _change(
        member,
        Shape,
        lambda found, data: members.end_now(found, by=me()),
        "is no longer that here, and has been signed out.",
    )


def _change(member: str, shape: type[Shape], act: Act, said: str) -> Answer:
    found = members.get_member(_number(member), to_change=True)
    name, job_role = found.name, found.job_role
    form = Form(shape)
    if is_stale(found.version, is_needed=True):
        status = form.stale(_who_was_quicker(found), _saved(found), found.version)
    elif form.errors:
        status = 422
    else:
        status = attempt(form, lambda: act(found, form.data))
        if not status:
            flash(f"{name} {said}", "success")
            if shape is NewRole and (advice := job_roles.advice_for(form.data["role"], job_role)):
                flash(f"To think about: {advice}", "message")
            return redirect(url_for("people.index"), 303)
        found = members.get_member(_number(member))
    other = {one: Form(one, _saved(found), is_posted=False) for one in (NewRole, LastDay)}
    role, last_day = other[NewRole], other[LastDay]
    if shape is NewRole:
        role = form
    elif shape is LastDay:
        last_day = form
    return _page(found, role, last_day, form), status


def _page(member: Membership, role: Form, last_day: Form, form: Form | None = None) -> str:
    return render_template(
        "people/member.html",
        member=member,
        role_form=role,
        last_day_form=last_day,
        form=form or role,
        roles=[
            (one.value, rules.ROLE_NAMES[one])
            for one in rules.may_give(me().roles)
            if one in rules.ROLES_AT_SCHOOL
        ],
        is_me=member.person_id == me().person_id,
        advice=job_roles.advice_for(member.role, member.job_role),
    )


def _saved(member: Membership) -> dict[str, Any]:
    return {"role": member.role, "valid_to": member.valid_to}


def _who_was_quicker(member: Membership) -> str:
    last = last_event("membership", member.id)
    return changed_by(last.actor if last else None, last.at if last else None)


def _number(member: str) -> int:
    number = keys.read_key(current_app.config["SECRET_KEY"], _school(), member)
    if number is None:
        raise NotThere
    return number


def _school() -> int:
    school = me().school
    assert school is not None
    return school.id
