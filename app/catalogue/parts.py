"""What a service is made of. Assets, licences and contracts live in rooms above this one: they are
asked for by the names of their tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Row, delete, text

from app.catalogue.models import Service, ServicePart
from app.errors import wrong
from tenants import current_school_id, db

_FOUND = {
    "asset": text("SELECT id FROM assets WHERE school_id = :school AND tag_key = lower(:word)"),
    "licence": text("SELECT id FROM licences WHERE school_id = :school AND number = :number"),
    "contract": text("SELECT id FROM contracts WHERE school_id = :school AND number = :number"),
}
_ALL_OF = text(
    "SELECT part.id, part.service_id, part.words, asset.tag,"
    " nullif(concat_ws(' ', nullif(asset.make, ''), asset.model, asset.type), '') AS asset_name,"
    " licence.number AS licence, licence.product, contract.number AS contract,"
    " contract.name AS contract_name"
    " FROM service_parts part"
    " LEFT JOIN assets asset ON (asset.school_id, asset.id) = (part.school_id, part.asset_id)"
    " LEFT JOIN licences licence"
    " ON (licence.school_id, licence.id) = (part.school_id, part.licence_id)"
    " LEFT JOIN contracts contract"
    " ON (contract.school_id, contract.id) = (part.school_id, part.contract_id)"
    " WHERE part.school_id = :school AND part.service_id = ANY(:services) ORDER BY part.id"
)


class Part(NamedTuple):
    """`kind`: asset, licence, contract or words. `key`: its tag, its number, or the words."""

    kind: str
    key: Any
    name: str | None

    def shown(self) -> dict[str, Any]:
        return {self.kind: self.key, "name": self.name}


def parts_of(services: Iterable[Service]) -> dict[int, list[Part]]:
    """By service, in the order they were named. One statement."""
    ids = [one.id for one in services]
    found: dict[int, list[Part]] = {one: [] for one in ids}
    if ids:
        asked = {"school": current_school_id(), "services": ids}
        for row in db.session.execute(_ALL_OF, asked):
            found[row.service_id].append(_part(row))
    return found


def _part(row: Row[Any]) -> Part:
    if row.words is not None:
        return Part("words", row.words, row.words)
    if row.tag is not None:
        return Part("asset", row.tag, row.asset_name)
    if row.licence is not None:
        return Part("licence", row.licence, row.product)
    return Part("contract", row.contract, row.contract_name)


def set_parts(service: Service, said: Sequence[dict[str, Any]]) -> tuple[str, str]:
    """All of them anew. Says what they were and what they are, for the history."""
    before = parts_of([service])[service.id]
    rows = [_made(service, one) for one in said]
    db.session.execute(delete(ServicePart).where(ServicePart.service_id == service.id))
    db.session.add_all(rows)
    db.session.flush()
    return _said(before), _said(parts_of([service])[service.id])


def _said(parts: Iterable[Part]) -> str:
    return ", ".join(str(one.key) for one in parts)[:1000]


def _made(service: Service, said: dict[str, Any]) -> ServicePart:
    kind, value = next((name, one) for name, one in said.items() if one is not None)
    if kind == "words":
        return ServicePart(service_id=service.id, words=value)
    asked = {"school": current_school_id()}
    asked |= {"word": value} if kind == "asset" else {"number": value}
    found = db.session.scalar(_FOUND[kind], asked)
    if found is None:
        raise wrong("parts", f"There is no {_CALLED[kind].format(value)} at this school.")
    return ServicePart(service_id=service.id, **{f"{kind}_id": found})


_CALLED = {
    "asset": "equipment with the tag {}",
    "licence": "licence number {}",
    "contract": "contract number {}",
}
