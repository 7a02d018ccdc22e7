"""The sheet: reporting a problem, asking for something, the draft of it, and changing it later."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app import clock
from app.door import me, requires
from app.errors import NotThere
from app.files.intake import let_wait
from app.incidents import actions, drafts, meeting, queries, schemas, triage
from app.incidents import views_choices as choices
from app.incidents.before import before
from app.incidents.blank_sheets import get_sheet, sheet_name
from app.incidents.blueprint import pages
from app.incidents.models import Draft, Incident
from app.incidents.reading import open_to_read
from app.incidents.rules import TYPES, Status
from app.incidents.steps import is_in_time
from app.incidents.views_again import FIELD, link_again, start_again
from app.incidents.views_brought import FilesOfForm
from app.incidents.views_steps import (
    FORM,
    ONE,
    done,
    reference_of,
    stale,
    too_late,
)
from app.incidents.views_words import stands
from app.web.attempt import attempt, is_stale
from app.web.forms import Form, draft_done
from app.web.typed import first_input, kind_of

# The form began with the draft, which is done with once it has been sent.
FROM_DRAFT = "from_draft"
# What a sheet is about, where the address says so.
_LEADS = ("asset", "location")
# An empty choice of these is not sent by a browser.
_SENT_WHEN_CHOSEN = frozenset({"radios", "checkbox", "checkboxes"})


@pages.route("/<slug:school>/incidents/new", methods=FORM)
@requires("incident.log")
def log() -> Answer:
    form = Form(schemas.NewIncident, {"type": _type(), **start_again(), **_paper(), **_led_here()})
    if not form.is_posted:
        # What is copied from paper has nothing to do with what somebody began on the screen.
        is_paper = bool(form.values["sheet_number"])
        is_again = FIELD in request.args or bool(_led_here())
        draft = None if is_paper or is_again else drafts.find(drafts.REPORT, by=me())
        if draft is not None:
            form.values.update(draft.values)
        files = FilesOfForm(draft.values.get(drafts.FILES, ()) if draft else ())
        return new_page(form, draft, files)
    files, status = FilesOfForm(), 422
    files.tell(form)
    if form.is_ready:
        logged: list[Incident] = []
        status = attempt(form, lambda: logged.append(_log(form.data, files)))
        if not status:
            return files.saved(_logged(logged[0]))
    status = files.keep_waiting(form, status)
    return new_page(form, None, files), status


@pages.post("/<slug:school>/incidents/draft")
@requires("incident.log")
def keep_draft() -> Answer:
    """As it is, mistakes and all."""
    form, files = Form(schemas.NewIncident), FilesOfForm()
    form.errors.clear()
    files.tell(form)
    status = 422 if form.errors else attempt(form, lambda: _keep_draft(form, files))
    if status:
        status = files.keep_waiting(form, status)
        return new_page(form, None, files), status
    draft_done(draft_key())
    flash("Your draft is kept. It has not been sent: come back here to finish it.", "message")
    return files.saved(redirect(url_for(".log"), 303))


@pages.post("/<slug:school>/incidents/draft/removal")
@requires("incident.log")
def drop_draft() -> Answer:
    drafts.forget(drafts.REPORT, by=me())
    draft_done(draft_key())
    flash("The draft is gone.", "message")
    return redirect(url_for(".log"), 303)


@pages.route(f"{ONE}/sheet", methods=FORM)
@requires("incident.edit")
def mend(number: int) -> Answer:
    if request.method != "POST":
        incident = open_to_read(me(), number)
        if not is_in_time("mend", incident):
            return too_late(incident, "mend")
        queries.check_reach(me(), "incident.edit", incident)
        form = Form(schemas.Sheet, choices.sheet(incident))
        return _sheet_page(form, incident, FilesOfForm())
    files, status = FilesOfForm.of_incident(number), 422
    incident = queries.get_incident(me(), number, to_change=True)
    form = Form(schemas.Sheet)
    files.tell(form)
    if is_stale(incident.version, is_needed=True):
        status = stale(form, incident, choices.sheet(incident))
    elif form.is_ready:
        is_handed_in = "hand_in" in request.form
        changes = {**_asked(form, form.data), "brought": files.brought}
        status = attempt(form, lambda: _mend(incident, changes, is_handed_in))
        if not status:
            return files.saved(done(number, "hand_in" if is_handed_in else "mend"))
    status = files.keep_waiting(form, status)
    return _sheet_page(form, queries.get_incident(me(), number), files), status


def _paper() -> dict[str, Any]:
    """The blank sheet that is to be entered, as the address names it."""
    asked = request.args.get("sheet_number", "")
    if request.method == "POST" or not asked or not me().may("incident.print_blank"):
        return {}
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 10):
        raise NotThere
    return {"sheet_number": get_sheet(int(asked)).number, "channel": "paper_form"}


def _led_here() -> dict[str, str]:
    """What a label, or the page of a thing or a room, leads here with."""
    if request.method == "POST":
        return {}
    return {name: request.args[name][:80] for name in _LEADS if request.args.get(name)}


def _type() -> str:
    wanted = request.args.get("type", "")
    return wanted if wanted in TYPES else TYPES[0]


def _log(sheet: dict[str, Any], files: FilesOfForm) -> Incident:
    incident = actions.log_incident(by=me(), brought=files.brought, **sheet)
    link_again(incident)
    if FROM_DRAFT in request.form:
        drafts.forget(drafts.REPORT, by=me())
    return incident


def _logged(incident: Incident) -> Answer:
    draft_done(draft_key(incident.sheet_number))
    said = stands(incident, clock.now(), to_reporter=True)
    flash(f"{reference_of(incident.number)} has been logged. {said}", "success")
    return redirect(url_for(".show", number=incident.number), 303)


def _keep_draft(form: Form, files: FilesOfForm) -> None:
    """With its files, which wait for as long as the draft does."""
    let_wait(files.brought.fresh, by=me())
    drafts.save(drafts.REPORT, {**form.values, drafts.FILES: files.keys}, by=me())


def new_page(
    form: Form, draft: Draft | None, files: FilesOfForm, *, is_looked_at: bool = False
) -> str:
    """`is_looked_at`: somebody asked what it says back before they send it."""
    is_for_others = me().may("incident.log_for_others")
    paper = form.values.get("sheet_number") or ""
    school = me().school
    assert school is not None
    page, _ = form.page(
        "incidents/new.html",
        rooms=choices.rooms(),
        days=meeting.chips(form.values),
        is_request=form.values.get("type") == "request",
        is_for_others=is_for_others,
        draft=draft,
        is_from_draft=draft is not None or FROM_DRAFT in request.form,
        draft_key=draft_key(paper),
        files=files,
        sheet_name=sheet_name(school.code, paper) if paper else None,
        said_back=before(me(), form.values, with_known=is_looked_at),
        is_looked_at=is_looked_at,
    )
    return page


def _sheet_page(form: Form, incident: Incident, files: FilesOfForm) -> str:
    page, _ = form.page(
        "incidents/sheet.html",
        incident=incident,
        files=files,
        reference=reference_of(incident.number),
        rooms=choices.rooms(incident),
        days=meeting.chips(form.values),
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


def draft_key(paper: object = None) -> str:
    """Names the browser's own copy; each sheet of paper has one of its own."""
    school = me().school
    return f"report:{school.slug if school else ''}" + (f":s{paper}" if paper else "")


def _asked(form: Form, changes: dict[str, Any]) -> dict[str, Any]:
    """Only what this page asks for: what it does not draw stays as it is."""
    found = {}
    for name, value in changes.items():
        kind = kind_of(form.fields[name])
        if kind in _SENT_WHEN_CHOSEN or first_input(name, kind) in request.form:
            found[name] = value
    return found
