"""Invitations: a school's list, a new one, again, withdrawn; the LA's own; and the accepting."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

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
from app.api.manners import make_cursor, read_cursor
from app.door import SecondFactorFirst, me, requires
from app.errors import Refused
from app.people import accepting, actions, front_door, invitations, job_roles, queries, rules
from app.people.accepting import Invited
from app.people.account_schemas import Joining, NewInvitation, NewLaInvitation
from app.people.groups import la_groups
from app.people.identity import WITHOUT_SECOND_FACTOR, Me
from app.permissions import Role
from app.web.attempt import attempt
from app.web.forms import Form
from tenants import administering

pages = Blueprint("invitations", __name__, template_folder="templates")

PAGE_SIZE = 50
_OFFICE = "inviting the LA's own staff"
_SUPPLIERS_AND_OTHERS = {
    Role.REPORTER: "Reports problems and asks for things",
    Role.TECH_ADVISOR: "Helps colleagues before the desk is asked",
    Role.TECHNICIAN: "Mends things in this school",
    Role.SPOC: "Runs the desk: checks, forwards and closes",
    Role.SERVICE_DESK_OWNER: "Runs the desk and looks after its people",
    Role.ICT_OWNER: "Head or governor: sees everything of the school, signs contracts",
    Role.SUPPLIER: "Sees only what was given to them",
}


# --- a school's ---


@pages.get("/<slug:school>/people/invitations")
@requires("school.invite")
def index() -> Answer:
    return _list(invitations.open_invitations, ".index", None)


@pages.route("/<slug:school>/people/invitations/new", methods=["GET", "POST"])
@requires("school.invite")
def invite() -> Answer:
    form = Form(NewInvitation, {"role": "reporter"})
    status = 422 if form.errors else 200
    if form.is_ready:
        status = attempt(form, lambda: invitations.invite(by=me(), **form.data))
        if not status:
            flash(f"{form.data['name']} gets a mail with a link, good for 7 days.", "success")
            if advice := job_roles.advice_for(form.data["role"], form.data["job_role"]):
                flash(f"To think about: {advice}", "message")
            return _go(url_for(".index"))
    return render_template("people/invite.html", form=form, roles=_roles()), status


@pages.post("/<slug:school>/people/invitations/<uuid:link>/again")
@requires("school.invite")
def again(link: UUID) -> Answer:
    one = invitations.send_again(link, by=me())
    return _done(f"{one.name} gets a new mail. The link in the old one no longer works.", ".index")


@pages.post("/<slug:school>/people/invitations/<uuid:link>/withdrawal")
@requires("school.invite")
def withdraw(link: UUID) -> Answer:
    one = invitations.withdraw(link, by=me())
    return _done(f"The invitation of {one.name} is withdrawn.", ".index")


# --- the LA's ---


@pages.get("/authority/invitations")
@requires("authority.office")
def la_index() -> Answer:
    with administering(_OFFICE):
        return _list(invitations.open_la_invitations, ".la_index", me().authority or "the LA")


@pages.route("/authority/invitations/new", methods=["GET", "POST"])
@requires("authority.office")
def la_invite() -> Answer:
    form = Form(NewLaInvitation, {"role": "la_first_line"})
    status = 422 if form.errors else 200
    with administering(_OFFICE):
        if form.is_ready:
            status = attempt(form, lambda: invitations.invite_to_la(by=me(), **form.data))
            if not status:
                flash(f"{form.data['name']} gets a mail with a link, good for 7 days.", "success")
                return _go(url_for(".la_index"))
        groups = [(one.key, one.name) for one in la_groups()]
    roles = [(one.value, rules.ROLE_NAMES[one]) for one in rules.ROLES_AT_LA]
    page = render_template("people/invite.html", form=form, roles=roles, groups=groups)
    return page, status


@pages.post("/authority/invitations/<uuid:link>/again")
@requires("authority.office")
def la_again(link: UUID) -> Answer:
    with administering(_OFFICE):
        name = invitations.send_la_again(link, by=me()).name
    return _done(f"{name} gets a new mail. The link in the old one no longer works.", ".la_index")


@pages.post("/authority/invitations/<uuid:link>/withdrawal")
@requires("authority.office")
def la_withdraw(link: UUID) -> Answer:
    with administering(_OFFICE):
        name = invitations.withdraw_la(link, by=me()).name
    return _done(f"The invitation of {name} is withdrawn.", ".la_index")


def _list(
    page_of: Callable[[tuple[datetime, int] | None, int], Sequence[Any]],
    endpoint: str,
    office: str | None,
) -> str:
    scope = f"invitations {endpoint} {me().school}"
    place = read_cursor(scope, request.args.get("after"))
    after = (datetime.fromisoformat(place[0]), place[1]) if place else None
    found = page_of(after, PAGE_SIZE + 1)
    shown, rest = found[:PAGE_SIZE], found[PAGE_SIZE:]
    last = [shown[-1].created_at.isoformat(), shown[-1].id] if rest else None
    return render_template(
        "people/invitations.html",
        invitations=shown,
        office=office,
        may_give=rules.may_give(me().roles),
        good_for=invitations.GOOD_FOR,
        now=clock.now(),
        next_url=url_for(endpoint, after=make_cursor(scope, last)) if last else None,
        first_url=url_for(endpoint) if place else None,
    )


def _roles() -> list[tuple[str, str, str]]:
    """Those that this person may give in a school, each with what it is for."""
    return [
        (one.value, rules.ROLE_NAMES[one], _SUPPLIERS_AND_OTHERS[one])
        for one in rules.may_give(me().roles)
        if one in rules.ROLES_AT_SCHOOL
    ]


def _done(said: str, endpoint: str) -> Answer:
    flash(said, "success")
    return _go(url_for(endpoint))


# --- whoever was invited ---


@pages.route("/invitations/<link>", methods=["GET", "POST"])
def accept(link: str) -> Answer:
    """GET only shows it: mail scanners open links."""
    person, now = frame.greet(), clock.now()
    is_posted = request.method == "POST"
    invited = accepting.find(link, _key(), now, to_accept=is_posted)
    account = queries.account(invited.email, now.date())
    if account is not None and not account.is_active:
        raise Refused("This account is switched off. Ask the local authority.")
    if account is not None and account.password_hash is not None:
        return _accept_as_well(link, invited, account, person, now)
    form = Form(Joining, {"name": invited.name})
    status = 422 if form.errors else 200
    if form.is_ready:
        has_account = account is not None
        status = attempt(
            form,
            lambda: accepting.join(invited, has_account=has_account, now=now, **form.data),
        )
        if not status:
            return _let_in(invited, now)
    page = render_template("people/join.html", form=form, invited=invited, link=link)
    return page, status


def _accept_as_well(
    link: str, invited: Invited, account: queries.Account, person: Me | None, now: datetime
) -> Answer:
    """Only signed in as the very person that was invited."""
    is_theirs = person is not None and person.person_id == account.person_id
    if request.method == "POST" and is_theirs and person is not None and _is_half_in(person):
        raise SecondFactorFirst
    if request.method != "POST" or not is_theirs or person is None:
        status = 200 if request.method != "POST" else 403
        page = render_template(
            "people/join_too.html", invited=invited, link=link, is_theirs=is_theirs
        )
        return page, status
    accepting.add(invited, account, person.own_name, now)
    if invited.role not in WITHOUT_SECOND_FACTOR:
        return _ask_anew(invited, account.person_id, now)
    flash(f"You now belong to {invited.place}.", "success")
    return _go(_first_page(invited))


def _ask_anew(invited: Invited, person_id: int, now: datetime) -> Response:
    """A sign-in lasts as long as fits what somebody was when it began, so none grows into more."""
    actions.end_all_sessions(person_id, now)
    answer = _go(url_for("people.sign_in", next=_first_page(invited)))
    sessions.take_cookie(answer)
    flash(f"You now belong to {invited.place}. Sign in again to use it.", "success")
    return answer


def _is_half_in(person: Me) -> bool:
    settings = current_app.config["SETTINGS"]
    return person.owes_second_factor(is_required=settings.is_second_factor_required)


def _let_in(invited: Invited, now: datetime) -> Response:
    """The newcomer is signed in at once; a second factor is the door's next question."""
    account = queries.account(invited.email, now.date())
    assert account is not None
    browser = sessions.this_browser(invited.email, is_shared_computer=False)
    new = actions.open_session(account, browser, now)
    person = front_door.by_session(new.secret, None, now, is_activity=True)
    assert person is not None
    sessions.start(person)
    answer = _go(_first_page(invited))
    sessions.give_cookie(answer, new.secret)
    flash(f"Welcome. You now belong to {invited.place}.", "success")
    return answer


def _first_page(invited: Invited) -> str:
    if invited.school is None:
        return url_for("people.home")
    return url_for("people.school_home", school=invited.school.slug)


def _key() -> str:
    key: str = current_app.config["SECRET_KEY"]
    return key


def _go(where: str) -> Response:
    return redirect(where, 303)  # type: ignore[return-value]
