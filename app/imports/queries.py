"""The imports of the school acted in, what is wrong with their lines, and what their files hold."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any

from sqlalchemy import select

from app.errors import NotThere, Refused
from app.imports.models import ImportMapping, ImportMistake, RegisterImport
from app.imports.readers.all import READERS
from app.imports.rules import LOOKED_FOR_HEADINGS
from app.imports.tables import Row
from app.imports.taking import rows_of
from app.imports.working import FILE_IS_GONE
from app.keyset import Page, page_of
from tenants import db

_EXAMPLES = 3


def get_import(number: int, *, to_change: bool = False) -> RegisterImport:
    wanted = select(RegisterImport).where(RegisterImport.number == number)
    found = db.session.scalar(wanted.with_for_update() if to_change else wanted)
    if found is None:
        raise NotThere
    return found


def page_of_imports(filters: dict[str, Any], after: list[Any] | None, limit: int) -> Page:
    """The newest first."""
    wanted = select(RegisterImport)
    for name in ("register", "state"):
        if filters.get(name):
            wanted = wanted.where(getattr(RegisterImport, name) == filters[name])
    return page_of(
        wanted,
        [RegisterImport.number],
        lambda one: [one.number],
        after=after,
        limit=limit,
        newest_first=True,
    )


def page_of_mistakes(one: RegisterImport, after: list[Any] | None, limit: int) -> Page:
    """In the order of the file."""
    return page_of(
        select(ImportMistake).where(ImportMistake.import_id == one.id),
        [ImportMistake.row, ImportMistake.position],
        lambda mistake: [mistake.row, mistake.position],
        after=after,
        limit=limit,
    )


def known_headings(register: str) -> dict[str, str]:
    return READERS[register].by_heading()


def remembered(register: str) -> dict[str, str]:
    """Heading → field, as this school chose before; "" for what it leaves out."""
    rows = db.session.execute(
        select(ImportMapping.header, ImportMapping.field).where(ImportMapping.register == register)
    )
    return {header: field for header, field in rows}


def first_rows(sha256: bytes, sheet: str, many: int = LOOKED_FOR_HEADINGS) -> list[Row]:
    """Raises Refused when the file has been let go."""
    try:
        return list(islice(rows_of(sha256, sheet), many))
    except FileNotFoundError:
        raise Refused(FILE_IS_GONE) from None


def examples_of(one: RegisterImport) -> list[list[str]]:
    """Of each column, what its first lines say; nothing when the file has been let go."""
    try:
        rows = first_rows(one.sha256, one.sheet or "")
    except Refused:
        rows = []
    below: Sequence[Row] = [row for row in rows if row.line > one.header_row]
    found: list[list[str]] = []
    for place in range(len(one.headers)):
        said = [row.cells[place] for row in below if place < len(row.cells) and row.cells[place]]
        found.append(list(dict.fromkeys(said))[:_EXAMPLES])
    return found
