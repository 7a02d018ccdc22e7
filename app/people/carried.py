"""What somebody had typed when their session ended, carried through the sign-in page.

Signed, because it says where a form goes; that it came from this browser, the sign-in form's own
token says. It holds no passwords and no files.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import current_app, request
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from app import sessions

LONGEST = 200_000
_NOT_SHOWN = frozenset({"submission_id", "version"})
_LOCAL = re.compile(r"/(?!/)[^\x00-\x20\x7f-\xa0\\]*")


@dataclass(frozen=True)
class Carried:
    path: str
    fields: tuple[tuple[str, str], ...]
    back: str
    # Me.key of who typed it, where this browser still knows; nobody else gets to see it.
    person: str | None

    @property
    def shown(self) -> list[tuple[str, str]]:
        """The fields as a person reads them."""
        return [
            (name.replace("_", " ").replace("-", " ").capitalize(), text)
            for name, text in self.fields
            if name not in _NOT_SHOWN and text.strip()
        ]


def from_request() -> Carried | None:
    """What this POST was about; None when nothing was typed, or too much to carry."""
    if (request.endpoint or "").startswith("second_factor."):
        # A code is good for half a minute.
        return None
    try:
        sent = list(request.form.items(multi=True))
    except HTTPException:
        return None
    fields = tuple(
        (name, text)
        for name, text in sent
        if name != "csrf_token" and "password" not in name.lower()
    )
    found = Carried(_this_path(), fields, page_before(), sessions.whose_browser())
    is_too_long = sum(len(name) + len(text) for name, text in fields) > LONGEST
    return found if found.shown and not is_too_long else None


def pack(carried: Carried) -> str:
    """For a hidden field."""
    return _signer().dumps([carried.path, carried.fields, carried.back, carried.person])


def unpack(packed: str) -> Carried | None:
    """None for anything that was not packed here."""
    if not packed:
        return None
    try:
        path, fields, back, person = _signer().loads(packed)
    except BadData:
        return None
    return Carried(path, tuple((name, text) for name, text in fields), back, person)


def local_path(text: str) -> str | None:
    """The text, if it is a path of a page of this site that can be opened (A23)."""
    if len(text) > 2000 or not _LOCAL.fullmatch(text):
        return None
    path = text.partition("?")[0].partition("#")[0]
    if path.startswith(("/api/", "/sign-in", "/static/")):
        return None
    try:
        current_app.url_map.bind("").match(path, "GET")
    except (HTTPException, RequestRedirect):
        return None
    return text


def page_before() -> str:
    """The page that the form was on, if it was one of ours; otherwise the start page."""
    before = urlsplit(request.referrer or "")
    if before.netloc != request.host:
        return "/"
    return local_path(before.path + (f"?{before.query}" if before.query else "")) or "/"


def _this_path() -> str:
    return request.full_path.rstrip("?")


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="carried through sign-in")
