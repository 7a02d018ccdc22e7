"""Run with `make load`. Everything it needs is its own; it ends with 1 if a goal was missed.

LOAD_ROWS=1000000        incidents in 200 schools
LOAD_SECONDS=300         of 50 mixed requests a second
LOAD_RATE=50
LOAD_FLOOD_SECONDS=30    calm and flood in turn, three times each
LOAD_SMTP_DOWN=180       seconds without a mail server
LOAD_PHASES=steady,flood,reload,upgrade,mail
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from deploy.server import end_with_starter
from tests.bench import data
from tests.chaos.desk import DATABASE, Desk, a_folder, wait_for
from tests.chaos.surroundings import ROOT, clean_environment
from tests.load import figures, people, post
from tests.load.figures import Answer

SCHOOLS = 200
FLOODER = 77
GOAL_MS, GOAL_ERRORS, GOAL_FLOOD, GOAL_HOLD_MS = 300.0, 0.001, 1.2, 1000.0
PHASES = ("steady", "flood", "reload", "upgrade", "mail")


class Load:
    """One desk, its clients, and what was missed."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self.desk = desk
        self.folder = folder
        self.rows = int(os.environ.get("LOAD_ROWS", "1000000"))
        self.seconds = float(os.environ.get("LOAD_SECONDS", "300"))
        self.rate = float(os.environ.get("LOAD_RATE", "50"))
        self.flood_seconds = float(os.environ.get("LOAD_FLOOD_SECONDS", "30"))
        self.flood_rate = float(os.environ.get("LOAD_FLOOD_RATE", "100"))
        self.smtp_down = float(os.environ.get("LOAD_SMTP_DOWN", "180"))
        self.missed: list[str] = []
        self._clients = 0
        self._open: dict[str, list[tuple[str, int]]] = {}

    def fill(self) -> None:
        self.desk.prepare(with_cast=False)
        with self.desk.only_postgres() as postgres:
            say(f"{self.rows:,} incidents in {SCHOOLS} schools")
            data.fill(
                postgres.admin_url(DATABASE),
                DATABASE,
                self.rows,
                with_big_school=False,
                schools=SCHOOLS,
            )
            with self.desk.superuser() as cursor:
                people.make_people(cursor, SCHOOLS)
                self._open = {
                    status: [one for one in found if one[0] != f"bench-{FLOODER}"]
                    for status, found in people.open_incidents(cursor).items()
                }

    @contextmanager
    def clients(
        self, rate: float, *, only_school: int | None = None, only_path: str | None = None
    ) -> Iterator[Path]:
        """They ask until the block ends; the file is whole only then."""
        self._clients += 1
        plan, out = (self.folder / f"{name}-{self._clients}" for name in ("plan", "out"))
        mix: dict[str, Any] = {
            "seed": self._clients,
            "schools": SCHOOLS,
            "per_school": self.rows // SCHOOLS,
            # Each is taken once.
            "queued": [
                self._open["queued"].pop() for _ in range(min(len(self._open["queued"]), 2000))
            ],
            "in_progress": self._open["in_progress"],
            "only_school": only_school,
            "only_path": only_path,
            "not_school": FLOODER,
        }
        plan.write_text(json.dumps({"port": self.desk.port, "rate": rate, "mix": mix}))
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.load.client", str(plan), str(out)],
            cwd=ROOT,
            env=clean_environment(),
            preexec_fn=end_with_starter(signal.SIGTERM),
        )
        try:
            yield out
        finally:
            process.terminate()
            process.wait(60)

    def goal(self, what: str, is_reached: bool) -> None:
        say(f"  {'reached' if is_reached else 'MISSED '}  {what}")
        if not is_reached:
            self.missed.append(what)

    # --- the phases ---

    def steady(self) -> None:
        say(f"{self.rate:.0f} mixed requests a second for {self.seconds:.0f} s")
        with self.clients(self.rate) as out:
            time.sleep(5)  # what processes keep is filled by then
            began = time.time()
            time.sleep(self.seconds)
            ended = time.time()
        answers = figures.between(figures.read(out), began, ended)
        for line in figures.table(answers):
            say(line)
        say(f"  {len(answers) / self.seconds:.1f} a second; the client itself was late by "
            f"{figures.lateness(answers):.1f} ms (p95)")  # fmt: skip
        slow, share = figures.p95(answers), len(figures.bad(answers)) / max(1, len(answers))
        self.goal(f"p95 {slow:.0f} ms (goal {GOAL_MS:.0f})", slow <= GOAL_MS)
        self.goal(f"errors {share:.2%} (goal under {GOAL_ERRORS:.1%})", share < GOAL_ERRORS)
        _say_statuses(figures.bad(answers))
        self._mail_in_time(began, ended)

    def _mail_in_time(self, began: float, ended: float) -> None:
        post.wait_until_quiet(self.desk)
        seconds = post.seconds_to_hand_over(self.desk, began, ended)
        if len(seconds) < 2:
            return
        share = sum(one <= post.IN_TIME for one in seconds) / len(seconds)
        self.goal(
            f"of {len(seconds)} mails {share:.1%} were handed over within {post.IN_TIME:.0f} s "
            f"(goal 95 %), the slowest after {max(seconds):.1f} s",
            share >= 0.95,
        )

    def flood(self) -> None:
        """Beside calm and flood a control: as many requests that cost next to nothing. The client
        works on the same cores, and what it takes from the others is not the desk's doing."""
        say(f"One school floods at {self.flood_rate:.0f} a second; calm, control, flood in turn")
        calm: list[tuple[float, float]] = []
        control: list[tuple[float, float]] = []
        flooded: list[tuple[float, float]] = []
        floods: list[Answer] = []
        with self.clients(self.rate) as out:
            time.sleep(5)
            for _ in range(3):
                calm.append(_for(self.flood_seconds))
                with self.clients(self.flood_rate, only_path="/healthz"):
                    time.sleep(1)
                    control.append(_for(self.flood_seconds))
                with self.clients(self.flood_rate, only_school=FLOODER) as flood_out:
                    time.sleep(1)
                    flooded.append(_for(self.flood_seconds))
                floods += figures.read(flood_out)
        others = figures.read(out)
        quiet, busy, loud = (
            figures.p95([one for span in spans for one in figures.between(others, *span)])
            for spans in (calm, control, flooded)
        )
        refused = [one for one in floods if one.status == 429]
        say(f"  the flood: {len(floods)} requests, {len(refused)} of them answered 429")
        if refused:
            began, first = flooded[0][0], min(one.due for one in refused)
            until_then = figures.p95(figures.between(others, began, first))
            say(f"  the others' p95 until it was first refused: {until_then:.0f} ms")
        self.goal("the flooding school was refused", bool(refused))
        ratio = loud / busy if busy else 0.0
        say(f"  the others' p95 {quiet:.0f} ms calm, {busy:.0f} ms in the control")
        self.goal(
            f"the others' p95 {loud:.0f} ms flooded: {ratio:.2f} times that of the control "
            f"(goal {GOAL_FLOOD}), {loud / quiet if quiet else 0.0:.2f} times the calm one",
            ratio <= GOAL_FLOOD,
        )
        spoiled = [one for span in flooded for one in figures.bad(figures.between(others, *span))]
        self.goal(f"the others' errors meanwhile: {len(spoiled)}", len(spoiled) <= 1)
        _say_statuses(spoiled)

    def reload(self) -> None:
        for number, what in ((signal.SIGHUP, "workers made anew"), (signal.SIGTERM, "restarted")):
            say(f"The pages {what} ({number.name}) under load")
            with self.clients(self.rate) as out:
                time.sleep(4)
                os.kill(self.desk.running()["web"], number)
                began = time.time()
                time.sleep(12)
                ended = time.time()
            answers = figures.between(figures.read(out), began - 1, ended)
            lost = figures.bad(answers)
            longest = max(one.milliseconds for one in answers)
            self.goal(
                f"requests lost: {len(lost)} of {len(answers)}, the longest took {longest:.0f} ms",
                not lost,
            )
            _say_statuses(lost)

    def upgrade(self) -> None:
        say("An upgrade under load: columns, a check and an index on all incidents")
        with self.clients(self.rate) as out, self.desk.superuser() as report:
            time.sleep(3)
            before = _for(20)
            # Somebody's report holds the table for the first seconds.
            report.execute("BEGIN; SELECT max(id) FROM incidents")
            began = time.time()
            taking = subprocess.Popen(
                [sys.executable, "-m", "tests.load.step", str(_new(self.folder / "steps"))],
                cwd=ROOT,
                env=clean_environment() | self.desk.settings,
            )
            time.sleep(6)
            report.execute("ROLLBACK")
            code = taking.wait(600)
            ended = time.time()
            time.sleep(1)
        every = figures.read(out)
        answers, calm = figures.between(every, began, ended), figures.between(every, *before)
        longest = max(answers, key=lambda one: one.milliseconds)
        say(f"  in the 20 s before: p95 {figures.p95(calm):.0f} ms, the longest "
            f"{max(one.milliseconds for one in calm):.0f} ms")  # fmt: skip
        say(f"  it took {ended - began:.1f} s, 6 of them behind a report")
        self.goal("every step was taken", code == 0)
        self.goal(
            f"the longest of {len(answers)} requests meanwhile took {longest.milliseconds:.0f} ms "
            f"({longest.kind}; goal {GOAL_HOLD_MS:.0f}), p95 {figures.p95(answers):.0f} ms",
            longest.milliseconds <= GOAL_HOLD_MS,
        )
        self.goal(f"errors: {len(figures.bad(answers))}", not figures.bad(answers))
        _say_statuses(figures.bad(answers))

    def mail(self) -> None:
        say(f"The mail server is away for {self.smtp_down:.0f} s")
        with self.clients(self.rate):
            time.sleep(5)
            self.desk.sink.stop()
            time.sleep(self.smtp_down)
            self.desk.sink.start()
            back = time.time()
            time.sleep(5)
        post.wait_until_quiet(self.desk, within=900)
        say(f"  everything was handed over {time.time() - back:.0f} s after it was back")
        lost, doubled, of = post.lost_and_doubled(self.desk)
        self.goal(f"mails lost: {lost} of {of}; handed over twice: {doubled}", lost == 0)


def _for(seconds: float) -> tuple[float, float]:
    began = time.time()
    time.sleep(seconds)
    return began, time.time()


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _say_statuses(answers: list[Answer]) -> None:
    counted: dict[tuple[int, str], int] = {}
    for one in answers:
        counted[one.status, one.kind] = counted.get((one.status, one.kind), 0) + 1
    for (status, kind), count in sorted(counted.items()):
        say(f"           {count} x {status or 'no answer'} for {kind}")


def say(text: str) -> None:
    print(text, flush=True)


def main() -> int:
    phases = os.environ.get("LOAD_PHASES", ",".join(PHASES)).split(",")
    with a_folder("desk-load-") as folder:
        # A person's limit and a school's are those of production; so is everything else.
        desk = Desk(folder / "desk", more={"SECOND_FACTOR": "optional"})
        load = Load(desk, folder)
        load.fill()
        desk.start()
        try:
            wait_for(lambda: desk.is_answering("/readyz"), "the desk is ready", desk.logs)
            time.sleep(5)
            post.wait_until_quiet(desk)  # what a first day has to tell everybody
            for phase in phases:
                getattr(load, phase)()
            if load.missed:
                say(desk.logs())
        finally:
            desk.stop()
    say("Every goal was reached." if not load.missed else f"{len(load.missed)} goals were missed.")
    return 1 if load.missed else 0


if __name__ == "__main__":
    sys.exit(main())
