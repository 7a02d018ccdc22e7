"""Photos and documents as they come in with a form, and as a browser gets them: only here, with
headers that let nothing run."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, current_app, request

from app.errors import DeskError, NotThere, wrong
from app.files import queries as files
from app.files.intake import Upload
from app.files.models import Attachment
from app.files.rules import PICTURES
from app.files.store import Content, StoreAway

# Nothing in it is a page of ours: no script, no style, no form, no address but its own.
_SEALED = "default-src 'none'; sandbox"
_THUMBNAIL_SECONDS = 3600


class StoreIsAway(DeskError):
    status = 503


class NotAForm(DeskError):
    status = 415


def uploads_of(field: str) -> list[Upload]:
    """An input that nobody filled in sends a part without a name."""
    return [
        Upload(one.filename, one.stream) for one in request.files.getlist(field) if one.filename
    ]


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
