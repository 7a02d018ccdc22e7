"""The pages that say no: what became of what was typed, and what to do next.

They draw nothing from the database or the session, so they work when those do not; and the page for
something foreign is to the byte the page for something that does not exist.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
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
    410: ("This has gone",                     "If you have just used it, it worked: sign in."),
    412: ("Somebody else changed this first",  "Load the page again and add what is still needed."),
    413: ("That is too big",                   "Go back and send less, or a smaller file."),
    414: ("That address is too long",          "Go back and use fewer filters or words."),
    415: ("That cannot be read here",          "Go back and use the form on the page."),
    422: ("Something in that is not right",    "Go back and check what you chose or typed."),
    428: ("That page was out of date",         LOAD_AGAIN),
    429: ("Too many requests",                 "Wait a moment, then try again."),
    500: ("Sorry, something went wrong",       "Try again, and ring the desk if it happens again."),
    503: ("Sorry, the service is unavailable", "Try again in a minute."),
}
# fmt: on

NEVER_SHOWN = frozenset({"csrf_token", "submission_id", "version"})
# What it takes is only to wait: the same form may go again.
_SENT_AGAIN = frozenset({429, 503})
_SECRET = re.compile("passw|passphrase|secret|totp|one_time|recovery|credential", re.I)


def page(
    status: int, said: str | None = None, errors: Mapping[str, Sequence[str]] | None = None
) -> Response:
    """A whole answer. `said` is the sentence about this case, `errors` those about its fields."""
    heading, then = PAGES.get(status, PAGES[400 if status < 500 else 500])
    if status == 404:
        # Nothing of the address, the person or the case may show in it.
        return _answer(404, heading=heading, then=then)
    if status == 429 and request.method != "POST":
        return _turned_away(said or "")
    if status == 410:
        # A second click on the button of a link that is good once: nothing was lost by it.
        return _answer(410, heading=heading, said=said, then=then, is_sign_in=True)
    is_again = status in _SENT_AGAIN and request.method == "POST"
    return _answer(
        status,
        heading=heading,
        said=said,
        then=then,
        is_lost=request.method == "POST",
        sentences=_other_sentences(said, errors),
        again=_again() if is_again else None,
        not_kept=_not_kept() if is_again else (),
        typed=() if status == 413 else _typed(),
        back_url=_back_url(),
    )


@lru_cache(maxsize=128)
def _too_many(said: str) -> str:
    heading, then = PAGES[429]
    return render_template("error_page.html", heading=heading, said=said, then=then)


def _turned_away(said: str) -> Response:
    """A flood is made of these, so each is drawn once; nothing of the request shows in it."""
    return make_response(_too_many(said), 429)


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


def _sent() -> list[tuple[str, str]]:
    """A body that cannot be read has no fields."""
    try:
        return list(request.form.items(multi=True))
    except HTTPException:
        return []


def _fields() -> list[tuple[str, str]]:
    """What was sent, without passwords."""
    return [(name, value) for name, value in _sent() if not _is_secret(name)]


def _is_secret(name: str) -> bool:
    # Schools have codes too, and theirs are not secret.
    is_factor = name == "code" and request.path.startswith("/second-factor")
    return is_factor or bool(_SECRET.search(name))


def _not_kept() -> list[str]:
    """What a page cannot hold, in sentences."""
    sent = _sent()
    found = []
    if any(_is_secret(name) and value for name, value in sent):
        found.append("Passwords and codes are not on it: give them again.")
    if sent and any(file.filename for file in request.files.values()):
        found.append("Files are not on it: choose them again, or add them afterwards.")
    return found


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
