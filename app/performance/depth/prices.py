"""What other schools pay for contracts of the same group, told without a name: added up while
somebody waits, or in a very large authority as the worker kept it [N17].
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

from app.performance.depth import contracts, tender
from app.performance.depth.contracts import Paid
from app.performance.depth.of_all import PRICES, answer, asked_of_today
from app.performance.depth.reliability import FEWEST_SCHOOLS
from app.performance.depth.seen import Seen

# So many bars stand in a picture of prices.
MOST_SHOWN: Final = 60


class Others(NamedTuple):
    """What others pay for contracts of one group; how many schools they are."""

    schools: int
    middle: Decimal | None
    by_size: Sequence[Paid]

    @property
    def are_enough(self) -> bool:
        return self.schools >= FEWEST_SCHOOLS

    @property
    def words(self) -> str:
        return f"{self.schools:,}" if self.are_enough else f"Fewer than {FEWEST_SCHOOLS}"


class Everybody(NamedTuple):
    """The others, by group; None while that is being worked out."""

    others: Mapping[str, Others | None]
    as_of: datetime | None = None


def others_of(seen: Seen, keys: Sequence[str]) -> Everybody:
    if not seen.is_vast:
        (paid,) = seen.of_all(lambda: [contracts.paid(keys)])
        return Everybody({key: _without(paid[key], seen.own) for key in keys})
    answers = {key: answer(PRICES, asked_of_today(group=key)) for key in keys}
    oldest = min((one.made_at for one in answers.values() if one.made_at), default=None)
    return Everybody({key: _read(one.said, seen.own) for key, one in answers.items()}, oldest)


def _without(found: Iterable[Paid], own: Container[int]) -> Others:
    others = [one for one in found if one.school_id not in own]
    # No order that tells who is who but how big they are.
    return Others(schools_of(others), middle_of(others), sorted(others, key=lambda one: one.pupils))


def to_keep(seen: Seen) -> dict[str, Any]:
    """For the worker; of one group. In columns, by price; of all others a page shows the middle."""
    group = seen.group or ""
    (paid,) = seen.of_all(lambda: [contracts.paid([group])])
    found = paid[group]
    priced = sorted((one.price, one.school_id) for one in found if one.price is not None)
    by_size = [one for one in sorted(found, key=lambda one: one.pupils) if one.price is not None]
    return {
        "prices": [str(price) for price, _ in priced],
        "ids": [school_id for _, school_id in priced],
        "unpriced": [one.school_id for one in found if one.price is None],
        "by_size": [
            [one.school_id, one.pupils, str(one.price)] for one in by_size[: 2 * MOST_SHOWN]
        ],
    }


def _read(said: Mapping[str, Any] | None, own: Collection[int]) -> Others | None:
    if said is None:
        return None
    pairs = zip(said["ids"], said["prices"], strict=True)
    prices = [price for school_id, price in pairs if school_id not in own]
    half = len(prices) // 2
    middle = prices[max(half - 1 + len(prices) % 2, 0) : half + 1]
    return Others(
        len({*said["ids"], *said["unpriced"]}.difference(own)),
        tender.middle([Decimal(one) for one in middle]),
        [
            Paid(school_id, pupils, Decimal(price))
            for school_id, pupils, price in said["by_size"]
            if school_id not in own
        ],
    )


def middle_of(found: Iterable[Paid]) -> Decimal | None:
    return tender.middle([one.price for one in found if one.price is not None])


def schools_of(found: Iterable[Paid]) -> int:
    return len({one.school_id for one in found})
