"""Rows of the clients, and what they say."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

SLOWEST_OF_100 = 95


class Answer(NamedTuple):
    kind: str
    due: float
    sent: float
    done: float
    status: int

    @property
    def milliseconds(self) -> float:
        return (self.done - self.due) * 1000

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 400


def read(path: Path) -> list[Answer]:
    lines = path.read_text().splitlines() if path.exists() else []
    return [Answer(*json.loads(line)) for line in lines if line.endswith("]")]


def between(answers: Iterable[Answer], began: float, ended: float) -> list[Answer]:
    return [one for one in answers if began <= one.due < ended]


def p95(answers: Iterable[Answer]) -> float:
    times = [one.milliseconds for one in answers]
    return quantiles(times, n=100)[SLOWEST_OF_100 - 1] if len(times) > 1 else 0.0


def bad(answers: Iterable[Answer]) -> list[Answer]:
    return [one for one in answers if not one.is_good]


def table(answers: list[Answer]) -> list[str]:
    """A line for each kind of request."""
    kinds: dict[str, list[Answer]] = defaultdict(list)
    for one in answers:
        kinds[one.kind].append(one)
    lines = []
    for kind, some in sorted(kinds.items()):
        middle = median(one.milliseconds for one in some)
        lines.append(
            f"  {kind:20} {len(some):6}  p50 {middle:7.1f} ms  p95 {p95(some):7.1f} ms  "
            f"longest {max(one.milliseconds for one in some):7.0f} ms  errors {len(bad(some))}"
        )
    return lines


def lateness(answers: list[Answer]) -> float:
    """How late the client itself was, p95 in ms: were it large, the figures would be its own."""
    late = [(one.sent - one.due) * 1000 for one in answers]
    return quantiles(late, n=100)[SLOWEST_OF_100 - 1] if len(late) > 1 else 0.0
