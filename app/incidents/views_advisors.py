"""Pages of Tech Advisors: what waits for them, one sheet as they may see it, what they have helped
with; for the reporter what they advise; and for the desk what it spares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer
from marshmallow import ValidationError

from app.api.manners import make_cursor, read_cursor
from app.door import me, requires
from app.errors import NotThere, Stale
from app.incidents import advising, advisors, queries
from app.incidents.advised import Advice
from app.incidents.advisors_schemas import STATE_WORDS, AdviceFigureArgs, PassOn, Tried
from app.incidents.blueprint import pages
from app.incidents.models import Incident
from app.incidents.rules import Status
from app.incidents.views_steps import FORM, ONE, reference_of
from app.schools.categories import CATEGORY_WORDS
from app.schools.desk_settings import settings_here
from app.web.attempt import attempt, changed_by, is_stale
from app.web.forms import Form

PAGE_SIZE = 25
_MOST_SHOWN = 50


@pages.app_template_global()
def advised_categories() -> list[str]:
    """With what the school's Tech Advisors help, in words; nothing where there are none."""
    rules = settings_here()
    names = rules.advisor_categories if rules.has_advisors else ()
    return [CATEGORY_WORDS[one] for one in names if one in CATEGORY_WORDS]


@pages.app_template_filter()
def advice_words(state: str) -> str:
    return STATE_WORDS[state]


@pages.get("/<slug:school>/advice")
@requires("incident.advise")
def offered_to_me() -> Answer:
    scope = f"offered {me().school}"
    place = read_cursor(scope, request.args.get("after"))
    is_pupil = advising.is_pupil(me())
    found = advisors.offered_to(me(), after=place, limit=PAGE_SIZE + 1)
    shown, rest = found[:PAGE_SIZE], found[PAGE_SIZE:]
    after = make_cursor(scope, [shown[-1].began_at.isoformat(), shown[-1].id]) if rest else None
    return render_template(
        "incidents/advisors_offered.html",
        rows=shown,
        is_pupil=is_pupil,
        next_url=url_for(".offered_to_me", after=after) if after else None,
        first_url=url_for(".offered_to_me") if place else None,
    )


@pages.get("/<slug:school>/advice/record")
@requires("incident.advise")
def help_given() -> Answer:
    scope = f"helped {me().school}"
    place = read_cursor(scope, request.args.get("after"))
    found = advisors.helped_by(me(), after=place, limit=PAGE_SIZE + 1)
    shown, rest = found[:PAGE_SIZE], found[PAGE_SIZE:]
    after = make_cursor(scope, [shown[-1].taken_at.isoformat(), shown[-1].id]) if rest else None
    return render_template(
        "incidents/advisors_record.html",
        rows=shown,
        next_url=url_for(".help_given", after=after) if after else None,
        first_url=url_for(".help_given") if place else None,
    )


@pages.route(f"{ONE}/advice", methods=FORM)
@requires("incident.advise")
def advise(number: int) -> Answer:
    """A sheet as an advisor sees it, with what may be tried, and what they write."""
    is_pupil = advising.is_pupil(me())
    form = Form(Tried)
    incident = queries.get_incident(me(), number, to_change=form.is_posted)
    if not queries.can_reach(me(), "incident.advise", incident):
        raise NotThere
    status, ticked = (422 if form.errors else 200), request.form.getlist("checks")
    if form.is_posted and is_stale(incident.version, is_needed=True):
        said = changed_by(None, None)
        status = form.stale(said, {}, incident.version)
    elif form.is_ready:
        checks = [one for one in advising.safe_checks(incident) if _key(one) in ticked]
        status = attempt(
            form,
            lambda: advising.solve(
                incident, by=me(), is_pupil=is_pupil, checks=checks, **form.data
            ),
        )
        if not status:
            flash("Thank you. Whoever asked is told what to do.", "success")
            return redirect(url_for(".offered_to_me"), 303)
    if status not in (200, 412):
        incident = queries.get_incident(me(), number)
    advice = advising.advice_of(incident)
    school = me().school
    assert school is not None
    page, _ = form.page(
        "incidents/advisors_one.html",
        sheet=advisors.offered_detail(incident, school),
        incident=incident,
        advice=advice,
        is_mine=advice.advisor_id in me().membership_ids,
        checks=[(_key(one), one["text"]) for one in advising.safe_checks(incident)],
        ticked=ticked,
    )
    return page, status


@pages.post(f"{ONE}/advice/taking")
@requires("incident.advise")
def take_advice(number: int) -> Answer:
    is_pupil = advising.is_pupil(me())
    return _press(
        number,
        lambda one: advising.take(one, by=me(), is_pupil=is_pupil),
        "You help with this one.",
        ".advise",
    )


@pages.post(f"{ONE}/advice/pass-on")
@requires("incident.pass_on")
def pass_on(number: int) -> Answer:
    form = Form(PassOn)
    tried = form.data.get("tried") if form.is_ready else None
    is_advisor = queries.advises_only(me(), queries.get_incident(me(), number))
    there = ".offered_to_me" if is_advisor else ".show"
    said = f"{reference_of(number)} is with the desk now."
    return _press(number, lambda one: advising.pass_on(one, by=me(), tried=tried), said, there)


@pages.post(f"{ONE}/advice/acceptance")
@requires("incident.accept_advice")
def accept_advice(number: int) -> Answer:
    said = f"{reference_of(number)} is solved. Thank you for saying so."
    return _press(number, lambda one: advising.accept(one, by=me()), said, ".show")


@pages.post(f"{ONE}/advice/countersignature")
@requires("incident.countersign")
def countersign(number: int) -> Answer:
    said = f"You have countersigned the advice on {reference_of(number)}."
    return _press(number, lambda one: advising.countersign(one, by=me()), said, ".advisors_page")


@pages.get("/<slug:school>/advisors")
@requires("incident.countersign")
def advisors_page() -> Answer:
    """For the desk: what pupils solved, and how much never reached it."""
    asked = {name: text for name in ("from", "to") if (text := request.args.get(name))}
    form, dates = AdviceFigureArgs(), {}
    try:
        dates = form.load(asked)
    except ValidationError:
        asked = {}
    return render_template(
        "incidents/advisors.html",
        figures=advisors.figures(dates.get("day_from"), dates.get("day_to")),
        asked=asked,
        to_countersign=advisors.to_countersign(me(), limit=_MOST_SHOWN),
        is_switched_on=settings_here().has_advisors,
        categories=advised_categories(),
    )


def of_incident(incident: Incident) -> Advice | None:
    """What the incident's page shows of it, for as long as the advisors have it."""
    return advising.find_advice(incident) if incident.status == Status.ADVICE else None


def _press(number: int, act: Callable[[Incident], object], said: str, there: str) -> Answer:
    """Nothing is asked; a refusal is said on the page it leads to."""
    incident = queries.get_incident(me(), number, to_change=True)
    if is_stale(incident.version):
        raise Stale(f"{changed_by(None, None)} Look at it again.")
    form = Form(Tried, is_posted=False)
    attempt(form, lambda: act(incident))
    sentences = [one for found in form.errors.values() for one in found]
    flash(" ".join(sentences) or said, "error" if sentences else "success")
    target: dict[str, Any] = {"number": number} if there in (".show", ".advise") else {}
    return redirect(url_for(there, **target), 303)


def _key(check: dict[str, Any]) -> str:
    return f"{check['checklist']}:{check['position']}"
