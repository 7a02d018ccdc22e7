"""When the desk can be reached: for everybody of the school to see, for the desk to say."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue as Answer

from app import clock
from app.calendar_days import day_of
from app.door import me, requires
from app.errors import NotThere, wrong
from app.history.queries import last_event
from app.people import job_roles, keys
from app.reachability import actions, queries, rules, schemas
from app.reachability.rules import Member, Rota
from app.web.attempt import attempt, changed_by, is_stale
from app.web.forms import Form

pages = Blueprint("reachability", __name__, template_folder="templates")


@pages.app_template_filter()
def clock_time(at: Any) -> str:
    """`15:30`, with the day when it is not today."""
    here = at.astimezone(clock.LONDON)
    if here.date() == clock.today():
        return f"{here:%H:%M}"
    is_soon = timedelta() < here.date() - clock.today() < timedelta(days=7)
    day = f"{here:%A}" if is_soon else f"{here:%a} {here.day} {here:%B}"
    return f"{day}, {here:%H:%M}"


@pages.app_template_filter()
def hour(at: Any) -> str:
    return f"{at.astimezone(clock.LONDON):%H:%M}"


@pages.app_template_filter()
def phone_digits(text: str) -> str:
    return "".join(one for one in text if one.isdigit() or one == "+")


@pages.get("/<slug:school>/reachability")
@requires("reach.view")
def show() -> Answer:
    desk, now = queries.desk_here(is_fresh=True), clock.now()
    rota = desk.rota
    may_edit = me().may("reach.edit")
    week = rules.school_days_from(rota.days, day_of(now))
    return render_template(
        "reachability/show.html",
        desk=desk,
        card=desk.card(now),
        weeks=[_line(rota, one) for one in rota.members if one.belongs_on(day_of(now))],
        weekdays=schemas.WEEKDAYS,
        ahead=[(day, rules.reaches_on(rota, day), rules.uncovered_on(rota, day)) for day in week],
        gaps=[(day, gaps) for day in week if (gaps := rules.gaps_on(rota, day))],
        absences=queries.absences_ahead(),
        may_edit=may_edit,
        advice=_advice(rota) if may_edit else [],
        contacts=may_see_contacts(),
        contact_url=url_for("desk_settings.change") if me().may("desk.settings") else None,
        name_of=lambda number: _name(rota, number),
        may_change=lambda number: _may_change(rota, number),
        key_of=_key,
    )


@pages.route("/<slug:school>/reachability/<slug:member>", methods=["GET", "POST"])
@requires("reach.edit")
def week(member: str) -> Answer:
    """One person's periods, a line for each weekday."""
    number = _number(member)
    found = _member(actions.locked_rota(), number)
    actions.check_may_change(found, me())
    saved, version = _saved_week(number)
    form = Form(schemas.Week, saved)
    status = 422 if form.errors else 200
    if form.is_posted and is_stale(version, is_needed=True):
        last = last_event("membership", number)
        said = changed_by(last.actor if last else None, last.at if last else None)
        status = form.stale(said, saved, version)
    elif form.is_ready:
        hours = {day: form.data[f"day_{day}"] or [] for day in range(7)}
        is_term_only = form.data["term_time_only"]
        status = attempt(
            form,
            lambda: actions.set_week(found, hours, term_time_only=is_term_only, by=me()),
        )
        if not status:
            flash(f"Saved when {found.name} can be reached.", "success")
            return redirect(url_for(".show"), 303)
    page = render_template(
        "reachability/week.html", form=form, member=found, key=member, current=version
    )
    return page, status


@pages.route("/<slug:school>/reachability/<slug:member>/deputy", methods=["GET", "POST"])
@requires("reach.edit")
def deputy(member: str) -> Answer:
    rota = queries.desk_here(is_fresh=True).rota
    found = _member(rota, _number(member))
    if not found.is_spoc:
        raise NotThere
    form = Form(schemas.Deputy, {"deputy_for": _key(found.deputy_for) if found.deputy_for else ""})
    status = 422 if form.errors else 200
    if form.is_ready:
        status = attempt(
            form,
            lambda: actions.name_deputy(
                found, _chosen(rota, form.data["deputy_for"], "deputy_for"), by=me()
            ),
        )
        if not status:
            flash(f"Saved. People are told in a few minutes who {found.name} is now.", "success")
            return redirect(url_for(".show"), 303)
    return render_template(
        "reachability/deputy.html",
        form=form,
        member=found,
        key=member,
        people=[(_key(one.id), one.name) for one in rota.spocs if one.id != found.id],
    ), status


@pages.route("/<slug:school>/reachability/absences/new", methods=["GET", "POST"])
@requires("reach.edit")
def add_absence() -> Answer:
    rota = queries.desk_here(is_fresh=True).rota
    form = Form(schemas.NewAbsence)
    status = 422 if form.errors else 200
    if form.is_ready:
        status = attempt(form, lambda: _add(rota, form.data))
        if not status:
            flash("The absence is written down.", "success")
            return redirect(url_for(".show"), 303)
    people = [(_key(one.id), one.name) for one in rota.members]
    mine = [one for one in rota.members if actions.may_change(one, me())]
    return render_template(
        "reachability/absence.html",
        form=form,
        who=[(_key(one.id), one.name) for one in mine],
        cover=people,
        action=url_for(".add_absence"),
        back=url_for(".show"),
    ), status


@pages.post("/<slug:school>/reachability/absences/<number:number>/removal")
@requires("reach.edit")
def cancel_absence(number: int) -> Answer:
    name = actions.cancel_absence(number, by=me())
    flash(f"{name} is there after all.", "success")
    return redirect(url_for(".show"), 303)


def may_see_contacts() -> bool:
    """Pupils who advise get no contacts of the desk (reliability.md, A29)."""
    return bool(me().roles - {"tech_advisor"})


def _add(rota: Rota, data: dict[str, Any]) -> None:
    who = _chosen(rota, data["who"], "who")
    assert who is not None
    actions.add_absence(
        who,
        first_day=data["first_day"],
        last_day=data["last_day"],
        cover=_chosen(rota, data.get("cover"), "cover"),
        by=me(),
    )


def _advice(rota: Rota) -> list[str]:
    """What is wise, not what is wrong (R28, R122)."""
    today = clock.today()
    people = {one.person_id: one for one in rota.spocs if one.belongs_on(today)}
    said = [
        f"{one.name}: {advice}"
        for one in people.values()
        if (advice := job_roles.advice_for("spoc", one.job_role))
    ]
    if len(people) == 1:
        one = next(iter(people.values()))
        said.append(
            f"Everything depends on {one.name}. Invite a deputy: somebody else as single point of "
            "contact, then say here whose deputy they are."
        )
    return said


def _line(rota: Rota, member: Member) -> tuple[Member, list[str], bool]:
    mine = [one for one in rota.periods if one.member == member.id]
    days = [
        schemas.said_hours([(one.begins, one.ends) for one in mine if one.weekday == day])
        for day in range(7)
    ]
    return member, days, any(one.is_term_only for one in mine)


def _saved_week(number: int) -> tuple[dict[str, Any], int]:
    rota = queries.desk_here(is_fresh=True).rota
    mine = [one for one in rota.periods if one.member == number] if rota.is_published else []
    saved: dict[str, Any] = {
        f"day_{day}": schemas.said_hours(
            [(one.begins, one.ends) for one in mine if one.weekday == day]
        )
        for day in range(7)
    }
    saved["term_time_only"] = all(one.is_term_only for one in mine)
    return saved, actions.version_of(mine)


def _name(rota: Rota, number: int | None) -> str | None:
    found = rota.member(number) if number is not None else None
    return found.name if found else None


def _may_change(rota: Rota, number: int) -> bool:
    found = rota.member(number)
    return found is not None and actions.may_change(found, me())


def _member(rota: Rota, number: int) -> Member:
    found = rota.member(number)
    if found is None:
        raise NotThere
    return found


def _chosen(rota: Rota, key: str | None, field: str) -> Member | None:
    if not key:
        return None
    number = _read(key)
    found = rota.member(number) if number is not None else None
    if found is None:
        raise wrong(field, "Choose somebody of the desk.")
    return found


def _number(member: str) -> int:
    number = _read(member)
    if number is None:
        raise NotThere
    return number


def _key(number: int) -> str:
    return keys.make_key(current_app.config["SECRET_KEY"], _school(), number)


def _read(key: str) -> int | None:
    return keys.read_key(current_app.config["SECRET_KEY"], _school(), key)


def _school() -> int:
    school = me().school
    assert school is not None
    return school.id
