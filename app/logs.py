"""What the programs say of themselves: one line for each thing, on standard error.

A line holds when, what, where and how long; who only as a trace that needs the key to be of use.
No path, title, name, address, e-mail, cookie or token: what somebody typed stays in the database.
"""

from __future__ import annotations

import logging
import re
import secrets
import sys
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from types import TracebackType
from typing import Any

import orjson
from flask import Flask, Response, current_app, g, has_request_context, request

from app.errors import what_went_wrong
from app.people import rules
from app.people.identity import Me

log = logging.getLogger("deskbell.request")

# Machines ask these all day.
QUIET = frozenset({"health.alive", "health.ready", "metrics.scrape"})
_LONGEST = 1000
_HIDDEN = "[hidden]"

# The last net. Nothing of ours should ever be caught in it.
_SECRETS = re.compile(
    r"deskbell_[\w-]{8,}"
    r"|[\w.+%-]+@[\w-]+\.[\w.-]+"
    r"|(?<=://)[^\s/@]*:[^\s/@]*(?=@)"
    r"|(?<=[Bb]earer )\S+"
    r"|(?i:(?:password|passwd|pwd|secret(?:_key)?|token|cookie|authorization)[\"']?\s*[=:]\s*)\S+"
    r"|(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])"
    r"|(?<![\w:])(?:[0-9a-fA-F]{1,4}:){3,7}[0-9a-fA-F]{0,4}(?![\w:])"
)
_UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
# gunicorn writes the address of a request that it could not finish.
_PATHS = re.compile(r"(?<!\S)/\S*")


# --- how a line is written ---


def clean(text: str) -> str:
    """Without secrets, and one line whatever is in it: nobody forges a second one (A39)."""
    without = _SECRETS.sub(_HIDDEN, text[: 4 * _LONGEST])
    return _UNSEEN.sub(_as_code, without[:_LONGEST])


def _as_code(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode()


def facts_of(record: logging.LogRecord) -> dict[str, Any]:
    """Everything that a line says, cleaned."""
    said = record.getMessage()
    if record.name.startswith("gunicorn"):
        said = _PATHS.sub("[path]", said)
    facts: dict[str, Any] = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": clean(record.name),
        "event": clean(said),
    }
    if record.exc_info and record.exc_info[1] is not None:
        facts["error"] = what_went_wrong(record.exc_info[1])
    if has_request_context() and "request_id" in g:
        facts["request_id"] = g.request_id
    more: Mapping[str, Any] = getattr(record, "facts", {})
    return facts | {name: _plain(value) for name, value in more.items()}


def _plain(value: object) -> object:
    """Words and numbers; anything else could hold anything."""
    if isinstance(value, str):
        return clean(value)
    if value is None or isinstance(value, float) or (isinstance(value, int) and value < 2**53):
        return value
    return f"[{type(value).__name__}]"


class Json(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        return orjson.dumps(facts_of(record)).decode()


class Plain(logging.Formatter):
    """The same for people."""

    def format(self, record: logging.LogRecord) -> str:
        facts = facts_of(record)
        head = f"{facts.pop('time')} {facts.pop('logger')}: {facts.pop('event')}"
        facts.pop("level")
        return " ".join((head, *(f"{name}={value}" for name, value in facts.items())))


def begin(as_json: bool, *filters: logging.Filter) -> None:
    """For a program, before it says its first word. Whatever logs comes through here."""
    handler = logging.StreamHandler()
    handler.setFormatter(Json() if as_json else Plain())
    for one in filters:
        handler.addFilter(one)
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("deskbell").setLevel(logging.INFO)
    logging.captureWarnings(True)
    sys.excepthook = _say_the_end
    threading.excepthook = lambda end: _say_the_end(end.exc_type, end.exc_value, None)


def _say_the_end(
    kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
) -> None:
    if error is not None and not issubclass(kind, (KeyboardInterrupt, SystemExit)):
        logging.getLogger("deskbell").critical("ended by a mistake: %s", what_went_wrong(error))


# --- one line a request ---


def init_app(app: Flask) -> None:
    """Before every other part, so that the clock starts first and stops last."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.began = time.perf_counter()
    g.request_id = new_id()


def new_id() -> str:
    """Always our own: one that came with the request could be anything."""
    return secrets.token_hex(8)


def _end(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.request_id
    if log.isEnabledFor(logging.INFO) and _is_worth_a_line(response):
        log.info("request", extra={"facts": _facts(response)})
    return response


def _is_worth_a_line(response: Response) -> bool:
    return request.endpoint not in QUIET and response.status_code != 304


def _facts(response: Response) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "endpoint": request.endpoint,
        "method": request.method,
        "status": response.status_code,
        "milliseconds": round((time.perf_counter() - g.began) * 1000, 1),
    }
    person: Me | None = g.get("me")
    if person is not None:
        facts["person"] = person_trace(current_app.config["SECRET_KEY"], person.person_id)
        # Only a school they belong to: any other word in an address may be anything.
        if person.school is not None:
            facts["school"] = person.school.slug
    return facts


@lru_cache(maxsize=4096)
def person_trace(secret_key: str, person_id: int) -> str:
    """Equal for the same person, of no use to whoever lacks the key."""
    return rules.trace(secret_key, "log", str(person_id))[:6].hex()
