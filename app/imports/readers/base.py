"""What every register's reader has: its columns, how a line is known again, what becomes of it.

Equipment comes by the ten thousand and is kept in bulk (bulk.py); everything else comes by the
hundred and goes through the very actions that its pages use (by_action.py).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from app.imports.guessing import heading
from app.imports.readers.references import Known
from app.imports.tables import Row
from app.imports.values import Read
from app.people.identity import Me

ADDED, CHANGED, UNCHANGED, REFUSED = "added", "changed", "unchanged", "refused"
OUTCOMES = (ADDED, CHANGED, UNCHANGED, REFUSED)


class Field(NamedTuple):
    """A column that can be read. `column`: where it is kept, if it is called otherwise there."""

    name: str
    label: str
    read: Read
    synonyms: tuple[str, ...] = ()
    column: str = ""
    is_required: bool = False  # of a line that adds something

    @property
    def kept_in(self) -> str:
        return self.column or self.name


@dataclass
class Line:
    """One line of the spreadsheet. `said` has what its cells say, blank ones left out."""

    number: int
    said: dict[str, Any]
    mistakes: list[tuple[str, str]] = field(default_factory=list)
    # What is there already, and what the line wants to stand in which column.
    thing: Any = None
    row: dict[str, Any] = field(default_factory=dict)
    changes: dict[str, Any] = field(default_factory=dict)
    planned: str = UNCHANGED

    def refuse(self, name: str, sentence: str) -> None:
        self.mistakes.append((name, sentence))

    @property
    def outcome(self) -> str:
        return REFUSED if self.mistakes else self.planned


@dataclass
class Batch:
    """Lines that are looked at, and perhaps kept, together."""

    lines: list[Line]
    by: Me
    at: datetime
    known: Known
    file_name: str
    secret_key: str = ""
    is_dry: bool = True
    add_rooms: bool = False
    # What can be done afterwards is left to `Reader.finish`: one transaction must stay short.
    is_finished_later: bool = False

    @property
    def good(self) -> list[Line]:
        return [line for line in self.lines if not line.mistakes]


class Reader:
    register: str
    permission: str
    fields: tuple[Field, ...]
    # So many lines in one go, in one step of the worker, and in one transaction at most.
    batch_size = 100
    step_size = 300
    most_at_once = 1_000
    # Whether "all or nothing" leaves something to be done afterwards.
    has_more_to_do = False

    # What `keys` reads of a line, and what must be among the chosen columns.
    key_names: tuple[str, ...]

    def is_missing(self, chosen: Collection[str]) -> str | None:
        """Which column must be chosen too, as a sentence."""
        missing = [one.label for one in self.fields if one.is_required and one.name not in chosen]
        return f"Choose a column for: {', '.join(missing)}." if missing else None

    def keys(self, said: dict[str, Any]) -> list[tuple[str, ...]]:
        """What no second line of the file may have: (field, value, …)."""
        raise NotImplementedError

    def work(self, batch: Batch) -> None:
        """Say of each good line what becomes of it, and, unless it is dry, do it."""
        raise NotImplementedError

    def finish(self, lines: list[Line]) -> None:
        """What was left of lines that have been kept; a second time there is nothing to do."""

    def by_name(self) -> dict[str, Field]:
        return {one.name: one for one in self.fields}

    def by_heading(self) -> dict[str, str]:
        """Heading → field."""
        found: dict[str, str] = {}
        for one in self.fields:
            for text in (one.label, one.name.replace("_", " "), *one.synonyms):
                found.setdefault(heading(text), one.name)
        return found


def read_line(row: Row, fields: Mapping[int, Field]) -> Line:
    """`fields`: number of the column, from 1 → what it means."""
    line = Line(row.line, {})
    for column, one in fields.items():
        text = row.cells[column - 1] if column <= len(row.cells) else ""
        if not text:
            continue
        try:
            value = one.read(text)
        except ValueError as wrong:
            line.refuse(one.name, str(wrong))
            continue
        if value is not None:
            line.said[one.name] = value
    return line


def check_required(reader: Reader, line: Line) -> None:
    for one in reader.fields:
        if one.is_required and one.name not in line.said:
            line.refuse(one.name, f"{one.label} is missing.")
