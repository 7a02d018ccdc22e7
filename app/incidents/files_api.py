"""The files of an incident as JSON: list, add (as a form sends them), read, remove."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask.views import MethodView
from marshmallow import fields

from app.api.body import Blueprint
from app.api.manners import check_version
from app.api.reply import reply
from app.door import me, requires
from app.errors import NotAllowed, Wrong, wrong
from app.files import intake
from app.files import queries as files
from app.files.models import Attachment
from app.files.papers_api import (
    ONLY_VERSION,
    PART,
    FileOut,
    check_any,
    check_form,
    file_shown,
    list_of_files,
    sent_as_a_form,
    sent_as_bytes,
)
from app.files.rules import FILES_A_FORM, MEDIA_TYPES, PICTURES
from app.files.views_content import sent, sent_small, uploads_of
from app.history.models import VISIBILITIES
from app.incidents import attachments, queries, replies
from app.incidents.reading import open_to_read
from app.shapes import PageArgs, Shape, choice
from tenants import db

attachments_api = Blueprint(
    "attachments_api",
    __name__,
    url_prefix="/api/v1/schools/<slug:school>/incidents/<number:number>/attachments",
    description="Photos and documents of an incident",
)


_VISIBILITY = {"type": "string", "enum": list(VISIBILITIES)}


class AttachmentOut(FileOut):
    part = choice(("sheet", "note", "check"), required=True)
    visibility = choice(VISIBILITIES, required=True)


class AttachmentsMade(Shape):
    items = fields.List(fields.Nested(AttachmentOut), required=True)


@attachments_api.route("")
class Attachments(MethodView):
    @requires("incident.view_files")
    @attachments_api.arguments(PageArgs, location="query")
    @attachments_api.response(200, replies.page_of(AttachmentOut))
    def get(self, args: dict[str, Any], number: int) -> Response:
        """The files that you may open, oldest first."""
        found = attachments.files_of(open_to_read(me(), number), me())
        return list_of_files(f"attachments {number}", args, found, lambda one: _shown(one, number))

    @requires("incident.attach")
    @attachments_api.doc(requestBody=sent_as_a_form(visibility=_VISIBILITY))
    @attachments_api.response(201, AttachmentsMade)
    def post(self, number: int) -> Response:
        """Add one file or up to five, all of them or none."""
        # What cannot be seen is not there, whatever is sent to it. What would be refused in the
        # end is refused before anything is kept; and no row is held meanwhile.
        seen = queries.get_incident(me(), number)
        queries.check_reach(me(), "incident.attach", seen)
        visibility, uploads = _read_form(), uploads_of(PART)
        check_version(seen.version)
        if len(uploads) <= FILES_A_FORM:
            attachments.check_add(seen, len(uploads), by=me(), visibility=visibility)
        db.session.expire(seen)
        brought = intake.take(uploads, by=me())
        if brought.sentences:
            raise Wrong({PART: brought.sentences})
        incident = queries.get_incident(me(), number, to_change=True)
        check_version(incident.version)
        attachments.add(incident, brought, by=me(), visibility=visibility)
        db.session.flush()
        keys = {row["id"] for row in brought.fresh}
        made = [one for one in attachments.files_of(incident, me()) if one.id in keys]
        location = url_for("attachments_api.OneAttachment", number=number, key=str(min(keys)))
        return reply({"items": [_shown(one, number) for one in made]}, 201, location=location)


@attachments_api.route("/<slug:key>")
class OneAttachment(MethodView):
    @requires("incident.view_files")
    @attachments_api.response(200, AttachmentOut)
    def get(self, number: int, key: str) -> Response:
        """One file: what it is, and where its content is."""
        incident = open_to_read(me(), number)
        found = attachments.get_file(incident, me(), files.key_in(key))
        return reply(_shown(found, number), version=ONLY_VERSION)

    @requires("incident.remove_file")
    @attachments_api.response(204)
    def delete(self, number: int, key: str) -> Response:
        """Remove it. Its name stays in the history."""
        incident = queries.get_incident(me(), number, to_change=True)
        found = attachments.get_file(incident, me(), files.key_in(key))
        check_version(ONLY_VERSION)
        attachments.remove(incident, found, by=me())
        return Response(status=204)


@attachments_api.route("/<slug:key>/content")
class AttachmentContent(MethodView):
    @requires("incident.view_files")
    @attachments_api.doc(**sent_as_bytes(*MEDIA_TYPES))
    def get(self, number: int, key: str) -> Response:
        """The file itself."""
        incident = open_to_read(me(), number)
        return sent(attachments.get_file(incident, me(), files.key_in(key)))


@attachments_api.route("/<slug:key>/thumbnail")
class AttachmentThumbnail(MethodView):
    @requires("incident.view_files")
    @attachments_api.doc(**sent_as_bytes(*sorted(PICTURES)))
    def get(self, number: int, key: str) -> Response:
        """A small picture of it, if it is a picture."""
        incident = queries.get_incident(me(), number)
        return sent_small(attachments.get_file(incident, me(), files.key_in(key)))


def _read_form() -> str:
    """The visibility; refuses what is no form, or has other fields than ours."""
    check_form("visibility")
    if len(request.form.getlist("visibility")) > 1 or "visibility" in request.files:
        raise wrong("visibility", "Give this only once.")
    visibility = request.form.get("visibility", "public")
    if visibility not in VISIBILITIES:
        raise wrong("visibility", f"Must be one of: {', '.join(VISIBILITIES)}.")
    check_any()
    if visibility != "public" and not me().may("incident.note_internal"):
        raise NotAllowed("Your role does not allow files that the reporter cannot see.")
    return visibility


def _shown(one: Attachment, number: int) -> dict[str, Any]:
    address: dict[str, Any] = {"number": number, "key": str(one.id)}
    shown = file_shown(
        one,
        url_for("attachments_api.AttachmentContent", **address),
        url_for("attachments_api.AttachmentThumbnail", **address),
    )
    return {**shown, "part": one.part, "visibility": one.visibility}
