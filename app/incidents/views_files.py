"""Photos and documents as a browser gets them: only here, with headers that let nothing run."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app.door import me, requires
from app.errors import DeskError, NotThere, wrong
from app.files import queries as files
from app.files.models import Attachment
from app.files.rules import PICTURES, size_words
from app.files.store import Content, StoreAway
from app.incidents import attachments, queries
from app.incidents.blueprint import pages
from app.incidents.models import Incident
from app.incidents.reading import open_to_read
from app.incidents.views_steps import FORM, ONE, reference_of
from app.shapes import Shape
from app.web.attempt import attempt
from app.web.forms import Form

FILE = f"{ONE}/files/<slug:key>"
# Nothing in it is a page of ours: no script, no style, no form, no address but its own.
_SEALED = "default-src 'none'; sandbox"
_THUMBNAIL_SECONDS = 3600


class StoreIsAway(DeskError):
    status = 503


@pages.app_template_filter("size_words")
def _size_words(size: int) -> str:
    return size_words(size)


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


def sent(found: Attachment) -> Response:
    """The content itself. Only what we wrote ourselves is shown in place; the rest is saved."""
    response = _streamed(found, found.sha256, small=False)
    way = "inline" if found.media_type in PICTURES else "attachment"
    plain = found.name.encode("ascii", "replace").decode().replace("?", "_")
    plain = plain.replace("\\", "_").replace('"', "_")
    response.headers["Content-Disposition"] = (
        f"{way}; filename=\"{plain}\"; filename*=UTF-8''{quote(found.name, safe='')}"
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response


def sent_small(found: Attachment) -> Response:
    if found.thumbnail_sha256 is None:
        raise wrong("key", "This file is no picture, so there is no small one.")
    response = _streamed(found, found.thumbnail_sha256, small=True)
    response.headers["Content-Disposition"] = "inline"
    response.headers["Cache-Control"] = f"private, max-age={_THUMBNAIL_SECONDS}"
    return response


def _streamed(found: Attachment, sha256: bytes, *, small: bool) -> Response:
    etag = sha256.hex()
    if request.if_none_match.contains(etag):
        response = Response(status=304)
    else:
        content = _opened(found, small=small)
        response = Response(content.chunks, direct_passthrough=True)
        response.call_on_close(content.close)
        response.headers["Content-Length"] = str(content.size)
    response.set_etag(etag)
    is_text = found.media_type.startswith("text/")
    response.headers["Content-Type"] = found.media_type + ("; charset=utf-8" if is_text else "")
    response.headers["Content-Security-Policy"] = _SEALED
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _opened(found: Attachment, *, small: bool) -> Content:
    try:
        content = files.thumbnail_of(found) if small else files.content_of(found)
    except StoreAway:
        raise StoreIsAway("Files cannot be opened at this moment. Try again in a minute.") from None
    if content is None:
        # The nightly sweep reports it too; a broken link would tell nobody.
        current_app.logger.error("the content of file %s is missing", found.id)
        raise NotThere
    return content
