"""What a licence is worth on a day, and whether what is used is covered (domain.md 4.3). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

# fmt: off
METRIC_WORDS = {
    "device":            "For each device",
    "named_user":        "For each named person",
    "concurrent":        "So many at the same time",
    "site":              "For the whole site",
    "pupil_fte":         "For each pupil (full-time equivalent)",
    "subscription_tier": "Subscription of a size",
}
STATE_WORDS = {"draft": "Not bought yet", "active": "In use", "retired": "Retired"}
STATUSES = {
    #            words               colour
    "draft":    ("Not bought yet",   "grey"),
    "active":   ("In force",         "green"),
    "expiring": ("Ends soon",        "yellow"),
    "expired":  ("Ended",            "red"),
    "retired":  ("Retired",          "grey"),
}
# What may follow what; a licence that was bought is no draft again.
STEPS = {
    "draft":   ("active", "retired"),
    "active":  ("retired",),
    "retired": ("active",),
}
EVENT_WORDS = {
    "licence.added":              "Added",
    "licence.changed":            "Changed from {before} to {after}",
    "licence.cost_changed":       "Cost changed from {before} to {after}",
    "licence.quantity_changed":   "Quantity changed from {before} to {after}",
    "licence.key_kept":           "A licence key was put in",
    "licence.key_removed":        "The licence key was taken out",
    "licence.key_revealed":       "The licence key was shown",
    "licence.allocated":          "Allocated to {after}",
    "licence.allocation_ended":   "No longer used by {before}",
    "licence.allocation_removed": "The entry for {before} was taken out",
    "licence.released":           "Freed: {before} is retired",
    "licence.activated":          "Is in use",
    "licence.retired":            "Retired",
    "licence.removed":            "Removed",
    "licence.file_added":         "Files added",
    "licence.file_removed":       "A file was removed",
}
# What only those are told who may see what licences cost.
COST_EVENTS = frozenset({"licence.cost_changed"})
# fmt: on
NOTICE_DAYS = 90
PENNY = Decimal("0.01")


def status_on(
    state: str, end: date | None, notice_days: int, retired_on: date | None, on: date
) -> str:
    """Its end is the last day on which it holds."""
    if state == "draft":
        return "draft"
    if retired_on is not None and retired_on <= on:
        return "retired"
    if end is None:
        return "active"
    if end < on:
        return "expired"
    return "expiring" if (end - on).days <= notice_days else "active"


class Held(NamedTuple):
    """A licence, and how much of it is allocated on the day that is asked about."""

    number: int
    product: str
    metric: str
    quantity: int | None
    state: str
    start: date
    end: date | None
    retired_on: date | None
    peak_use: int | None
    allocated: int
    cost: Decimal | None = None

    def is_in_force(self, on: date) -> bool:
        return (
            self.state != "draft"
            and self.start <= on
            and (self.end is None or on <= self.end)
            and (self.retired_on is None or on < self.retired_on)
        )


class Standing(NamedTuple):
    """A product by one metric: what is owned of it, what is used, and what is missing."""

    product: str
    metric: str
    entitled: int | None  # None: the whole site
    allocated: int
    peak_use: int | None
    shortfall: int
    spare: int | None
    is_compliant: bool | None  # None: not countable, or not counted
    numbers: tuple[int, ...]


class Share(NamedTuple):
    products: int
    countable: int
    compliant: int
    shortfall: int

    @property
    def rate(self) -> float | None:
        return round(self.compliant / self.countable, 4) if self.countable else None


def standings(licences: Iterable[Held], on: date) -> list[Standing]:
    """By product, whatever its capitals; licences of different metrics are never added. What is
    neither in force nor used that day says nothing."""
    groups: dict[tuple[str, str], list[Held]] = {}
    for one in licences:
        if one.state != "draft":
            groups.setdefault((one.product.lower(), one.metric), []).append(one)
    found = [_standing(group, on) for _, group in sorted(groups.items())]
    return [one for one in found if one is not None]


def share(found: Iterable[Standing]) -> Share:
    """A product is compliant where everything of it that can be counted is covered."""
    countable: dict[str, bool] = {}
    names, missing = set(), 0
    for one in found:
        name = one.product.lower()
        names.add(name)
        missing += one.shortfall
        if one.is_compliant is not None:
            countable[name] = countable.get(name, True) and one.is_compliant
    return Share(len(names), len(countable), sum(countable.values()), missing)


def _standing(group: Sequence[Held], on: date) -> Standing | None:
    first = group[0]
    in_force = [one for one in group if one.is_in_force(on)]
    allocated = sum(one.allocated for one in group)
    if not in_force and not allocated:
        return None
    numbers = tuple(one.number for one in group)
    peak = _peak(in_force or group) if first.metric == "concurrent" else None
    if in_force and first.metric == "site":
        return Standing(first.product, "site", None, allocated, None, 0, None, None, numbers)
    entitled = sum(one.quantity or 0 for one in in_force)
    # What may run at the same time is compared with what did, not with where it is installed.
    used = peak if first.metric == "concurrent" else allocated
    if used is None:
        return Standing(
            first.product, first.metric, entitled, allocated, None, 0, None, None, numbers
        )
    missing = max(0, used - entitled)
    spare = max(0, entitled - used)
    return Standing(
        first.product, first.metric, entitled, allocated, peak, missing, spare, not missing, numbers
    )


def _peak(licences: Sequence[Held]) -> int | None:
    """Of each licence its own; unknown where one of them was never looked at."""
    peaks = [one.peak_use for one in licences]
    return None if None in peaks else sum(peak for peak in peaks if peak is not None)


class TrueUp(NamedTuple):
    """What is paid for by the pupil, or for the whole site, against the roll [N24]."""

    product: str
    metric: str
    licensed: int | None  # None: any number of pupils
    over: int | None
    under: int | None
    cost: Decimal | None
    cost_each: Decimal | None
    over_cost: Decimal | None
    under_cost: Decimal | None


AGAINST_THE_ROLL = ("pupil_fte", "site")


def true_up(licences: Iterable[Held], pupils: int | None, on: date) -> list[TrueUp]:
    """Of each product that is licensed by pupils or for the site and in force that day: paid for
    more than are there (over), or for fewer (under), and what that many cost at the same price."""
    groups: dict[tuple[str, str], list[Held]] = {}
    for one in licences:
        if one.metric in AGAINST_THE_ROLL and one.is_in_force(on):
            groups.setdefault((one.product.lower(), one.metric), []).append(one)
    return [_true_up(group, pupils) for _, group in sorted(groups.items())]


def _true_up(group: Sequence[Held], pupils: int | None) -> TrueUp:
    quantities = [one.quantity for one in group]
    costs = [one.cost for one in group]
    licensed = None if None in quantities else sum(one for one in quantities if one is not None)
    cost = None if None in costs else sum((one for one in costs if one is not None), Decimal(0))
    over = under = None
    if licensed is not None and pupils is not None:
        over, under = max(0, licensed - pupils), max(0, pupils - licensed)

    def costs_of(many: int | None) -> Decimal | None:
        if cost is None or not licensed or many is None:
            return None
        return (cost * many / licensed).quantize(PENNY, ROUND_HALF_UP)

    first = group[0]
    return TrueUp(
        first.product,
        first.metric,
        licensed,
        over,
        under,
        cost,
        costs_of(1),
        costs_of(over),
        costs_of(under),
    )
