"""What points at a row: read from the tables' own foreign keys, so that no register is forgotten,
whichever room it stands in."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Column, Table, exists, literal, select, union_all, update

from tenants import Model, current_school_id, db


def table_named(name: str) -> Table:
    """A table of a room above this one, which may not be imported here."""
    return Model.metadata.tables[name]


def what_points_at(table: str, row_id: int, *, but: Collection[str] = ()) -> set[str]:
    """The names of the tables with a row of the school acted in that points at this one."""
    asked = [
        select(literal(there.name).label("name")).where(
            exists().where(there.c.school_id == current_school_id(), column == row_id)
        )
        for there, column in _pointers(table, but)
    ]
    return set(db.session.scalars(union_all(*asked))) if asked else set()


def point_elsewhere(
    table: str, from_id: int, to_id: int, *, but: Collection[str] = ()
) -> dict[str, int]:
    """Whatever points at the one points at the other from now on: {table: how many rows}. What is
    in the session already must be read anew."""
    moved: dict[str, int] = {}
    for there, column in _pointers(table, but):
        values: dict[str, Any] = {column.name: to_id}
        if "version" in there.c:
            values["version"] = there.c.version + 1
        where = (there.c.school_id == current_school_id(), column == from_id)
        found = db.session.connection().execute(update(there).where(*where).values(values))
        if found.rowcount:
            moved[there.name] = moved.get(there.name, 0) + found.rowcount
    db.session.expire_all()
    return moved


def _pointers(table: str, but: Collection[str]) -> Iterator[tuple[Table, Column[int]]]:
    """Each table and column that holds an id of this table's."""
    for there in Model.metadata.sorted_tables:
        if there.name in but or "school_id" not in there.c:
            continue
        for key in there.foreign_key_constraints:
            if key.referred_table.name != table:
                continue
            for element in key.elements:
                if element.column.name == "id":
                    yield there, element.parent
