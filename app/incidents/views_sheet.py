"""The sheet: reporting a problem, asking for something, the draft of it, and changing it later."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app import clock
from app.door import me, requires
from app.incidents import actions, drafts, queries, schemas, triage
from app.incidents import views_choices as choices
from app.incidents.blueprint import pages
from app.incidents.models import Draft, Incident
from app.incidents.reading import open_to_read
from app.incidents.rules import TYPES, Status
from app.incidents.steps import is_in_time
from app.incidents.views_steps import (
    FORM,
    ONE,
    changed_sentence,
    done,
    reference_of,
    too_late,
)
from app.incidents.views_words import stands
from app.web.attempt import attempt, is_stale
from app.web.forms import Form, draft_done

# The form began with the draft, which is done with once it has been sent.
FROM_DRAFT = "from_draft"


@pages.route("/<slug:school>/incidents/new", methods=FORM)
@requires("incident.log")
def log() -> Answer:
    form, draft = Form(schemas.NewIncident, {"type": _type()}), None
    if form.is_ready:
        logged: list[Incident] = []
        refused = attempt(form, lambda: logged.append(_log(form.data)))
        if not refused:
            return _logged(logged[0])
        return _new_page(form, None), refused
    if not form.is_posted:
        draft = drafts.find(drafts.REPORT, by=me())
        if draft is not None:
            form.values.update(draft.values)
    return _new_page(form, draft), 422 if form.errors else 200


@pages.post("/<slug:school>/incidents/draft")
@requires("incident.log")
def keep_draft() -> Answer:
    """As it is, mistakes and all."""
    form = Form(schemas.NewIncident)
    form.errors.clear()
    refused = attempt(form, lambda: drafts.save(drafts.REPORT, form.values, by=me()))
    if refused:
        return _new_page(form, None), refused
    draft_done(_draft_key())
    flash("Your draft is kept. It has not been sent: come back here to finish it.", "message")
    return redirect(url_for(".log"), 303)


@pages.post("/<slug:school>/incidents/draft/removal")
@requires("incident.log")
def drop_draft() -> Answer:
    drafts.forget(drafts.REPORT, by=me())
    draft_done(_draft_key())
    flash("The draft is gone.", "message")
    return redirect(url_for(".log"), 303)


@pages.route(f"{ONE}/sheet", methods=FORM)
@requires("incident.edit")
def mend(number: int) -> Answer:
    if request.method != "POST":
        incident = open_to_read(me(), number)
        if not is_in_time("mend", incident):
            return too_late(incident)
        queries.check_reach(me(), "incident.edit", incident)
        return _sheet_page(Form(schemas.Sheet, choices.sheet(incident)), incident)
    incident = queries.get_incident(me(), number, to_change=True)
    form = Form(schemas.Sheet)
    status = 422
    if form.is_ready:
        is_handed_in = "hand_in" in request.form
        status = _stale(form, incident) or attempt(
            form, lambda: _mend(incident, form.data, is_handed_in)
        )
        if not status:
            return done(number, "hand_in" if is_handed_in else "mend")
        incident = queries.get_incident(me(), number)
    return _sheet_page(form, incident), status


def _type() -> str:
    wanted = request.args.get("type", "")
    return wanted if wanted in TYPES else TYPES[0]


def _log(sheet: dict[str, Any]) -> Incident:
    incident = actions.log_incident(by=me(), **sheet)
    if FROM_DRAFT in request.form:
        drafts.forget(drafts.REPORT, by=me())
    return incident


def _logged(incident: Incident) -> Answer:
    draft_done(_draft_key())
    said = stands(incident, clock.now(), to_reporter=True)
    flash(f"{reference_of(incident.number)} has been logged. {said}", "success")
    return redirect(url_for(".show", number=incident.number), 303)


def _new_page(form: Form, draft: Draft | None) -> str:
    is_for_others = me().may("incident.log_for_others")
    page, _ = form.page(
        "incidents/new.html",
        rooms=choices.rooms(),
        is_request=form.values.get("type") == "request",
        is_for_others=is_for_others,
        draft=draft,
        is_from_draft=draft is not None or FROM_DRAFT in request.form,
        draft_key=_draft_key(),
    )
    return page


def _sheet_page(form: Form, incident: Incident) -> str:
    page, _ = form.page(
        "incidents/sheet.html",
        incident=incident,
        reference=reference_of(incident.number),
        rooms=choices.rooms(incident),
        is_request=incident.type == "request",
        is_returned=incident.status == Status.RETURNED
        and queries.can_reach(me(), "incident.hand_in", incident),
    )
    return page


def _mend(incident: Incident, changes: dict[str, Any], is_handed_in: bool) -> None:
    if changes.get("location") == choices.room_key(incident):
        # A room that is no longer used may stay on a sheet that names it already.
        changes.pop("location", None)
    if incident.class_stopped is None and not changes.get("class_stopped"):
        changes.pop("class_stopped", None)
    actions.mend(incident, by=me(), **changes)
    if is_handed_in:
        triage.hand_in(incident, by=me())


def _stale(form: Form, incident: Incident) -> int:
    if not is_stale(incident.version, is_needed=True):
        return 0
    form.add_errors({"": [changed_sentence(incident)]})
    return 412


def _draft_key() -> str:
    school = me().school
    return f"report:{school.slug if school else ''}"
