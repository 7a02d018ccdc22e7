"""Which new URN continues which school. One to one is followed; anything else is asked.

Of 16,686 URNs with a successor in the register of April 2025, 80 have more than one, up to five.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from app.schools.register_file import SuccessorLink


@dataclass(frozen=True)
class Undecided:
    """People must say which school keeps its history, its contracts and its open incidents."""

    link: SuccessorLink
    sentence: str


class Successions:
    """`followed` and `undecided`, each by the old URN."""

    def __init__(
        self, links: Iterable[SuccessorLink], school_of: Callable[[int], str | None]
    ) -> None:
        """`school_of` answers the name of the school that has a URN already, or None."""
        after: dict[int, list[SuccessorLink]] = {}
        before: dict[int, list[SuccessorLink]] = {}
        for link in links:
            after.setdefault(link.urn, []).append(link)
            before.setdefault(link.to_urn, []).append(link)
        self._after = after
        self.followed: dict[int, SuccessorLink] = {}
        self.undecided: dict[int, Undecided] = {}
        for urn, siblings in after.items():
            link = siblings[0]
            sentence = (
                _split(link, siblings)
                or _merged(link, before[link.to_urn], school_of(link.to_urn))
                or self._goes_round(link)
            )
            if sentence:
                self.undecided[urn] = Undecided(link, sentence)
            else:
                self.followed[urn] = link

    def keep_only(self, urns: Iterable[int]) -> None:
        """Forget what neither starts from one of these URNs nor goes on from such a start."""
        starts = set(urns)
        reached = {urn for start in starts for urn in (start, *self._from(start))}
        self.followed = {urn: link for urn, link in self.followed.items() if urn in reached}
        self.undecided = {urn: asked for urn, asked in self.undecided.items() if urn in reached}

    def chain(self, urn: int) -> Iterator[SuccessorLink]:
        """The conversions that follow this URN, one after the other."""
        while link := self.followed.get(urn):
            yield link
            urn = link.to_urn

    def _from(self, start: int) -> Iterator[int]:
        return (link.to_urn for link in self.chain(start))

    def _goes_round(self, link: SuccessorLink) -> str:
        seen = {link.urn}
        urn = link.to_urn
        while urn not in seen and urn in self._after:
            seen.add(urn)
            urn = self._after[urn][0].to_urn
        if urn not in seen:
            return ""
        return f"The successors of URN {link.urn} lead in a circle. Say which URN is the last."


def _split(link: SuccessorLink, siblings: list[SuccessorLink]) -> str:
    if len(siblings) == 1:
        return ""
    return (
        f"URN {link.urn} has {len(siblings)} successors ({_listed(s.to_urn for s in siblings)})."
        " Say which of them keeps this school's history."
    )


def _merged(link: SuccessorLink, predecessors: list[SuccessorLink], school: str | None) -> str:
    if len(predecessors) > 1:
        return (
            f"URN {link.to_urn} follows {len(predecessors)} schools"
            f" ({_listed(p.urn for p in predecessors)}). Say which of them goes on under it."
        )
    if school:
        return (
            f"URN {link.urn} became URN {link.to_urn}, which is {school} already."
            " Say what happens to the open work of the school that ends."
        )
    if link.kind.lower() != "successor":
        return (
            f"The register calls URN {link.to_urn} “{link.kind}” of URN {link.urn}."
            " Say whether this school goes on under it."
        )
    return ""


def _listed(urns: Iterable[int]) -> str:
    return ", ".join(str(urn) for urn in sorted(urns))
