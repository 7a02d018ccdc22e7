"""What other authorities promise their schools, from their public pages: examples to copy from.

Sources: features.md, appendix A. Where a page names no hours, no calendar day or no target, the
usual stands in its place and the note says so. No school goes by an example.
"""

from __future__ import annotations

from typing import Any, Final

from app.contracts.pack_fields import WEEKDAYS
from app.contracts.rules import USUAL_PAUSES


def _week(opens: str, closes: str, friday: str | None = None) -> dict[str, Any]:
    week = {weekday: [[opens, closes]] for weekday in WEEKDAYS[:5]}
    if friday is not None:
        week["fri"] = [[opens, friday]]
    return week


def _pack(name: str, week: dict[str, Any], targets: dict[str, dict[str, int]]) -> dict[str, Any]:
    return {
        "name": name,
        "kind": "sla",
        "calendar": {
            "week": week,
            "bank_holidays": True,
            "term_time_only": False,
            "terms": None,
            "closures": [],
            "always": False,
        },
        "targets": targets,
        "pause_reasons": list(USUAL_PAUSES),
        "on_site_needs_school_open": True,
    }


# fmt: off
EXAMPLES: Final[dict[str, dict[str, Any]]] = {
    # P4 advice and P5 change are "as soon as possible": no target. No hours are published.
    "example-moray": _pack(
        "Example: Moray Council, schools", _week("08:00", "17:00"), {
            "P1": {"response_minutes":  30, "resolution_minutes": 360},
            "P2": {"response_minutes":  60, "resolution_minutes": 480},
            "P3": {"response_minutes": 120, "resolution_minutes": 720},
        }),
    # Visits are as agreed; only the first answer has a target. Earlier page: Fridays to 16:30.
    "example-one-it": _pack(
        "Example: One IT Solutions", _week("08:00", "17:00", "16:30"), {
            "P1": {"response_minutes":  60},
            "P2": {"response_minutes": 120},
            "P3": {"response_minutes": 240},
            "P4": {"response_working_days": 1},
        }),
    # P1 critical, P3 how-do-I, P4 planned change (by agreement). No hours are published.
    "example-buckinghamshire": _pack(
        "Example: Buckinghamshire Council", _week("09:00", "17:00"), {
            "P1": {"response_minutes": 15, "resolution_minutes": 240},
            "P3": {"response_working_days": 1, "resolution_working_days": 3},
            "P4": {"response_working_days": 1},
        }),
    "example-incident-iq": _pack(
        "Example: Incident IQ default", _week("07:00", "15:00"), {
            priority: {"response_working_days": 1, "resolution_working_days": 3}
            for priority in ("P1", "P2", "P3", "P4")
        }),
}
# fmt: on
