"""The same POST twice gives the first answer again (api.md "twice the same"; A10, A11).

The key's row is inserted first, in the request's own transaction: a twin that comes at the same
time waits for it on the unique key and then finds the answer. A refusal takes the row back with
everything else, so its key is free again.

JSON is kept word for word. Of a page only where it led is kept, never the page itself: it may show
what is shown once (a new token), and its own form would be of another time. JSON that holds a
secret is kept sealed.
"""

from __future__ import annotations

import hashlib
from typing import IO, Any

from flask import Response, current_app, flash, g, request
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from app import clock
from app.errors import DeskError, wrong
from app.later import DoorAnswer, IdempotencyKey
from app.people.identity import Me
from app.people.sealed import seal, unseal
from tenants import at_the_front_door, db

Table = type[IdempotencyKey] | type[DoorAnswer]
Row = dict[str, int | str]

FORM_FIELD = "submission_id"
_PIECE = 256 * 1024
# No JSON begins like this.
_SEALED = "sealed "
_PURPOSE = "answers that hold a secret"
_NOT_PART_OF_THE_BODY = frozenset({FORM_FIELD, "csrf_token"})


class SentBefore(DeskError):
    """The form was sent already, with other words. `location` is where that went."""

    status = 409

    def __init__(self, location: str | None) -> None:
        super().__init__("You have already sent this form, and it was saved.")
        self.location = location


def given_before(person: Me) -> Response | None:
    """The first answer, if this is a repeat; otherwise None, and the key is taken."""
    if request.method != "POST":
        return None
    key = _key()
    if key is None:
        return None
    table: Table = IdempotencyKey if person.school else DoorAnswer
    row: Row = {"person_id": person.person_id, "key": key}
    if person.school:
        row["school_id"] = person.school.id
    body_hash = _body_hash()
    taken = db.session.execute(
        upsert(table)
        .values(request_hash=body_hash, **row)
        .on_conflict_do_nothing()
        .returning(table.key)
    ).first()
    if taken:
        g.answer_row = table, row
        return None
    return _repeat(table, row, body_hash)


def keep(response: Response) -> None:
    """Store a good answer beside what it did."""
    kept = g.pop("answer_row", None)
    if kept is None:
        return
    table, row = kept
    is_json = response.mimetype == "application/json"
    statement = (
        update(table)
        .filter_by(**row)
        .values(
            status=response.status_code,
            location=response.headers.get("Location"),
            etag=response.headers.get("ETag"),
            body=_for_keeping(response.get_data(as_text=True)) if is_json else None,
        )
    )
    if table is IdempotencyKey:
        db.session.execute(statement)
        return
    # An LA-wide page may have stepped elsewhere since.
    with at_the_front_door():
        db.session.execute(statement)


def keep_sealed(response: Response) -> Response:
    """The answer holds a secret: no table may show it."""
    g.is_answer_secret = True
    return response


def _for_keeping(text: str) -> str:
    if not g.get("is_answer_secret"):
        return text
    key = str(current_app.config["SECRET_KEY"])
    return _SEALED + seal(key, _PURPOSE, text, clock.now()).decode()


def _as_it_was(text: str) -> str:
    """What can no longer be opened says nothing."""
    if not text.startswith(_SEALED):
        return text
    key = str(current_app.config["SECRET_KEY"])
    return unseal(key, _PURPOSE, text.removeprefix(_SEALED)) or "{}"


def _key() -> str | None:
    if request.path.startswith("/api/"):
        key = request.headers.get("Idempotency-Key")
        if key is not None and not (0 < len(key) <= 255 and key.isascii() and key.isprintable()):
            raise wrong("Idempotency-Key", "Use at most 255 printable characters.")
        return key
    key = request.form.get(FORM_FIELD, "")
    return key[:255] if key.isascii() and key.isprintable() and key else None


def _repeat(table: Table, row: Row, body_hash: bytes) -> Response:
    found: IdempotencyKey | DoorAnswer
    found = db.session.execute(select(table).filter_by(**row)).scalar_one()  # type: ignore[assignment]
    is_same = found.request_hash == body_hash
    if request.path.startswith("/api/"):
        if not is_same:
            raise wrong("Idempotency-Key", "This key was used before with another body.")
    elif not is_same:
        raise SentBefore(found.location)
    elif found.location is None and found.body is None:
        return _where_it_can_be_seen()
    response = Response(_as_it_was(found.body or ""), status=found.status or 303)
    if found.body is not None:
        response.mimetype = "application/json"
    if found.location:
        response.headers["Location"] = found.location
    if found.etag:
        response.headers["ETag"] = found.etag
    return response


def _where_it_can_be_seen() -> Response:
    """The first answer was a page that is gone: the same address shows how things are now."""
    adapter = current_app.url_map.bind_to_environ(request.environ)
    if "GET" not in adapter.allowed_methods():
        raise SentBefore(None)
    flash("You had sent that form already. It was saved once.", "message")
    return Response(status=303, headers={"Location": request.full_path.rstrip("?")})


def _body_hash() -> bytes:
    digest = hashlib.sha256()
    _add(digest, request.method, request.path)
    if request.mimetype in ("application/x-www-form-urlencoded", "multipart/form-data"):
        for name, value in sorted(request.form.items(multi=True)):
            if name not in _NOT_PART_OF_THE_BODY:
                _add(digest, name, value)
        for name, file in sorted(request.files.items(multi=True), key=lambda one: one[0]):
            _add(digest, name, file.filename or "", _content_hash(file.stream))
    else:
        digest.update(request.get_data())
    return digest.digest()


def _add(digest: Any, *parts: str) -> None:
    """With their lengths: two bodies that differ must not read the same."""
    for part in parts:
        content = part.encode(errors="surrogatepass")
        digest.update(b"%d:%b" % (len(content), content))


def _content_hash(stream: IO[bytes]) -> str:
    """A large upload lies in a file by now: it is read in pieces, and left as if it was not."""
    found = hashlib.sha256()
    while piece := stream.read(_PIECE):
        found.update(piece)
    stream.seek(0)
    return found.hexdigest()
