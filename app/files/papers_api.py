"""The files of a register's rows as JSON: listed, added (as a form sends them), read, removed.

contract_files = api_of_papers("contract_files_api", f"{SCHOOL}/contracts/<number:number>", PAPERS)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Response, request, url_for
from flask.views import MethodView
from marshmallow import fields

from app.api.body import Blueprint
from app.api.listed import listed
from app.api.manners import check_version
from app.api.reply import reply
from app.door import me, requires
from app.errors import Wrong, wrong
from app.files import intake, papers, queries
from app.files.models import Attachment
from app.files.papers import Papers
from app.files.rules import FILES_A_FORM, MEDIA_TYPES, PICTURES
from app.files.views_content import NotAForm, sent, sent_small, uploads_of
from app.keyset import Page
from app.shapes import PageArgs, Shape, choice, instant
from tenants import db

# One field of the form, once or more than once.
PART = "file"
# A file is removed or stays; it never changes.
ONLY_VERSION = 1


class Links(Shape):
    content = fields.String(required=True)
    thumbnail = fields.String(allow_none=True, required=True)


class FileOut(Shape):
    key = fields.String(required=True)
    name = fields.String(required=True)
    media_type = choice(MEDIA_TYPES, required=True)
    size = fields.Integer(required=True)
    width = fields.Integer(allow_none=True, required=True)
    height = fields.Integer(allow_none=True, required=True)
    uploaded_by = fields.String(required=True)
    at = fields.String(required=True)
    links = fields.Nested(Links, required=True)


class FilesOut(Shape):
    items = fields.List(fields.Nested(FileOut), required=True)


class FileList(FilesOut):
    next = fields.String(allow_none=True, required=True)


def sent_as_a_form(**more: Any) -> dict[str, Any]:
    """For the description: files in a form, beside `more` of its fields."""
    files = {
        "type": "array",
        "minItems": 1,
        "maxItems": FILES_A_FORM,
        "items": {"type": "string", "format": "binary"},
    }
    return {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": [PART],
                    "properties": {PART: files, **more},
                    "additionalProperties": False,
                },
                "encoding": {PART: {"contentType": "application/octet-stream"}},
            }
        },
    }


def sent_as_bytes(*media_types: str) -> dict[str, Any]:
    schema = {"schema": {"type": "string", "format": "binary"}}
    return {
        "responses": {"200": {"description": "OK", "content": {one: schema for one in media_types}}}
    }


def check_form(*known: str) -> None:
    """Refuses what is no form, has other fields than these beside the files, or has no file."""
    if request.mimetype != "multipart/form-data":
        raise NotAForm("Send the file as multipart/form-data.")
    unknown = (set(request.form) | set(request.files)) - {PART, *known}
    if unknown:
        raise Wrong({str(name): ["Unknown field."] for name in sorted(unknown)})


def check_any() -> None:
    if not uploads_of(PART):
        raise wrong(PART, "Send the file as a part of the form, with its name.")


def list_of_files(
    scope: str,
    args: dict[str, Any],
    found: Sequence[Attachment],
    shown: Callable[[Attachment], dict[str, Any]],
) -> Response:
    """A page of those few that hang on one thing, the oldest first: their keys say the order."""

    def fetch(_: dict[str, Any], after: list[Any] | None, limit: int) -> Page:
        rest = [one for one in found if after is None or str(one.id) > after[0]]
        is_more = len(rest) > limit
        return Page(rest[:limit], [str(rest[limit - 1].id)] if is_more else None)

    return listed(scope, args, fetch, lambda rows: [shown(one) for one in rows])


def file_shown(one: Attachment, content: str, thumbnail: str) -> dict[str, Any]:
    """With the addresses of its content and of its small picture, where it is a picture."""
    return {
        "key": str(one.id),
        "name": one.name,
        "media_type": one.media_type,
        "size": one.size,
        "width": one.width,
        "height": one.height,
        "uploaded_by": one.uploaded_by,
        "at": instant(one.created_at),
        "links": {"content": content, "thumbnail": thumbnail if one.thumbnail_sha256 else None},
    }


def api_of_papers(name: str, address: str, of: Papers) -> Blueprint:
    """`address`: of the row, with its school."""
    blueprint = Blueprint(
        name, __name__, url_prefix=f"{address}/files", description=f"Files of a {of.kind}"
    )

    @blueprint.route("")
    class Files(MethodView):
        @requires(of.view)
        @blueprint.arguments(PageArgs, location="query")
        @blueprint.response(200, FileList)
        def get(self, args: dict[str, Any], **where: Any) -> Response:
            """The oldest first."""
            owner = of.find(**where)
            found = papers.papers_of(owner.kind, owner.id)
            return list_of_files(
                f"files {owner.kind} {owner.id}", args, found, lambda one: _shown(name, one, where)
            )

        @requires(of.edit)
        @blueprint.doc(requestBody=sent_as_a_form())
        @blueprint.response(201, FilesOut)
        def post(self, **where: Any) -> Response:
            """Add one file or up to five, all of them or none."""
            made = _add(of, where)
            location = url_for(f"{name}.OneFile", **where, file=str(made[0].id))
            items = [_shown(name, one, where) for one in made]
            return reply({"items": items}, 201, location=location)

    @blueprint.route("/<slug:file>")
    class OneFile(MethodView):
        @requires(of.view)
        @blueprint.response(200, FileOut)
        def get(self, file: str, **where: Any) -> Response:
            """One file: what it is, and where its content is."""
            found = papers.get_paper(of.find(**where), queries.key_in(file))
            return reply(_shown(name, found, where), version=ONLY_VERSION)

        @requires(of.edit)
        @blueprint.response(204)
        def delete(self, file: str, **where: Any) -> Response:
            """Remove it. Its name stays in the history."""
            owner = of.find(**where, to_change=True)
            found = papers.get_paper(owner, queries.key_in(file))
            check_version(ONLY_VERSION)
            papers.remove(owner, found, by=me())
            return Response(status=204)

    @blueprint.route("/<slug:file>/content")
    class Content(MethodView):
        @requires(of.view)
        @blueprint.doc(**sent_as_bytes(*MEDIA_TYPES))
        def get(self, file: str, **where: Any) -> Response:
            """The file itself."""
            return sent(papers.get_paper(of.find(**where), queries.key_in(file)))

    @blueprint.route("/<slug:file>/thumbnail")
    class Thumbnail(MethodView):
        @requires(of.view)
        @blueprint.doc(**sent_as_bytes(*sorted(PICTURES)))
        def get(self, file: str, **where: Any) -> Response:
            """A small picture of it, if it is a picture."""
            return sent_small(papers.get_paper(of.find(**where), queries.key_in(file)))

    return blueprint


def _add(of: Papers, where: dict[str, Any]) -> list[Attachment]:
    # What cannot be seen is not there, whatever is sent to it. What would be refused in the end
    # is refused before anything is kept; and no row is held meanwhile.
    owner = of.find(**where)
    check_form()
    check_any()
    check_version(owner.version)
    uploads = uploads_of(PART)
    if len(uploads) <= FILES_A_FORM:
        papers.check_room(owner, len(uploads))
    db.session.expire_all()
    brought = intake.take(uploads, by=me())
    if brought.sentences:
        raise Wrong({PART: brought.sentences})
    owner = of.find(**where, to_change=True)
    check_version(owner.version)
    papers.add(owner, brought, by=me())
    keys = {row["id"] for row in brought.fresh}
    return [one for one in papers.papers_of(owner.kind, owner.id) if one.id in keys]


def _shown(name: str, one: Attachment, where: dict[str, Any]) -> dict[str, Any]:
    address = {**where, "file": str(one.id)}
    return file_shown(
        one, url_for(f"{name}.Content", **address), url_for(f"{name}.Thumbnail", **address)
    )
