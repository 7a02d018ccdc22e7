"""What Prometheus hears: how much and how fast, behind a token, with nobody's name in it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app import clock, metrics
from app.later import later
from config import ROOT
from tenants import acting_in, db
from tests.tenants.walls import school_with_rooms

TOKEN = "a token that only Prometheus has"


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch, app: Flask) -> None:
    """Counters of this test's own, and a deployment that has a token."""
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
    metrics.instruments.cache_clear()
    settings = replace(app.config["SETTINGS"], metrics_token=TOKEN)
    monkeypatch.setitem(app.config, "SETTINGS", settings)


def scrape(app: Flask) -> str:
    answer = app.test_client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert answer.mimetype == "text/plain"
    text: str = answer.text
    return text


def value(text: str, name: str, **labels: str) -> float | None:
    """Of the one series that has these labels."""
    for line in text.splitlines():
        if line.startswith((f"{name}{{", f"{name} ")):
            found = dict(re.findall(r'(\w+)="([^"]*)"', line))
            if labels.items() <= found.items():
                return float(line.rsplit(" ", 1)[1])
    return None


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer None"},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": "Bearer ünïcode"},
    ],
)
@pytest.mark.parametrize("token", [TOKEN, None])
def test_without_the_token_there_is_no_such_page(app, monkeypatch, headers, token):
    settings = replace(app.config["SETTINGS"], metrics_token=token)
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    answer = app.test_client().get("/metrics", headers=headers)
    assert answer.status_code == 404
    assert answer.data == app.test_client().get("/there/is/nothing").data


def test_requests_are_counted_by_endpoint_method_and_class(app, cast, api):
    program = api(cast.rita)
    for _ in range(3):
        assert program.get("/schools").status_code == 200
    assert program.get("/schools/oakfield/incidents").status_code == 404
    app.test_client().open("/nowhere", method="INVENTED")
    text = scrape(app)
    requests = "deskbell_requests_total"
    endpoint = next(r.endpoint for r in app.url_map.iter_rules() if r.rule == "/api/v1/schools")
    assert value(text, requests, endpoint=endpoint, method="GET", status="2xx") == 3
    assert value(text, requests, endpoint="none", method="other", status="4xx") == 1
    assert value(text, "deskbell_request_seconds_count", endpoint=endpoint) == 3
    assert value(text, "deskbell_requests_in_flight") == 1  # this one
    assert value(text, requests, endpoint="metrics.scrape") is None


def test_no_name_and_a_bounded_number_of_series(app, cast, api):
    program = api(cast.rita)
    for number in range(200):
        program.get(f"/schools/st-marys/incidents/{number + 1}")
        app.test_client().get(f"/no-such-page-{number}")
    text = scrape(app)
    for word in ("st-marys", "rita", "Rita", "no-such-page", "127.0.0.1", TOKEN):
        assert word not in text
    assert len(text.splitlines()) < 250


def test_refusals_and_a_busy_database_are_counted(app, cast, api, monkeypatch):
    from app import limits

    settings = replace(app.config["SETTINGS"], requests_per_person=1)
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    program = api(cast.rita)
    assert [program.get("/schools").status_code for _ in range(3)] == [200, 429, 429]
    assert limits.PERSON == "person"
    client = app.test_client()
    page = client.get("/sign-in").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
    sent = {"csrf_token": token, "email": cast.rita.email, "password": "wrong"}
    assert client.post("/sign-in", data=sent).status_code == 422

    def none_left(*_: Any) -> None:
        raise PoolTimeout

    monkeypatch.setattr("app.door._identify", none_left)
    assert api(cast.ravi).get("/schools").status_code == 503
    text = scrape(app)
    limited = [value(text, "deskbell_rate_limited_total", by=by) for by in ("person", "credential")]
    assert sum(one or 0 for one in limited) == 2
    assert value(text, "deskbell_sign_ins_refused_total", status="422") == 1
    assert value(text, "deskbell_busy_total", why="pool") == 1


def test_what_waits_in_the_outbox(app):
    with app.app_context(), acting_in(school_with_rooms("north-wall", "NWALL", "North")):
        later("decide_clocks", at=clock.now() - timedelta(seconds=90), incident_id=1)
        later("decide_clocks", at=clock.now() + timedelta(hours=1), incident_id=1)
        db.session.commit()
    text = scrape(app)
    assert value(text, "deskbell_database_up") == 1
    assert value(text, "deskbell_outbox_rows", box="school", state="due") == 1
    assert value(text, "deskbell_outbox_rows", box="door", state="due") == 0
    assert value(text, "deskbell_outbox_rows", box="school", state="failed") == 0
    waiting = value(text, "deskbell_outbox_waiting_seconds", box="school")
    assert waiting is not None
    assert 90 <= waiting < 120


def test_without_a_database_there_is_an_answer_still(app, monkeypatch):
    nowhere = "postgresql+psycopg2://nobody@/nothing?host=/nowhere"
    settings = replace(app.config["SETTINGS"], relay_url=nowhere)
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    began = time.monotonic()
    text = scrape(app)
    assert time.monotonic() - began < 3
    assert value(text, "deskbell_database_up") == 0
    assert value(text, "deskbell_outbox_rows") is None


def test_what_the_worker_did_in_one_process(app):
    metrics.drained("tell_people", "done")
    metrics.drained("tell_people", "done")
    metrics.mail("refused")
    text = scrape(app)
    assert value(text, "deskbell_drained_total", task="tell_people", outcome="done") == 2
    assert value(text, "deskbell_mail_total", outcome="refused") == 1


def test_what_many_processes_did(tmp_path: Path):
    """Workers fork for each ring: together they count right, and leave one file."""
    say = "from app import metrics; [metrics.drained('tell_people', 'done') for _ in range(50)]"

    def work(_: int) -> int:
        return subprocess.run(
            [sys.executable, "-c", say],
            cwd=ROOT,
            env={**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)},
            timeout=60,
            check=False,
        ).returncode

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(work, range(3))) == [0, 0, 0]
    assert json.loads((tmp_path / "work.json").read_text()) == {"drained|tell_people|done": 150}
    assert not list(tmp_path.glob("*.db"))


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"a": "b"}', '{"mail|ok": null}'])
def test_a_damaged_file_is_begun_anew(tmp_path: Path, monkeypatch, content):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    (tmp_path / "work.json").write_text(content)
    metrics.mail("ok")
    assert json.loads((tmp_path / "work.json").read_text()) == {"mail|ok": 1}


def test_work_does_not_fail_because_counting_it_does(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path / "gone"))
    metrics.drained("tell_people", "done")


def test_processes_of_the_web_share_a_folder(app, tmp_path: Path):
    """As gunicorn's do: two that counted, and a third that is asked."""
    count = (
        "from app.metrics import instruments\n"
        "instruments().requests_of('people.home', 'GET', '2xx').inc(5)\n"
        "instruments().in_flight.inc()\n"
    )
    ask = (
        "from app import create_app\n"
        "answer = create_app().test_client().get(\n"
        f"    '/metrics', headers={{'Authorization': 'Bearer {TOKEN}'}})\n"
        "print(answer.text)\n"
    )
    env = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path), "METRICS_TOKEN": TOKEN}

    def python(source: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", source],
            cwd=ROOT,
            env=env,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return done.stdout

    for source in (count, count):
        python(source)
    (tmp_path / "work.json").write_text('{"drained|tell_people|done": 7}')
    text = python(ask)
    found = value(text, "deskbell_requests_total", endpoint="people.home", method="GET")
    assert found == 10
    assert value(text, "deskbell_requests_in_flight") == 3
    assert value(text, "deskbell_drained_total", task="tell_people", outcome="done") == 7


def test_counting_costs_next_to_nothing(app, monkeypatch, tmp_path: Path):
    """Less than a tenth of a millisecond; ten times that on a machine busy with other tests."""
    known = metrics.instruments()
    began = time.perf_counter()
    for _ in range(1000):
        known.in_flight.inc()
        known.requests_of("people.home", "GET", "2xx").inc()
        known.seconds_of("people.home").observe(0.1)
        known.in_flight.dec()
    assert (time.perf_counter() - began) / 1000 < 0.001
