"""What a comparison of the register with the desk's schools finds: shapes only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from app.schools.register_file import EstablishmentRow, Problem
from app.schools.rules import plain_date

# What the register may correct. A value that the file does not give never blanks one that stands.
# fmt: off
FACTS = {
    "name":                     "name",
    "phase":                    "phase",
    "establishment_type_group": "type",
    "number_of_pupils":         "number of pupils",
    "pupils_as_at":             "pupils counted on",
    "address":                  "address",
    "postcode":                 "postcode",
    "website":                  "website",
    "la_code":                  "LA code",
    "establishment_number":     "establishment number",
    "ukprn":                    "UKPRN",
}
# fmt: on


class Kind(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    CLOSED = "closed"
    SUCCESSOR_KNOWN = "successor_known"
    NEEDS_DECISION = "needs_decision"
    UNCHANGED = "unchanged"


# fmt: off
KIND_WORDS = {
    Kind.ADDED:           "added",
    Kind.CHANGED:         "changed",
    Kind.CLOSED:          "closed",
    Kind.SUCCESSOR_KNOWN: "successor known",
    Kind.NEEDS_DECISION:  "needs a decision",
    Kind.UNCHANGED:       "unchanged",
}
# fmt: on
_WRITES = (Kind.ADDED, Kind.CHANGED, Kind.CLOSED, Kind.SUCCESSOR_KNOWN)


@dataclass(frozen=True)
class KnownUrn:
    urn: int
    valid_to: date | None = None


@dataclass(frozen=True)
class KnownSchool:
    """A school as it stands. `urns` in order of time; `facts` under the names of FACTS.

    Give an invented number of pupils as None: any real one replaces it.
    """

    slug: str
    name: str
    status: str
    urns: tuple[KnownUrn, ...]
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class FieldChange:
    field: str
    old: Any
    new: Any

    @property
    def label(self) -> str:
        return FACTS.get(self.field, self.field.replace("_", " "))

    @property
    def old_words(self) -> str:
        return _in_words(self.old)

    @property
    def new_words(self) -> str:
        return _in_words(self.new)

    def __str__(self) -> str:
        return f"{self.label}: {self.old_words} → {self.new_words}"


def _in_words(value: Any) -> str:
    if isinstance(value, date):
        return plain_date(value)
    return "none" if value is None else str(value)


@dataclass(frozen=True)
class Change:
    """One line of the comparison. `slug` is None for a school that does not stand yet."""

    kind: Kind
    line: int
    urn: int
    name: str
    slug: str | None = None
    fields: tuple[FieldChange, ...] = ()
    # The row that an added school is made from.
    row: EstablishmentRow | None = None
    # Of a successor: the next URN. Of that or a closure: the day, None when not known.
    to_urn: int | None = None
    on: date | None = None
    sentence: str = ""

    @property
    def fields_in_words(self) -> str:
        return "; ".join(str(one) for one in self.fields)


@dataclass(frozen=True)
class Comparison:
    """Apply `changes` in their order: a chain of conversions builds on the ones before."""

    changes: tuple[Change, ...]
    problems: tuple[Problem, ...] = ()
    more_problems: int = 0
    # Schools that are closed or not open yet, and that nobody here knows.
    not_open: int = 0

    @property
    def changes_something(self) -> bool:
        return any(change.kind in _WRITES for change in self.changes)

    @property
    def counts(self) -> dict[Kind, int]:
        found = Counter(change.kind for change in self.changes)
        return {kind: found[kind] for kind in Kind}

    def of(self, kind: Kind) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.kind is kind)
