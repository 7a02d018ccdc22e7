"""Another desk's log of 65,000 events comes in: how long, and how much memory it takes.

`python -m tests.bench.history`. Goals: under two minutes on two cores, at most 150 MiB above what an
idle process has, and a second run of the same file changes nothing.
"""

from __future__ import annotations

import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.bench.http import ROOT, memory_mib
from tests.bench.importing import _peak_mib, _prepare
from tests.bench.said import say

EVENTS, GOAL_SECONDS, GOAL_MEMORY = 65_000, 120.0, 150.0
HEADINGS = ("Number", "Changed", "State", "Team", "Priority", "School")
MAPPING = """
[columns]
incident = "Number"
time = "Changed"
status = "State"
group = "Team"
priority = "Priority"
[time]
format = "%d/%m/%Y %H:%M:%S"
[values.status]
"Waiting for user" = "awaiting_user"
"Waiting for vendor" = "awaiting_supplier"
[values.line]
"2nd" = 2
"3rd" = 3
"*" = 1
[school]
column = "School"
"""
# What may follow which state.
_NEXT = {
    "queued": ("in progress", "in progress", "queued"),
    "in progress": ("Waiting for user", "Waiting for vendor", "queued", "resolved", "resolved"),
    "Waiting for user": ("in progress", "resolved"),
    "Waiting for vendor": ("in progress",),
    "resolved": ("closed", "closed", "closed", "in progress"),
}


def measure(servers: Any, events: int = EVENTS) -> dict[str, Any]:
    """`servers`: those of the bench."""
    database = "bench_history"
    environment = servers.environment(database)
    os.environ.update(environment)
    _prepare(servers, database)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        (path / "bench.toml").write_text(MAPPING)
        _write(path / "log.csv", events)
        worker = subprocess.run(
            [sys.executable, "-m", "tests.bench.history", "work", folder],
            cwd=ROOT,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
    if worker.returncode:
        raise SystemExit(worker.stderr)
    found: dict[str, Any] = json.loads(worker.stdout.splitlines()[-1])
    say(f"  {found['events']:,} events of {found['incidents']:,} incidents")
    own = f"{found['first_own']:.1f} s of it in Python"
    say(f"  first run: {found['first']:.1f} s (goal {GOAL_SECONDS:.0f}), {own}")
    say(f"  second run: {found['second']:.1f} s, {found['unchanged']:,} unchanged")
    say(f"  memory above idle: {found['memory']:.0f} MiB (goal {GOAL_MEMORY:.0f})")
    return found


def _write(path: Path, events: int) -> None:
    """By the time of each event, as a log is written: incidents stand among each other."""
    by_chance = random.Random(1)
    rows: list[tuple[datetime, tuple[str, ...]]] = []
    number = 0
    while len(rows) < events:
        number += 1
        rows += _story(number, by_chance)
    rows.sort()
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        writer.writerows(row for _, row in rows[:events])


def _story(number: int, by_chance: random.Random) -> Iterator[tuple[datetime, tuple[str, ...]]]:
    at = datetime(2024, 1, 1) + timedelta(minutes=by_chance.randrange(365 * 24 * 60))
    state, team = "queued", f"Desk {by_chance.randrange(9)}"
    priority, school = f"{by_chance.randint(1, 4)} - so", f"bench-{by_chance.randint(1, 3)}"
    while True:
        cells = (f"INC{number:07}", f"{at:%d/%m/%Y %H:%M:%S}", state, team, priority, school)
        yield at, cells
        if state == "closed":
            return
        at += timedelta(seconds=by_chance.randrange(60, 90_000))
        state = by_chance.choice(_NEXT[state])
        if state == "queued":
            team = f"Team {by_chance.randrange(40)} {by_chance.choice(('2nd', '3rd', ''))}".strip()


def _work(folder: str) -> dict[str, Any]:
    from app import create_app

    app = create_app()
    client = app.test_client()
    client.get("/health")
    idle = memory_mib([os.getpid()])
    found: dict[str, Any] = {}
    for name in ("first", "second"):
        began, used = time.perf_counter(), time.process_time()
        words = ("history", "import", f"{folder}/log.csv", "--mapping", f"{folder}/bench.toml")
        result = app.test_cli_runner().invoke(args=[*words, "--json"])
        if result.exception:
            raise SystemExit(result.output) from result.exception
        found[name] = time.perf_counter() - began
        found[f"{name}_own"] = time.process_time() - used
        told = json.loads(result.output)
    found |= {"events": told["events"], "incidents": told["figures"]["incidents"]}
    found["unchanged"] = told["incidents"]["unchanged"]
    assert found["unchanged"] == found["incidents"], told["incidents"]
    found["memory"] = _peak_mib() - idle
    return found


if __name__ == "__main__":
    if sys.argv[1:2] == ["work"]:
        print(json.dumps(_work(sys.argv[2])))
    else:
        from tests.bench.__main__ import run_only

        run_only(measure)
