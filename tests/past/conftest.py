"""`bring(log)` runs `flask history import` on a log of this text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from flask import Flask

MAPPING = """
missing = ["?"]
[columns]
incident = "No"
time = "When"
status = "Status"
group = "Team"
priority = "Prio"
[time]
format = "%Y-%m-%d %H:%M"
[values.status]
"Waiting" = "awaiting_user"
"Vendor" = "on_hold"
"In work" = "in_progress"
"Done" = "resolved"
[values.hold_reason]
"Vendor" = "awaiting_supplier"
[values.line]
"2nd" = 2
"3rd" = 3
"Desk" = 0
[school]
slug = "st-marys"
"""
# A goes to second line and comes back, B is reopened after its close, C stays with a vendor.
LOG = """\
No,When,Status,Team,Prio
A,2026-01-13 10:00,queued,Desk,P2
B,2026-01-13 09:00,new,Desk,P3
A,2026-01-13 10:30,In work,Desk,P2
A,2026-01-13 11:00,queued,Net 2nd,P2
A,2026-01-13 12:00,In work,Net 2nd,P2
A,2026-01-13 13:00,Waiting,Net 2nd,P2
A,2026-01-13 15:00,In work,Net 2nd,?
A,2026-01-13 15:30,queued,Desk,P2
A,2026-01-13 16:00,Done,Desk,P2
A,2026-01-13 16:30,closed,Desk,P2
B,2026-01-13 10:00,closed,?,P3
B,2026-01-14 10:00,In work,Desk,P3
B,2026-01-14 11:00,Done,Desk,P3
C,2026-01-14 09:00,In work,Desk,P1
C,2026-01-14 09:30,queued,App 3rd,P1
C,2026-01-14 10:00,Vendor,App 3rd,P1
"""


class Said(NamedTuple):
    code: int
    text: str
    complaint: str

    @property
    def told(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.text)
        return found

    @property
    def incidents(self) -> dict[str, int]:
        """What became of them, but for zeros."""
        return {name: count for name, count in self.told["incidents"].items() if count}


class Bring:
    def __init__(self, app: Flask, folder: Path) -> None:
        self._app, self._folder = app, folder

    def __call__(
        self, log: str | bytes | None = LOG, *options: str, mapping: str = MAPPING
    ) -> Said:
        path, rules = self._folder / "log.csv", self._folder / "desk.toml"
        rules.write_text(mapping)
        if log is not None:
            path.write_bytes(log if isinstance(log, bytes) else log.encode())
        words = ("history", "import", str(path), "--mapping", str(rules), *options)
        result = self._app.test_cli_runner().invoke(args=list(words))
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Said(result.exit_code, result.stdout, result.stderr)

    def json(self, log: str | bytes = LOG, *options: str, mapping: str = MAPPING) -> Said:
        said = self(log, "--json", *options, mapping=mapping)
        assert said.code == 0, said.complaint
        return said


@pytest.fixture
def bring(app: Flask, tmp_path: Path) -> Bring:
    return Bring(app, tmp_path)
