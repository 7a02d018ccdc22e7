"""The diagnostics sheet: what was checked, found and done, for desk and support only."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app.api.manners import make_cursor, read_cursor
from app.door import me, requires
from app.errors import NotThere, Refused
from app.incidents import actions, attachments, checklists, queries, schemas
from app.incidents.blueprint import pages
from app.incidents.checklists import AnyChecklist
from app.incidents.models import Incident
from app.incidents.reading import open_to_read
from app.incidents.steps import is_offered
from app.incidents.views_brought import FilesOfForm
from app.incidents.views_steps import ONE, done, reference_of
from app.shapes import LINE, Shape, Text
from app.web.attempt import attempt
from app.web.forms import Form
from app.web.words import plural

LINES_SHOWN = 50


@pages.get(f"{ONE}/checks")
@requires("incident.view_internal")
def checks(number: int) -> Answer:
    incident = open_to_read(me(), number)
    return _page(Form(schemas.DiagnosticLine), incident, FilesOfForm())


@pages.post(f"{ONE}/checks/list")
@requires("incident.diagnose")
def answer_checklist(number: int) -> Answer:
    """Every line of the list that somebody has answered becomes a line of the sheet."""
    incident = queries.get_incident(me(), number, to_change=True)
    chosen = _chosen(incident)
    if chosen is None:
        raise NotThere
    form, status = Form(_shape_of(chosen)), 422
    if form.is_ready:
        answers = _answers(chosen, form.data)
        status = attempt(form, lambda: _write(incident, chosen.key, answers))
        if not status:
            flash(f"{plural(len(answers), 'check')} written down.", "success")
            return redirect(url_for(".checks", number=number, list=chosen.key), 303)
    return _page(
        Form(schemas.DiagnosticLine, is_posted=False),
        queries.get_incident(me(), number),
        FilesOfForm(),
        of_list=form,
    ), status


def _chosen(incident: Incident) -> AnyChecklist | None:
    """The list in the address, or the one that was begun."""
    key = request.args.get("list") or checklists.last_used(incident)
    try:
        return checklists.checklist_named(key) if key else None
    except NotThere:
        return None


def _shape_of(chosen: AnyChecklist) -> type[Shape]:
    """What may be answered to each line."""
    asked: dict[str, Any] = {}
    for place, item in enumerate(chosen.items, start=1):
        about = item["text"]
        asked[f"outcome_{place}"] = Text(LINE, metadata={"label": about, "optional": False})
        asked[f"action_{place}"] = Text(
            LINE, metadata={"label": f"What did you do about “{about}”?"}
        )
    return Shape.from_dict(asked, name="Checklist")  # type: ignore[return-value]


def _answers(chosen: AnyChecklist, data: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "check": item["text"],
            "outcome": data.get(f"outcome_{place}"),
            "action_taken": data.get(f"action_{place}"),
            "position": place,
        }
        for place, item in enumerate(chosen.items, start=1)
        if data.get(f"outcome_{place}") or data.get(f"action_{place}")
    ]


def _write(incident: Incident, key: str, answers: list[dict[str, Any]]) -> None:
    if not answers:
        raise Refused("Answer at least one line of the list.")
    for answer in answers:
        actions.diagnose(incident, by=me(), checklist=key, **answer)


@pages.post(f"{ONE}/checks")
@requires("incident.diagnose")
def add_check(number: int) -> Answer:
    files = FilesOfForm.of_incident(number)
    incident = queries.get_incident(me(), number, to_change=True)
    form, status = Form(schemas.DiagnosticLine), 422
    files.tell(form)
    if form.is_ready:
        said = {**form.data, "brought": files.brought}
        status = attempt(form, lambda: actions.diagnose(incident, by=me(), **said))
        if not status:
            return files.saved(done(number, "diagnose"))
    status = files.keep_waiting(form, status)
    return _page(form, queries.get_incident(me(), number), files), status


def _page(
    form: Form, incident: Incident, files: FilesOfForm, *, of_list: Form | None = None
) -> str:
    scope = f"checks {incident.school_id} {incident.number}"
    place = read_cursor(scope, request.args.get("after"))
    lines = queries.checks_of(incident, limit=LINES_SHOWN + 1, after=place[0] if place else 0)
    shown = lines[:LINES_SHOWN]
    is_more = len(lines) > LINES_SHOWN
    here = url_for(".checks", number=incident.number)
    found = attachments.files_of(incident, me(), part="check")
    chosen = _chosen(incident)
    page, _ = form.page(
        "incidents/checks.html",
        incident=incident,
        reference=reference_of(incident.number),
        lines=shown,
        files=files,
        found=attachments.by_check(found),
        removable=attachments.removable(me(), incident, found),
        address=url_for(".show", number=incident.number),
        may_add=form.is_posted or is_offered("diagnose", me(), incident),
        next_url=f"{here}?after={make_cursor(scope, [shown[-1].id])}" if is_more else None,
        first_url=here if place else None,
        lists=[(one.key, one.name) for one in checklists.offered(incident.category)],
        chosen=chosen,
        answered=checklists.answered(incident, chosen.key) if chosen else {},
        of_list=of_list or (Form(_shape_of(chosen), is_posted=False) if chosen else None),
    )
    return page
