"""Every figure, once: what is divided by what, and the sentence that explains it (domain.md 4.1).

Page, API, CSV and report all read this table. A figure without anything in its denominator is
shown as "–", never as 0 or 100 per cent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from app.performance.counters import PAUSES

SHARE, MEAN = "share", "mean"
A_COUNT, HOURS = 1, 3600
Counts = Mapping[str, int]


class Figure(NamedTuple):
    key: str
    title: str
    # One sentence for people: what is counted, out of what, and when.
    sentence: str
    kind: str
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    # Of the clocks of an agreement, or of incidents whatever was promised.
    is_of_agreement: bool = False
    # Whether more of it is good; None where neither is.
    is_more_better: bool | None = None
    # What the numerator of a mean is divided by, to be said in hours.
    unit: int = A_COUNT
    # Which counter's single values a median is taken of.
    median_of: str | None = None


_PAUSED = tuple(f"pause_{reason}_seconds" for reason in PAUSES)
_WORK = ("minutes_reactive", "minutes_proactive", "minutes_change")
_DECIDED = (
    "Of the {what} times of this agreement that were decided in the period, how many were kept. A "
    "breach counts on the day it happened, also while the incident is still open."
)
# fmt: off
FIGURES: Final[dict[str, Figure]] = {one.key: one for one in (
    Figure("response_met", "Response in time", _DECIDED.format(what="response"), SHARE,
           ("response_met",), ("response_decided",), is_of_agreement=True, is_more_better=True),
    Figure("resolution_met", "Resolved in time", _DECIDED.format(what="resolution"), SHARE,
           ("resolution_met",), ("resolution_decided",), is_of_agreement=True, is_more_better=True),
    Figure("on_site_met", "On site in time", _DECIDED.format(what="on-site"), SHARE,
           ("on_site_met",), ("on_site_decided",), is_of_agreement=True, is_more_better=True),
    Figure("mean_time_to_restore", "Time to restore",
           "Open hours of the school’s desk from the report to the last resolution, nothing taken "
           "out, of the incidents resolved in the period.", MEAN,
           ("restore_seconds",), ("resolved",), is_more_better=False, unit=HOURS,
           median_of="restore_seconds"),
    Figure("net_resolution_time", "Net time to resolve",
           "Open hours of the agreement from the forward to the resolution, pauses taken out, of "
           "the incidents resolved in the period.", MEAN,
           ("net_seconds",), ("net_resolved",), is_of_agreement=True, is_more_better=False,
           unit=HOURS, median_of="net_seconds"),
    Figure("first_contact_fix", "Solved at first contact",
           "Of the incidents resolved in the period, those that the school’s desk solved itself: "
           "never passed on, never reopened.", SHARE,
           ("first_contact",), ("resolved",), is_more_better=True),
    Figure("first_line_fix", "Solved by the first line",
           "Of the incidents resolved in the period, those that went no further than the first "
           "line and were never reopened.", SHARE,
           ("first_line",), ("resolved",), is_more_better=True),
    Figure("reopen_rate", "Reopened",
           "Of the incidents resolved in the period, those that were reopened at least once.",
           SHARE,
           ("reopened",), ("resolved",), is_more_better=False),
    Figure("deflection", "Solved by Tech Advisors",
           "Of the sheets that went to a Tech Advisor first and were entered in the period, those "
           "that the advice solved.", SHARE,
           ("advice_solved",), ("advice_entered",), is_more_better=True),
    Figure("csat", "Satisfied",
           "Of the scores given for incidents resolved in the period, those of 4 and 5.", SHARE,
           ("csat_good",), ("csat_given",), is_more_better=True),
    Figure("csat_mean", "Mean score",
           "The mean of the scores, 1 to 5, given for incidents resolved in the period.", MEAN,
           ("csat_sum",), ("csat_given",), is_more_better=True),
    Figure("csat_response_rate", "Scores given",
           "Of the incidents resolved in the period, those for which somebody gave a score.", SHARE,
           ("csat_given",), ("resolved",)),
    Figure("reassignment_mean", "Changes of group",
           "How often an incident resolved in the period changed hands, on average.", MEAN,
           ("reassignments",), ("resolved",), is_more_better=False),
    Figure("ping_pong", "Ping-pong",
           "Of the incidents resolved in the period, those that came back to a group that had "
           "passed them on.", SHARE,
           ("ping_ponged",), ("resolved",), is_more_better=False),
    Figure("paused_share", "Paused",
           "Of the agreement’s open time between start and resolution, how much its clock stood "
           "still; of the incidents resolved in the period. This is where targets are gamed.",
           SHARE,
           _PAUSED, ("net_seconds", *_PAUSED), is_of_agreement=True),
    Figure("reactive_share", "Fire-fighting",
           "Of the minutes of work logged in the period, those that put something right again; the "
           "rest is preventing and changing.", SHARE,
           ("minutes_reactive",), _WORK),
)}
# fmt: on
# These are counted as they are.
TOTALS: Final[dict[str, str]] = {
    "reported": "Reported",
    "resolved": "Resolved",
    "cancelled": "Cancelled",
    "class_stopped": "Stopped a class",
    "priority_overridden": "Priority set by hand",
}
# A share of incidents or clocks, of which each either is or is not: only these have intervals and
# limits. A share of time has none, for its minutes are not drawn one by one.
DRAWN: Final = frozenset(
    one.key
    for one in FIGURES.values()
    if one.kind == SHARE and one.key not in ("paused_share", "reactive_share")
)


def numerator(figure: Figure, counts: Counts) -> int:
    return sum(counts.get(name, 0) for name in figure.numerator)


def denominator(figure: Figure, counts: Counts) -> int:
    return sum(counts.get(name, 0) for name in figure.denominator)


def rate(figure: Figure, counts: Counts) -> float | None:
    """A share between 0 and 1, or a mean in its unit; None where there is nothing to divide by."""
    below = denominator(figure, counts)
    return numerator(figure, counts) / figure.unit / below if below else None
