"""The weather of a school's week, and what is unusual: stated rules, never a ranking. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean, median
from typing import Final

from app.performance.poisson import at_most

CALM, BUSY, STORMY = "calm", "busy", "stormy"
# What a word says, and its colour.
WEATHER: Final = {CALM: ("Calm", "green"), BUSY: ("Busy", "yellow"), STORMY: ("Stormy", "red")}
RULE: Final = (
    "Stormy: three or more promised times were missed in the last seven days, or far more was "
    "reported than in the school’s own usual week (less likely than 1 in 1,000). Busy: a time was "
    "missed, something is overdue, or more was reported than usual (less likely than 1 in 40). "
    "Calm: nothing of that. Usual is the mean of the five weeks before, without weeks in which "
    "nothing was reported."
)
_MANY_MISSED = 3
_FAR_MORE, _MORE = 0.001, 0.025
# Fewer than these are no burst, however quiet it usually is.
FEWEST_OF_A_BURST, _FEWEST_OF_MORE = 5, 3
# A backlog is big where it is more than three times the usual one, and not a handful.
TIMES_THE_USUAL, FEWEST_OF_A_BACKLOG = 3, 10
A_WEEK = 7


def weather(reported: Sequence[int], missed: int, overdue: int) -> str:
    """`reported` each day, the last seven of which are this week."""
    this, usual = sum(reported[-A_WEEK:]), usual_week(reported[:-A_WEEK])
    if missed >= _MANY_MISSED or is_more(this, usual, _FAR_MORE, FEWEST_OF_A_BURST):
        return STORMY
    if missed or overdue or is_more(this, usual, _MORE, _FEWEST_OF_MORE):
        return BUSY
    return CALM


def usual_week(days: Sequence[int]) -> float:
    """0 where nothing is known of the school."""
    known = [one for one in weeks(days) if one]
    return fmean(known) if known else 0.0


def weeks(days: Sequence[int]) -> list[int]:
    return [sum(days[begin : begin + A_WEEK]) for begin in range(0, len(days), A_WEEK)]


def is_more(count: int, usual: float, less_likely_than: float, fewest: int) -> bool:
    """More than chance explains, were it as usual; where nothing is usual, nothing can be said."""
    return count >= fewest and usual > 0 and 1 - at_most(count - 1, usual) < less_likely_than


def is_burst(today: int, usual: float) -> bool:
    """Against the mean of the same weekday of the weeks before."""
    return is_more(today, usual, _FAR_MORE, FEWEST_OF_A_BURST)


def is_big_backlog(now: int, before: Sequence[int]) -> bool:
    """Against the school's own at the ends of the months before."""
    return (
        now >= FEWEST_OF_A_BACKLOG
        and bool(before)
        and now > TIMES_THE_USUAL * max(1, usual_backlog(before))
    )


def usual_backlog(before: Sequence[int]) -> float:
    return float(median(before)) if before else 0.0
