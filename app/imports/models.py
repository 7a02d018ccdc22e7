"""One file that is being read in, and how a school's columns were understood the last time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, LargeBinary, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import DateTime

from app.people.models import created, one_of
from app.registered import Registered, points_at
from tenants import BelongsToSchool, Model

REGISTERS = ("locations", "assets", "licences", "contracts", "suppliers", "people")
STATES = ("uploaded", "checking", "checked", "running", "done", "failed", "cancelled")


class RegisterImport(Registered, Model):
    __tablename__ = "register_imports"
    __table_args__ = (
        CheckConstraint(one_of("register", REGISTERS), name="register"),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint(one_of("mode", ("all_or_nothing", "good_rows")), name="mode"),
        UniqueConstraint("school_id", "number"),
    )

    number: Mapped[int]
    register: Mapped[str]
    file_name: Mapped[str]
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    # What the workbook holds: [{"name", "rows"}]; the chosen one, and the line of its headings.
    sheets: Mapped[list[Any]] = mapped_column(JSONB)
    sheet: Mapped[str | None]
    header_row: Mapped[int] = mapped_column(default=1)
    headers: Mapped[list[Any]] = mapped_column(JSONB)
    mapping: Mapped[dict[str, Any]] = mapped_column(JSONB)
    # Rooms that the sheet names and the school lacks are made, or their lines refused.
    add_rooms: Mapped[bool] = mapped_column(default=False)
    rooms_missing: Mapped[list[Any]] = mapped_column(JSONB)
    mode: Mapped[str] = mapped_column(default="all_or_nothing")
    state: Mapped[str] = mapped_column(default="uploaded")
    person_id: Mapped[int] = mapped_column(BigInteger)
    # Which check or run this is: what the worker still does for an earlier one ends by itself.
    round: Mapped[int] = mapped_column(default=0)
    total_rows: Mapped[int] = mapped_column(default=0)
    rows_done: Mapped[int] = mapped_column(default=0)
    added: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    said: Mapped[str | None]  # why it failed, in a sentence
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(True))


class ImportMistake(BelongsToSchool, Model):
    __tablename__ = "import_mistakes"
    __table_args__ = (
        UniqueConstraint("school_id", "import_id", "row", "position"),
        points_at("register_imports", "import_id"),
    )

    import_id: Mapped[int] = mapped_column(BigInteger)
    row: Mapped[int]
    position: Mapped[int]
    column: Mapped[str | None]
    said: Mapped[str]


class ImportMapping(BelongsToSchool, Model):
    """Which column of the school's own spreadsheets means what: remembered by its heading."""

    __tablename__ = "import_mappings"
    __table_args__ = (
        CheckConstraint(one_of("register", REGISTERS), name="register"),
        UniqueConstraint("school_id", "register", "header"),
    )

    register: Mapped[str]
    header: Mapped[str]  # lower case
    field: Mapped[str]
    created_at: Mapped[datetime] = created()
