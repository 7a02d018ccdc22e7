"""How a refusal is said: problem+json to programs, a page to people. Never a trace, path or SQL."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Flask, Response, current_app, redirect, request, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from app import answers, limits, metrics
from app.door import NotSignedIn, SecondFactorFirst, is_api
from app.errors import DeskError, NotThere, Stale, Wrong, what_went_wrong
from app.people import lost_session, views_second_factor
from app.people.actions import TooManyTries
from app.web import error_pages
from tenants.db import db

_SAID = {
    400: "The request cannot be understood.",
    401: "Sign in first: send a token as `Authorization: Bearer`.",
    403: "Your role does not allow this.",
    404: "Page not found",
    405: "This address does not offer that method.",
    413: "The file or form is too big.",
    414: "The address is too long.",
    415: "Send application/json.",
    429: "Too many requests. Try again in a moment.",
    500: "Sorry, there is a problem with the service.",
    503: "The service is busy or restarting. Try again in a moment.",
}
_RETRY_AFTER = {503: "2"}


def init_app(app: Flask) -> None:
    app.register_error_handler(NotSignedIn, _not_signed_in)
    app.register_error_handler(SecondFactorFirst, _second_factor_first)
    app.register_error_handler(DeskError, _refused)
    app.register_error_handler(limits.TooMany, _too_many)
    app.register_error_handler(TooManyTries, _too_many)
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(PoolTimeout, _busy)
    app.register_error_handler(Exception, _bug)


def problem(status: int, detail: str, **more: Any) -> Response:
    """RFC 9457."""
    body = {
        "type": "about:blank",
        "title": HTTP_STATUS_CODES.get(status, "Problem"),
        "status": status,
        "detail": detail,
        **more,
    }
    response = Response(orjson.dumps(body), status, mimetype="application/problem+json")
    _usual_headers(response, status)
    return response


def _usual_headers(response: Response, status: int) -> None:
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="Deskbell"'
    if status in _RETRY_AFTER:
        response.headers["Retry-After"] = _RETRY_AFTER[status]


def answer(status: int, detail: str | None = None, **more: Any) -> Response:
    """The same refusal for a program or a person. What was begun is undone."""
    if db.session.registry.has():
        db.session.rollback()
    said = detail or _SAID.get(status, HTTP_STATUS_CODES.get(status, "There is a problem."))
    if is_api():
        return problem(status, said, **more)
    response = error_pages.page(status, detail, more.get("errors"))
    _usual_headers(response, status)
    return response


def _not_signed_in(error: NotSignedIn) -> Response:
    if is_api():
        return answer(401)
    if db.session.registry.has():
        db.session.rollback()
    if request.method in ("GET", "HEAD"):
        there = request.full_path if request.query_string else request.path
        return redirect(url_for("people.sign_in", next=there), 302)  # type: ignore[return-value]
    return lost_session.sign_in_first()


def _second_factor_first(error: SecondFactorFirst) -> Response:
    if db.session.registry.has():
        db.session.rollback()
    return views_second_factor.first()


def _refused(error: DeskError) -> Response:
    if isinstance(error, NotThere):
        return answer(404)
    if isinstance(error, Wrong):
        return answer(422, error.sentence, errors=error.errors)
    if isinstance(error, answers.SentBefore) and not is_api():
        return error_pages.sent_before(error.location)
    # What a program can go on with, such as the next times that would be free.
    return answer(error.status, error.sentence, **getattr(error, "more", {}))


def _too_many(error: limits.TooMany | TooManyTries) -> Response:
    response = answer(429, error.sentence)
    response.headers["Retry-After"] = str(error.seconds)
    return response


def _stale(error: StaleDataError) -> Response:
    return _refused(Stale("Somebody else changed this at the same moment. Look and repeat."))


def _csrf(error: CSRFError) -> Response:
    if db.session.registry.has():
        db.session.rollback()
    return lost_session.not_proven()


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if error.response is not None and status < 400:
        return error.response  # type: ignore[return-value]
    messages = getattr(error, "data", {}).get("messages") if status == 422 else None
    if messages is not None:
        errors = _flat(messages)
        first = next(iter(errors.values()), ["Check what you sent."])[0]
        return answer(422, first, errors=errors)
    own_words = error.description if status == 400 and is_api() else None
    if status == 413:
        own_words = _too_big()
    response = answer(status, own_words)
    if status == 405:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))  # type: ignore[attr-defined]
    return response


def _too_big() -> str:
    """The limit that this address has; a form below it had too many parts."""
    limit = request.max_content_length or 0
    if (request.content_length or limit + 1) > limit:
        return f"The file or form is too big. The limit is {limit // 2**20} MB"
    return "The form is too big. It has too many fields, or too much text in them."


def _flat(messages: dict[str, Any]) -> dict[str, list[str]]:
    """{"json": {"title": [..]}} from webargs becomes {"title": [..]}; lists keep their place."""
    errors: dict[str, list[str]] = {}
    for found in messages.values():
        _collect(found, "", errors)
    return errors


def _collect(found: Any, path: str, errors: dict[str, list[str]]) -> None:
    if isinstance(found, dict):
        for key, inner in found.items():
            # A name may hold halves of characters, which no answer can carry.
            name = str(key).removeprefix("_schema").encode(errors="replace").decode()
            _collect(inner, f"{path}.{name}".strip("."), errors)
    else:
        sentences = found if isinstance(found, list) else [found]
        errors.setdefault(path or "body", []).extend(str(one) for one in sentences)


def _database(error: DBAPIError) -> Response:
    """The database is away, slow or restarting: say so and let the caller repeat."""
    if isinstance(error, OperationalError) or error.connection_invalidated:
        metrics.busy("database")
        return answer(503)
    if isinstance(error, IntegrityError):
        # Two at the same moment; whoever was first is saved, and the second look will show it.
        current_app.logger.warning("two at once: %s", what_went_wrong(error))
        return answer(409, "Somebody else saved the same at this moment. Look again and repeat.")
    return _bug(error)


def _busy(error: PoolTimeout) -> Response:
    metrics.busy("pool")
    return answer(503, "The service is busy. Try again in a moment.")


def _bug(error: Exception) -> Response:
    if current_app.config.get("PROPAGATE_BUGS"):
        raise error
    # The kind of mistake and where it was made, never what somebody typed.
    current_app.logger.error("bug: %s", what_went_wrong(error))
    return answer(500)
