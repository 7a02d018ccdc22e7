"""Read a list of schools: the register's establishment extract, its links file, or a simple list.

Header names are the contract, never positions: the register's layout has grown from 133 columns
to 140. Head teachers' names and telephone numbers stand in the file and are never read.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import BinaryIO

from app.schools.csv_records import Record, records
from app.schools.register_columns import LINK_CELLS, ROW_CELLS, BadCell, Columns, UnreadableFile
from app.schools.register_values import RegisterStatus

__all__ = [
    "EstablishmentRow",
    "Problem",
    "RegisterFile",
    "SuccessorLink",
    "UnreadableFile",
    "read",
]

MOST_BYTES = 64 * 1024 * 1024
MOST_ROWS = 100_000
# A file with more bad rows than this is the wrong file; the rest of them are only counted.
MOST_PROBLEMS = 500

_ADDRESS = ("street", "locality", "address3", "town", "county")


@dataclass(frozen=True)
class Problem:
    """A bad row: where it is and what is wrong. It stops nothing else."""

    line: int
    column: str
    sentence: str


@dataclass(frozen=True)
class EstablishmentRow:
    """What the register says of one establishment. None: it does not say."""

    line: int
    urn: int
    la_code: int
    name: str
    status: RegisterStatus | None = None
    establishment_number: int | None = None
    ukprn: int | None = None
    phase: str | None = None
    establishment_type_group: str | None = None
    number_of_pupils: int | None = None
    pupils_as_at: date | None = None
    address: str | None = None
    postcode: str | None = None
    website: str | None = None
    opened_on: date | None = None
    closed_on: date | None = None
    reason_closed: str | None = None

    @property
    def is_open(self) -> bool:
        """Simple lists do not say, and hold open schools."""
        return self.status is None or self.status.is_open


@dataclass(frozen=True)
class SuccessorLink:
    """URN `urn` was followed by `to_urn`. `kind` is the register's word: Successor - merged."""

    line: int
    urn: int
    to_urn: int
    to_name: str | None
    kind: str
    on: date | None


@dataclass(frozen=True)
class RegisterFile:
    rows: tuple[EstablishmentRow, ...] = ()
    links: tuple[SuccessorLink, ...] = ()
    problems: tuple[Problem, ...] = ()
    more_problems: int = 0
    # Rows of each LA in the file, so that a wrong code can be explained.
    authorities: Mapping[int, int] = field(default_factory=dict)


def read(file: bytes | BinaryIO, *, la_code: int | None = None) -> RegisterFile:
    """Every row of this LA (of all, when None). Raises UnreadableFile with one sentence.

    Reads line by line, so that a register of 60 MB does not have to be held in memory.
    """
    opened = io.BytesIO(file) if isinstance(file, bytes) else file
    _refuse_at_sight(opened)
    found = records(opened)
    header = next(found, None)
    if header is None:
        raise UnreadableFile("The file is empty.")
    reading = _Reading(Columns(header), la_code)
    for record in islice(found, MOST_ROWS):
        reading.take(record)
    if next(found, None) is not None:
        raise UnreadableFile(
            f"The file has more than {MOST_ROWS:,} rows; the whole register has about 50,000."
        )
    return reading.result()


def _refuse_at_sight(file: BinaryIO) -> None:
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    begin = file.read(2)
    file.seek(0)
    if size > MOST_BYTES:
        raise UnreadableFile(f"The file is larger than {MOST_BYTES // 1024**2} MB.")
    if begin == b"PK":
        raise UnreadableFile(
            "This is a zip archive or an Excel workbook: choose the CSV file inside it, or save"
            " the sheet as CSV."
        )
    if begin in (b"\xff\xfe", b"\xfe\xff"):
        raise UnreadableFile("The file is saved as Unicode text (UTF-16): save it as CSV UTF-8.")


class _Reading:
    """What has been read so far."""

    def __init__(self, columns: Columns, la_code: int | None) -> None:
        self._columns = columns
        self._la_code = la_code
        self._rows: dict[int, EstablishmentRow] = {}
        self._links: dict[tuple[int, int], SuccessorLink] = {}
        self._problems: list[Problem] = []
        self._problem_count = 0
        self._authorities: Counter[int] = Counter()

    def take(self, record: Record) -> None:
        try:
            self._columns.check_shape(record)
            if self._columns.is_links:
                self._keep(self._link(record, self._columns.read(record, "urn")))
            elif self._is_ours(record):
                self._take_row(record)
        except BadCell as bad:
            self._problem_count += 1
            if len(self._problems) < MOST_PROBLEMS:
                self._problems.append(Problem(record.line, bad.column, bad.sentence))

    def result(self) -> RegisterFile:
        return RegisterFile(
            tuple(self._rows.values()),
            tuple(self._links.values()),
            tuple(self._problems),
            self._problem_count - len(self._problems),
            dict(sorted(self._authorities.items())),
        )

    def _is_ours(self, record: Record) -> bool:
        code = self._columns.read(record, "la_code")
        self._authorities[code] += 1
        return self._la_code in (None, code)

    def _take_row(self, record: Record) -> None:
        row = self._row(record)
        link = self._link(record, row.urn)
        twin = self._rows.get(row.urn)
        if twin is None:
            self._rows[row.urn] = row
        elif not link or (link.urn, link.to_urn) in self._links or twin.name != row.name:
            # A split school stands on several lines, one for each successor; this is no such.
            raise BadCell(
                self._columns.title("urn"),
                f"URN {row.urn} stands on line {twin.line} already; that line is used.",
            )
        self._keep(link)

    def _row(self, record: Record) -> EstablishmentRow:
        cells = {cell: self._columns.read(record, cell) for cell in ROW_CELLS}
        if not cells["name"]:
            raise BadCell(self._columns.title("name"), "The school has no name.")
        cells["address"] = ", ".join(filter(None, [cells.pop(cell) for cell in _ADDRESS])) or None
        if cells["number_of_pupils"] is None:
            cells["pupils_as_at"] = None
        return EstablishmentRow(line=record.line, **cells)

    def _link(self, record: Record, urn: int) -> SuccessorLink | None:
        cells = {cell: self._columns.read(record, cell) for cell in LINK_CELLS}
        kind = cells.pop("kind") or "Successor"
        if cells["to_urn"] is None or not kind.lower().startswith("successor"):
            return None
        if cells["to_urn"] == urn:
            raise BadCell(self._columns.title("to_urn"), "A URN cannot follow itself.")
        return SuccessorLink(line=record.line, urn=urn, kind=kind, **cells)

    def _keep(self, link: SuccessorLink | None) -> None:
        if link:
            self._links.setdefault((link.urn, link.to_urn), link)
