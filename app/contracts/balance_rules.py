"""A year's allowance, what was drawn from it, and what that says. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from app.contracts.contract_terms import add_months

# From here on somebody should know of it.
LOW = Decimal("0.8")
_DAY = timedelta(days=1)


class Drawn(NamedTuple):
    on: date
    visits: int
    hours: Decimal


@dataclass(frozen=True)
class Budget:
    included: Decimal
    used: Decimal

    @property
    def left(self) -> Decimal:
        return self.included - self.used

    @property
    def is_low(self) -> bool:
        return self.used > 0 and self.used >= self.included * LOW


def finding(visits: Budget | None, hours: Budget | None, first: date, last: date, on: date) -> str:
    """One sentence of each, and a warning where it will not last."""
    said = [
        _sentence(budget, unit, first, last, on)
        for budget, unit in ((visits, "visits"), (hours, "hours"))
        if budget is not None
    ]
    return " ".join(said)


def _sentence(budget: Budget, unit: str, first: date, last: date, on: date) -> str:
    used, included = f"{budget.used.normalize():f}", f"{budget.included.normalize():f}"
    if not budget.included:
        return f"{used} {unit} used; none are included." if budget.used else f"No {unit} included."
    share = round(budget.used / budget.included * 100)
    said = f"{used} of {included} {unit} used ({share} %)"
    if budget.left < 0:
        return f"{said}: {-budget.left.normalize():f} more than the contract includes."
    if budget.left == 0:
        return f"{said}: nothing is left until {_words(last)}."
    runs_out = _runs_out(budget, first, on)
    if budget.used and runs_out < last:
        return f"{said}. At this pace they are used up on {_words(runs_out)}."
    return f"{said}. They are enough until {_words(last)} at this pace."


def _runs_out(budget: Budget, first: date, on: date) -> date:
    """By the pace since the year began."""
    days = max(1, (on - first).days + 1)
    if not budget.used:
        return date.max
    more = int(budget.left * days / budget.used)
    return on + timedelta(days=more) if more < 36_500 else date.max


def _words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def monthly(
    budget: Budget, drawn: Sequence[Drawn], first: date, last: date, on: date, is_visits: bool
) -> list[dict[str, Any]]:
    """Each month of the year until now: its first day, what was drawn in it, what was left."""
    rows, left, number = [], budget.included, 0
    while (begins := add_months(first, number)) <= min(on, last):
        number += 1
        ends = add_months(first, number) - _DAY
        used = sum(
            (Decimal(one.visits) if is_visits else one.hours)
            for one in drawn
            if begins <= one.on <= ends
        )
        left -= used
        rows.append({"month": begins, "used": Decimal(used), "left": left})
    return rows
