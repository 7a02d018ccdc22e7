"""Versions, cursors and pages: what every resource of the API does the same way (api.md)."""

from __future__ import annotations

import re
from typing import Any

from flask import current_app, g, request
from itsdangerous import BadSignature, URLSafeSerializer

from app.errors import DeskError, Stale, wrong


class VersionNeeded(DeskError):
    """A change that could overwrite somebody else's must say what it began with."""

    status = 428


def etag(version: int) -> str:
    return f'"{version}"'


def check_version(version: int, *, is_needed: bool = False) -> None:
    """Compare `If-Match` with what is there now: 412 when stale, 428 when needed and missing."""
    given = request.headers.get("If-Match")
    if given is None:
        if is_needed:
            raise VersionNeeded("Say which version you change: send its ETag as If-Match.")
        return
    if not _is_match(given.strip(), etag(version)):
        raise Stale("Somebody else has changed this since you read it. Nothing was changed.")


# RFC 9110 8.8.3 and 13.1.1; of a list, empty members do not count.
_TAG = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_TAGS = re.compile(rf"[ \t,]*{_TAG}(?:[ \t]*,(?:[ \t]*{_TAG})?)*[ \t]*")


def _is_match(given: str, current: str) -> bool:
    """Strong comparison: a weak tag names something that is only about the same. What cannot be
    read as tags names nothing."""
    if given == "*":
        return True
    return bool(_TAGS.fullmatch(given)) and current in re.findall(_TAG, given)


def make_cursor(scope: str, place: list[Any]) -> str:
    """An opaque place in a list; good only for the list it came from."""
    return _cursors(scope).dumps(place)


def read_cursor(scope: str, cursor: str | None) -> list[Any] | None:
    if cursor is None:
        return None
    try:
        place: list[Any] = _cursors(scope).loads(cursor)
    except BadSignature:
        raise wrong("after", "This is not a place in this list. Start without it.") from None
    return place


def _cursors(scope: str) -> URLSafeSerializer:
    # Bound to who asks as well: a cursor found elsewhere opens nothing.
    person = g.me.person_id if g.get("me") else 0
    return URLSafeSerializer(current_app.secret_key or "", salt=f"cursor {person} {scope}")
