"""Who is hurt, when and how; the seed says it all."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.chaos.desk import Desk, children_of

EVERY = 2.0
STOPPED_FOR = 10.0
POSTGRES = "PostgreSQL"
VICTIMS = (POSTGRES, "Valkey", "web", "worker", "ticker")


@dataclass
class Faults:
    """`run()` takes `seconds`; afterwards nothing is hurt any more."""

    desk: Desk
    chance: random.Random
    victims: tuple[str, ...] = VICTIMS
    # As when a machine goes down: the server and all its children at the same moment.
    only_all_at_once: bool = False
    killed: Counter[str] = field(default_factory=Counter)
    diary: list[str] = field(default_factory=list)
    last_at: float = 0.0
    _continue_at: float = 0.0
    _stopped: list[int] = field(default_factory=list)

    def run(self, seconds: float, *, with_stop: bool = True) -> None:
        began = time.monotonic()
        until = began + seconds
        stop_at = began + self.chance.uniform(0.25, 0.6) * seconds if with_stop else until
        next_at = began + EVERY
        while time.monotonic() < until:
            if time.monotonic() >= stop_at and self._stop_postgres():
                stop_at = until
            if self._stopped and time.monotonic() >= self._continue_at:
                self.go_on()
            if time.monotonic() >= next_at:
                next_at += EVERY
                self._kill_one()
            time.sleep(0.02)
        self.go_on()

    def _kill_one(self) -> None:
        running = self.desk.running()
        able = [one for one in self.victims if one in running]
        if self._stopped:
            able = [one for one in able if one != POSTGRES]
        if not able:
            return
        victim = self.chance.choice(able)
        for number in self._numbers(victim, running[victim]):
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        self._note(victim)
        self.last_at = time.monotonic()

    def _note(self, what: str) -> None:
        self.killed[what] += 1
        self.diary.append(f"{datetime.now(UTC):%H:%M:%S.%f}"[:-3] + f" {what}")

    def _numbers(self, victim: str, number: int) -> list[int]:
        children = children_of(number)
        if victim == "web":
            return [self.chance.choice(children)] if children else []
        if victim == POSTGRES and (self.only_all_at_once or self.chance.random() < 0.5):
            return [number, *children]
        return [number]

    def _stop_postgres(self) -> bool:
        """Everything of it, as if its machine hung. Not while it is starting."""
        number = self.desk.running().get(POSTGRES)
        if number is None or not self.desk.is_answering("/readyz"):
            return False
        self._stopped = [number, *children_of(number)]
        for one in self._stopped:
            with contextlib.suppress(ProcessLookupError):
                os.kill(one, signal.SIGSTOP)
        self._continue_at = time.monotonic() + STOPPED_FOR
        self._note("PostgreSQL stopped")
        return True

    def go_on(self) -> None:
        for one in self._stopped:
            with contextlib.suppress(ProcessLookupError):
                os.kill(one, signal.SIGCONT)
        if self._stopped:
            self.last_at = time.monotonic()
        self._stopped = []
