"""Eight programs that write through the API and repeat each write until it is answered."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections import Counter
from typing import Any, NamedTuple

from tests.cast import CAST, Player
from tests.chaos.desk import Desk

WRITERS = (CAST.rita, CAST.ravi, CAST.sam, CAST.dora, CAST.ike, CAST.theo, CAST.olga, CAST.otto)
# As long as the proxy waits (deploy/nginx.conf).
TIMEOUT = 30.0
TO_BE_REPEATED = frozenset({0, 429, 502, 503, 504})
NOTES, AGAIN = 0.3, 0.05
# The others may not write a note on what the school's desk has.
WRITE_NOTES = frozenset({"reporter", "spoc"})


class Written(NamedTuple):
    """A write that was answered: what it left must be there exactly once."""

    marker: str
    school: str
    number: int
    is_note: bool


class Writer(threading.Thread):
    def __init__(
        self, desk: Desk, player: Player, seed: int, stop: threading.Event, pause: float = 0.0
    ) -> None:
        super().__init__(name=player.email, daemon=True)
        self._desk = desk
        self._player = player
        self._chance = random.Random(f"{seed} {player.email}")
        self._prefix = f"chaos {seed} {player.email.split('@')[0]}"
        # Not named _stop: Thread has a method of that name.
        self._told_to_end = stop
        self._pause = pause
        self._count = 0
        self._mine: list[int] = []
        self.written: list[Written] = []
        self.answers: Counter[int] = Counter()
        self.seconds: list[float] = []
        self.wrong: list[str] = []

    def run(self) -> None:
        while not self._told_to_end.is_set():
            self._count += 1
            marker = f"{self._prefix} {self._count}"
            may_note = bool(self._mine) and self._player.role in WRITE_NOTES
            is_note = may_note and self._chance.random() < NOTES
            if is_note:
                self._note(marker)
            else:
                self._log(marker)
            self._told_to_end.wait(self._pause * self._chance.uniform(0.5, 1.5))

    def _log(self, marker: str) -> None:
        path = f"/api/v1/schools/{self._player.school}/incidents"
        sheet = {
            "type": "incident",
            "title": marker,
            "expected": "It is there exactly once",
            "happened": "Something was killed",
            "location": "ict-suite",
        }
        found = self._until_answered(path, sheet, marker)
        if found is not None:
            self._mine.append(found["number"])
            self._keep(marker, found["number"], is_note=False)

    def _note(self, marker: str) -> None:
        number = self._chance.choice(self._mine)
        path = f"/api/v1/schools/{self._player.school}/incidents/{number}/notes"
        if self._until_answered(path, {"text": marker}, marker) is not None:
            self._keep(marker, number, is_note=True)

    def _keep(self, marker: str, number: int, *, is_note: bool) -> None:
        assert self._player.school is not None
        self.written.append(Written(marker, self._player.school, number, is_note))

    def _until_answered(self, path: str, body: dict[str, str], key: str) -> dict[str, Any] | None:
        began = time.monotonic()
        while True:
            status, text = self._post(path, body, key)
            self.answers[status] += 1
            if status in TO_BE_REPEATED:
                time.sleep(0.05 + self._chance.random() * 0.2)
                continue
            if status not in (200, 201):
                self.wrong.append(f"{status} for {path}: {text[:200]!r}")
                return None
            break
        self.seconds.append(time.monotonic() - began)
        found: dict[str, Any] = json.loads(text)
        if self._chance.random() < AGAIN:
            self._ask_again(path, body, key, found)
        return found

    def _ask_again(self, path: str, body: dict[str, str], key: str, found: dict[str, Any]) -> None:
        """A repeat after the answer gets the same answer."""
        status, text = self._post(path, body, key)
        if status in TO_BE_REPEATED:
            return
        if status not in (200, 201) or json.loads(text) != found:
            self.wrong.append(f"a repeat of {key} was answered {status} {text[:200]!r}")

    def _post(self, path: str, body: dict[str, str], key: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self._desk.port, timeout=TIMEOUT)
        headers = {
            "Authorization": f"Bearer {self._player.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": key,
        }
        try:
            connection.request("POST", path, json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            connection.close()
