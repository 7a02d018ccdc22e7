"""The figures of a report, by the names that its sentences use. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from app.reports.issued import rules

Section = dict[str, Any]


def section(
    key: str,
    heading: str,
    *sentences: str,
    tables: tuple[Any, ...] = (),
    plots: tuple[Any, ...] = (),
) -> Section:
    """Paragraphs that say nothing are left out; so are tables and plots of nothing."""
    return {
        "key": key,
        "heading": heading,
        "text": "\n\n".join(one for one in sentences if one),
        "edited": None,
        "tables": [one for one in tables if one and one["rows"]],
        "plots": [one for one in plots if one],
    }


@dataclass(frozen=True)
class Facts:
    figures: Mapping[str, Any]

    @cached_property
    def name(self) -> str:
        """Stands after "in": the autumn term 2025."""
        return str(self.figures["period"]["name"])

    @cached_property
    def before(self) -> str:
        earlier = self.figures["before"]
        return str(earlier["name"]) if earlier else ""

    @property
    def counts(self) -> Mapping[str, int]:
        found: Mapping[str, int] = self.figures["now"]["counts"]
        return found

    @property
    def counts_before(self) -> Mapping[str, int]:
        """Empty where nothing was counted then."""
        then = self.figures["then"]
        return then["counts"] if then else {}

    def then(self, counter: str) -> int | None:
        """In the period before; None where nothing at all was counted then, for a desk that was
        not used yet is no yardstick."""
        return self.counts_before.get(counter, 0) if self.counts_before else None

    def many(self, counter: str) -> int:
        return self.counts.get(counter, 0)

    @property
    def agreements(self) -> list[Mapping[str, Any]]:
        return [one for one in self.figures["now"]["agreements"] if one["figures"]]

    @property
    def last_day(self) -> str:
        return rules.day(date.fromisoformat(self.figures["period"]["end"]) - rules.A_DAY)

    @cached_property
    def main_kind(self) -> str:
        """Kinds are never added up: the LA's agreement, else a supplier's, else the desk's."""
        kinds = [one["kind"] for one in self.agreements]
        return next((one for one in ("sla", "uc", "ola") if one in kinds), "")

    def promised(self, what: str) -> tuple[int, int]:
        """Met and decided of response, resolution or on_site, of the main kind of agreement."""
        found = [
            one["figures"].get(f"{what}_met", (0, 0))
            for one in self.agreements
            if one["kind"] == self.main_kind
        ]
        return sum(one[0] for one in found), sum(one[1] for one in found)
