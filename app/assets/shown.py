"""Equipment as it goes out: plain values for JSON and spreadsheets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app import clock
from app.assets import own_fields, queries, rules
from app.assets.beside import open_incidents
from app.assets.models import Asset, AssetField, AssetLoan
from app.assets.queries import Around
from app.people.identity import Me
from app.shapes import instant

_PLAIN = ("tag", "type", "make", "model", "serial", "status", "funding", "os_version", "notes")


def listed(found: Sequence[Asset], person: Me) -> list[dict[str, Any]]:
    """A page of them: the same statements for one as for a hundred."""
    around = queries.around(found)
    counts = open_incidents(person, [one.id for one in found])
    return [_one(one, around, counts) for one in found]


def detail(asset: Asset, person: Me) -> dict[str, Any]:
    return listed([asset], person)[0]


def _one(asset: Asset, around: Around, counts: Mapping[int, int]) -> dict[str, Any]:
    room = around.rooms.get(asset.location_id or 0)
    supplier = around.suppliers.get(asset.supplier_id or 0)
    contract = around.contracts.get(asset.contract_id or 0)
    return {
        **{name: getattr(asset, name) or None for name in _PLAIN},
        "location": {"key": room.key, "name": room.name} if room else None,
        "holder": asset.holder,
        "purchase_date": _day(asset.purchase_date),
        "price": f"{asset.price:.2f}" if asset.price is not None else None,
        "supplier": supplier.key if supplier else None,
        "warranty_end": _day(asset.warranty_end),
        "contract": contract.number if contract else None,
        "own_fields": asset.own_fields or {},
        "asked": _asked(asset),
        "disposal": _disposal(asset),
        "loan": shown_loan(around.loans.get(asset.id)),
        "incidents_open": counts.get(asset.id, 0),
        "seen_on": _day(asset.seen_on),
        "created_at": instant(asset.created_at),
        "updated_at": instant(asset.updated_at),
        "version": asset.version,
    }


def _day(on: Any) -> str | None:
    return on.isoformat() if on else None


def _asked(asset: Asset) -> dict[str, Any] | None:
    if asset.asked_status is None:
        return None
    return {
        "status": asset.asked_status,
        "by": asset.asked_by,
        "at": instant(asset.asked_at),
        "reason": asset.asked_reason,
    }


def _disposal(asset: Asset) -> dict[str, Any] | None:
    if asset.status != "disposed":
        return None
    return {
        "disposed_on": _day(asset.disposed_on),
        "method": asset.disposal_method,
        "wipe_evidence": asset.wipe_evidence,
        "disposed_to": asset.disposed_to,
        "confirmed_by": asset.confirmed_by,
    }


def shown_loan(loan: AssetLoan | None) -> dict[str, Any] | None:
    if loan is None:
        return None
    return {
        "borrower": loan.borrower,
        "lent_at": instant(loan.lent_at),
        "lent_by": loan.lent_by,
        "due_on": _day(loan.due_on),
        "overdue": loan.due_on is not None and loan.due_on < clock.today(),
        "note": loan.note,
    }


def loan_row(row: Any) -> dict[str, Any]:
    loan, asset = row
    shown = shown_loan(loan)
    assert shown is not None
    return {"tag": asset.tag, "type": asset.type, "make": asset.make or None, **shown}


def shown_field(field: AssetField) -> dict[str, Any]:
    return {
        "key": field.key,
        "type": field.type,
        "label": field.label,
        "kind": field.kind,
        "choices": list(field.choices or []),
        "position": field.position,
        "archived": field.is_archived,
        "version": field.version,
    }


# --- for a spreadsheet program ---

HEADINGS = (
    "Tag",
    "Type",
    "Make",
    "Model",
    "Serial number",
    "Room",
    "Who has it",
    "Status",
    "Bought on",
    "Price",
    "Paid from",
    "Supplier",
    "Warranty ends",
    "Contract",
    "System and version",
    "Notes",
    "Lent to",
    "Due back",
)


def own_columns(type: str | None) -> list[AssetField]:
    """The school's own fields, of one type or of all, each a column."""
    return list(own_fields.all_fields(type=type))


def spreadsheet_rows(found: Sequence[Asset], own: Sequence[AssetField]) -> list[Sequence[Any]]:
    around = queries.around(found)
    return [_cells(one, around, own) for one in found]


def _cells(asset: Asset, around: Around, own: Sequence[AssetField]) -> list[Any]:
    room = around.rooms.get(asset.location_id or 0)
    supplier = around.suppliers.get(asset.supplier_id or 0)
    contract = around.contracts.get(asset.contract_id or 0)
    loan = around.loans.get(asset.id)
    values = asset.own_fields or {}
    return [
        asset.tag,
        rules.TYPES.get(asset.type, asset.type),
        asset.make,
        asset.model,
        asset.serial,
        room.name if room else None,
        asset.holder,
        rules.STATUS_WORDS[asset.status],
        asset.purchase_date,
        asset.price,
        asset.funding,
        supplier.name if supplier else None,
        asset.warranty_end,
        contract.number if contract else None,
        asset.os_version,
        asset.notes,
        loan.borrower if loan else None,
        loan.due_on if loan else None,
        *(values.get(field.key) if field.type == asset.type else None for field in own),
    ]
