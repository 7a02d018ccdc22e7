"""A spreadsheet of 20,000 pieces of equipment comes in: how long, and how much memory it takes.

`python -m tests.bench.importing`. Goals: under 60 s from the file to the register, at most 150 MiB
above what an idle process has, and a second run of the same file changes nothing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.bench import data, wall
from tests.bench.http import ROOT, memory_mib
from tests.bench.said import say

ROWS, GOAL_SECONDS, GOAL_MEMORY = 20_000, 60.0, 150.0
HEADINGS = (
    "Asset No", "Category", "Manufacturer", "Model", "Serial number", "Room", "Assigned to",
    "Purchased", "Cost", "Funding", "Warranty expires", "OS", "Comments",
)  # fmt: skip
IMPORTS = "/api/v1/schools/bench-1/imports"


def measure(servers: Any, rows: int = ROWS) -> dict[str, Any]:
    """`servers`: those of the bench."""
    database = "bench_importing"
    environment = {**servers.environment(database), "FILES_URL": f"file://{tempfile.mkdtemp()}"}
    os.environ.update(environment)
    _prepare(servers, database)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "equipment.xlsx"
        _write_workbook(path, rows)
        worker = subprocess.run(
            [sys.executable, "-m", "tests.bench.importing", "work", str(path)],
            cwd=ROOT,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
    if worker.returncode:
        raise SystemExit(worker.stderr)
    found: dict[str, Any] = json.loads(worker.stdout.splitlines()[-1])
    _report(rows, found)
    return found


def _report(rows: int, found: dict[str, Any]) -> None:
    for name, seconds in found["seconds"].items():
        say(f"  {rows:,} rows, {name}: {seconds:.1f} s")
    whole = sum(found["seconds"][name] for name in ("upload", "check", "all or nothing"))
    say(f"  from the file to the register: {whole:.1f} s (goal {GOAL_SECONDS:.0f})")
    say(f"  second run: {found['second']}")
    say(f"  memory above idle: {found['memory']:.0f} MiB (goal {GOAL_MEMORY:.0f})")


def _prepare(servers: Any, database: str) -> None:
    from app import create_app

    result = create_app().test_cli_runner().invoke(args=["prepare"])
    if result.exception:
        raise SystemExit(result.output) from result.exception
    connection = wall._connect(servers, database)
    with connection.cursor() as cursor:
        cursor.execute(data._PEOPLE.format(**data._words(schools=3)))
    connection.close()


def _write_workbook(path: Path, rows: int) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Equipment")
    sheet.append(["List of ICT equipment"])
    sheet.append(HEADINGS)
    for number in range(rows):
        sheet.append(_row(number))
    book.save(path)


def _row(number: int) -> list[Any]:
    bought = date(2018, 9, 1) + timedelta(days=number % 2500)
    return [
        float(100_000 + number),
        ("Laptop", "iPad", "Desktop PC", "Projector")[number % 4],
        ("Dell", "Apple", "HP", "Epson")[number % 4],
        f"Model {number % 40}",
        f"SN{number:07}",
        f"Room {1 + number % 20}",
        f"Teacher {number % 60}",
        bought,
        f"£{300 + number % 900:,}.50",
        "Devolved capital",
        bought + timedelta(days=1095),
        "Windows 11",
        f"Comment about number {number}",
    ]


def _work(path: str) -> dict[str, Any]:
    """As a web process and a worker would, in one: its memory is that of both."""
    from app import create_app

    app = create_app()
    client = app.test_client()
    headers = {"Authorization": f"Bearer {data.SPOC_TOKEN}"}
    client.get(IMPORTS, headers=headers)
    found: dict[str, Any] = {"seconds": {}}
    own = [os.getpid()]
    idle = memory_mib(own)

    @contextmanager
    def timed(name: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        found["seconds"][name] = time.perf_counter() - began

    def bring() -> str:
        with open(path, "rb") as file:
            answer = client.post(
                IMPORTS, headers=headers, data={"register": "assets", "file": (file, "list.xlsx")}
            )
        assert answer.status_code == 201, answer.text
        return f"{IMPORTS}/{answer.json['number']}"

    def go(one: str, what: str, body: Any = None) -> Any:
        answer = client.post(f"{one}/{what}", headers=headers, json=body)
        assert answer.status_code == 202, answer.text
        _drain(app)
        return client.get(one, headers=headers).json

    with timed("upload"):
        one = bring()
    with timed("check"):
        checked = go(one, "check")
    assert checked["added"] == checked["total_rows"], checked
    with timed("all or nothing"):
        done = go(one, "run", {"mode": "all_or_nothing"})
    assert (done["state"], done["added"]) == ("done", done["total_rows"]), done
    again = bring()
    with timed("second check"):
        go(again, "check")
    with timed("second run, good rows"):
        second = go(again, "run", {"mode": "good_rows"})
    found["second"] = {name: second[name] for name in ("added", "changed", "unchanged", "refused")}
    found["memory"] = _peak_mib() - idle
    return found


def _peak_mib() -> float:
    status = Path("/proc/self/status").read_text()
    line = next(one for one in status.splitlines() if one.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def _drain(app: Any) -> None:
    from app.relay import relay_engine
    from workers.drain import drain

    with app.app_context():
        relay = relay_engine(app.config["SETTINGS"])
        while drain(relay):
            pass


if __name__ == "__main__":
    if sys.argv[1:2] == ["work"]:
        print(json.dumps(_work(sys.argv[2])))
    else:
        from tests.bench.__main__ import run_only

        run_only(measure)
