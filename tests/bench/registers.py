"""The list of equipment of a school with 20,000 pieces beside one with 1,000, in a table of many.

`python -m tests.bench.registers` (ASSETS=1000000 in all; the issue says five million). Goal: first
and 100th page, filter and search within 1.5 times of the small school; each pair in turn, so that
ratios count. And what an export of the 20,000 takes: at most 150 MB above idle.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench import data, wall
from tests.bench.http import ROOT
from tests.bench.said import say

SCHOOLS, SMALL, LARGE, GOAL = 520, 1_000, 20_000, 1.5
ALL = int(os.environ.get("ASSETS", "1000000"))
ROUNDS = 60
EXPORTS, GOAL_MIB = ("csv", "xlsx"), 150.0
_ASSETS = """
    INSERT INTO assets (school_id, tag, type, make, model, serial, status, location_id,
                        purchase_date, price, own_fields, created_by, version)
    SELECT s.id, 'BN-' || to_char(n, 'FM000000'), (ARRAY['laptop', 'tablet', 'desktop', 'projector'])[1 + n % 4],
           (ARRAY['Dell', 'Apple', 'HP', 'Epson'])[1 + n % 4], 'Model ' || n % 40,
           'SN' || s.id || '-' || n, (ARRAY['in_use', 'in_use', 'in_use', 'in_stock'])[1 + n % 4],
           l.id, DATE '2022-09-01' + (n % 900), 300, '{{}}', 'Bench', 1
      FROM schools s
      CROSS JOIN LATERAL generate_series(1, CASE s.slug WHEN 'bench-1' THEN {small}
            WHEN 'bench-{last}' THEN {large} ELSE {others} END) n
      JOIN locations l ON l.school_id = s.id AND l.key = 'room-' || (1 + n % 20);
    INSERT INTO asset_words (school_id, asset_id, word)
    SELECT a.school_id, a.id, w.word FROM assets a,
           LATERAL (SELECT DISTINCT lower(x) AS word
                      FROM unnest(ARRAY[a.tag, a.type, a.make, a.serial, 'model']
                                  || string_to_array(a.model, ' ')) x) w;
"""


def measure(servers: Any) -> dict[str, Any]:
    database = "bench_registers"
    environment = servers.environment(database)
    os.environ.update(environment)
    _fill(servers, database)
    work = subprocess.run(
        [sys.executable, "-m", "tests.bench.registers", "work"],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if work.returncode:
        raise SystemExit(work.stderr)
    found: dict[str, Any] = json.loads(work.stdout.splitlines()[-1])
    for what, (seconds, mib) in found["exports"].items():
        word = "reached" if mib <= GOAL_MIB else "MISSED "
        say(f"  {word}  {LARGE:,} as {what}: {seconds:.1f} s, {mib:.0f} MiB above idle (goal 150)")
    for name, (small, large) in found["lists"].items():
        ratio = large / small
        word = "reached" if ratio <= GOAL else "MISSED "
        say(f"  {word}  {name}: {small:.1f} ms with 1,000, {large:.1f} ms with 20,000: {ratio:.2f}")
    return found


def _fill(servers: Any, database: str) -> None:
    from app import create_app

    result = create_app().test_cli_runner().invoke(args=["prepare"])
    if result.exception:
        raise SystemExit(result.output) from result.exception
    connection = wall._connect(servers, database)
    others = max(1, (ALL - SMALL - LARGE) // (SCHOOLS - 2))
    with connection.cursor() as cursor:
        cursor.execute(data._PEOPLE.format(**data._words(schools=SCHOOLS)))
        cursor.execute("SET session_replication_role = replica")
        began = time.monotonic()
        words = {"small": SMALL, "large": LARGE, "others": others, "last": SCHOOLS}
        cursor.execute(_ASSETS.format(**words))
        say(f"    {ALL:,} assets: {time.monotonic() - began:.0f} s")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    connection.close()


def _work() -> dict[str, Any]:
    from app import create_app

    client = create_app().test_client(use_cookies=False)
    headers = {"Authorization": f"Bearer {data.SPOC_TOKEN}"}

    def ask(slug: str, query: str) -> Any:
        limit = "" if "limit=" in query else "limit=50"
        path = f"/api/v1/schools/{slug}/assets?{limit}{query}"
        answer = client.get(path, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json

    def pages_on(slug: str, pages: int) -> str:
        after = ""
        for _ in range(pages):
            after = f"&after={ask(slug, after)['next']}"
        return after

    schools = ("bench-1", f"bench-{SCHOOLS}")
    # The small school has twenty pages, so its last is compared with the large one's hundredth.
    deep = (pages_on(schools[0], 18), pages_on(schools[1], 99))
    asked: dict[str, Callable[[int], str]] = {
        "first page": lambda _: "",
        "100th page": lambda which: deep[which],
        "by room": lambda _: "&location=room-7",
        "by type and status": lambda _: "&type=laptop&status=in_use",
        # The small school has 25 of these, the large one 500: a page of 25 of both, for 50 rows take
        # longer to write than 25 wherever they come from.
        "search: make and model": lambda _: "&q=dell model 12&limit=25",
        "search: one tag": lambda _: "&q=bn-000777",
        "search: nothing": lambda _: "&q=zyzzyva",
    }
    found = {}
    for name, query in asked.items():
        times: tuple[list[float], list[float]] = ([], [])
        for _ in range(ROUNDS):
            for which, slug in enumerate(schools):
                began = time.perf_counter()
                ask(slug, query(which))
                times[which].append((time.perf_counter() - began) * 1000)
        found[name] = (statistics.median(times[0]), statistics.median(times[1]))
    return {"lists": found, "exports": {what: _export(client, what) for what in EXPORTS}}


def _export(client: Any, what: str) -> tuple[float, float]:
    """Seconds, and MiB above idle at most."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    idle, began = _peak_mib(), time.perf_counter()
    path = f"/bench-{SCHOOLS}/assets.{what}"
    answer = client.get(path, headers={"Cookie": f"deskbell={data.SPOC_SECRET}"}, buffered=False)
    assert answer.status_code == 200, answer.text
    size = sum(len(piece) for piece in answer.iter_encoded())
    assert size > LARGE
    return time.perf_counter() - began, _peak_mib() - idle


def _peak_mib() -> float:
    status = Path("/proc/self/status").read_text().splitlines()
    line = next(one for one in status if one.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    if sys.argv[1:2] == ["work"]:
        print(json.dumps(_work()))
    else:
        from tests.bench.__main__ import run_only

        run_only(measure)
