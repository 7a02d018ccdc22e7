"""Alive and ready: quick and plain answers, also when everything else is not."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app import bell, clock
from app.later import later
from tenants import acting_in, db
from tests.tenants.walls import school_with_rooms


@pytest.fixture
def silent(tmp_path: Path) -> Iterator[Path]:
    """A server that takes the call and says nothing, as PostgreSQL and Valkey do when stopped."""
    path = tmp_path / ".s.PGSQL.5432"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen(64)
        yield path


def use(app: Flask, monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    """Other servers than the ones that are there."""
    settings = replace(app.config["SETTINGS"], **changes)
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    the_bell = bell.Bell(settings.redis_url, settings.role_prefix)
    monkeypatch.setitem(app.extensions, "bell", the_bell)


def ask(app: Flask) -> tuple[int, dict[str, str]]:
    began = time.monotonic()
    answer = app.test_client().get("/readyz")
    assert time.monotonic() - began < 3
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json["status"] == ("ready" if answer.status_code == 200 else "not ready")
    return answer.status_code, answer.json["parts"]


def test_ready(app: Flask) -> None:
    assert ask(app) == (200, {"database": "ok", "redis": "ok", "outbox": "ok"})


def test_alive_whatever_is_not(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = "postgresql+psycopg2://nobody@/nothing?host=/nowhere"
    use(app, monkeypatch, database_url=nowhere, relay_url=nowhere, redis_url="unix:///nowhere")
    answer = app.test_client().get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "alive"})


def test_the_database_is_away(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = "postgresql+psycopg2://nobody@/secret?host=/nowhere"
    use(app, monkeypatch, database_url=nowhere, relay_url=nowhere)
    status, parts = ask(app)
    away = "does not answer (OperationalError)"
    assert (status, parts) == (503, {"database": away, "redis": "ok", "outbox": away})
    assert app.test_client().get("/readyz").headers["Retry-After"] == "2"


def test_the_database_hangs(app: Flask, monkeypatch: pytest.MonkeyPatch, silent: Path) -> None:
    hung = f"postgresql+psycopg2://nobody@/hung?host={silent.parent}"
    use(app, monkeypatch, database_url=hung, relay_url=hung)
    for _ in range(2):
        status, parts = ask(app)
        assert status == 503
        assert parts["database"].startswith("does not answer")
        assert parts["outbox"].startswith("does not answer")
        assert parts["redis"] == "ok"


@pytest.mark.parametrize("is_silent", [True, False])
def test_redis_is_away_or_hangs(
    app: Flask, monkeypatch: pytest.MonkeyPatch, silent: Path, is_silent: bool
) -> None:
    """No page and no write needs it (F4): taking every web out of service would be the outage."""
    use(app, monkeypatch, redis_url=f"unix://{silent if is_silent else '/nowhere'}")
    assert ask(app) == (200, {"database": "ok", "redis": "does not answer", "outbox": "ok"})


def test_where_there_is_no_redis_nobody_asks_for_it(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(app, monkeypatch, redis_url=None)
    assert ask(app) == (200, {"database": "ok", "outbox": "ok"})


def test_it_finds_the_servers_again(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = "postgresql+psycopg2://nobody@/nothing?host=/nowhere"
    with monkeypatch.context() as patch:
        use(app, patch, database_url=nowhere, relay_url=nowhere)
        assert ask(app)[0] == 503
    assert ask(app)[0] == 200


def test_nobody_drains_the_outbox(app: Flask) -> None:
    with app.app_context(), acting_in(school_with_rooms("north-wall", "NWALL", "North")):
        later("decide_clocks", at=clock.now() - timedelta(seconds=90), incident_id=1)
        db.session.commit()
    status, parts = ask(app)
    assert status == 503
    assert parts["outbox"].startswith("the oldest due row has been waiting for 9")
    assert (parts["database"], parts["redis"]) == ("ok", "ok")
