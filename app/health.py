"""Is it alive, and is it ready? Asked by machines, so the answers are JSON and never slow."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import cache

from flask import Blueprint, Response, current_app, jsonify
from sqlalchemy import NullPool, create_engine, text

from app import clock, safety
from app.bell import Bell, bell
from app.relay import relay_engine, waiting_seconds
from config import Settings
from tenants.context import FRONT_DOOR, Binding

pages = Blueprint("health", __name__)

# With this the slowest answer stays under three seconds.
_PATIENCE = 2.5
# The ticker rings every second and drains by itself after ten: a minute means that nobody works.
_LATE_SECONDS = 60.0
_SAFE_SECONDS = 60.0
_MAY_BE_AWAY = frozenset({"redis"})


@pages.get("/healthz")
def alive() -> Response:
    """This process answers. Touches nothing else."""
    return jsonify(status="alive")


@pages.get("/readyz")
def ready() -> tuple[Response, int, dict[str, str]]:
    """Database, Redis and the outbox's age answer; says which does not.

    Redis is told of and decides nothing: no page and no write needs it (reliability.md F4), and a
    balancer that took every web out of service for it would be the outage.
    """
    settings: Settings = current_app.config["SETTINGS"]
    probes = _probes(settings, bell())
    asked = {name: probe.ask() for name, probe in probes.items()}
    until = time.monotonic() + _PATIENCE
    parts = {name: question.answer(until) for name, question in asked.items()}
    is_ready = all(said == "ok" for name, said in parts.items() if name not in _MAY_BE_AWAY)
    body = jsonify(status="ready" if is_ready else "not ready", parts=parts)
    headers = {"Cache-Control": "no-store"}
    if not is_ready:
        headers["Retry-After"] = "2"
    return body, 200 if is_ready else 503, headers


class Question(threading.Thread):
    """One question to one part, in a thread of its own, so that nobody has to wait for a hang."""

    def __init__(self, ask: Callable[[], str]) -> None:
        super().__init__(daemon=True)
        self._ask = ask
        self._said = "does not answer"

    def run(self) -> None:
        try:
            self._said = self._ask()
        except Exception as error:
            # The kind only: a message of the database may hold addresses and names.
            self._said = f"does not answer ({type(error).__name__})"

    def answer(self, until: float) -> str:
        self.join(max(0.0, until - time.monotonic()))
        return self._said


class Probe:
    """Asks one part again and again, but never while it still owes the last answer: a part that
    hangs costs one thread."""

    def __init__(self, ask: Callable[[], str]) -> None:
        self._ask = ask
        self._lock = threading.Lock()
        self._question: Question | None = None

    def ask(self) -> Question:
        with self._lock:
            if self._question is None or not self._question.is_alive():
                self._question = Question(self._ask)
                self._question.start()
            return self._question


@cache
def _probes(settings: Settings, the_bell: Bell) -> dict[str, Probe]:
    found = {"database": Probe(lambda: _ask_database(settings))}
    if settings.redis_url:
        found["redis"] = Probe(lambda: "ok" if the_bell.is_there() else "does not answer")
    found["outbox"] = Probe(lambda: _ask_outbox(settings))
    return found


def _ask_database(settings: Settings) -> str:
    """A transaction as every request begins one, on a connection of its own."""
    engine = create_engine(
        settings.database_url, poolclass=NullPool, connect_args={"connect_timeout": 2}
    )
    with engine.begin() as connection:
        connection.exec_driver_sql(Binding(FRONT_DOOR).statement)
        connection.execute(text("SELECT 1 FROM schools LIMIT 1"))
    return _ask_safety(settings)


class _Safety:
    """What was safe stays so for a while; what was not is looked at again each time."""

    until = 0.0
    of: Settings | None = None


def _ask_safety(settings: Settings) -> str:
    """The web starts without a database that is away; whether it may be used is found out here."""
    if _Safety.of == settings and time.monotonic() < _Safety.until:
        return "ok"
    if found := safety.of_database(settings):
        return f"unsafe: {', '.join(sorted({one.name for one in found}))}"
    _Safety.of, _Safety.until = settings, time.monotonic() + _SAFE_SECONDS
    return "ok"


def _ask_outbox(settings: Settings) -> str:
    with relay_engine(settings).connect() as connection:
        seconds = waiting_seconds(connection, clock.now())
    if seconds is None or seconds <= _LATE_SECONDS:
        return "ok"
    return f"the oldest due row has been waiting for {seconds:.0f} s"
