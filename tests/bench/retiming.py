"""A bank holiday is entered while 20,000 incidents are open: how long until every clock is right.

In the worker as it runs, beside a web server whose queue is asked all the while. Goals: under 60 s,
no batch longer than a second, the queue's p95 at most three times its idle one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from datetime import date, timedelta
from typing import Any

from tests.bench import data, wall
from tests.bench.http import ROOT, Client, gunicorn, p50_p95
from tests.bench.said import say

OPEN, SCHOOLS, PORT = 20_000, 60, 8493
GOAL_SECONDS, GOAL_LOCK, GOAL_QUEUE = 60.0, 1.0, 3.0
_PAUSE, _IDLE_SECONDS = 0.05, 10.0

# Logged through the last three weeks, most of them with the LA; a third has been on hold.
_FILL = """
    INSERT INTO incidents (school_id, number, type, status, line, waiting_for, title, expected,
        happened, is_sensitive, category, impact, urgency, priority, priority_history,
        reporter_name, logged_by, channel, reported_at, logged_at, updated_at, highest_line,
        la_group_id, group_name, forwarded_at, reopen_count, reassignment_count, escalation_count,
        next_due_at, version)
    SELECT s.first + n %% %(schools)s, 1 + n / %(schools)s, 'incident', 'in_progress', 1,
           'first_line', 'Fault ' || n, 'It works', 'It does not', false, 'hardware', 2, 2,
           1 + n %% 4, jsonb_build_array(jsonb_build_array(x.at, 'P' || (1 + n %% 4))),
           'A teacher', 'A teacher', 'web', x.at, x.at, now(), 1, g.id, g.name,
           x.at + interval '1 hour', 0, 0, 0, x.at + interval '9 hours', 1
      FROM generate_series(0, %(open)s - 1) n,
           (SELECT min(id) AS first FROM schools) s,
           (SELECT id, name FROM la_support_groups WHERE line = 1 AND kind = 'la') g,
           LATERAL (SELECT now() - n * interval '21 days' / %(open)s AS at) x
"""
_AROUND = """
    INSERT INTO turns (school_id, incident_id, party, line, status, hold_reason, group_name,
        began_at, ended_at)
    SELECT school_id, id, 'school_desk', 0, 'new', NULL, NULL, logged_at, forwarded_at
      FROM incidents
    UNION ALL
    SELECT school_id, id, 'first_line', 1, 'in_progress', NULL, group_name, forwarded_at,
           CASE WHEN number % 3 = 0 THEN forwarded_at + interval '5 minutes' END FROM incidents
    UNION ALL
    SELECT school_id, id, 'reporter', 1, 'on_hold', 'awaiting_user', group_name,
           forwarded_at + interval '5 minutes', forwarded_at + interval '8 minutes'
      FROM incidents WHERE number % 3 = 0
    UNION ALL
    SELECT school_id, id, 'first_line', 1, 'in_progress', NULL, group_name,
           forwarded_at + interval '8 minutes', NULL FROM incidents WHERE number % 3 = 0;
    INSERT INTO clocks (school_id, incident_id, la_agreement_version_id, agreement_kind, metric,
        target_seconds, started_at, due_at, state, elapsed_seconds, paused_seconds)
    SELECT i.school_id, i.id, v.id, a.kind, k.metric, 28800,
           CASE a.kind WHEN 'ola' THEN i.logged_at ELSE i.forwarded_at END,
           i.logged_at + interval '9 hours', 'running', 0, 0
      FROM incidents i, la_agreement_versions v
      JOIN la_agreements a ON a.id = v.agreement_id AND a.is_default,
           (VALUES ('response'), ('resolution')) k(metric);
    INSERT INTO counters (school_id, kind, last_number)
    SELECT school_id, 'incident', max(number) FROM incidents GROUP BY school_id;
"""
# Slow targets, so that three weeks later most of these clocks are still to be decided.
_SLOW = """
    UPDATE la_agreement_versions SET terms = jsonb_set(terms, '{targets}',
        (SELECT jsonb_object_agg(key, '{"response_minutes": 18000, "resolution_minutes": 19000}'
            ::jsonb) FROM jsonb_each(terms->'targets')))
"""


def measure(servers: Any, open_incidents: int = OPEN) -> dict[str, float]:
    """`servers`: those of the bench."""
    database = "bench_retiming"
    environment = servers.environment(database)
    os.environ.update(environment)
    _fill(servers, database, open_incidents)
    with gunicorn("wsgi:app", PORT, environment):
        idle = _Asking()
        time.sleep(_IDLE_SECONDS)
        p95_idle = idle.stop()
        _enter_a_holiday()
        busy = _Asking()
        worker = subprocess.run(
            [sys.executable, "-m", "tests.bench.retiming", "work"],
            cwd=ROOT,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        p95_busy = busy.stop()
        if worker.returncode:
            raise SystemExit(worker.stderr)
        found = json.loads(worker.stdout.splitlines()[-1])
        return _report(servers, database, open_incidents, found, (p95_idle, p95_busy))


def _report(
    servers: Any, database: str, size: int, found: dict[str, float], p95: tuple[float, float]
) -> dict[str, float]:
    p95_idle, p95_busy = p95
    connection = wall._connect(servers, database)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM events WHERE kind = 'clock.retimed'")
        found["moved"] = cursor.fetchone()[0]
    connection.close()
    found |= {"idle": p95_idle, "busy": p95_busy}
    say(
        f"  {size:,} open incidents re-timed in {found['seconds']:.1f} s"
        f" (goal {GOAL_SECONDS:.0f}), {found['moved']:,} due times moved;"
        f" longest of {found['batches']} batches {found['longest']:.2f} s (goal {GOAL_LOCK:.0f})"
    )
    say(
        f"  queue p95 {p95_idle:.1f} ms idle, {p95_busy:.1f} ms meanwhile,"
        f" {p95_busy / p95_idle:.2f}x (goal {GOAL_QUEUE:.0f})"
    )
    return dict(found)


def _fill(servers: Any, database: str, open_incidents: int) -> None:
    from app import create_app

    result = create_app().test_cli_runner().invoke(args=["prepare"])
    if result.exception:
        raise SystemExit(result.output) from result.exception
    connection = wall._connect(servers, database)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(data._PEOPLE.format(**data._words(schools=SCHOOLS)))
        cursor.execute(_SLOW)
        sizes = {"open": open_incidents, "schools": SCHOOLS}
        cursor.execute(_FILL, sizes)
        cursor.execute(_AROUND)
        cursor.execute("VACUUM ANALYZE")
    connection.close()
    # What SQL has written as due becomes what the clocks say; that is not measured.
    _ask_for_all()
    _work()
    connection = wall._connect(servers, database)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM events WHERE kind = 'clock.retimed'")
        cursor.execute("VACUUM ANALYZE")
    connection.close()


def _app() -> Any:
    from app import create_app

    return create_app()


def _ask_for_all() -> None:
    from app.contracts.changes import retime_every_school
    from tenants import administering, db

    with _app().app_context(), administering("the bench"):
        retime_every_school("the bench was filled")
        db.session.commit()


def _enter_a_holiday() -> None:
    """As the action does, but for who did it."""
    from app.contracts.changes import retime_every_school
    from app.contracts.models import BankHoliday
    from tenants import administering, db

    on = date.today() + timedelta(days=1)
    while on.weekday() > 4:
        on += timedelta(days=1)
    with _app().app_context(), administering("the bench"):
        db.session.add(BankHoliday(on=on, name="A bench holiday"))
        retime_every_school(f"{on} became a bank holiday")
        db.session.commit()


def _work() -> dict[str, float]:
    """The drain, until no batch is left."""
    from sqlalchemy import text

    from app.relay import relay_engine
    from workers import jobs
    from workers.drain import drain

    app = _app()
    times: list[float] = []
    task = jobs.TASKS["retime_clocks"]

    def timed(**payload: Any) -> None:
        began = time.perf_counter()
        task(**payload)
        times.append(time.perf_counter() - began)

    jobs.TASKS["retime_clocks"] = timed
    began = time.perf_counter()
    with app.app_context():
        relay = relay_engine(app.config["SETTINGS"])
        while drain(relay):
            pass
        taken = time.perf_counter() - began
        with relay.connect() as connection:
            left = connection.scalar(
                text("SELECT count(*) FROM outbox WHERE done_at IS NULL AND next_try_at <= now()")
            )
    assert not left, f"{left} rows are left"
    return {"seconds": taken, "batches": len(times), "longest": max(times)}


class _Asking:
    """The queue, asked again and again by somebody of the LA."""

    def __init__(self) -> None:
        self._times: list[float] = []
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def stop(self) -> float:
        """The p95 in milliseconds."""
        self._is_over.set()
        self._thread.join()
        return p50_p95(self._times)[1]

    def _run(self) -> None:
        client = Client(PORT, {"Cookie": f"deskbell={data.SECRET}"})
        for turn in range(1_000_000):
            if self._is_over.wait(_PAUSE):
                return
            began = time.perf_counter()
            status, body = client.ask("/queue")
            if status != 200:
                raise SystemExit(f"/queue answered {status}: {body[:200]!r}")
            if turn > 10:
                self._times.append((time.perf_counter() - began) * 1000)


if __name__ == "__main__":
    if sys.argv[1:] == ["work"]:
        print(json.dumps(_work()))
    else:
        from tests.bench.__main__ import run_only

        run_only(measure)
