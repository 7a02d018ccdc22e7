"""Reports of a very large authority: roll-ups of every incident, turns and clocks of the newest.

`python -m tests.bench.figures` (FIGURES_SCHOOLS=24000 FIGURES_INCIDENTS=10000000, as the issue says).
Goals: every question of figures p95 under 300 ms while the queue page keeps the ratio to the bare
page of `make bench`; the changes of one day counted in under 30 s; sums equal to a direct count.
"""

from __future__ import annotations

import gc
import json
import os
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy import text

from tests.bench import data, figures_pages, wall
from tests.bench.http import ROOT, Client, gunicorn
from tests.bench.pages import SCHOOL, queue_pages
from tests.bench.said import say

SCHOOLS = int(os.environ.get("FIGURES_SCHOOLS", "24000"))
INCIDENTS = int(os.environ.get("FIGURES_INCIDENTS", "10000000"))
SECONDS = 6  # between two incidents: ten million are not quite two years
NEWEST = 20
CHANGED_A_DAY = 14_400
ROUNDS, QUEUE_ROUNDS = 24, 150
GOAL_MS, GOAL_DAY_SECONDS = 300.0, 30.0
# A hundred million entries of an index are made in minutes, put in one by one in an hour.
_WITHOUT_INDEXES = """
    ALTER TABLE figure_days DROP CONSTRAINT pk_figure_days;
    DROP INDEX ix_figure_days_across;
"""
_WITH_INDEXES = """
    ALTER TABLE figure_days ADD CONSTRAINT pk_figure_days PRIMARY KEY (school_id, span, "on",
        agreement_kind, la_version_id, own_version_id, provider, priority, type, is_hidden);
    CREATE INDEX ix_figure_days_across ON figure_days (span, "on", agreement_kind, school_id);
"""
_DAY_SUMS = """
    INSERT INTO figure_days (school_id, span, "on", agreement_kind, la_version_id, own_version_id,
        provider, priority, type, is_hidden, reported, opened, ended, resolved, restore_seconds,
        first_line, net_resolved, net_seconds, response_met, response_decided, resolution_met,
        resolution_decided)
    SELECT i.school_id, s.span, date_trunc(s.unit, i.logged_at AT TIME ZONE 'Europe/London')::date,
           k.kind, coalesce(v.id, 0), 0, '', i.priority, 'incident', false,
           count(*), nullif(count(*) FILTER (WHERE k.kind = ''), 0),
           nullif(count(i.resolved_at) FILTER (WHERE k.kind = ''), 0),
           count(i.resolved_at), count(i.resolved_at) * 18000, count(i.resolved_at),
           nullif(count(i.resolved_at) FILTER (WHERE k.kind <> ''), 0),
           nullif(count(i.resolved_at) FILTER (WHERE k.kind <> ''), 0) * 3600,
           nullif(count(i.resolved_at) FILTER (WHERE k.kind <> '' AND i.id % 10 <> 0), 0),
           nullif(count(i.resolved_at) FILTER (WHERE k.kind <> ''), 0),
           nullif(count(i.resolved_at) FILTER (WHERE k.kind <> '' AND i.id % 7 <> 0), 0),
           nullif(count(i.resolved_at) FILTER (WHERE k.kind <> ''), 0)
      FROM incidents i
     CROSS JOIN (VALUES ('d', 'day'), ('m', 'month')) s(span, unit)
     CROSS JOIN (VALUES (''), ('ola'), ('sla')) k(kind)
      LEFT JOIN la_agreements a ON a.kind = k.kind AND a.is_default
      LEFT JOIN la_agreement_versions v ON v.agreement_id = a.id
     WHERE i.id <= {last}
     GROUP BY 1, 2, 3, 4, 5, i.priority
"""
# Here every agreement is the LA's.
_SUMS_OF_ALL = """
    INSERT INTO la_figures (own_school_id, span, "on", agreement_kind, la_version_id,
        own_version_id, provider, priority, type, is_hidden, reported, opened, ended, resolved,
        restore_seconds, first_line, net_resolved, net_seconds, response_met, response_decided,
        resolution_met, resolution_decided)
    SELECT 0, span, "on", agreement_kind, la_version_id, own_version_id, provider, priority, type,
           is_hidden, sum(reported), sum(opened), sum(ended), sum(resolved), sum(restore_seconds),
           sum(first_line), sum(net_resolved), sum(net_seconds), sum(response_met),
           sum(response_decided), sum(resolution_met), sum(resolution_decided)
      FROM figure_days
     GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
"""
_MANAGER = """
    INSERT INTO people (email, name, kind, is_active, keyboard_shortcuts, version)
    VALUES ('manager@la.example', 'Bench Manager', 'la_staff', true, true, 1);
    INSERT INTO la_memberships (person_id, name, role, version)
    SELECT id, name, 'la_manager', 1 FROM people WHERE email = 'manager@la.example';
    INSERT INTO api_tokens (id, token_hash, person_id, name, is_read_only, created_at, expires_at)
    SELECT gen_random_uuid(), sha256('{manager}'::bytea), id, 'bench', false, now(),
           now() + interval '10 days' FROM people WHERE email = 'manager@la.example';
    UPDATE schools SET number_of_pupils = 200 + id % 900;
"""
MANAGER_TOKEN = "deskbell_bench_manager"


def measure(servers: Any) -> dict[str, Any]:
    database = "bench_figures"
    environment = servers.environment(database)
    os.environ.update(environment)
    _prepare()
    _fill(servers, database)
    work = subprocess.run(
        [sys.executable, "-m", "tests.bench.figures", "work"],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if work.returncode:
        raise SystemExit(work.stdout)
    found: dict[str, Any] = json.loads(work.stdout.splitlines()[-1])
    for name, milliseconds in found["questions"].items():
        _goal(milliseconds <= GOAL_MS, f"{name}: p95 {milliseconds:.0f} ms (goal {GOAL_MS:.0f})")
    _queue(servers, database)
    seconds, counted = found["day"]
    said = f"{counted:,} changed incidents counted in {seconds:.1f} s (goal {GOAL_DAY_SECONDS:.0f})"
    _goal(seconds <= GOAL_DAY_SECONDS, said)
    kept, of_all, direct = found["equal"]
    said = f"{kept:,} reported in the sums, {of_all:,} of all schools, {direct:,} by a direct count"
    _goal(kept == of_all == direct, said)
    return found


def _queue(servers: Any, database: str) -> None:
    """Its page beside the bare page, as `make bench` measures it."""
    from tests.bench.__main__ import APP_PORT, BARE_PORT, compare, page_100, people

    environment = servers.environment(database)
    with (
        gunicorn("tests.bench.bare:app", BARE_PORT, environment),
        gunicorn("wsgi:app", APP_PORT, environment),
    ):
        technician = people()["technician"]
        bare_path = f"/bare/{wall.school_id(servers, database, SCHOOL)}"
        for hot in queue_pages(page_100(technician)):
            row = compare(technician, hot, Client(BARE_PORT), bare_path, QUEUE_ROUNDS)
            said = f"{row['p50']:.1f} ms, {row['ratio']:.2f} times the bare page (goal {hot.goal})"
            _goal(row["ratio"] <= row["goal"], f"{hot.name}: {said}")


def _goal(is_reached: bool, said: str) -> None:
    say(f"  {'reached' if is_reached else 'MISSED '}  {said}")


def _prepare() -> None:
    from app import create_app

    result = create_app().test_cli_runner().invoke(args=["prepare"])
    if result.exception:
        raise SystemExit(result.output) from result.exception


def _fill(servers: Any, database: str) -> None:
    connection = wall._connect(servers, database)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica; SET work_mem = '512MB'")
        cursor.execute("SET maintenance_work_mem = '1GB'; SET synchronous_commit = off")
        cursor.execute(data._INDEXES_LATER)
        indexes = cursor.fetchall()
        for drop, _ in indexes:
            cursor.execute(drop)
        data._say(cursor, "people, schools, rooms", data._PEOPLE.format(**_words()))
        data._say(cursor, "a manager", _MANAGER.format(manager=MANAGER_TOKEN))
        cursor.execute(figures_pages.SESSION.format(secret=figures_pages.MANAGER_SECRET))
        cursor.execute("SELECT min(id) FROM schools")
        (first,) = cursor.fetchone()
        words = {
            "school": f"({first} + n % {SCHOOLS})::int",
            "number": f"(1 + (n - 1) / {SCHOOLS})::int",
            "total": INCIDENTS,
            "seconds": SECONDS,
        }
        what = f"{INCIDENTS:,} incidents of {SCHOOLS:,} schools"
        data._say(cursor, what, data._INCIDENTS.format(**data._words(**words)))
        old = INCIDENTS // SCHOOLS * (NEWEST - 1) // NEWEST
        cursor.execute(f"CREATE VIEW newest AS SELECT * FROM incidents WHERE number > {old}")
        around = data._AROUND.replace("FROM incidents", "FROM newest")
        data._say(cursor, "turns, events, clocks of the newest twentieth", around)
        for _, definition in indexes:
            data._say(cursor, definition.split(" ON ")[0].split()[-1], definition)
        cursor.execute("SELECT max(id) FROM incidents")
        (last,) = cursor.fetchone()
        changed = min(CHANGED_A_DAY, INCIDENTS // NEWEST)
        cursor.execute(_WITHOUT_INDEXES)
        data._say(cursor, "roll-ups", _DAY_SUMS.format(last=last - changed))
        data._say(cursor, "their indexes", _WITH_INDEXES)
        data._say(cursor, "roll-ups of all schools", _SUMS_OF_ALL)
        data._say(cursor, "figures in depth", figures_pages.DEPTH)
        marks = (
            "INSERT INTO figure_marks (school_id, incident_id) SELECT school_id, id FROM incidents"
        )
        cursor.execute(f"{marks} WHERE id > %s", (last - changed,))
        data._say(cursor, "statistics", "VACUUM ANALYZE")
        # No desk writes so much and is then asked at once.
        data._say(cursor, "all of it on disk", "CHECKPOINT")
    connection.close()
    os.sync()


def _words() -> dict[str, Any]:
    return data._words(schools=SCHOOLS)


def _work() -> dict[str, Any]:
    from app import create_app

    app = create_app()
    gc.freeze()  # as wsgi.py does
    counted = _count_the_day(app)
    questions = {**_ask(app), **_look(app)}
    return {"day": counted, "questions": questions, "equal": _compare(app)}


def _count_the_day(app: Any) -> tuple[float, int]:
    """As the housekeeper does it each minute, and then for all schools together; in one process."""
    from app.performance import catching_up, folding, rollup
    from tenants import across_schools, administering, db

    began = time.monotonic()
    with app.app_context():
        with across_schools("how much is to be counted"):
            marked = db.session.scalar(text("SELECT count(*) FROM figure_marks"))
        with administering("the minute's round"):
            assert catching_up.count_everywhere(db.session.commit, 3600) == []
        folding.fold_all(db.session.commit)
        with across_schools("whether all is counted"):
            assert not rollup.how_many_wait()
    return time.monotonic() - began, int(marked or 0)


def _ask(app: Any) -> dict[str, float]:
    client = app.test_client()
    headers = {"Authorization": f"Bearer {MANAGER_TOKEN}"}
    technician = {"Authorization": f"Bearer {data.TECHNICIAN_TOKEN}"}
    month = (date.today().replace(day=1) - timedelta(days=1)).replace(day=1)
    last = f"from={month}&to={date.today().replace(day=1)}"
    year = f"from={month.replace(year=month.year - 1)}&to={month}"
    dice = Random(1)

    def school() -> str:
        return f"bench-{dice.randint(1, SCHOOLS)}"

    asked: dict[str, Callable[[], str]] = {
        "a month by school": lambda: f"/performance?{last}&by=school&agreement_kind=sla",
        "a year by school": lambda: f"/performance?{year}&by=school&agreement_kind=sla",
        "a year by contract": lambda: f"/performance?{year}&by=contract",
        "a year by priority": lambda: f"/performance?{year}&by=priority",
        "a year of one school": lambda: f"/schools/{school()}/performance?{year}",
    }
    times: dict[str, list[float]] = {name: [] for name in (*asked, "the queue meanwhile")}
    for turn in range(ROUNDS):
        if turn == ROUNDS // 2:
            # Until now comparisons were awaited; from now on they are kept.
            _keep(app)
        for name, address in asked.items():
            times[name].append(_timed(client, address(), headers))
            times["the queue meanwhile"].append(_timed(client, "/queue", technician))
    return {name: _p95(found) for name, found in times.items()}


def _look(app: Any) -> dict[str, float]:
    """The report pages as a manager's browser asks for them, and the queue meanwhile. Each was
    opened once before, as in any process that has run for a while, and what they ask of all schools
    was made by the worker."""
    client = app.test_client(use_cookies=False)
    manager = {"Cookie": f"deskbell={figures_pages.MANAGER_SECRET}"}
    technician = {"Cookie": f"deskbell={data.SECRET}"}
    dice = Random(2)
    for _, address in figures_pages.pages(SCHOOLS, dice):
        _page(client, address, manager)
    _keep(app)
    times: dict[str, list[float]] = defaultdict(list)
    for _ in range(ROUNDS):
        for name, address in figures_pages.pages(SCHOOLS, dice):
            times[name].append(_page(client, address, manager))
            times["the queue's page meanwhile"].append(_page(client, "/queue", technician))
    return {name: _p95(found) for name, found in times.items()}


def _page(client: Any, address: str, headers: dict[str, str]) -> float:
    began = time.perf_counter()
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200, (address, answer.status_code)
    return (time.perf_counter() - began) * 1000


def _keep(app: Any) -> None:
    """What was asked of all schools, as the worker does it each minute."""
    from app.performance import kept
    from tenants import db
    from workers.housekeeping import MAKERS

    began = time.monotonic()
    with app.app_context():
        made = kept.make_due(MAKERS, seconds=3600, commit=db.session.commit)
    seconds = time.monotonic() - began
    print(f"  {made} answers about {SCHOOLS:,} schools made in {seconds:.0f} s", file=sys.stderr)


def _timed(client: Any, address: str, headers: dict[str, str]) -> float:
    began = time.perf_counter()
    answer = client.get(f"/api/v1{address}", headers=headers)
    assert answer.status_code == 200, answer.text
    return (time.perf_counter() - began) * 1000


def _p95(times: Iterable[float]) -> float:
    return statistics.quantiles(times, n=20, method="inclusive")[-1]


def _compare(app: Any) -> tuple[int, int, int]:
    from sqlalchemy import func, select

    from app.incidents.models import Incident
    from app.performance.models import MONTH
    from app.performance.summed import ALL_SCHOOLS, EACH_SCHOOL
    from tenants import across_schools, db

    with app.app_context(), across_schools("comparing sums with a direct count"):
        kept, of_all = (
            db.session.scalar(
                select(func.sum(of.reported)).where(of.span == MONTH, of.agreement_kind == "")
            )
            for of in (EACH_SCHOOL.of, ALL_SCHOOLS.of)
        )
        direct = db.session.scalar(select(func.count()).select_from(Incident))
    return int(kept or 0), int(of_all or 0), int(direct or 0)


if __name__ == "__main__":
    if sys.argv[1:2] == ["work"]:
        print(json.dumps(_work()))
    else:
        from tests.bench.__main__ import run_only

        run_only(measure)
