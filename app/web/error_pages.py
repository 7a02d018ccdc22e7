"""The pages that say no: what became of what was typed, and what to do next.

They draw nothing from the database or the session, so they work when those do not; and the page for
something foreign is to the byte the page for something that does not exist.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from flask import Response, make_response, render_template, request
from werkzeug.exceptions import HTTPException

LOAD_AGAIN = "Go back and load the page again."

# fmt: off
PAGES = {
    400: ("That form could not be taken",      "Go back, load the page again and send it again."),
    401: ("You are not signed in",             "Sign in, then try again."),
    403: ("You may not do that",               "If you should, ask your school’s ICT contact."),
    404: ("Page not found",                    "Check the address; an old link may lead nowhere."),
    405: ("That does not work here",           "Go back and use the buttons on the page."),
    409: ("That is not possible now",          LOAD_AGAIN),
    410: ("This has gone",                     "The link was used or is old. Ask for another."),
    412: ("Somebody else changed this first",  "Load the page again and add what is still needed."),
    413: ("That is too big",                   "Go back and send less, or a smaller file."),
    414: ("That address is too long",          "Go back and use fewer filters or words."),
    415: ("That cannot be read here",          "Go back and use the form on the page."),
    422: ("Something in that is not right",    "Go back and check what you chose or typed."),
    428: ("That page was out of date",         LOAD_AGAIN),
    429: ("Too many tries",                    "Wait a few minutes, then try again."),
    500: ("Sorry, something went wrong",       "Try again, and ring the desk if it happens again."),
    503: ("Sorry, the service is unavailable", "Try again in a minute."),
}
# fmt: on

NEVER_SHOWN = frozenset({"csrf_token", "submission_id", "version"})


def page(
    status: int, said: str | None = None, errors: Mapping[str, Sequence[str]] | None = None
) -> Response:
    """A whole answer. `said` is the sentence about this case, `errors` those about its fields."""
    heading, then = PAGES.get(status, PAGES[400 if status < 500 else 500])
    if status == 404:
        # Nothing of the address, the person or the case may show in it.
        return _answer(404, heading=heading, then=then)
    is_again = status == 503 and request.method == "POST"
    return _answer(
        status,
        heading=heading,
        said=said,
        then=then,
        is_lost=request.method == "POST",
        sentences=_other_sentences(said, errors),
        again=_again() if is_again else None,
        typed=() if is_again or status == 413 else _typed(),
        back_url=_back_url(),
    )


def sent_before(location: str | None) -> Response:
    """The same form came a second time with other words; only the first ones were kept."""
    return _answer(
        409,
        heading="You have already sent this form",
        said="It was saved the first time. What you changed since then has not been saved.",
        typed=_typed(),
        location=location,
    )


def _answer(status: int, **context: Any) -> Response:
    return make_response(render_template("error_page.html", **context), status)


def _other_sentences(said: str | None, errors: Mapping[str, Sequence[str]] | None) -> list[str]:
    found = [words for sentences in (errors or {}).values() for words in sentences]
    return [words for words in found if words != said]


def _fields() -> list[tuple[str, str]]:
    """What was sent, without passwords. A body that cannot be read has no fields."""
    try:
        sent = list(request.form.items(multi=True))
    except HTTPException:
        return []
    return [(name, value) for name, value in sent if "password" not in name.lower()]


def _typed() -> list[tuple[str, str]]:
    return [
        (name.replace("_", " ").replace("-", " ").capitalize(), value)
        for name, value in _fields()
        if name not in NEVER_SHOWN and value.strip()
    ]


def _again() -> tuple[str, list[tuple[str, str]]]:
    """The address and the hidden fields of "Send again".

    The CSRF token is the one that came: a new one would turn somebody else's form into ours.
    """
    return request.full_path.rstrip("?"), _fields()


def _back_url() -> str | None:
    """The page before, if it was one of ours."""
    before = urlsplit(request.referrer or "")
    if before.netloc != request.host or before.scheme not in ("http", "https"):
        return None
    return before.path + (f"?{before.query}" if before.query else "")
