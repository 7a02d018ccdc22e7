"""gunicorn with the settings of deploy/: what it writes, what it counts, and when it is ready."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, make_url, text

from config import ROOT, Settings
from deploy.port import take_port
from tests.own_cluster import OwnCluster

TOKEN = "a token that only Prometheus has"
PATIENCE = 60


class Web:
    """One that runs, on a port of its own; `lines` is what it has said so far."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self._port = take_port("")
        handle = self._port.listener.fileno()
        self._log = folder / "web.log"
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "wsgi:app"],
                cwd=ROOT,
                env={
                    **os.environ,
                    "WEB_BIND": f"fd://{handle}",
                    "WEB_GRACE_SECONDS": "2",
                    "LOG_FORMAT": "json",
                    "METRICS_TOKEN": TOKEN,
                    **environment,
                },
                pass_fds=(handle,),
                stderr=log,
            )

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        connection = HTTPConnection("127.0.0.1", self._port.number, timeout=PATIENCE)
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def say(self, data: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", self._port.number), timeout=PATIENCE) as caller:
            caller.sendall(data)
            return caller.recv(1000)

    def workers(self) -> list[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(one) for one in children.read_text().split()]

    @property
    def text(self) -> str:
        return self._log.read_text()

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Every line is JSON, or this fails."""
        return [json.loads(line) for line in self.text.splitlines()]

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(PATIENCE)
        finally:
            self.process.kill()
            self.process.wait()
            self._port.listener.close()


@pytest.fixture
def start(app: Flask, tmp_path: Path) -> Iterator[Callable[..., Web]]:
    settings: Settings = app.config["SETTINGS"]
    started: list[Web] = []

    def begin(**environment: str) -> Web:
        started.append(Web(tmp_path, SECRET_KEY=settings.secret_key, **environment))
        return started[-1]

    yield begin
    for web in started:
        web.stop()


def until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_lines_and_numbers_of_a_web_that_runs(start: Callable[..., Web], tmp_path: Path) -> None:
    web = start(PROMETHEUS_MULTIPROC_DIR=str(tmp_path / "metrics"))
    assert web.get("/healthz")[0] == 200
    for _ in range(20):
        assert web.get("/api/v1/canary?q=canary", Authorization="Bearer canary")[0] == 404
    assert b" 400 " in web.say(
        b"GET /canary?canary HTTP/1.1\r\nHost: x\r\nBad Header\x00: canary\r\n\r\n"
    )
    first = web.workers()
    os.kill(first[0], signal.SIGKILL)
    until(lambda: len(web.workers()) == 2 and web.workers() != first)
    until(lambda: not list((tmp_path / "metrics").glob(f"gauge_livesum_{first[0]}.db")))
    status, text = web.get("/metrics", Authorization=f"Bearer {TOKEN}")
    assert status == 200
    # What the killed one had counted is not lost.
    counted = re.search(r'deskbell_requests_total{endpoint="none",[^}]*} (\d+)', text)
    assert counted
    assert int(float(counted[1])) == 20
    assert "deskbell_requests_in_flight 1.0" in text
    web.stop()
    requests = [one for one in web.lines if one["logger"] == "deskbell.request"]
    assert len(requests) == 20
    assert any(one["logger"] == "gunicorn.error" for one in web.lines)
    assert "canary" not in web.text
    assert "127.0.0.1" not in web.text


@pytest.fixture
def admin(own_cluster: OwnCluster) -> Iterator[Callable[[str], None]]:
    settings = own_cluster.settings
    engine = create_engine(settings.admin_url or "", isolation_level="AUTOCOMMIT")

    def run(statement: str) -> None:
        with engine.connect() as connection:
            connection.execute(text(statement))

    yield run
    run("ALTER ROLE deskbell_test_web NOCREATEDB")
    engine.dispose()


@pytest.mark.xdist_group("own cluster")
def test_a_web_that_begins_without_its_database_says_when_it_may_be_used(
    own_cluster: OwnCluster,
    start: Callable[..., Web],
    admin: Callable[[str], None],
    tmp_path: Path,
) -> None:
    settings = own_cluster.settings
    place = tmp_path / "pg"

    def there(url: str | None) -> str:
        found = make_url(url or "").update_query_dict({"host": str(place)})
        return found.render_as_string(hide_password=False)

    admin("ALTER ROLE deskbell_test_web CREATEDB")
    web = start(
        DATABASE_URL=there(settings.database_url),
        DATABASE_RELAY_URL=there(settings.relay_url),
        WEB_DATABASE_SECONDS="1",
    )
    assert web.get("/healthz")[0] == 200
    assert web.get("/sign-in")[0] == 503
    assert web.get("/readyz")[0] == 503
    events = [one["event"] for one in web.lines]
    assert "The database does not answer (OperationalError); waiting for it." in events
    assert any(one.startswith("Starting without the database;") for one in events)
    place.symlink_to(str(make_url(settings.database_url).query["host"]))

    status, said = web.get("/readyz")
    assert (status, json.loads(said)["parts"]["database"]) == (503, "unsafe: login")
    admin("ALTER ROLE deskbell_test_web NOCREATEDB")
    status, said = web.get("/readyz")
    assert (status, json.loads(said)["parts"]["database"]) == (200, "ok")
