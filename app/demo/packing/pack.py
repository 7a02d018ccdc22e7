"""Write the played schools to a file: their rows, and by what name the authority's are known. No
password, nobody who can sign in, no mail that waits."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from psycopg2 import sql  # type: ignore[import-untyped]

from app.demo.packing import archive, authority, columns, tables
from app.demo.packing.owner import FIRST_ID
from app.demo.packing.tables import Column, Table

NOTHING = "\\N"
# Never their passwords.
_OF_PEOPLE = ("email", "name", "kind", "is_active", "keyboard_shortcuts", "version")
PEOPLE = Table(
    "people",
    (Column("id", "bigint"), *(Column(name, "text") for name in _OF_PEOPLE)),
    ("id",),
)
_SCHOOLS = """
    SELECT s.id, i.urn, s.status, s.number_of_pupils, s.joined_on
      FROM schools s JOIN school_identifiers i ON i.school_id = s.id AND i.valid_to IS NULL
     WHERE s.status = 'active' AND s.id IN (SELECT school_id FROM memberships WHERE id >= %s)
     ORDER BY i.urn"""
_KINDS = {
    "integer": columns.NUMBER,
    "bigint": columns.NUMBER,
    "smallint": columns.NUMBER,
    "timestamp with time zone": columns.INSTANT,
}


def pack(cursor: Any, file: Path, say: Callable[[str], None]) -> int:
    """Its size in bytes."""
    cursor.execute("SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'")
    cursor.execute(_SCHOOLS, (FIRST_ID,))
    schools = [
        dict(zip(("id", "urn", "status", "pupils", "joined_on"), row, strict=True))
        for row in cursor.fetchall()
    ]
    if not schools:
        raise LookupError("No school was played here with ids from far up.")
    places = {str(one["id"]): str(place) for place, one in enumerate(schools)}
    cursor.execute("SELECT version_num FROM alembic_version")
    (revision,) = cursor.fetchone()
    packing = _Packing(cursor, places, say)
    members = list(packing.members())
    manifest = {
        "revision": revision,
        "first_id": FIRST_ID,
        "schools": [
            {
                name: None if value is None else str(value)
                for name, value in one.items()
                if name != "id"
            }
            for one in schools
        ],
        "packs": authority.packs(cursor),
        "tables": packing.told,
    }
    return archive.write(file, manifest, members)


class _Packing:
    def __init__(self, cursor: Any, places: dict[str, str], say: Callable[[str], None]) -> None:
        self._cursor, self._places, self._say = cursor, places, say
        self._schools = [int(one) for one in places]
        self.told: list[dict[str, Any]] = []

    @cache  # noqa: B019  (it lives as long as one packing)
    def _words(self, table: str) -> dict[str, str]:
        return authority.words_of(self._cursor, table)

    @cache  # noqa: B019
    def _span(self) -> tuple[Any, Any]:
        self._cursor.execute(
            "SELECT min(at), max(at) FROM events WHERE school_id = ANY(%s) AND id >= %s",
            (self._schools, FIRST_ID),
        )
        first, last = self._cursor.fetchone()
        return first, last

    def members(self) -> Iterator[tuple[str, str]]:
        for table in (PEOPLE, *tables.travelling(self._cursor)):
            rows = self._rows(table)
            if not rows:
                continue
            self._say(f"{table.name}: {len(rows):,} rows")
            told, numbers = [], dict[str, dict[str, Sequence[str]]]()
            for column, values in zip(table.columns, zip(*rows, strict=True), strict=True):
                kind = columns.TEXT if column.link else _KINDS.get(column.type, columns.TEXT)
                whole = columns.whole(kind, self._translated(column, values))
                same = numbers.setdefault(kind, {})
                how, kept = columns.kept(kind, whole, same)
                same[column.name] = whole
                told.append({"name": column.name, "link": column.link, **asdict(how)})
                yield f"{table.name}/{column.name}", "\n".join(kept)
            self.told.append({"name": table.name, "rows": len(rows), "columns": told})

    def _translated(self, column: Column, values: Sequence[str]) -> Sequence[str]:
        """Schools by their place in the manifest, the authority's rows by their words."""
        if column.name == "school_id":
            return [self._places[one] for one in values]
        if column.link:
            words = self._words(column.link)
            return [one if one == NOTHING else words[one] for one in values]
        if column.is_made_now:
            return [_then(one, *self._span()) for one in values]
        return values

    def _rows(self, table: Table) -> list[list[str]]:
        names = [_selected(table.name, one.name) for one in table.columns]
        question = sql.SQL("COPY (SELECT {} FROM {} WHERE {} ORDER BY {}) TO STDOUT").format(
            sql.SQL(", ").join(names),
            sql.Identifier(table.name),
            self._which(table),
            sql.SQL(", ").join(map(sql.Identifier, table.order)),
        )
        found = io.StringIO()
        self._cursor.copy_expert(question, found)
        return [line.split("\t") for line in found.getvalue().split("\n")[:-1]]

    def _which(self, table: Table) -> sql.Composable:
        if table is PEOPLE:
            return sql.SQL(
                "id IN (SELECT person_id FROM memberships WHERE id >= {} AND school_id = ANY({}))"
            ).format(sql.Literal(FIRST_ID), sql.Literal(self._schools))
        which = [sql.SQL("school_id = ANY({})").format(sql.Literal(self._schools))]
        if table.has_number:
            which.append(sql.SQL("id >= {}").format(sql.Literal(FIRST_ID)))
        if table.name in tables.ONLY_ROWS:
            which.append(sql.SQL(tables.ONLY_ROWS[table.name]))
        return sql.SQL(" AND ").join(which)


def _selected(table: str, column: str) -> sql.Composable:
    name = sql.Identifier(column)
    if (table, column) in tables.OF_ITSELF:
        return sql.SQL("CASE WHEN {0} = school_id THEN 0 ELSE {0} END").format(name)
    return name


def _then(text: str, first: Any, last: Any) -> str:
    """What the database dated with the day of the play itself is dated with its first day."""
    is_later = text != NOTHING and text[:10] > f"{last:%Y-%m-%d}"
    return f"{first:%Y-%m-%d %H:%M:%S}+00" if is_later else text
