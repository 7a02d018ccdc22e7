"""Numbers for Prometheus: how much, how fast, how often refused. No school, person or address.

gunicorn's workers share a folder (PROMETHEUS_MULTIPROC_DIR, see deploy/gunicorn.conf.py). The
worker forks for each ring and would leave a file there each time, so what is drained is counted in
one small file beside theirs, under a lock.
"""

from __future__ import annotations

import fcntl
import hmac
import json
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, current_app, g, request
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import SQLAlchemyError

from app import clock
from app.errors import NotThere
from app.later import DoorOutbox, Outbox
from app.relay import relay_engine
from config import BadSetting, Settings

pages = Blueprint("metrics", __name__)

# Of these nobody wants to know how long they take, and they are asked all day.
_QUIET = frozenset({"health.alive", "health.ready", "metrics.scrape"})
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SECONDS = (0.02, 0.05, 0.1, 0.3, 1.0, 3.0)
_SIGN_IN = "people.sign_in"
_WORK_FILE = "work.json"
_LARGEST, _LONGEST_NAME = 200, 40
# Counting further than this would only make the scrape slow.
_COUNTED_TO = 100_000


class Instruments:
    """Made at the first use, so that commands and workers leave no files in the folder."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

        self.registry = registry = CollectorRegistry()

        def counter(name: str, says: str, *labels: str) -> Any:
            return Counter(f"deskbell_{name}", says, labels, registry=registry)

        self.requests = counter("requests", "Answers given", "endpoint", "method", "status")
        self.seconds = Histogram(
            "deskbell_request_seconds",
            "From the first line of ours to the answer",
            ("endpoint",),
            buckets=_SECONDS,
            registry=registry,
        )
        self.in_flight = Gauge(
            "deskbell_requests_in_flight",
            "Requests being answered now",
            multiprocess_mode="livesum",
            registry=registry,
        )
        self.busy = counter("busy", "503s: no free connection, or no database", "why")
        self.limited = counter("rate_limited", "429s of the rate limits", "by")
        self.refused = counter("sign_ins_refused", "Sign-ins that failed", "status")
        self.drained = counter("drained", "Outbox rows taken", "task", "outcome")
        self.mail = counter("mail", "Mails given to the mail server", "outcome")
        # Looking a child up by its labels costs more than counting does.
        self.requests_of = cache(self.requests.labels)
        self.seconds_of = cache(self.seconds.labels)


@cache
def instruments() -> Instruments:
    return Instruments()


# --- what others report ---


def rate_limited(by: str) -> None:
    instruments().limited.labels(by).inc()


def busy(why: str) -> None:
    """`pool` or `database`: the two ways to be too busy."""
    instruments().busy.labels(why).inc()


def drained(task: str, outcome: str, how_many: int = 1) -> None:
    """Rows of the outbox were taken: done, put off or given up."""
    _work(how_many, "drained", task[:_LONGEST_NAME], outcome)


def mail(outcome: str) -> None:
    """A mail was handed over, refused or could not be delivered now."""
    _work(1, "mail", outcome)


def _work(how_many: int, *what: str) -> None:
    folder = shared_folder()
    if folder is None:
        getattr(instruments(), what[0]).labels(*what[1:]).inc(how_many)
        return
    # Work that was done must not fail because counting it did.
    with suppress(OSError):
        _count_in(folder / _WORK_FILE, "|".join(what), how_many)


def shared_folder() -> Path | None:
    named = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    return Path(named) if named else None


def _count_in(path: Path, key: str, how_many: int) -> None:
    with path.with_suffix(".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        counts = _counts(path)
        if key in counts or len(counts) < _LARGEST:
            counts[key] = counts.get(key, 0) + how_many
            partial = path.with_suffix(".partial")
            partial.write_text(json.dumps(counts))
            partial.replace(path)


def _counts(path: Path) -> dict[str, int]:
    try:
        found = json.loads(path.read_text())
        return {str(key): int(count) for key, count in found.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


# --- each request ---


def init_app(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_over)
    app.register_blueprint(pages)


def _begin() -> None:
    instruments().in_flight.inc()
    g.is_in_flight = True


def _end(response: Response) -> Response:
    endpoint = request.endpoint or "none"
    if endpoint in _QUIET:
        return response
    known, status = instruments(), response.status_code
    method = request.method if request.method in _METHODS else "other"
    known.requests_of(endpoint, method, f"{status // 100}xx").inc()
    known.seconds_of(endpoint).observe(time.perf_counter() - g.began)
    if endpoint == _SIGN_IN and method == "POST" and status >= 400:
        known.refused.labels(str(status)).inc()
    return response


def _over(error: BaseException | None) -> None:
    if g.pop("is_in_flight", False):
        instruments().in_flight.dec()


# --- what Prometheus asks ---


@pages.get("/metrics")
def scrape() -> Response:
    """For whoever has the token; for everybody else there is no such page."""
    settings: Settings = current_app.config["SETTINGS"]
    sent = request.headers.get("Authorization", "").encode()
    wanted = f"Bearer {settings.metrics_token}".encode()
    if settings.metrics_token is None or not hmac.compare_digest(sent, wanted):
        raise NotThere
    from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

    return Response(generate_latest(_registry(settings)), content_type=CONTENT_TYPE_LATEST)


def _registry(settings: Settings) -> Any:
    from prometheus_client import CollectorRegistry
    from prometheus_client.multiprocess import MultiProcessCollector

    registry, folder = CollectorRegistry(), shared_folder()
    if folder is None:
        registry.register(instruments().registry)
    else:
        MultiProcessCollector(registry, str(folder))  # type: ignore[no-untyped-call]
        registry.register(_Work(folder / _WORK_FILE))
    registry.register(_Outbox(settings))
    return registry


class _Work:
    """What the worker and the ticker have counted."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def collect(self) -> Iterator[Any]:
        from prometheus_client.core import CounterMetricFamily as Family

        families = {
            "drained": Family("deskbell_drained", "Outbox rows taken", labels=("task", "outcome")),
            "mail": Family("deskbell_mail", "Mails given to the mail server", labels=("outcome",)),
        }
        for key, count in _counts(self._path).items():
            name, *labels = key.split("|")
            if name in families:
                families[name].add_metric(labels, count)
        yield from families.values()


class _Outbox:
    """What waits and what failed, asked as the relay, which sees no more than that."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def collect(self) -> Iterator[Any]:
        from prometheus_client.core import GaugeMetricFamily as Family

        now = clock.now()
        up = Family("deskbell_database_up", "Whether the database answered just now", value=0)
        rows = Family("deskbell_outbox_rows", "Rows not done", labels=("box", "state"))
        waiting = Family("deskbell_outbox_waiting_seconds", "The oldest due row", labels=("box",))
        with suppress(SQLAlchemyError, BadSetting):
            with relay_engine(self._settings).connect() as connection:
                for box, table in (("school", Outbox), ("door", DoorOutbox)):
                    due, failed, seconds = _asked(connection, table, now)
                    rows.add_metric((box, "due"), due)
                    rows.add_metric((box, "failed"), failed)
                    waiting.add_metric((box,), seconds)
            up = Family("deskbell_database_up", "Whether the database answered just now", value=1)
        yield from (up, rows, waiting)


def _asked(
    connection: Connection, table: type[Outbox] | type[DoorOutbox], now: datetime
) -> tuple[int, int, float]:
    """How many are due, how many failed, and how long the oldest due one has been waiting."""
    is_due = (table.done_at.is_(None), table.failed_at.is_(None), table.next_try_at <= now)
    oldest = connection.scalar(select(func.min(table.next_try_at)).where(*is_due))
    due, failed = (
        connection.scalar(
            select(func.count()).select_from(
                select(table.id).where(*condition).limit(_COUNTED_TO).subquery()
            )
        )
        for condition in (is_due, (table.failed_at.is_not(None), table.done_at.is_(None)))
    )
    seconds = 0.0 if oldest is None else (now - oldest).total_seconds()
    return int(due or 0), int(failed or 0), seconds
