"""The sums that figures are made of, read from the roll-ups: never from the incidents.

To be asked in a school, or across schools by whoever may compare them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, and_, false, func, or_, select, tuple_

from app.performance.counters import COUNTERS
from app.performance.models import DAY, EVERY, MONTH
from app.performance.periods import Pieces, pieces
from app.performance.summed import EACH_SCHOOL, Source, source
from tenants import db

BY: Final = ("school", "contract", "supplier", "priority")
OLA, SLA, UC = "ola", "sla", "uc"
AGREEMENT_KINDS: Final = (OLA, SLA, UC)


@dataclass(frozen=True)
class Asked:
    """Which figures: of when, of whom. None of a thing means all of it."""

    first: date
    end: date
    by: str = "school"
    kind: str | None = None
    school_ids: frozenset[int] | None = None
    # Versions of one agreement: (of the LA, a school's own).
    versions: tuple[frozenset[int], frozenset[int]] | None = None
    providers: frozenset[str] | None = None
    priority: int | None = None
    type: str | None = None
    sees_hidden: bool = False
    # In which school which supplier, by name in small letters.
    suppliers: frozenset[tuple[int, str]] | None = None

    @property
    def is_narrow(self) -> bool:
        """Of one contract or supplier: figures of incidents are of those that went by it."""
        return self.versions is not None or self.providers is not None

    @property
    def is_whole(self) -> bool:
        """Figures of incidents are of all of them, whatever was promised."""
        return self.by in ("school", "priority") and not self.is_narrow

    @property
    def is_of_all(self) -> bool:
        """No school's figures are asked for by themselves."""
        return self.school_ids is None and self.suppliers is None


class Group(NamedTuple):
    """Of what a row of figures is."""

    kind: str
    school_id: int = 0
    la_version_id: int = 0
    own_version_id: int = 0
    provider: str = ""
    priority: int = 0


Counts = dict[str, int]


@dataclass
class Row:
    """The sums of one group, by priority; and of its incidents whatever was promised."""

    group: Group
    strata: dict[int, Counts] = field(default_factory=dict)
    every: dict[int, Counts] = field(default_factory=dict)
    # A supplier as people write it; groups go by small letters.
    said: str = ""

    def counts(self, *, is_of_agreement: bool) -> dict[int, Counts]:
        return self.strata if is_of_agreement or not self.every else self.every


def rows(asked: Asked) -> list[Row]:
    """One statement. Figures of an agreement come from its own sums; those of incidents, for a
    school or a priority, from all of them."""
    found: dict[Group, Row] = {}
    every: dict[Group, dict[int, Counts]] = defaultdict(dict)
    for one in db.session.execute(_sums(asked)):
        group = _group_of(asked, one)
        if group.kind == EVERY:
            every[group][one.priority] = _counts(one)
            continue
        row = found.setdefault(group, Row(group))
        if asked.by == "supplier":
            row.said = min(row.said or one.provider, one.provider)
        add_to(row.strata.setdefault(one.priority, {}), _counts(one))
    for group, row in found.items():
        row.every = every.get(group._replace(kind=EVERY), {})
    return list(found.values())


def sums(asked: Asked, kind: str = EVERY) -> Counts:
    """Everything that is asked for as one. `kind`: of one kind of agreement."""
    found = source(of_all=asked.is_of_all)
    wanted = select(*found.sums).where(
        within(pieces(asked.first, asked.end), found.of),
        found.of.agreement_kind == kind,
        *only(asked, found.of),
    )
    return {
        name: int(value or 0)
        for name, value in zip(COUNTERS, db.session.execute(wanted).one(), strict=True)
    }


def by_kind(asked: Asked) -> dict[str, Counts]:
    """All that is asked for together, by kind of agreement; "" is of every incident."""
    found = source(of_all=asked.is_of_all)
    wanted = (
        select(found.of.agreement_kind, *found.sums)
        .where(within(pieces(asked.first, asked.end), found.of), *only(asked, found.of))
        .group_by(found.of.agreement_kind)
    )
    return {one.agreement_kind: _counts(one) for one in db.session.execute(wanted)}


def months(asked: Asked, kind: str = EVERY) -> dict[date, Counts]:
    """Month by month, of all that is asked for together. `kind`: of one kind of agreement."""
    return _by_day(asked, MONTH, kind)


def days(asked: Asked, kind: str = EVERY) -> dict[date, Counts]:
    return _by_day(asked, DAY, kind)


def _by_day(asked: Asked, span: str, kind: str) -> dict[date, Counts]:
    found = source(of_all=asked.is_of_all)
    wanted = by_day(asked, span, kind, found).add_columns(*found.sums)
    return {one.on: _counts(one) for one in db.session.execute(wanted)}


def by_day(asked: Asked, span: str, kind: str, found: Source) -> Any:
    """The days or months of what is asked for, in order; the caller adds what of them."""
    of = found.of
    return (
        select(of.on)
        .where(of.span == span, of.on >= asked.first, of.on < asked.end)
        .where(of.agreement_kind == kind, *only(asked, of))
        .group_by(of.on)
        .order_by(of.on)
    )


def add_to(sums: Counts, counts: Counts) -> None:
    for name, value in counts.items():
        sums[name] = sums.get(name, 0) + value


def together(strata: dict[int, Counts]) -> Counts:
    """All priorities as one."""
    sums: Counts = {}
    for counts in strata.values():
        add_to(sums, counts)
    return sums


def backlog(asked: Asked, at: date) -> dict[int, int]:
    """How many were open at the midnight with which that day begins: school → how many. What became
    open less what was open no more, over all the time before."""
    of = EACH_SCHOOL.of
    wanted = (
        select(
            of.school_id,
            func.coalesce(func.sum(of.opened), 0) - func.coalesce(func.sum(of.ended), 0),
        )
        .where(within(pieces(date.min, at)), of.agreement_kind == EVERY, *only(asked))
        .group_by(of.school_id)
    )
    return {school: int(count) for school, count in db.session.execute(wanted)}


def _sums(asked: Asked) -> Any:
    found = source(of_all=asked.is_of_all and asked.by != "school")
    of = found.of
    keys = [of.agreement_kind, of.priority, *_keys(asked.by, found)]
    return (
        select(*keys, *found.sums)
        .where(within(pieces(asked.first, asked.end), of), *only(asked, of))
        .where(of.agreement_kind.in_(_kinds(asked)))
        .group_by(*keys)
    )


def _keys(by: str, found: Source) -> list[Any]:
    return [found.own_school if name == "own_school_id" else found.of[name] for name in _KEYS[by]]


def _kinds(asked: Asked) -> tuple[str, ...]:
    of_agreements = (asked.kind,) if asked.kind else AGREEMENT_KINDS
    return (EVERY, *of_agreements) if asked.is_whole else of_agreements


def within(parts: Pieces, of: Any = EACH_SCHOOL.of) -> ColumnElement[bool]:
    ranges = [(MONTH, *parts.months), *((DAY, *days) for days in parts.days)]
    return or_(
        false(),
        *(
            and_(of.span == span, of.on >= first, of.on < end)
            for span, first, end in ranges
            if first < end
        ),
    )


def only(asked: Asked, of: Any = EACH_SCHOOL.of) -> list[ColumnElement[bool]]:
    """What is filtered; `of` are the columns of the sums or of the parts."""
    wanted: list[ColumnElement[bool]] = []
    if asked.school_ids is not None:
        wanted.append(of.school_id.in_(asked.school_ids))
    if asked.versions is not None:
        la, own = asked.versions
        wanted.append(or_(of.la_version_id.in_(la), of.own_version_id.in_(own)))
    if asked.providers is not None:
        wanted.append(func.lower(of.provider).in_(asked.providers))
    if asked.suppliers is not None:
        wanted.append(tuple_(of.school_id, func.lower(of.provider)).in_(sorted(asked.suppliers)))
    if asked.priority is not None:
        wanted.append(of.priority == asked.priority)
    if asked.type is not None:
        wanted.append(of.type == asked.type)
    if not asked.sees_hidden:
        wanted.append(of.is_hidden.is_(False))
    return wanted


def _group_of(asked: Asked, one: Any) -> Group:
    kind = one.agreement_kind
    if asked.by == "school":
        return Group(kind, school_id=one.school_id)
    if asked.by == "priority":
        return Group(kind, priority=one.priority)
    if asked.by == "supplier":
        return Group(kind, provider=one.provider.lower())
    return Group(kind, one.own_school_id, one.la_version_id, one.own_version_id)


def _counts(one: Any) -> Counts:
    """Without what is nought: of some fifty, a school's month has a dozen."""
    return {
        name: value for name, value in zip(COUNTERS, one[-len(COUNTERS) :], strict=True) if value
    }


_KEYS: Final = {
    "school": ("school_id",),
    "priority": (),
    "supplier": ("provider",),
    "contract": ("la_version_id", "own_version_id", "own_school_id"),
}
