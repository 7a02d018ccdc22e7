"""What a row of a register names in others: by key, number or tag as it comes in and goes out, by
id as it is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select

from app.assets.models import Asset
from app.contracts.register import Contract
from app.errors import Wrong
from app.suppliers.models import Supplier
from tenants import db


class Register(NamedTuple):
    model: Any
    key: Any  # the column that a program knows a row by
    called: Any  # the column that a person knows it by
    missing: str
    same: Callable[[Any], ColumnElement[bool]]


class Named(NamedTuple):
    key: Any
    called: str


SUPPLIER = Register(
    Supplier,
    Supplier.key,
    Supplier.name,
    "Choose a supplier from your list.",
    lambda key: Supplier.key == key,
)
CONTRACT = Register(
    Contract,
    Contract.number,
    Contract.name,
    "Choose a contract from your list.",
    lambda number: Contract.number == number,
)
ASSET = Register(
    Asset,
    Asset.tag,
    Asset.tag,
    "There is no equipment with this tag. Look at its label again.",
    lambda tag: Asset.tag_key == str(tag).strip().lower(),
)
Registers = Mapping[str, Register]
Names = dict[str, dict[int, Named]]


def ids_of(said: Mapping[str, Any], registers: Registers) -> dict[str, int | None]:
    """{"supplier_id": 7} of what was said of these. Raises Wrong with a sentence for each that is
    not the school's."""
    found: dict[str, int | None] = {}
    errors = {}
    for name in registers:
        if name not in said:
            continue
        one = registers[name]
        value = said[name]
        found[f"{name}_id"] = None
        if value is None:
            continue
        row_id = db.session.scalar(select(one.model.id).where(one.same(value)))
        if row_id is None:
            errors[name] = [one.missing]
        found[f"{name}_id"] = row_id
    if errors:
        raise Wrong(errors)
    return found


def names_of(rows: Iterable[Any], registers: Registers) -> Names:
    """What these rows name: a statement for each register, and none for what nothing names."""
    rows = list(rows)
    found: Names = {}
    for name, one in registers.items():
        ids = {getattr(row, f"{name}_id") for row in rows} - {None}
        wanted = select(one.model.id, one.key, one.called).where(one.model.id.in_(ids))
        found[name] = {
            row_id: Named(key, called)
            for row_id, key, called in (db.session.execute(wanted) if ids else ())
        }
    return found


def named(names: Names, name: str, row: Any) -> Named | None:
    row_id = getattr(row, f"{name}_id")
    return names[name].get(row_id) if row_id is not None else None


def key_of(names: Names, name: str, row: Any) -> Any:
    found = named(names, name, row)
    return found.key if found else None


def choices_of(
    one: Register, *where: ColumnElement[bool], most: int = 500
) -> list[tuple[Any, str]]:
    """For a drop-down, by name."""
    wanted = select(one.key, one.called).where(*where).order_by(func.lower(one.called)).limit(most)
    return [(key, called) for key, called in db.session.execute(wanted)]
