"""What is counted of an incident, day by day: the columns from which every figure is made.

Counters only ever add up: over days, priorities, schools. What cannot be added (a median) is asked
of the parts. The day is the local day in London on which it happened.
"""

from __future__ import annotations

from typing import Final

from app.contracts.rules import HOLD_REASONS, Metric
from app.incidents.beside import WORK_KINDS
from app.incidents.rules import Party

# fmt: off
OF_REPORTING: Final = (       # on the day it was reported
    "reported", "advice_entered", "advice_solved", "priority_overridden", "class_stopped",
)
OF_BACKLOG: Final = (         # on each day on which it became open, and was open no more
    "opened", "ended",
)
OF_RESOLVING: Final = (       # on the day of its last resolution
    "resolved", "first_contact", "first_line", "reopened", "restore_seconds",
    "reassignments", "ping_ponged", "csat_given", "csat_good", "csat_sum", "lesson_seconds",
    "sheet_poor", "sheet_poor_seconds", "sheet_fair", "sheet_fair_seconds",
    "sheet_good", "sheet_good_seconds",
    *(f"party_{party}_seconds" for party in Party),
)
OF_WORK: Final = (            # on the day of the work
    *(f"minutes_{kind}" for kind in WORK_KINDS), "parts_pence",
)
OF_CANCELLING: Final = ("cancelled",)
# The rest is of one agreement.
OF_DECIDING: Final = tuple(   # on the day a clock was decided
    f"{metric}_{what}" for metric in Metric for what in ("met", "decided")
)
# Why a resolution clock stood still: the hold reasons, the time between resolved and reopened, and
# the time a provider's incident was back with the school.
PAUSES: Final = (*HOLD_REASONS, "reopened", "with_school")
OF_NET_TIME: Final = (        # on the day of its last resolution
    "net_resolved", "net_seconds", *(f"pause_{reason}_seconds" for reason in PAUSES),
)
# fmt: on
COUNTERS: Final = (
    *OF_REPORTING,
    *OF_BACKLOG,
    *OF_RESOLVING,
    *OF_WORK,
    *OF_CANCELLING,
    *OF_DECIDING,
    *OF_NET_TIME,
)
SHEET_BANDS: Final = (("sheet_poor", 0), ("sheet_fair", 50), ("sheet_good", 80))


def sheet_band(score: int) -> str:
    """How much the sheet told, in three bands of its score of 0 to 100."""
    return max((floor, name) for name, floor in SHEET_BANDS if score >= floor)[1]
