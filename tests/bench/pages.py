"""What is measured: each hot page, with its goal against the bare page."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from itertools import count

from tests.bench.data import COMMON, RARE, SCHOOLS

_numbers = count(1)


@dataclass(frozen=True)
class Hot:
    """`goal`: how many times the bare page it may take; `growth`: 1 M against 100 k."""

    name: str
    path: str
    who: str
    goal: float | None
    growth: float = 1.2
    method: str = "GET"
    body: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def request_body(self) -> str | None:
        """A text of its own each time; nothing answers from a key that was used before."""
        return None if self.body is None else self.body.replace("NUMBER", str(next(_numbers)))


SCHOOL = "bench-1"
_JSON = {"Content-Type": "application/json"}
_SHEET = json.dumps(
    {
        "type": "incident",
        "title": "Bench sheet NUMBER",
        "expected": "It works",
        "happened": "It does not",
        "location": "room-3",
        "impact": 2,
        "urgency": 2,
        "category": "hardware",
    }
)


def queue_pages(page_100: str) -> tuple[Hot, Hot]:
    return (
        Hot("LA queue, first page", "/queue", "technician", 3.0),
        Hot("LA queue, 100th page", page_100, "technician", 3.0),
    )


def hot_pages(number: int, page_100: str) -> list[Hot]:
    """`number`: an open incident with the LA at SCHOOL; `page_100`: the queue's 100th page."""
    incident = f"/{SCHOOL}/incidents/{number}"
    # fmt: off
    return [
        *queue_pages(page_100),
        Hot("school call log",           f"/{SCHOOL}/incidents",          "spoc",       3.0),
        Hot("one incident",              incident,                        "spoc",       3.5, 1.6),
        Hot("log an incident",           f"/api/v1/schools/{SCHOOL}/incidents", "spoc token", 3.5,
            method="POST", body=_SHEET, headers=_JSON),
        Hot("add a note",                f"/api/v1/schools/{SCHOOL}/incidents/{number}/notes",
            "spoc token", 3.5, 1.6, method="POST", body='{"text": "Note NUMBER"}', headers=_JSON),
        Hot("queue: search rare word",   f"/queue?q={RARE}",              "technician", 3.5),
        Hot("queue: search common word", f"/queue?q={COMMON}",            "technician", 5.0),
        Hot("call log: rare word",       f"/{SCHOOL}/incidents?q={RARE}", "spoc",       3.5),
        Hot("call log: common word",     f"/{SCHOOL}/incidents?q={COMMON}", "spoc",     5.0),
        Hot("queue counts (API)",        "/api/v1/queue/counts",          "technician token", None),
        Hot("queue as JSON",             "/api/v1/queue",                 "technician token", None),
    ]
    # fmt: on


EXPORT = f"/bench-{SCHOOLS + 1}/incidents.csv"
NEXT = re.compile(r'href="(/queue\?[^"]*after=[^"]*)"')
