"""The files of an incident as JSON: list, add (as a form sends them), read, remove."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask.views import MethodView
from marshmallow import fields

from app.api.body import Blueprint
from app.api.manners import check_version, make_cursor, read_cursor
from app.api.reply import reply
from app.door import me, requires
from app.errors import DeskError, NotAllowed, Wrong, wrong
from app.files import intake
from app.files import queries as files
from app.files.models import Attachment
from app.files.rules import FILES_A_FORM, MEDIA_TYPES, PICTURES
from app.history.models import VISIBILITIES
from app.incidents import attachments, queries, replies
from app.incidents.reading import open_to_read
from app.incidents.views_brought import uploads_of
from app.incidents.views_files import sent, sent_small
from app.shapes import PageArgs, Shape, choice, instant
from tenants import db

# One field of the form, once or more than once.
PART = "file"
_KNOWN = frozenset({PART, "visibility"})
# A file is removed or stays; it never changes.
_ONLY_VERSION = 1

attachments_api = Blueprint(
    "attachments_api",
    __name__,
    url_prefix="/api/v1/schools/<slug:school>/incidents/<number:number>/attachments",
    description="Photos and documents of an incident",
)


class NotAForm(DeskError):
    status = 415


class Links(Shape):
    content = fields.String(required=True)
    thumbnail = fields.String(allow_none=True, required=True)


class AttachmentOut(Shape):
    key = fields.String(required=True)
    name = fields.String(required=True)
    media_type = choice(MEDIA_TYPES, required=True)
    size = fields.Integer(required=True)
    width = fields.Integer(allow_none=True, required=True)
    height = fields.Integer(allow_none=True, required=True)
    part = choice(("sheet", "note", "check"), required=True)
    visibility = choice(VISIBILITIES, required=True)
    uploaded_by = fields.String(required=True)
    at = fields.String(required=True)
    links = fields.Nested(Links, required=True)


class AttachmentsMade(Shape):
    items = fields.List(fields.Nested(AttachmentOut), required=True)


_SENT_AS_A_FORM = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": [PART],
                "properties": {
                    PART: {
                        "type": "array",
                        "minItems": 1,
                        "maxItems": 5,
                        "items": {"type": "string", "format": "binary"},
                    },
                    "visibility": {"type": "string", "enum": list(VISIBILITIES)},
                },
                "additionalProperties": False,
            },
            "encoding": {PART: {"contentType": "application/octet-stream"}},
        }
    },
}


def _bytes(*media_types: str) -> dict[str, Any]:
    schema = {"schema": {"type": "string", "format": "binary"}}
    return {
        "responses": {"200": {"description": "OK", "content": {one: schema for one in media_types}}}
    }


@attachments_api.route("")
class Attachments(MethodView):
    @requires("incident.view_files")
    @attachments_api.arguments(PageArgs, location="query")
    @attachments_api.response(200, replies.page_of(AttachmentOut))
    def get(self, args: dict[str, Any], number: int) -> Response:
        """The files that you may open, oldest first."""
        school = me().school
        scope = f"attachments {number} {school.slug if school else ''}"
        place = read_cursor(scope, args.get("after"))
        incident = open_to_read(me(), number)
        found = attachments.files_of(incident, me())
        begin = place[0] if place else ""
        rest = [one for one in found if str(one.id) > begin]
        page, is_more = rest[: args["limit"]], len(rest) > args["limit"]
        cursor = make_cursor(scope, [str(page[-1].id)]) if is_more else None
        return reply({"items": [_shown(one, number) for one in page], "next": cursor})

    @requires("incident.attach")
    @attachments_api.doc(requestBody=_SENT_AS_A_FORM)
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
        return reply(_shown(found, number), version=_ONLY_VERSION)

    @requires("incident.remove_file")
    @attachments_api.response(204)
    def delete(self, number: int, key: str) -> Response:
        """Remove it. Its name stays in the history."""
        incident = queries.get_incident(me(), number, to_change=True)
        found = attachments.get_file(incident, me(), files.key_in(key))
        check_version(_ONLY_VERSION)
        attachments.remove(incident, found, by=me())
        return Response(status=204)


@attachments_api.route("/<slug:key>/content")
class AttachmentContent(MethodView):
    @requires("incident.view_files")
    @attachments_api.doc(**_bytes(*MEDIA_TYPES))
    def get(self, number: int, key: str) -> Response:
        """The file itself."""
        incident = open_to_read(me(), number)
        return sent(attachments.get_file(incident, me(), files.key_in(key)))


@attachments_api.route("/<slug:key>/thumbnail")
class AttachmentThumbnail(MethodView):
    @requires("incident.view_files")
    @attachments_api.doc(**_bytes(*sorted(PICTURES)))
    def get(self, number: int, key: str) -> Response:
        """A small picture of it, if it is a picture."""
        incident = queries.get_incident(me(), number)
        return sent_small(attachments.get_file(incident, me(), files.key_in(key)))


def _read_form() -> str:
    """The visibility; refuses what is no form, or has other fields than ours."""
    if request.mimetype != "multipart/form-data":
        raise NotAForm("Send the file as multipart/form-data.")
    unknown = (set(request.form) | set(request.files)) - _KNOWN
    if unknown:
        raise Wrong({str(name): ["Unknown field."] for name in sorted(unknown)})
    if len(request.form.getlist("visibility")) > 1 or "visibility" in request.files:
        raise wrong("visibility", "Give this only once.")
    visibility = request.form.get("visibility", "public")
    if visibility not in VISIBILITIES:
        raise wrong("visibility", f"Must be one of: {', '.join(VISIBILITIES)}.")
    if not uploads_of(PART):
        raise wrong(PART, "Send the file as a part of the form, with its name.")
    if visibility != "public" and not me().may("incident.note_internal"):
        raise NotAllowed("Your role does not allow files that the reporter cannot see.")
    return visibility


def _shown(one: Attachment, number: int) -> dict[str, Any]:
    key = str(one.id)
    address: dict[str, Any] = {"number": number, "key": key}
    return {
        "key": key,
        "name": one.name,
        "media_type": one.media_type,
        "size": one.size,
        "width": one.width,
        "height": one.height,
        "part": one.part,
        "visibility": one.visibility,
        "uploaded_by": one.uploaded_by,
        "at": instant(one.created_at),
        "links": {
            "content": url_for("attachments_api.AttachmentContent", **address),
            "thumbnail": url_for("attachments_api.AttachmentThumbnail", **address)
            if one.thumbnail_sha256
            else None,
        },
    }
