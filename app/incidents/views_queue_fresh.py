"""Whether the queue has changed since a browser last got it, found out without the database.

The tag is signed over the session, the address and the version that Valkey counts, so it proves
that this very session got this very list; a 304 tells nobody anything they did not have. Versions
last 60 s, so a session that was ended elsewhere, and times that pass, show within a minute.
"""

from __future__ import annotations

import hashlib
import hmac

from flask import Response, current_app, g, request

from app.bell import bell
from app.sessions import secret_of_request


def not_modified() -> Response | None:
    """304 for a list that is still the same. Reads the version before any row is read."""
    g.queue_tag = _tag()
    if g.queue_tag is None or not request.if_none_match.contains_weak(g.queue_tag):
        return None
    return mark(Response(status=304))


def mark(response: Response) -> Response:
    """Say which version this answer shows, where that is known."""
    if g.queue_tag is not None:
        response.set_etag(g.queue_tag, weak=True)
    response.headers["Vary"] = "HX-Request"
    return response


def shown_tag() -> str:
    """As it stands in the page, for the script that asks again; empty when nobody counts."""
    tag = g.get("queue_tag")
    return f'W/"{tag}"' if tag else ""


def _tag() -> str | None:
    secret = secret_of_request()
    version = bell().queue_version() if secret else None
    if secret is None or version is None:
        return None
    said = b"\0".join((secret.encode(), request.query_string, version.encode()))
    key = str(current_app.secret_key).encode()
    return hmac.new(key, b"queue\0" + said, hashlib.sha256).hexdigest()[:32]
