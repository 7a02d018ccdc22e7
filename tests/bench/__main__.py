"""Run with `make bench`; `python -m tests.bench --quick` leaves the million out."""

from __future__ import annotations

import argparse
import os
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from html import unescape
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench import data, retiming, wall
from tests.bench.http import Client, gunicorn, memory_mib, p50_p95, workers_of
from tests.bench.pages import EXPORT, NEXT, SCHOOL, Hot, hot_pages
from tests.bench.said import say

ROUNDS, WARM_UP = 150, 15
APP_PORT, BARE_PORT = 8491, 8492
LOGINS = ("web", "migrator", "relay")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--quick", action="store_true", help="100,000 incidents only")
    arguments.add_argument("--rounds", type=int, default=ROUNDS)
    chosen = arguments.parse_args()
    sizes = [100_000] if chosen.quick else [100_000, 1_000_000]
    folder = Path(tempfile.mkdtemp(prefix="desk-bench-"))
    say(f"One flush to this disk takes {flush_ms(folder):.1f} ms; every write waits for one.")
    servers = Servers(folder)
    try:
        results = {size: measure(servers, size, chosen.rounds) for size in sizes}
        report(results)
        say("A bank holiday is entered")
        retiming.measure(servers)
    finally:
        servers.stop()
        shutil.rmtree(folder, ignore_errors=True)


def run_only(measure_one: Callable[[Any], Any]) -> None:
    """One measurement by itself: `python -m tests.bench.retiming`."""
    folder = Path(tempfile.mkdtemp(prefix="desk-bench-"))
    servers = Servers(folder)
    try:
        measure_one(servers)
    finally:
        servers.stop()
        shutil.rmtree(folder, ignore_errors=True)


def flush_ms(folder: Path) -> float:
    """The median of fdatasync: what durability costs here, which a reading page never pays."""
    times = []
    with (folder / "flush").open("wb", buffering=0) as file:
        for _ in range(100):
            file.write(b"x" * 8192)
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append((time.perf_counter() - began) * 1000)
    return median(times)


class Servers:
    """A PostgreSQL with production durability, a Valkey, and the databases of each size."""

    def __init__(self, folder: Path) -> None:
        from deploy.local_servers import start_postgres, start_valkey

        self.postgres = start_postgres(folder / "pg", fsync=True)
        self.valkey = start_valkey(folder / "vk", persistent=False)
        self.passwords = {role: secrets.token_hex(16) for role in LOGINS}
        self.secret_key = secrets.token_hex(32)

    def environment(self, database: str) -> dict[str, str]:
        admin = self.postgres.admin_url("postgres")
        names = ("DATABASE_URL", "DATABASE_MIGRATOR_URL", "DATABASE_RELAY_URL")
        urls = {
            name: self.postgres.url(f"{database}_{role}", self.passwords[role], database)
            for name, role in zip(names, LOGINS, strict=True)
        }
        return {
            **urls,
            "DATABASE_ADMIN_URL": admin,
            "REDIS_URL": self.valkey.url,
            "SECRET_KEY": self.secret_key,
            "PUBLIC_URL": f"http://127.0.0.1:{APP_PORT}",
            "DESKBELL_ENV": "development",
            # Its few clients ask far more often than people do.
            "REQUESTS_PER_PERSON": "1000000",
            "REQUESTS_PER_SCHOOL": "1000000",
            "REQUESTS_PER_ADDRESS": "1000000",
            "BENCH_BARE_URL": self.postgres.admin_url(database),
        }

    def prepare(self, size: int) -> str:
        database = f"bench_{size}"
        say(f"{size:,} incidents in {data.SCHOOLS} schools")
        os.environ.update(self.environment(database))
        from app import create_app

        result = create_app().test_cli_runner().invoke(args=["prepare"])
        if result.exception:
            raise SystemExit(result.output) from result.exception
        is_big = size >= 1_000_000 or size == 100_000
        data.fill(self.postgres.admin_url(database), database, size, with_big_school=is_big)
        return database

    def stop(self) -> None:
        self.valkey.stop()
        self.postgres.stop()


Row = dict[str, Any]


def measure(servers: Servers, size: int, rounds: int) -> dict[str, Any]:
    database = servers.prepare(size)
    environment = servers.environment(database)
    found: dict[str, Any] = {"rows": []}
    with (
        gunicorn("tests.bench.bare:app", BARE_PORT, environment),
        gunicorn("wsgi:app", APP_PORT, environment) as web,
    ):
        clients = people()
        bare = Client(BARE_PORT)
        bare_path = f"/bare/{wall.school_id(servers, database, SCHOOL)}"
        number = wall.open_incident(servers, database, SCHOOL)
        pages = hot_pages(number, page_100(clients["technician"]))
        for hot in pages:
            row = compare(clients[hot.who], hot, bare, bare_path, rounds)
            row |= wall.statements(hot)
            found["rows"].append(row)
            say(_line(row))
        found["throughput"] = _throughput()
        say(f"  queue pages a second, 8 clients: {found['throughput']:.0f} (goal 250)")
        found |= _export(web, clients["spoc"])
    found["rls"] = wall.cost_of_policies(servers, database)
    for name, ratio in found["rls"].items():
        say(f"  row security on {name}: {ratio:.3f}x (goal 1.05)")
    return found


def people() -> dict[str, Client]:
    cookie = "deskbell"
    # fmt: off
    return {
        "technician":       Client(APP_PORT, {"Cookie": f"{cookie}={data.SECRET}"}),
        "spoc":             Client(APP_PORT, {"Cookie": f"{cookie}={data.SPOC_SECRET}"}),
        "technician token": Client(APP_PORT, {"Authorization": f"Bearer {data.TECHNICIAN_TOKEN}"}),
        "spoc token":       Client(APP_PORT, {"Authorization": f"Bearer {data.SPOC_TOKEN}"}),
    }
    # fmt: on


def page_100(client: Client) -> str:
    """Its address, found by following "next" 99 times, as a person would."""
    path = "/queue"
    for _ in range(99):
        status, body = client.ask(path)
        found = NEXT.search(body.decode())
        if status != 200 or found is None:
            raise SystemExit(f"{path} answered {status} and has no next page")
        path = unescape(found.group(1))
    return path


def compare(client: Client, hot: Hot, bare: Client, bare_path: str, rounds: int) -> Row:
    """The page and the bare page in turn, so that a noisy neighbour hits both."""
    ours: list[float] = []
    theirs: list[float] = []
    size = 0
    for turn in range(rounds + WARM_UP):
        began = time.perf_counter()
        status, body = client.ask(hot.path, hot.method, hot.request_body(), hot.headers)
        middle = time.perf_counter()
        bare_status, _ = bare.ask(bare_path)
        ended = time.perf_counter()
        if status not in (200, 201) or bare_status != 200:
            raise SystemExit(f"{hot.name}: {status} {body[:300]!r}, bare page {bare_status}")
        size = len(body)
        if turn >= WARM_UP:
            ours.append((middle - began) * 1000)
            theirs.append((ended - middle) * 1000)
    p50, p95 = p50_p95(ours)
    bare_p50, bare_p95 = p50_p95(theirs)
    return {
        "name": hot.name,
        "p50": p50,
        "p95": p95,
        "bare": bare_p50,
        "bare_p95": bare_p95,
        "ratio": p50 / bare_p50,
        "goal": hot.goal,
        "growth": hot.growth,
        "kB": size / 1000,
    }


def _throughput(seconds: float = 8.0) -> float:
    """Queue pages answered a second by two workers to eight clients that never pause."""
    done = [0] * 8
    end = time.monotonic() + seconds

    def run(place: int) -> None:
        client = people()["technician"]
        while time.monotonic() < end:
            status, _ = client.ask("/queue")
            done[place] += status == 200

    threads = [threading.Thread(target=run, args=(place,)) for place in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return sum(done) / seconds


def _export(web: Any, client: Client) -> dict[str, Any]:
    before = memory_mib(workers_of(web))
    times = []
    for _ in range(3):
        began = time.perf_counter()
        status, body = client.ask(EXPORT)
        times.append(time.perf_counter() - began)
        if status != 200 or body.count(b"\n") < data.BIG_SCHOOL:
            raise SystemExit(f"export: {status}, {body.count(chr(10).encode())} lines")
    after = memory_mib(workers_of(web))
    say(f"  export of {data.BIG_SCHOOL:,} rows: {min(times):.2f} to {max(times):.2f} s (goal 1.5)")
    say(f"  two workers: {before:.0f} MiB, {after:.0f} after exports (goal 200, +20)")
    return {"export": sorted(times)[1], "memory": before, "memory_after": after}


def _line(row: Row) -> str:
    goal = f"goal {row['goal']}" if row["goal"] else ""
    return (
        f"  {row['name']:28} p50 {row['p50']:7.2f} ms  p95 {row['p95']:7.2f} ms  "
        f"bare {row['bare']:5.2f}  {row['ratio']:5.2f}x {goal:9} "
        f"{row['statements']:2} statements  {row['kB']:6.1f} kB"
    )


def report(results: dict[int, dict[str, Any]]) -> None:
    if len(results) < 2:
        return
    small, large = (results[size]["rows"] for size in sorted(results))
    say("A million against a hundred thousand: as timed, and beside the bare page of each run")
    for one, other in zip(small, large, strict=True):
        timed, beside = other["p50"] / one["p50"], other["ratio"] / one["ratio"]
        say(f"  {one['name']:28} {timed:5.2f}x {beside:5.2f}x (goal {one['growth']})")


if __name__ == "__main__":
    main()
