"""Every setting, read once; refuses to start on a bad value.

The environment comes first, then `.local/settings.json` beside this file, which `make run` writes
for the servers it started. The names are the same in both.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent
LOCAL_SETTINGS = ROOT / ".local" / "settings.json"


# Unless somebody says otherwise: what is forgotten must not make a deployment less safe.
PRODUCTION, DEVELOPMENT = "production", "development"
# fmt: off
MAY_BE_IN_FILES = (
    "SECRET_KEY", "DATABASE_URL", "DATABASE_MIGRATOR_URL", "DATABASE_RELAY_URL",
    "DATABASE_ADMIN_URL", "REDIS_URL", "MAIL_URL", "FILES_URL", "METRICS_TOKEN",
)
# fmt: on


class BadSetting(Exception):
    """A setting is missing or cannot be right; the sentence says which and what to do."""


# Without a repr: it would show passwords wherever somebody prints it.
@dataclass(frozen=True, repr=False)
class Settings:
    database_url: str
    migrator_url: str | None
    relay_url: str | None
    admin_url: str | None
    redis_url: str | None
    secret_key: str
    public_url: str
    role_prefix: str
    argon2_time_cost: int
    argon2_memory_kib: int
    pool_size: int
    environment: str
    mail_url: str
    mail_from: str
    bounces_to: str | None
    files_url: str
    virus_scanner: str | None
    is_second_factor_required: bool
    requests_per_person: int
    requests_per_school: int
    requests_per_address: int
    web_threads: int
    metrics_token: str | None
    # Whose X-Forwarded-* headers are believed; addresses or networks.
    trusted_proxies: tuple[str, ...]
    # Names of what `flask check` finds that somebody accepts; never in production (app/safety.py).
    accepted_unsafe: frozenset[str]
    logs_as_json: bool

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def is_production(self) -> bool:
        return self.environment == PRODUCTION


def sqlalchemy_url(url: str) -> str:
    """SQLAlchemy 2.1 reads plain `postgresql://` as psycopg 3, so the driver is spelled out."""
    return re.sub(r"^postgres(ql)?(\+psycopg2)?://", "postgresql+psycopg2://", url)


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read all settings. Raises BadSetting with one sentence."""
    values = {**_local_settings(), **(os.environ if environ is None else environ)}
    values |= _from_files(values)

    def url(name: str) -> str | None:
        return sqlalchemy_url(values[name]) if values.get(name) else None

    database_url = url("DATABASE_URL")
    if not database_url:
        raise BadSetting(
            "DATABASE_URL is not set and no local servers were found: start them with `make run`."
        )
    secret_key = values.get("SECRET_KEY", "")
    if len(secret_key) < 32:
        raise BadSetting("SECRET_KEY must be set to at least 32 random characters.")
    environment = _one_of(values, "DESKBELL_ENV", (PRODUCTION, DEVELOPMENT))
    is_production = environment == PRODUCTION
    default = "required" if is_production else "optional"
    return Settings(
        database_url=database_url,
        migrator_url=url("DATABASE_MIGRATOR_URL"),
        relay_url=url("DATABASE_RELAY_URL"),
        admin_url=url("DATABASE_ADMIN_URL"),
        redis_url=values.get("REDIS_URL") or None,
        secret_key=secret_key,
        public_url=values.get("PUBLIC_URL", "http://localhost:8000").rstrip("/"),
        role_prefix=values.get("DATABASE_ROLE_PREFIX") or _database_name(database_url),
        argon2_time_cost=_number(values, "ARGON2_TIME_COST", 2),
        argon2_memory_kib=_number(values, "ARGON2_MEMORY_KIB", 19456),
        pool_size=_number(values, "DATABASE_POOL_SIZE", 6),
        environment=environment,
        mail_url=values.get("MAIL_URL") or (LOCAL_SETTINGS.parent / "mail").as_uri(),
        mail_from=values.get("MAIL_FROM") or "Deskbell <deskbell@localhost>",
        bounces_to=values.get("MAIL_BOUNCES_TO") or None,
        files_url=values.get("FILES_URL") or (LOCAL_SETTINGS.parent / "files").as_uri(),
        virus_scanner=values.get("VIRUS_SCANNER") or None,
        is_second_factor_required=_one_of(
            {"SECOND_FACTOR": default, **values}, "SECOND_FACTOR", ("required", "optional")
        )
        == "required",
        # A developer's programs ask faster than people do.
        requests_per_person=_number(values, "REQUESTS_PER_PERSON", 60 if is_production else 600),
        requests_per_school=_number(values, "REQUESTS_PER_SCHOOL", 100 if is_production else 900),
        requests_per_address=_number(values, "REQUESTS_PER_ADDRESS", 20),
        web_threads=_number(values, "WEB_THREADS", 4),
        metrics_token=values.get("METRICS_TOKEN") or None,
        trusted_proxies=_networks(values),
        accepted_unsafe=_names(values.get("DESKBELL_UNSAFE", "")),
        logs_as_json=logs_as_json(values),
    )


def logs_as_json(environ: Mapping[str, str] | None = None) -> bool:
    """Asked by itself too: a program may have to speak before it knows all settings."""
    values = {**_local_settings(), **(os.environ if environ is None else environ)}
    is_development = values.get("DESKBELL_ENV") == DEVELOPMENT
    default = "plain" if is_development else "json"
    return _one_of({"LOG_FORMAT": default, **values}, "LOG_FORMAT", ("json", "plain")) == "json"


def _names(text: str) -> frozenset[str]:
    return frozenset(name.strip() for name in text.split(",") if name.strip())


def _from_files(values: Mapping[str, str]) -> dict[str, str]:
    """NAME_FILE says in which file the secret NAME stands: environments are easily looked at."""
    found = {}
    for name in MAY_BE_IN_FILES:
        if path := values.get(f"{name}_FILE"):
            try:
                found[name] = Path(path).read_text().strip()
            except OSError as error:
                raise BadSetting(f"{name}_FILE cannot be read: {error.strerror}.") from None
    return found


def _networks(values: Mapping[str, str]) -> tuple[str, ...]:
    """Behind https there must be a proxy; unless it is named it is on this machine."""
    is_https = values.get("PUBLIC_URL", "").startswith("https://")
    named = values.get("TRUSTED_PROXIES", "127.0.0.1,::1" if is_https else "")
    found = tuple(one.strip() for one in named.split(",") if one.strip())
    for one in found:
        try:
            ip_network(one)
        except ValueError:
            raise BadSetting(
                f"TRUSTED_PROXIES must be addresses or networks with commas between, not {one!r}."
            ) from None
    return found


def _one_of(values: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str:
    found = values.get(name) or allowed[0]
    if found not in allowed:
        raise BadSetting(f"{name} must be {' or '.join(allowed)}, not {found!r}.")
    return found


def _number(values: Mapping[str, str], name: str, default: int) -> int:
    text = str(values.get(name, default))
    if not text.isdecimal() or int(text) < 1:
        raise BadSetting(f"{name} must be a whole number of at least 1, not {text!r}.")
    return int(text)


def _database_name(url: str) -> str:
    name = urlsplit(url).path.lstrip("/")
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,40}", name):
        raise BadSetting(
            "The database's name in DATABASE_URL must be lower-case letters, digits and _ "
            "(at most 41), because role names are made from it."
        )
    return name


def _local_settings() -> dict[str, str]:
    try:
        found = json.loads(LOCAL_SETTINGS.read_text())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise BadSetting(
            f".local/settings.json cannot be read ({error}); run `make run` to mend it."
        ) from error
    return {key: str(value) for key, value in found.items() if value is not None}
