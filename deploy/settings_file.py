"""`.local/settings.json`: where the servers of this checkout are, and the passwords for them.

It is what lets `.venv/bin/flask --app wsgi ...` find running servers by itself. Names are those of
the environment, which goes first (config.py). Only its owner may read it.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from deploy.say import GiveUp, line

Settings = dict[str, str]

DATABASE = "deskbell"
# The three logins of design.md 2, by the name of the setting that holds each one's address.
LOGINS = {
    "DATABASE_URL": "web",
    "DATABASE_MIGRATOR_URL": "migrator",
    "DATABASE_RELAY_URL": "relay",
}


def read(path: Path) -> Settings:
    """What the last run left; a damaged file is as good as none, for all of it can be made anew."""
    try:
        found = json.loads(path.read_text())
        return {str(name): str(value) for name, value in found.items()}
    except FileNotFoundError:
        return {}
    except (ValueError, AttributeError):
        line(f"{path.name} was damaged and is made anew; everybody has to sign in again.")
        return {}


def write(path: Path, settings: Settings) -> None:
    """Whole or not at all, and closed to others from its first byte."""
    partial = path.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(settings, file, indent=1, sort_keys=True)
    partial.replace(path)


def own_database(admin_url: str, saved: Settings) -> Settings:
    """Our own cluster: a login for each role, with the passwords of the last run if there are."""
    return {"DATABASE_ADMIN_URL": admin_url, **_logins(admin_url, DATABASE, DATABASE, saved)}


def given_database(given: Mapping[str, str], *, may_make_roles: bool, saved: Settings) -> Settings:
    """Somebody else's server. Whoever may make roles is the administrator, not the pages' login."""
    names = [*LOGINS, "DATABASE_ADMIN_URL"]
    settings = {name: as_psycopg2(given[name]) for name in names if given.get(name)}
    if all(name in settings for name in LOGINS):
        return settings
    if may_make_roles:
        admin_url = settings["DATABASE_URL"]
        database = urlsplit(admin_url).path.lstrip("/")
        prefix = given.get("DATABASE_ROLE_PREFIX") or database
        return {"DATABASE_ADMIN_URL": admin_url, **_logins(admin_url, database, prefix, saved)}
    raise GiveUp(
        "The login in DATABASE_URL may not make roles, so DATABASE_MIGRATOR_URL and "
        "DATABASE_RELAY_URL must be set too."
    )


def as_psycopg2(url: str) -> str:
    """`postgres://` and `postgresql://` in the spelling that SQLAlchemy needs."""
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in ("postgres", "postgresql", "postgresql+psycopg2"):
        raise GiveUp("A database's address must begin with postgresql://.")
    return f"postgresql+psycopg2://{rest}"


def secret_key(saved: Settings) -> str:
    return saved.get("SECRET_KEY") or secrets.token_urlsafe(48)


def _logins(admin_url: str, database: str, prefix: str, saved: Settings) -> Settings:
    return {
        name: _with_login(admin_url, database, f"{prefix}_{role}", saved.get(name, ""))
        for name, role in LOGINS.items()
    }


def _with_login(url: str, database: str, user: str, saved: str) -> str:
    """The same server and database for another user, who keeps a password once given."""
    before = urlsplit(saved)
    password = before.password if before.username == user else None
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    netloc = f"{user}:{password or secrets.token_urlsafe(24)}@{place}"
    return parts._replace(netloc=netloc, path=f"/{database}").geturl()
