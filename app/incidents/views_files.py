"""The photos and documents of an incident: opened, and removed."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app.door import me, requires
from app.errors import NotThere
from app.files import queries as files
from app.files.models import Attachment
from app.files.views_content import sent, sent_small
from app.incidents import attachments, queries
from app.incidents.blueprint import pages
from app.incidents.models import Incident
from app.incidents.reading import open_to_read
from app.incidents.views_steps import FORM, ONE, reference_of
from app.shapes import Shape
from app.web.attempt import attempt
from app.web.forms import Form

FILE = f"{ONE}/files/<slug:key>"


@pages.get(FILE)
@requires("incident.view_files")
def file(number: int, key: str) -> Answer:
    incident = open_to_read(me(), number)
    found = attachments.get_file(incident, me(), files.key_in(key))
    return sent(found)


@pages.get(f"{FILE}/thumbnail")
@requires("incident.view_files")
def thumbnail(number: int, key: str) -> Answer:
    """Part of the incident's page, whose reading was recorded."""
    incident = queries.get_incident(me(), number)
    return sent_small(attachments.get_file(incident, me(), files.key_in(key)))


@pages.get("/<slug:school>/incidents/files/<slug:key>/thumbnail")
@requires("incident.attach")
def waiting_thumbnail(key: str) -> Answer:
    """Of a file that waits for its form; only for whoever brought it."""
    found = files.key_in(key)
    waiting = files.waiting([found], by=me()) if found else []
    if not waiting:
        raise NotThere
    return sent_small(waiting[0])


@pages.route(f"{FILE}/removal", methods=FORM)
@requires("incident.remove_file")
def remove_file(number: int, key: str) -> Answer:
    is_sent = request.method == "POST"
    incident = (
        queries.get_incident(me(), number, to_change=True)
        if is_sent
        else open_to_read(me(), number)
    )
    form = Form(Shape)
    found = attachments.get_file(incident, me(), files.key_in(key))
    if not is_sent:
        return _removal_page(form, incident, found)
    status = attempt(form, lambda: attachments.remove(incident, found, by=me()))
    if status:
        incident = queries.get_incident(me(), number)
        found = attachments.get_file(incident, me(), files.key_in(key))
        return _removal_page(form, incident, found), status
    flash(f"{found.name} has been removed.", "success")
    return redirect(url_for(".show", number=number), 303)


def _removal_page(form: Form, incident: Incident, found: Attachment) -> str:
    return render_template(
        "incidents/remove_file.html",
        form=form,
        incident=incident,
        file=found,
        reference=reference_of(incident.number),
        may_remove=attachments.may_remove(me(), incident, found),
    )
