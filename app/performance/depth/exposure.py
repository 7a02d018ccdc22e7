"""How long equipment was there to fail: device-days, month by month, from the register. Pure.

A device counts on each day on which it is in use, in repair or on loan at the end of the day: from
its purchase (where that is not known, from the day it was entered) to its retirement, disposal or
loss, and never before the desk kept incidents, for what failed before nobody wrote down.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from app.performance.periods import next_month

COUNTED = frozenset({"in_use", "in_repair", "on_loan"})
# What a step that is no change of status by name means.
LENT, RETURNED = "asset.lent", "asset.returned"


class Device(NamedTuple):
    """A row of the register, as far as exposure needs it."""

    bought_on: date | None
    entered_on: date
    status: str


class Step(NamedTuple):
    """On that day it became `after`; before it was `before` (None: not said)."""

    on: date
    before: str | None
    after: str


def device_days(
    device: Device, steps: Sequence[Step], *, since: date, until: date
) -> dict[date, int]:
    """First day of a month → days counted in it, of the days in [since, until)."""
    found: dict[date, int] = {}
    for first, end in _stretches(device, steps):
        for month, days in _by_month(max(first, since), min(end or until, until)):
            found[month] = found.get(month, 0) + days
    return found


def _stretches(device: Device, steps: Sequence[Step]) -> Iterator[tuple[date, date | None]]:
    """[first, end) of each time in which it counted; None while it goes on."""
    began = device.bought_on or device.entered_on
    if steps:
        # Whatever the register says later, a step is not earlier than the device.
        began = min(began, steps[0].on)
    status = (steps[0].before or "in_use") if steps else device.status
    for step in steps:
        if status in COUNTED:
            yield began, step.on
        began, status = step.on, step.after
    if status in COUNTED:
        yield began, None


def _by_month(first: date, end: date) -> Iterator[tuple[date, int]]:
    while first < end:
        month_ends = min(next_month(first), end)
        yield first.replace(day=1), (month_ends - first).days
        first = month_ends


def step_of(on: date, kind: str, before: str | None, after: str | None) -> Step | None:
    """What an event of the history says of the status; None where it says nothing."""
    if kind == LENT:
        return Step(on, "in_use", "on_loan")
    if kind == RETURNED:
        return Step(on, "on_loan", "in_use")
    return Step(on, before, after) if after else None


def years(days: int) -> float:
    return days / 365.25
