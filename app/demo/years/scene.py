"""Who acts in a played school, and the incident they are at."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from app.incidents.models import Incident
from app.people.identity import Me


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
