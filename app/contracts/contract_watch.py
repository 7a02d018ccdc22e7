"""What to watch in the register: whose notice day comes, what has run out, what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from app.contracts import contract_queries as queries
from app.contracts import contract_rules as rules
from app.contracts.contract_shown import listed
from app.people.identity import Me

# A school has dozens of contracts; so many in force are shown, by name.
MOST = 500
# So long before it, a day to give notice is worth a look.
SOON_DAYS = 90


@dataclass(frozen=True)
class Watched:
    """Each a list of contracts as they go out. `days`: until the day that counts; below zero it is
    over."""

    coming: list[tuple[dict[str, Any], int | None]]
    expired: list[dict[str, Any]]
    without_file: list[dict[str, Any]]
    without_notice: list[dict[str, Any]]
    without_agreement: list[dict[str, Any]]
    unsigned: list[dict[str, Any]]

    @property
    def is_quiet(self) -> bool:
        return not any(vars(self).values())


def watched(person: Me, on: date) -> Watched:
    drafts = queries.page_of_contracts(person, {"state": "draft"}, None, MOST).rows
    found = listed(queries.page_of_contracts(person, {"state": "active"}, None, MOST).rows, on)
    running = [one for one in found if not one["expired"]]
    return Watched(
        coming=sorted(
            ((one, _days(one, on)) for one in running),
            key=lambda pair: pair[0]["last_notice_day"] or pair[0]["current_term_end"],
        ),
        expired=[one for one in found if one["expired"]],
        without_file=[one for one in running if not one["files"]],
        without_notice=[
            one for one in running if one["renewal"] == "tacit" and one["last_notice_day"] is None
        ],
        without_agreement=[
            one for one in running if one["kind"] in rules.PROMISING and one["agreement"] is None
        ],
        unsigned=listed(drafts, on),
    )


def _days(one: dict[str, Any], on: date) -> int | None:
    """Until the last day to give notice; None where none was agreed."""
    last: date | None = one["last_notice_day"]
    return None if last is None else (last - on).days
