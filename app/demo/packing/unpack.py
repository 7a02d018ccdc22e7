"""Load a file of played schools: as the owner, by COPY, table after table in one transaction.

Columns are told by name. One that a later release has taken away is left out, one that it has added
gets its default, so a file packed at an older revision goes into a newer database.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from psycopg2 import sql  # type: ignore[import-untyped]

from app.demo.packing import archive, authority, columns, tables
from app.demo.packing.columns import Kept
from app.demo.packing.owner import begin_after
from app.demo.packing.pack import NOTHING, PEOPLE

_SCHOOLS = "SELECT urn, school_id FROM school_identifiers WHERE valid_to IS NULL AND urn = ANY(%s)"
_OF_A_SCHOOL = """
    UPDATE schools SET status = %(status)s, number_of_pupils = %(pupils)s, pupils_invented = true,
           joined_on = %(joined_on)s WHERE id = %(id)s"""


_WORTH_SAYING = 1000


class CannotUnpack(Exception):
    """Why not, in a sentence."""


def unpack(cursor: Any, file: Path, say: Callable[[str], None]) -> list[int]:
    """The ids of the schools that are now at work."""
    manifest, members = archive.read(file)
    ids = _schools(cursor, manifest)
    if _is_there(cursor, ids, manifest["first_id"]):
        return []
    authority.add_missing(cursor, manifest["packs"])
    for one, number in zip(manifest["schools"], ids, strict=True):
        cursor.execute(_OF_A_SCHOOL, {**one, "id": number})
    there = {one.name: one for one in (PEOPLE, *tables.travelling(cursor))}
    loading = _Loading(cursor, [str(number) for number in ids], members)
    packed = {one["name"]: one for one in manifest["tables"]}
    done = []
    for name, table in there.items():
        if name in packed:
            loading.load(table, packed[name])
            done.append(name)
            if packed[name]["rows"] >= _WORTH_SAYING:
                say(f"{packed[name]['rows']:,} {name.replace('_', ' ')}")
    cursor.execute(
        """INSERT INTO figure_marks (school_id, incident_id)
           SELECT school_id, id FROM incidents WHERE school_id = ANY(%s)""",
        (ids,),
    )
    begin_after(cursor, set(done) - tables.WITHOUT_ID)
    for name in done:
        cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(name)))
    return ids


def _schools(cursor: Any, manifest: Mapping[str, Any]) -> list[int]:
    cursor.execute(_SCHOOLS, ([int(one["urn"]) for one in manifest["schools"]],))
    found = {str(urn): number for urn, number in cursor.fetchall()}
    missing = [one["urn"] for one in manifest["schools"] if one["urn"] not in found]
    if missing:
        raise CannotUnpack(f"These schools are not here: {', '.join(missing)}.")
    return [found[one["urn"]] for one in manifest["schools"]]


def _is_there(cursor: Any, ids: list[int], first_id: int) -> bool:
    """Unpacked before. Raises CannotUnpack where somebody else works in one of the schools, or
    somebody's ids have come so far."""
    cursor.execute(
        """SELECT count(*) FILTER (WHERE school_id = ANY(%s)),
                  count(*) FILTER (WHERE school_id = ANY(%s) AND id >= %s),
                  count(*) FILTER (WHERE id >= %s) FROM memberships""",
        (ids, ids, first_id, first_id),
    )
    of_them, far_of_them, far = cursor.fetchone()
    if far_of_them:
        return True
    if of_them:
        raise CannotUnpack("Somebody is at work in one of the schools already.")
    if far:
        raise CannotUnpack("Other years were played here: their ids are in the way.")
    return False


class _Loading:
    def __init__(self, cursor: Any, schools: list[str], members: Mapping[str, str]) -> None:
        self._cursor, self._schools, self._members = cursor, schools, members
        self._ids: dict[str, dict[str, str]] = {}

    def load(self, table: tables.Table, packed: Mapping[str, Any]) -> None:
        known = {one.name for one in table.columns}
        found = self._columns(table.name, packed["columns"])
        names = [name for name in found if name in known]
        identifiers = sql.SQL(", ").join(map(sql.Identifier, names))
        into, waiting = sql.Identifier(table.name), sql.Identifier(f"unpacked_{table.name}")
        execute = self._cursor.execute
        # Row policies are not for COPY: it goes into a table that has none, which has its types.
        execute(
            sql.SQL("CREATE UNLOGGED TABLE {} AS SELECT {} FROM {} LIMIT 0").format(
                waiting, identifiers, into
            )
        )
        rows = "\n".join(map("\t".join, zip(*(found[name] for name in names), strict=True)))
        self._cursor.copy_expert(
            sql.SQL("COPY {} FROM STDIN").format(waiting), io.StringIO(f"{rows}\n")
        )
        execute(
            sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {}").format(
                into, identifiers, identifiers, waiting
            )
        )
        execute(sql.SQL("DROP TABLE {}").format(waiting))

    def _columns(self, table: str, packed: Sequence[Mapping[str, Any]]) -> dict[str, Sequence[str]]:
        found, numbers = {}, dict[str, dict[str, Sequence[str]]]()
        for one in packed:
            how = Kept(one["kind"], one["unit"], one["beside"])
            values = self._members[f"{table}/{one['name']}"].split("\n")
            same = numbers.setdefault(how.kind, {})
            whole = same[one["name"]] = columns.unpacked(how, values, same)
            found[one["name"]] = self._translated(one, columns.shown(how.kind, whole))
        for _, name in (one for one in tables.OF_ITSELF if one[0] == table):
            pairs = zip(found[name], found["school_id"], strict=True)
            found[name] = [itself if one == "0" else one for one, itself in pairs]
        return found

    def _translated(self, packed: Mapping[str, Any], values: Sequence[str]) -> Sequence[str]:
        if packed["name"] == "school_id":
            return [self._schools[int(one)] for one in values]
        link = packed["link"]
        if link is None:
            return values
        if link not in self._ids:
            self._ids[link] = authority.ids_of(self._cursor, link)
        ids = self._ids[link]
        return [one if one == NOTHING else ids[one] for one in values]
