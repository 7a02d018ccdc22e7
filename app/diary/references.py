"""What an entry is about: a contract, a licence or an asset, by its number or tag."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import func, select

from app.assets.models import Asset
from app.contracts.register import Contract
from app.diary.models import DiaryEntry
from app.errors import wrong
from app.licences.models import Licence
from tenants import db


class _Register(NamedTuple):
    column: str
    model: type[Any]
    key: Any
    name: Any
    said: str


# fmt: off
_REGISTERS = {
    "contract": _Register("contract_id", Contract, Contract.number, Contract.name,
                          "There is no contract of that number at this school."),
    "licence":  _Register("licence_id", Licence, Licence.number, Licence.product,
                          "There is no licence of that number at this school."),
    "asset":    _Register("asset_id", Asset, Asset.tag, Asset.tag,
                          "There is no asset of that tag at this school."),
}
# fmt: on


def resolved(said: dict[str, Any]) -> dict[str, int | None]:
    """The columns of those that were said; none where it says so. Raises Wrong."""
    return {
        register.column: _find(field, register, said[field])
        for field, register in _REGISTERS.items()
        if field in said
    }


def keys_of(entry: DiaryEntry) -> dict[str, Any]:
    """{contract: 3, licence: None, asset: None}; a statement for each that there is."""
    return {field: found and found[0] for field, found in linked(entry).items()}


def linked(entry: DiaryEntry) -> dict[str, tuple[Any, str] | None]:
    """Key and name of what it is about."""
    found: dict[str, tuple[Any, str] | None] = {}
    for field, register in _REGISTERS.items():
        row_id = getattr(entry, register.column)
        row = (
            row_id
            and db.session.execute(
                select(register.key, register.name).where(register.model.id == row_id)
            ).one()
        )
        found[field] = (row[0], row[1]) if row else None
    return found


def choices(field: str, most: int = 300) -> Iterable[tuple[str, str]]:
    """For a drop-down."""
    register = _REGISTERS[field]
    wanted = select(register.key, register.name).order_by(func.lower(register.name)).limit(most)
    return [(str(key), name) for key, name in db.session.execute(wanted)]


def _find(field: str, register: _Register, key: Any) -> int | None:
    if key in (None, ""):
        return None
    is_it = (
        func.lower(register.key) == str(key).lower() if field == "asset" else register.key == key
    )
    found: int | None = db.session.scalar(select(register.model.id).where(is_it))
    if found is None:
        raise wrong(field, register.said)
    return found
