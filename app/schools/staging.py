"""Compare a list of schools with the schools that stand: what would change, and what must be asked.

Pure: nothing is written here. Applying what this finds and comparing again finds nothing new.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from app.schools.comparison import (
    FACTS,
    Change,
    Comparison,
    FieldChange,
    Kind,
    KnownSchool,
    KnownUrn,
)
from app.schools.register_file import EstablishmentRow, RegisterFile, SuccessorLink
from app.schools.register_values import RegisterStatus
from app.schools.rules import State
from app.schools.succession import Successions


def compare(
    file: RegisterFile, known: Iterable[KnownSchool], *, include_closed: bool = False
) -> Comparison:
    """Open schools that nobody knows are added; closed ones too with `include_closed`."""
    return _Comparing(file, tuple(known), include_closed).result()


class _Standing:
    """A school while the comparison goes on: each change moves it to where applying would."""

    def __init__(
        self, name: str, facts: Mapping[str, Any], current: KnownUrn, slug: str | None = None
    ) -> None:
        self.name = name
        self.facts = dict(facts)
        self.current = current
        self.slug = slug

    def learn(
        self, new: Mapping[str, Any], outdated: Collection[str] = ()
    ) -> tuple[FieldChange, ...]:
        """What `new` says is taken over; what is `outdated` and not said anew is forgotten."""
        changes = tuple(
            FieldChange(key, self.facts.get(key), new.get(key))
            for key in FACTS
            if new.get(key) != self.facts.get(key) and (new.get(key) is not None or key in outdated)
        )
        self.facts |= {change.field: change.new for change in changes}
        return changes


class _Comparing:
    def __init__(
        self, file: RegisterFile, known: tuple[KnownSchool, ...], include_closed: bool
    ) -> None:
        self._file = file
        self._rows = {row.urn: row for row in file.rows}
        self._include_closed = include_closed
        self._by_urn: dict[int, _Standing] = {}
        settled: set[int] = set()
        for school in known:
            if not school.urns:
                continue
            standing = _Standing(school.name, school.facts, school.urns[-1], school.slug)
            self._by_urn |= {each.urn: standing for each in school.urns}
            # Successors of earlier URNs were followed or decided long ago; who leaves has none.
            is_going = school.status in (State.LEAVING, State.LEFT)
            settled |= {each.urn for each in (school.urns if is_going else school.urns[:-1])}
        self._successions = Successions(
            (link for link in file.links if link.urn not in settled), self._school_of
        )
        wanted = {row.urn for row in file.rows if self._is_wanted(row)}
        self._successions.keep_only(wanted | set(self._by_urn))
        self._ending = [row for row in file.rows if self._ends_for_an_academy(row, settled)]
        self._changes: list[Change] = []
        self._not_open = 0

    def result(self) -> Comparison:
        continuing = {link.to_urn for link in self._successions.followed.values()}
        for row in self._file.rows:
            standing = self._by_urn.get(row.urn)
            if standing:
                self._compare_known(row, standing)
            elif row.urn not in continuing:
                self._meet(row)
        for urn in self._successions.followed:
            if urn not in continuing:
                self._begin_chain(urn)
        self._ask()
        return Comparison(
            tuple(self._changes), self._file.problems, self._file.more_problems, self._not_open
        )

    def _school_of(self, urn: int) -> str | None:
        standing = self._by_urn.get(urn)
        return standing.name if standing else None

    def _is_wanted(self, row: EstablishmentRow) -> bool:
        return row.is_open or (self._include_closed and row.status is RegisterStatus.CLOSED)

    def _ends_for_an_academy(self, row: EstablishmentRow, settled: set[int]) -> bool:
        """A school here that the file closes for an academy without saying which."""
        standing = self._by_urn.get(row.urn)
        return (
            standing is not None
            and row.urn not in settled
            and row.status is RegisterStatus.CLOSED
            and "academ" in (row.reason_closed or "").lower()
            and row.urn not in self._successions.followed
        )

    def _meet(self, row: EstablishmentRow) -> None:
        """A school that nobody here knows yet."""
        if not self._is_wanted(row):
            self._not_open += 1
            return
        ended = next((old for old in self._ending if _is_alike(old, row)), None)
        if ended:
            self._say(
                Kind.NEEDS_DECISION,
                row,
                sentence=f"This looks like the academy that follows {ended.name}, URN {ended.urn}."
                " Import the register's links file, or give that school its new URN.",
            )
            return
        closed_on = row.closed_on if row.status is RegisterStatus.CLOSED else None
        standing = _Standing(row.name, _facts(row), KnownUrn(row.urn, closed_on))
        self._by_urn[row.urn] = standing
        self._say(Kind.ADDED, row, row=row, on=row.opened_on)

    def _compare_known(self, row: EstablishmentRow, standing: _Standing) -> None:
        if standing.current.urn != row.urn or row.status is RegisterStatus.PROPOSED:
            self._say(Kind.UNCHANGED, row, standing)
        elif row.status is RegisterStatus.CLOSED:
            self._compare_closed(row, standing)
        else:
            fields = _reopened(row, standing) + standing.learn(_facts(row))
            self._say(Kind.CHANGED if fields else Kind.UNCHANGED, row, standing, fields=fields)

    def _compare_closed(self, row: EstablishmentRow, standing: _Standing) -> None:
        asked_or_followed = self._successions.followed | self._successions.undecided
        if standing.current.valid_to or row.urn in asked_or_followed:
            self._say(Kind.UNCHANGED, row, standing)
        elif row in self._ending:
            self._say(
                Kind.NEEDS_DECISION,
                row,
                standing,
                sentence=f"The register closed URN {row.urn} for an academy and this file does not"
                " name the next URN. Import the register's links file, or give the school its new"
                " URN.",
            )
        else:
            self._say(Kind.CLOSED, row, standing, on=row.closed_on)

    def _begin_chain(self, urn: int) -> None:
        standing = self._by_urn.get(urn)
        if standing:
            self._follow(urn, standing)
            return
        # The first of this chain is itself in question, so the next stands for itself till then.
        link = self._successions.followed[urn]
        if row := self._rows.get(link.to_urn):
            self._meet(row)
        if link.to_urn in self._successions.followed:
            self._begin_chain(link.to_urn)

    def _follow(self, urn: int, standing: _Standing) -> None:
        """One school through one or more conversions: the history stays, the URN moves on."""
        for link in self._successions.chain(urn):
            self._by_urn[link.to_urn] = standing
            standing.current = KnownUrn(link.to_urn)
            row = self._rows.get(link.to_urn)
            # A maintained school that converts is something else from then on.
            fields = standing.learn(
                {"name": link.to_name} | (_facts(row) if row else {}),
                outdated=("establishment_type_group",),
            )
            self._say(
                Kind.SUCCESSOR_KNOWN, link, standing, fields=fields, to_urn=link.to_urn, on=link.on
            )
        last = self._rows.get(standing.current.urn)
        if last:
            self._compare_known(last, standing)

    def _ask(self) -> None:
        for urn, undecided in self._successions.undecided.items():
            standing = self._by_urn.get(urn)
            if standing:
                link = undecided.link
                self._say(
                    Kind.NEEDS_DECISION,
                    link,
                    standing,
                    to_urn=link.to_urn,
                    on=link.on,
                    sentence=undecided.sentence,
                )

    def _say(
        self,
        kind: Kind,
        source: EstablishmentRow | SuccessorLink,
        standing: _Standing | None = None,
        **details: Any,
    ) -> None:
        name = standing.name if standing else getattr(source, "name", "")
        slug = standing.slug if standing else None
        self._changes.append(Change(kind, source.line, source.urn, name, slug, **details))


def _reopened(row: EstablishmentRow, standing: _Standing) -> tuple[FieldChange, ...]:
    """A simple list does not say whether a school is open, so it reopens none."""
    closed_on = standing.current.valid_to
    if closed_on is None or row.status is None:
        return ()
    return (FieldChange("closed_on", closed_on, None),)


def _facts(row: EstablishmentRow) -> dict[str, Any]:
    return {key: getattr(row, key) for key in FACTS}


def _is_alike(old: EstablishmentRow, new: EstablishmentRow) -> bool:
    """Same place in the register or on the map, or the same name."""
    same_number = old.establishment_number and (
        (old.la_code, old.establishment_number) == (new.la_code, new.establishment_number)
    )
    same_place = old.postcode and old.postcode == new.postcode
    return bool(same_number or same_place or old.name.casefold() == new.name.casefold())
