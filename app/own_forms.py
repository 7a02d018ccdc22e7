"""Whether a form came from one of our own pages (reliability.md A22).

Browsers say where a request comes from; a token in the form, bound to this browser, says it again.
The API is exempt: it reads no cookie.
"""

from __future__ import annotations

from flask import Flask, current_app, request
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError

from config import Settings

_READING = frozenset({"GET", "HEAD", "OPTIONS"})


def init_app(app: Flask) -> None:
    app.config.update(
        # The door asks (check), once it knows whether anybody is signed in.
        WTF_CSRF_CHECK_DEFAULT=False,
        # A form may stay open as long as the browser does.
        WTF_CSRF_TIME_LIMIT=None,
        # Some people's browsers send no referrer; what browsers say themselves is checked below.
        WTF_CSRF_SSL_STRICT=False,
    )
    CSRFProtect(app)


def check() -> None:
    """Raises CSRFError for a change that was not asked for on one of our pages."""
    if request.method in _READING or request.path.startswith("/api/"):
        return
    if is_from_elsewhere():
        raise CSRFError("This form was sent from another site.")
    current_app.extensions["csrf"].protect()


def is_from_elsewhere() -> bool:
    """What the browser says; an old one may say nothing."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is not None and not _is_ours(origin)


def is_surely_ours() -> bool:
    """The browser itself says that one of our pages sent this."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return _is_ours(request.headers.get("Origin", ""))


def _is_ours(origin: str) -> bool:
    settings: Settings = current_app.config["SETTINGS"]
    return origin in (settings.public_url, request.host_url.rstrip("/"))
