"""The diagnostics sheet: what was checked, found and done, for desk and support only."""

from __future__ import annotations

from flask import request, url_for
from flask.typing import ResponseReturnValue as Answer

from app.api.manners import make_cursor, read_cursor
from app.door import me, requires
from app.incidents import actions, attachments, queries, schemas
from app.incidents.blueprint import pages
from app.incidents.models import Incident
from app.incidents.reading import open_to_read
from app.incidents.steps import is_offered
from app.incidents.views_brought import FilesOfForm
from app.incidents.views_steps import ONE, done, reference_of
from app.web.attempt import attempt
from app.web.forms import Form

LINES_SHOWN = 50


@pages.get(f"{ONE}/checks")
@requires("incident.view_internal")
def checks(number: int) -> Answer:
    incident = open_to_read(me(), number)
    return _page(Form(schemas.DiagnosticLine), incident, FilesOfForm())


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


def _page(form: Form, incident: Incident, files: FilesOfForm) -> str:
    scope = f"checks {incident.school_id} {incident.number}"
    place = read_cursor(scope, request.args.get("after"))
    lines = queries.checks_of(incident, limit=LINES_SHOWN + 1, after=place[0] if place else 0)
    shown = lines[:LINES_SHOWN]
    is_more = len(lines) > LINES_SHOWN
    here = url_for(".checks", number=incident.number)
    found = attachments.files_of(incident, me(), part="check")
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
    )
    return page
