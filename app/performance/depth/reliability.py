"""Faults per 100 device-years of each make and model, and whether that is more than chance [N16].
Pure.

Device-years are years in which one device was there to fail. A model is judged against all models
of the same type together. Below so much exposure no rate is shown, and of fewer than three schools
nothing is told from which a school could be guessed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.performance.depth.exposure import years
from app.performance.poisson import at_most
from app.performance.statistics import poisson_interval
from app.plots.shapes import Flag

LEAST_YEARS = 10.0
FEWEST_SCHOOLS = 3
PER = 100
_WARNING, _ALARM = 0.025, 0.001
Key = tuple[str, str, str]

# fmt: off
VERDICT_WORDS = {"buy_again": "Buy again", "watch": "Watch", "avoid": "Avoid"}
VERDICT_COLOURS = {"buy_again": "green", "watch": "yellow", "avoid": "red"}
FLAG_WORDS: dict[Flag, str] = {
    "within":   "Within expected variation",
    "low_95":   "Fewer faults than chance explains",
    "low_998":  "Far fewer faults than chance explains",
    "high_95":  "Alert: more faults than chance explains",
    "high_998": "Alarm: far more faults than chance explains",
    "too_few":  "Too little to say",
}
# fmt: on
METHOD = (
    "A fault is an incident that names the device, neither cancelled nor a duplicate, on the day "
    "it was reported. Requests and confidential incidents are left out. A device-year is a device "
    "in use, in repair or on loan for a year: from its purchase, or the day it was entered, to its "
    "retirement or loss, and not before the desk kept incidents. The interval is exact (Poisson, "
    f"95 %). Below {LEAST_YEARS:.0f} device-years no rate is shown. “More than chance explains” "
    "compares with all models of the same type together, its own included."
)


def key_of(kind: str, make: str, model: str) -> Key:
    """What is compared: small letters, single blanks."""
    return kind, folded(make), folded(model)


def folded(text: str) -> str:
    return " ".join(text.lower().split())


@dataclass(frozen=True)
class Amount:
    """Of one type, make and model in the period, and of how many schools."""

    schools: int
    kind: str
    make: str
    model: str
    faults: int
    device_days: int
    lesson_seconds: int = 0


@dataclass(frozen=True)
class Rated:
    """A model. `rate`, `low`, `high`: per 100 device-years; None where too little is known."""

    kind: str
    make: str
    model: str
    schools: int
    faults: int
    device_days: int
    rate: float | None
    low: float | None
    high: float | None
    # All models of the type together, per 100 device-years, and the faults expected by it.
    type_rate: float | None
    expected: float | None
    flag: Flag

    @property
    def key(self) -> Key:
        return key_of(self.kind, self.make, self.model)

    @property
    def years(self) -> float:
        return years(self.device_days)

    @property
    def is_of_few_schools(self) -> bool:
        return self.schools < FEWEST_SCHOOLS


def rated(amounts: Sequence[Amount], among: Sequence[Amount] | None = None) -> list[Rated]:
    """By type, make and model. `among`: what to compare with, all schools' where not the same."""
    types = _rates_of_types(amounts if among is None else among)
    models: dict[Key, list[Amount]] = defaultdict(list)
    for one in amounts:
        models[key_of(one.kind, one.make, one.model)].append(one)
    found = [_rated(models[key], types.get(key[0])) for key in sorted(models)]
    return [one for one in found if one.faults or one.device_days]


def with_three_schools(found: Iterable[Rated]) -> dict[Key, Rated]:
    """What may be told to a school of the others: no model that fewer than three of them have."""
    return {one.key: one for one in found if not one.is_of_few_schools}


def flag_of(faults: int, expected: float) -> Flag:
    """By the probability of so many or more, or so few or fewer."""
    if expected <= 0:
        return "too_few"
    more = 1.0 - at_most(faults - 1, expected)
    fewer = at_most(faults, expected)
    if more < _WARNING:
        return "high_998" if more < _ALARM else "high_95"
    if fewer < _WARNING:
        return "low_998" if fewer < _ALARM else "low_95"
    return "within"


def _rates_of_types(amounts: Iterable[Amount]) -> dict[str, float]:
    """Type → faults a device-day."""
    faults: dict[str, int] = defaultdict(int)
    days: dict[str, int] = defaultdict(int)
    for one in amounts:
        faults[one.kind] += one.faults
        days[one.kind] += one.device_days
    return {kind: faults[kind] / days[kind] for kind in faults if days[kind]}


def _rated(those: Sequence[Amount], of_type: float | None) -> Rated:
    first = those[0]
    faults = sum(one.faults for one in those)
    days = sum(one.device_days for one in those)
    exposure = years(days) / PER
    is_enough = years(days) >= LEAST_YEARS
    expected = None if of_type is None else of_type * days
    low, high = poisson_interval(faults, exposure) if is_enough else (None, None)
    return Rated(
        first.kind,
        first.make,
        first.model,
        # Ways of writing the same model: no more schools than one of them has for certain.
        max(one.schools for one in those),
        faults,
        days,
        faults / exposure if is_enough else None,
        low,
        high,
        None if of_type is None else of_type * 365.25 * PER,
        expected,
        flag_of(faults, expected) if is_enough and expected is not None else "too_few",
    )
