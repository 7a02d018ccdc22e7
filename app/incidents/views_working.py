"""Pages of what happens beside the work: approval, worklog, links, merges, follow-ups."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app.api.manners import make_cursor, read_cursor
from app.door import me, requires
from app.errors import Wrong
from app.incidents import (
    approvals,
    follow_ups,
    linking,
    merging,
    queries,
    satisfaction,
    still_broken,
    work,
    work_schemas,
    workarounds,
    worklogs,
)
from app.incidents import views_choices as choices
from app.incidents.blueprint import pages
from app.incidents.models import Incident
from app.incidents.reading import open_to_read
from app.incidents.steps import is_offered
from app.incidents.turns import reference
from app.incidents.views_steps import (
    FORM,
    ONE,
    check_current,
    done,
    reference_of,
    step,
    too_late,
    with_action,
)
from app.web.attempt import attempt
from app.web.forms import Form

LINES_SHOWN = 50
PAGE_SIZE = 25


# --- approval ---


@pages.route(f"{ONE}/approval", methods=FORM)
@requires("incident.ask_approval")
def ask_approval(number: int) -> Answer:
    act = with_action(approvals.ask_approval)
    return step(number, "ask_approval", work_schemas.AskApproval, act)


@pages.route(f"{ONE}/decision", methods=FORM)
@requires("incident.approve")
def approve(number: int) -> Answer:
    return step(number, "approve", work_schemas.Decision, with_action(approvals.decide))


@pages.get("/<slug:school>/approvals")
@requires("incident.approve")
def waiting_for_approval() -> Answer:
    """What the ICT owner is asked to decide, the longest waiting first."""
    person = me()
    assert person.school is not None
    scope = f"approvals {person.school.id}"
    after = read_cursor(scope, request.args.get("after"))
    rows = approvals.waiting_for_approval(
        person, after=after[0] if after else 0, limit=PAGE_SIZE + 1
    )
    shown = rows[:PAGE_SIZE]
    is_more = len(rows) > PAGE_SIZE
    return render_template(
        "incidents/approvals.html",
        rows=[
            (
                reference(person.school.code, incident.number),
                incident,
                asked,
                _is_own(asked, incident),
            )
            for asked, incident in shown
        ],
        next_url=url_for(".waiting_for_approval", after=make_cursor(scope, [shown[-1][0].id]))
        if is_more
        else None,
        first_url=url_for(".waiting_for_approval") if after else None,
    )


def _is_own(asked: Any, incident: Incident) -> bool:
    theirs = {incident.reporter_id, asked.asked_by_id} - {None}
    return bool(theirs & set(me().membership_ids))


# --- work, workaround, follow-up ---


@pages.route(f"{ONE}/work", methods=FORM, endpoint="work")
@requires("incident.log_work", "incident.view_internal")
def work_page(number: int) -> Answer:
    """Minutes by kind, and a line to add."""
    form = Form(work_schemas.WorkLine, {"kind": "reactive"})
    if request.method != "POST":
        return _work_page(form, open_to_read(me(), number))
    incident = queries.get_incident(me(), number, to_change=True)
    status = 422
    if form.is_ready:
        status = attempt(form, lambda: worklogs.log_work(incident, by=me(), **form.data))
        if not status:
            flash(f"{form.data['minutes']} minutes have been added.", "success")
            return redirect(url_for(".work", number=number), 303)
    return _work_page(form, queries.get_incident(me(), number)), status


def _work_page(form: Form, incident: Incident) -> str:
    scope = f"work {incident.school_id} {incident.number}"
    place = read_cursor(scope, request.args.get("after"))
    lines = worklogs.worklogs_of(incident, limit=LINES_SHOWN + 1, after=place[0] if place else 0)
    shown = lines[:LINES_SHOWN]
    here = url_for(".work", number=incident.number)
    is_more = len(lines) > LINES_SHOWN
    page, _ = form.page(
        "incidents/work.html",
        incident=incident,
        reference=reference_of(incident.number),
        lines=shown,
        sums=worklogs.minutes_of(incident),
        kinds=work_schemas.WORK_WORDS,
        may_add=form.is_posted or is_offered("log_work", me(), incident),
        next_url=f"{here}?after={make_cursor(scope, [shown[-1].id])}" if is_more else None,
        first_url=here if place else None,
    )
    return page


@pages.route(f"{ONE}/workaround", methods=FORM)
@requires("incident.diagnose")
def work_around(number: int) -> Answer:
    act = with_action(workarounds.work_around)
    return step(number, "work_around", work_schemas.Workaround, act, ask=choices.workaround)


@pages.route(f"{ONE}/follow-up", methods=FORM)
@requires("incident.hold")
def follow_up(number: int) -> Answer:
    act = with_action(follow_ups.set_follow_up)
    return step(number, "follow_up", work_schemas.FollowUp, act, ask=choices.follow_up)


@pages.post(f"{ONE}/follow-up/removal")
@requires("incident.hold")
def drop_follow_up(number: int) -> Answer:
    incident = queries.get_incident(me(), number, to_change=True)
    check_current(incident)
    follow_ups.drop_follow_up(incident, by=me())
    flash(f"{reference_of(number)} need not be looked at again on that day.", "success")
    return redirect(url_for(".show", number=number), 303)


# --- what belongs together ---


@pages.route(f"{ONE}/link", methods=FORM)
@requires("incident.link")
def link(number: int) -> Answer:
    return step(number, "link", work_schemas.LinkForm, _link)


def _link(incident: Incident, said: dict[str, Any]) -> None:
    if said["kind"] == "parent":
        try:
            linking.set_parent(incident, by=me(), parent=said["to"])
        except Wrong as mistakes:
            # The form asks for it under another name.
            raise Wrong({"to": mistakes.errors["parent"]}) from None
    else:
        linking.link(incident, by=me(), **said)


@pages.post(f"{ONE}/link/<number:other>/removal")
@requires("incident.link")
def unlink(number: int, other: int) -> Answer:
    incident = queries.get_incident(me(), number, to_change=True)
    linking.unlink(incident, by=me(), other=str(other))
    return _back(number, "They are no longer linked.")


@pages.post(f"{ONE}/parent/removal")
@requires("incident.link")
def drop_parent(number: int) -> Answer:
    incident = queries.get_incident(me(), number, to_change=True)
    check_current(incident)
    linking.drop_parent(incident, by=me())
    return _back(number, f"{reference_of(number)} stands for itself again.")


@pages.route(f"{ONE}/merge", methods=FORM)
@requires("incident.merge")
def merge(number: int) -> Answer:
    return step(number, "merge", work_schemas.MergeInto, with_action(merging.merge))


# --- what its reporter says ---


@pages.route(f"{ONE}/satisfaction", methods=FORM)
@requires("incident.rate")
def satisfied(number: int) -> Answer:
    """Three buttons and a line. The mail about the resolution leads here."""
    form = Form(work_schemas.Satisfaction)
    if request.method != "POST":
        incident = open_to_read(me(), number)
        if incident.status not in ("resolved", "closed"):
            return too_late(incident, "rate")
        return _satisfaction_page(form, incident)
    incident = queries.get_incident(me(), number, to_change=True)
    status = 422
    if form.is_ready:
        status = attempt(form, lambda: satisfaction.rate(incident, by=me(), **form.data))
        if not status:
            return _thanked(incident, form.data["score"])
    return _satisfaction_page(form, queries.get_incident(me(), number)), status


def _thanked(incident: Incident, score: int) -> Answer:
    flash("Thank you. The service desk reads it.", "success")
    if score == satisfaction.NOT and is_offered("reopen", me(), incident):
        return redirect(url_for(".reopen", number=incident.number), 303)
    return redirect(url_for(".show", number=incident.number), 303)


def _satisfaction_page(form: Form, incident: Incident) -> str:
    page, _ = form.page(
        "incidents/satisfaction.html",
        incident=incident,
        reference=reference_of(incident.number),
        buttons=satisfaction.BUTTONS,
        said=satisfaction.WORDS.get(incident.csat_score or 0),
    )
    return page


@pages.post(f"{ONE}/still-broken")
@requires("incident.self_cure")
def still_broken_(number: int) -> Answer:
    """The answer to the banner: one of two buttons."""
    incident = queries.get_incident(me(), number, to_change=True)
    check_current(incident)
    if request.form.get("answer") == "works":
        work.self_cure(incident, by=me())
        return done(number, "self_cure")
    still_broken.say_still_broken(incident, by=me())
    return _back(number, "Thank you. Whoever has it knows now.")


def _back(number: int, said: str) -> Answer:
    flash(said, "success")
    return redirect(url_for(".show", number=number), 303)
