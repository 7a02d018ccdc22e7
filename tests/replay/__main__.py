"""Run with `make replay`: years of many schools through the actions, then every invariant.

REPLAY_SCHOOLS=60  REPLAY_FIRST=2024-09-01  REPLAY_LAST=2026-08-31  REPLAY_PER_WEEK=4  REPLAY_SEED=1
REPLAY_FOLDER keeps the database there; REPLAY_PACK writes what was played to that file.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from app.demo.years.moves import MOVES
from tests.chaos.desk import DATABASE, Desk
from tests.chaos.surroundings import ROOT, clean_environment
from tests.replay import verdict

PARTS = 2


def main() -> None:
    asked = {
        "--schools": os.environ.get("REPLAY_SCHOOLS", "60"),
        "--first": os.environ.get("REPLAY_FIRST", "2024-09-01"),
        "--last": os.environ.get("REPLAY_LAST", "2026-08-31"),
        "--per-week": os.environ.get("REPLAY_PER_WEEK", "4"),
        "--seed": os.environ.get("REPLAY_SEED", "1"),
    }
    kept, packed = os.environ.get("REPLAY_FOLDER"), os.environ.get("REPLAY_PACK")
    folder = Path(kept or tempfile.mkdtemp(prefix="desk-replay-"))
    desk = Desk(folder, with_valkey=False, more={"DESKBELL_ENV": "development"})
    try:
        desk.prepare(with_cast=False)
        with desk.only_postgres() as postgres:
            desk.run("-c", "from tests.replay.surroundings import load; load()")
            desk.run("-m", "flask", "--app", "wsgi", "demo", "far-ids")
            began = time.monotonic()
            told = _play(desk, asked)
            seconds = time.monotonic() - began
            _say(told, seconds)
            wrong = verdict.look(postgres.admin_url(DATABASE))
            if packed:
                print(desk.run("-m", "flask", "--app", "wsgi", "demo", "pack", packed), flush=True)
    finally:
        if not kept:
            shutil.rmtree(folder, ignore_errors=True)
    for sentence, count in wrong.items():
        print(f"  {'kept     ' if not count else 'BROKEN   '} {sentence}: {count}", flush=True)
    never = {one.do.__name__ for ways in MOVES.values() for one in ways} - set(told["steps"])
    print(f"  moves that were never taken: {sorted(never) or 'none'}", flush=True)
    sys.exit(1 if any(wrong.values()) or told["refused"] or never else 0)


def _play(desk: Desk, asked: dict[str, str]) -> dict[str, Any]:
    """Side by side, one process a core; schools do not meet."""
    words = [word for pair in asked.items() for word in pair]
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "demo", "years", *words]
    running = [
        subprocess.Popen(
            [*command, "--part", f"{number}/{PARTS}"],
            cwd=ROOT,
            env=clean_environment() | desk.settings,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(1, PARTS + 1)
    ]
    steps: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    logged = 0
    for process in running:
        said, _ = process.communicate()
        if process.returncode:
            raise SystemExit(f"The play broke off:\n{said}")
        found = json.loads(said.strip().splitlines()[-1])
        logged += found["logged"]
        steps += Counter(found["steps"])
        refused += Counter(found["refused"])
    return {"logged": logged, "steps": steps, "refused": refused}


def _say(told: dict[str, Any], seconds: float) -> None:
    total = told["steps"].total()
    print(f"{told['logged']:,} reports, {total:,} steps in {seconds:.0f} s", flush=True)
    for name, count in told["steps"].most_common():
        print(f"  {count:>8,}  {name}", flush=True)
    for sentence, count in told["refused"].most_common():
        print(f"  REFUSED {count:>5,}  {sentence}", flush=True)


if __name__ == "__main__":
    main()
