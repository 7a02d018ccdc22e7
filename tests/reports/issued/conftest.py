"""A January with two incidents, looked at in February."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.desk import SCHOOL, bring, done, log

REPORTS = f"{SCHOOL}/reports"
DAYS = {"from": "2026-01-01", "to": "2026-02-01"}


@pytest.fixture
def january(at, app):
    """One resolved, one open; it is 3 February now."""
    at("2026-01-13T09:10Z")
    bring(app, "resolved")
    log(app)
    at("2026-02-03T10:00Z")


def drafted(app: Any, kind: str = "incident", who: str = "sam", **said: Any) -> Any:
    return done(app, who, "post", REPORTS, {"kind": kind, **(said or DAYS)}).json


def words(report: Any, key: str) -> str:
    found: str = next(one["text"] for one in report["sections"] if one["key"] == key)
    return found


def changed(app: Any, number: int = 1, **sections: str | None) -> Any:
    """Sam puts other words."""
    path = f"{REPORTS}/{number}"
    tag = done(app, "sam", "get", path).headers["ETag"]
    return done(app, "sam", "patch", path, {"sections": sections}, If_Match=tag).json
