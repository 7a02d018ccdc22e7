"""What people ask for: 80 of 100 read, 20 write."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.bench.data import COMMON, RARE
from tests.load.people import TECHNICIANS, cookie, token

_JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Ask:
    kind: str
    path: str
    headers: dict[str, str]
    method: str = "GET"
    body: str | None = None


@dataclass
class Mix:
    """`next()` is one request after the other, always the same ones for a seed."""

    seed: int
    schools: int
    per_school: int
    queued: list[tuple[str, int]]
    in_progress: list[tuple[str, int]]
    # All from one school: a program that has run wild.
    only_school: int | None = None
    # All for an address that costs next to nothing: what the client itself takes from the others.
    only_path: str | None = None
    # Whose people are refused with the one that has run wild; "the others" are the others.
    not_school: int | None = None
    chance: random.Random = field(init=False)
    count: int = 0

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.chance.shuffle(self.queued)

    def next(self) -> Ask:
        self.count += 1
        if self.only_path is not None:
            return Ask("control", self.only_path, {})
        if self.only_school is not None:
            return self._flood()
        kinds, weights = zip(*((make, weight) for weight, make in self._table()), strict=True)
        make: Callable[[], Ask] = self.chance.choices(kinds, weights)[0]
        return make()

    def _table(self) -> list[tuple[int, Callable[[], Ask]]]:
        # fmt: off
        return [
            (13, lambda: self._la("LA queue", "/queue")),
            ( 3, lambda: self._la("queue: common word", f"/queue?q={COMMON}")),
            ( 2, lambda: self._la("queue: rare word", f"/queue?q={RARE}")),
            ( 4, lambda: self._la("queue: mine", "/queue?mine=true")),
            (18, self._one_incident),
            (12, lambda: self._at_school("call log", "incidents")),
            ( 6, lambda: self._at_school("school's work list", "desk")),
            ( 5, lambda: self._at_school("call log: word", f"incidents?q={COMMON}")),
            ( 4, lambda: self._at_school("my reports", "incidents/mine", "reporter")),
            ( 8, self._list_as_json),
            ( 3, lambda: Ask("queue (API)", "/api/v1/queue", self._headers(token, self._tech()))),
            ( 2, lambda: Ask("queue counts (API)", "/api/v1/queue/counts",
                             self._headers(token, self._tech()))),
            ( 9, self._log),
            ( 7, self._note),
            ( 4, self._take),
        ]
        # fmt: on

    def _tech(self) -> str:
        return f"tech-{self.chance.randint(1, TECHNICIANS)}@load.example"

    def _school(self) -> int:
        if self.only_school is not None:
            return self.only_school
        found = self.chance.randint(1, self.schools - 1)
        return self.schools if found == self.not_school else found

    def _headers(self, way: Any, email: str) -> dict[str, str]:
        """With the address of that person's school, which the proxy would set."""
        number = int(email.split("@")[0].split("-")[1])
        third = 1 if email.startswith("tech") else 2
        return {
            **way(email),
            "X-Forwarded-For": f"10.{third}.{number // 250}.{number % 250 + 1}",
            "X-Forwarded-Proto": "https",
        }

    def _la(self, kind: str, path: str) -> Ask:
        return Ask(kind, path, self._headers(cookie, self._tech()))

    def _at_school(self, kind: str, path: str, role: str = "spoc") -> Ask:
        school = self._school()
        headers = self._headers(cookie, f"{role}-{school}@load.example")
        return Ask(kind, f"/bench-{school}/{path}", headers)

    def _one_incident(self) -> Ask:
        number = self.chance.randint(1, self.per_school)
        return self._at_school("one incident", f"incidents/{number}")

    def _list_as_json(self) -> Ask:
        school = self._school()
        headers = self._headers(token, f"spoc-{school}@load.example")
        return Ask("incidents (API)", f"/api/v1/schools/bench-{school}/incidents", headers)

    def _log(self) -> Ask:
        school = self._school()
        sheet = {
            "type": "incident",
            "title": f"Load {self.seed} {self.count}",
            "expected": "It works as it did yesterday",
            "happened": "It does not, since the lesson began",
            "location": f"room-{self.chance.randint(1, 20)}",
        }
        path = f"/api/v1/schools/bench-{school}/incidents"
        return self._write("log an incident", "POST", path, f"reporter-{school}", sheet)

    def _note(self) -> Ask:
        slug, number = self.chance.choice(self.in_progress)
        path = f"/api/v1/schools/{slug}/incidents/{number}/notes"
        who = f"spoc-{slug.removeprefix('bench-')}"
        return self._write("add a note", "POST", path, who, {"text": f"Load {self.count}"})

    def _take(self) -> Ask:
        if not self.queued:
            return self._note()
        slug, number = self.queued.pop()
        path = f"/api/v1/schools/{slug}/incidents/{number}/assignment"
        who = self._tech().split("@")[0]
        return self._write("take an incident", "PUT", path, who, {"person": "me"})

    def _write(self, kind: str, method: str, path: str, who: str, body: dict[str, str]) -> Ask:
        headers = {**self._headers(token, f"{who}@load.example"), **_JSON}
        if method == "POST":
            headers["Idempotency-Key"] = f"{self.seed}-{self.count}"
        return Ask(kind, path, headers, method, json.dumps(body))

    def _flood(self) -> Ask:
        path = f"/api/v1/schools/bench-{self.only_school}/incidents"
        role = self.chance.choice(("spoc", "reporter"))
        headers = self._headers(token, f"{role}-{self.only_school}@load.example")
        return Ask("flood", path, headers)
