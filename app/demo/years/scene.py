"""Who acts in a played school, what it has, and the incident they are at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import NamedTuple

from app.incidents.models import Incident
from app.people.identity import Me

# What is put down to happen at a time.
Later = Callable[[datetime, Callable[[], None]], None]


@dataclass(frozen=True)
class House:
    """What a played school has: its size, who mends what for it, and its equipment."""

    # Among all that are played; the stories go by it.
    place: int = 0
    pupils: int = 210
    # The supplier's group by category.
    suppliers: Mapping[str, str] = field(default_factory=dict)
    # By type: each tag, and how often it breaks beside the usual one.
    assets: Mapping[str, tuple[tuple[str, float], ...]] = field(default_factory=dict)
    # The service's key by its name.
    services: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Cast:
    """Who acts in one school, and for it at the LA."""

    reporters: tuple[Me, ...]
    spoc: Me
    ict_owner: Me
    first_line: tuple[Me, ...]
    second_line: tuple[Me, ...]
    manager: Me
    advisor: Me | None = None
    house: House = House()


class Scene(NamedTuple):
    incident: Incident
    cast: Cast
    dice: Random
    # Impact, urgency and category, as the desk will find when it checks the sheet.
    found: tuple[int, int, str]

    @property
    def reporter(self) -> Me:
        """Whose report it is; another of them where it was logged for somebody by name."""
        reporter_id = self.incident.reporter_id
        of_it = [one for one in self.cast.reporters if reporter_id in one.membership_ids]
        return of_it[0] if of_it else self.cast.spoc

    @property
    def advisor(self) -> Me:
        """Only where the school has one does a sheet go there."""
        assert self.cast.advisor is not None
        return self.cast.advisor

    @property
    def worker(self) -> Me:
        """Whoever has it in hand: the desk, or somebody of the line that has it."""
        lines = {0: (self.cast.spoc,), 1: self.cast.first_line, 2: self.cast.second_line}
        people = lines.get(self.incident.line, (self.cast.manager,))
        mine = [one for one in people if self.incident.la_assignee_id in one.la_membership_ids]
        return mine[0] if mine else self.dice.choice(people)

    @property
    def supplier(self) -> str | None:
        """The group of whoever mends such a thing for the school."""
        return self.cast.house.suppliers.get(self.incident.category or "")
