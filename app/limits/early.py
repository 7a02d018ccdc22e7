"""Who was refused a moment ago is refused again before Flask begins: a flood is made of these.

Whom it concerns is asked of at_the_door.py, on the same routes and the same request, so nobody is
refused here who would not be there. The answer is the one that was given there, kept whole.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from flask import Flask, Response, g, request
from werkzeug.wrappers import Response as PlainResponse

from app import door, metrics
from app.limits import at_the_door
from app.limits.counting import Limiter, Repeats
from app.limits.in_hand import InHand

Wsgi = Callable[..., Iterable[bytes]]

log = logging.getLogger("deskbell.request")

# The metrics have no other names for it; whatever else somebody makes up is left to Flask.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
_A_LINE_EVERY = 1.0


class Look(NamedTuple):
    """All that an answer to somebody who is turned away depends on."""

    is_api: bool
    is_secure: bool
    seconds: int


def init_app(app: Flask) -> None:
    """After at_the_door, before behind_proxy: that one is then outside, and says whose address."""
    early = Early(app, app.wsgi_app)
    app.wsgi_app = early  # type: ignore[method-assign]
    # Begun before the headers are (app/web), so it ends after them and keeps them too.
    app.after_request(early.keep)


class Early:
    def __init__(self, app: Flask, inner: Wsgi) -> None:
        self._flask, self._inner = app, inner
        # At most ten seconds, pages and API, with and without TLS.
        self._kept: dict[Look, Response] = {}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        in_hand: InHand = self._flask.extensions["in_hand"]
        in_hand.one_more()
        try:
            return self._answered(environ, start_response)
        finally:
            in_hand.one_less()

    def _answered(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        limiter: Limiter = self._flask.extensions["limiter"]
        _tell(limiter.repeats)
        answer = None
        if limiter.is_refusing and environ["REQUEST_METHOD"] in _METHODS:
            # Only routes and cookies are looked at in it: nobody is asked anything.
            with self._flask.request_context(environ):
                answer = self._again()
        return (answer or self._inner)(environ, start_response)

    def keep(self, response: Response) -> Response:
        """Of whoever was refused at the door, behind all that makes an answer but its id."""
        if response.status_code == 429 and g.get("is_turned_away") and not _holds_what_was_typed():
            self._kept[_look(int(response.headers["Retry-After"]))] = response
        return response

    def _again(self) -> Wsgi | None:
        began = time.perf_counter()
        if at_the_door.is_exempt() or _holds_what_was_typed():
            return None
        refused, limits = at_the_door.limits_of_request()
        limiter = at_the_door.limiter()
        found = limiter.refused_again((*refused, *limits))
        kept = found and self._kept.get(_look(found[1]))
        if not found or not kept:
            return None
        # The body of a POST stays unread, as it does at the door; the server drains it.
        answer = PlainResponse(kept.get_data(), kept.status_code, kept.headers)
        answer.headers["X-Request-Id"] = limiter.repeats.add(found[0].kind)
        _count(found[0].kind, time.perf_counter() - began)
        return answer


def _look(seconds: int) -> Look:
    return Look(door.is_api(), request.is_secure, seconds)


def _holds_what_was_typed() -> bool:
    """The page that a form is answered with gives back what was in it."""
    return request.method == "POST" and not door.is_api()


def _count(kind: str, seconds: float) -> None:
    """As if Flask had refused it."""
    metrics.rate_limited(kind)
    known, endpoint = metrics.instruments(), request.endpoint or "none"
    known.requests_of(endpoint, request.method, "4xx").inc()
    known.seconds_of(endpoint).observe(seconds)


def _tell(repeats: Repeats) -> None:
    """Whoever asks next lets them be told of, whatever it is that they ask."""
    their_id, times = repeats.due(_A_LINE_EVERY)
    for kind, count in times.items():
        facts = {"status": 429, "by": kind, "times": count, "request_id": their_id}
        log.info("refused again", extra={"facts": facts})
