"""Drafts that somebody has to read and issue, for the top of the work list."""

from __future__ import annotations

from app.incidents.decisions import Decision
from app.reports.issued.queries import how_many_drafts

DRAFTS = Decision(
    "report.issue",
    "Reports to issue",
    "issued_reports.index",
    how_many_drafts,
    {"state": "draft"},
)
