"""What must not be so when Deskbell starts, one sentence each (reliability.md F22, A56).

The settings are looked at by whatever loads `wsgi.py`; the database by the web's master, the worker
and the ticker before they begin, by `/readyz`, and by `flask check`. A sentence names the setting
and what to do, never what is in it.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy import NullPool, create_engine
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError

from app import safety_of_database
from config import ROOT, Settings

# With these a power cut loses answered writes; a cluster that is thrown away may have them.
ACCEPTABLE = frozenset({"fsync", "full_page_writes", "synchronous_commit"})
_FEWEST_DIFFERENT = 8
# None of them so short that one of a million random keys would hold it.
_WELL_KNOWN = re.compile(
    r"change.?(me|this|it)|secret|password|deskbell|example|insecure|default|letmein|qwerty"
    r"|develop|replace|random|012345678|123456789|abcdefgh",
    re.IGNORECASE,
)
_SHORTEST_TOKEN = 16
_PAUSE_SECONDS = 0.5


class Finding(NamedTuple):
    """`name` is what DESKBELL_UNSAFE may accept and what `/readyz` says."""

    name: str
    sentence: str


class Unsafe(Exception):
    """It must not start; one line for each reason."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("\n".join(one.sentence for one in findings))
        self.names = sorted({one.name for one in findings})


# --- what can be told without a database ---


def of_settings(settings: Settings) -> list[Finding]:
    checks = (_secret_key, _accepted, *((_of_production,) if settings.is_production else ()))
    return [Finding(*one) for check in checks for one in check(settings)]


Said = Iterator[tuple[str, str]]


def _secret_key(settings: Settings) -> Said:
    key = settings.secret_key
    is_repeated = 0 < (key + key).find(key, 1) < len(key)
    if len(set(key)) < _FEWEST_DIFFERENT or is_repeated or _WELL_KNOWN.search(key):
        yield (
            "secret_key",
            "SECRET_KEY can be guessed: make one with "
            "`python3 -c 'import secrets; print(secrets.token_urlsafe(48))'`.",
        )


def _accepted(settings: Settings) -> Said:
    if settings.accepted_unsafe and settings.is_production:
        yield "unsafe", "DESKBELL_UNSAFE is not for production: take it out."
    elif unknown := settings.accepted_unsafe - ACCEPTABLE:
        yield (
            "unsafe",
            f"DESKBELL_UNSAFE may name {', '.join(sorted(ACCEPTABLE))}, "
            f"but not {', '.join(sorted(unknown))}.",
        )


def _of_production(settings: Settings) -> Said:
    if not settings.is_https:
        yield "public_url", "PUBLIC_URL must begin with https:// in production."
    if settings.mail_url.startswith("file:"):
        yield (
            "mail_url",
            "MAIL_URL is a folder, so nobody would get mail: set it to smtp:// or smtps://.",
        )
    if _is_in_checkout(settings.files_url):
        yield (
            "files_url",
            "FILES_URL is a folder inside the program's: the next release would lose the files. "
            "Set it to a folder of their own or to an s3:// bucket.",
        )
    if settings.redis_url and not _has_password_or_is_here(settings.redis_url):
        yield (
            "redis_url",
            "REDIS_URL has no password and is not on this machine: give Redis a password.",
        )
    if settings.metrics_token is not None and len(settings.metrics_token) < _SHORTEST_TOKEN:
        yield (
            "metrics_token",
            f"METRICS_TOKEN must have at least {_SHORTEST_TOKEN} characters, or be left out.",
        )


def _is_in_checkout(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "file" and Path(unquote(parts.path)).resolve().is_relative_to(ROOT)


def _has_password_or_is_here(url: str) -> bool:
    parts = urlsplit(url)
    return bool(parts.scheme == "unix" or parts.password or _is_loopback(parts.hostname or ""))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host in ("localhost", "")


def of_app(app: Flask) -> list[Finding]:
    """Whatever would show code and let it be run, and a server that is made for one developer."""
    settings: Settings = app.config["SETTINGS"]
    found = []
    if app.debug:
        found.append(
            Finding("debug", "Debugging is on: take FLASK_DEBUG out, and `--debug` if you gave it.")
        )
    if _has_debugger(app.wsgi_app) or _is_flask_run("--debugger"):
        found.append(Finding("debugger", "Werkzeug's debugger lets strangers run code: leave it."))
    if settings.is_production and _is_flask_run():
        found.append(
            Finding("server", "`flask run` is not for production: start gunicorn (deploy/).")
        )
    return found


def _has_debugger(wsgi: Any) -> bool:
    """However deep it is wrapped."""
    while wsgi is not None and type(wsgi).__name__ != "DebuggedApplication":
        names = ("app", "application", "_inner")
        wsgi = next((getattr(wsgi, name) for name in names if hasattr(wsgi, name)), None)
    return wsgi is not None


def _is_flask_run(option: str = "run") -> bool:
    is_flask = Path(sys.argv[0]).name == "flask" or sys.argv[0].endswith("flask/__main__.py")
    return is_flask and "run" in sys.argv[1:] and option in sys.argv[1:]


def worth_knowing(settings: Settings) -> list[str]:
    """Allowed, but nobody should be surprised by it."""
    found = []
    if settings.is_production and not settings.is_second_factor_required:
        found.append("SECOND_FACTOR is optional: a stolen password is enough to get in.")
    if settings.is_production and settings.admin_url:
        found.append("DATABASE_ADMIN_URL is set: only `flask prepare` needs it.")
    if settings.accepted_unsafe:
        found.append(f"Accepted as unsafe: {', '.join(sorted(settings.accepted_unsafe))}.")
    return found


# --- what the database says ---


def of_database(settings: Settings) -> list[Finding]:
    """Asked as the web. Raises SQLAlchemyError when it does not answer."""
    engine = create_engine(
        settings.database_url,
        poolclass=NullPool,
        connect_args={"connect_timeout": 2, "application_name": "deskbell-check"},
    )
    with engine.connect() as connection:
        found = [Finding(*one) for one in safety_of_database.findings(connection, settings)]
    return [one for one in found if one.name not in _accepted_names(settings)]


def _accepted_names(settings: Settings) -> frozenset[str]:
    return frozenset() if settings.is_production else settings.accepted_unsafe & ACCEPTABLE


def refuse_at_once(app: Flask) -> None:
    """What needs no database. Raises Unsafe."""
    if found := of_settings(app.config["SETTINGS"]) + of_app(app):
        raise Unsafe(found)


def refuse(
    settings: Settings,
    patience: float | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> bool:
    """Raises Unsafe unless the database is as it must be. While it does not answer this waits: for
    ever, or until `patience` has run out and it returns False."""
    began = time.monotonic()
    is_said = False
    while True:
        try:
            if found := of_database(settings):
                raise Unsafe(found)
            return True
        except (OperationalError, InterfaceError) as error:
            if not is_said:
                say(f"The database does not answer ({type(error).__name__}); waiting for it.")
                is_said = True
        if patience is not None and time.monotonic() - began >= patience:
            return False
        time.sleep(_PAUSE_SECONDS)


# --- asked by hand ---


@click.command()
@with_appcontext
def check() -> None:
    """Say everything that keeps Deskbell from starting, and what else is worth knowing."""
    settings: Settings = current_app.config["SETTINGS"]
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    found = of_settings(settings) + of_app(app)
    try:
        found += of_database(settings)
    except SQLAlchemyError as error:
        found.append(Finding("database", f"The database does not answer ({type(error).__name__})."))
    for sentence in worth_knowing(settings):
        click.echo(f"note: {sentence}")
    for one in found:
        click.echo(f"unsafe: {one.sentence}", err=True)
    if found:
        raise SystemExit(1)
    click.echo("Everything is as it must be.")


def is_being_checked() -> bool:
    """`flask check` says everything, not only what stops it first."""
    return sys.argv[-1:] == ["check"]
