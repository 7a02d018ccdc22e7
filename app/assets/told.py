"""What history says of equipment: what it was and what it is now, in words that stay readable."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app import clock
from app.assets import rules
from app.assets.models import Asset
from app.contracts.register import Contract
from app.history.actions import record
from app.history.models import Event
from app.locations.models import Location
from app.people.identity import Me
from app.suppliers.models import Supplier
from tenants import current_school_id, db

# What an event is called after, where several things changed at once.
_CALLED = (("location", "asset.moved"), ("holder", "asset.handed_over"))
_COLUMNS = (
    "tag",
    "type",
    "make",
    "model",
    "serial",
    "location_id",
    "holder",
    "purchase_date",
    "price",
    "funding",
    "supplier_id",
    "warranty_end",
    "contract_id",
    "os_version",
    "notes",
    "own_fields",
)
_NAMES: dict[str, tuple[Any, Any]] = {
    "location_id": (Location, Location.name),
    "supplier_id": (Supplier, Supplier.name),
    "contract_id": (Contract, Contract.name),
}


def values_of(asset: Asset) -> dict[str, Any]:
    return {name: getattr(asset, name) for name in _COLUMNS}


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, list[str | None]]:
    """{field: [from, to]} in words."""
    return {
        name.removesuffix("_id"): [_said(name, before[name]), _said(name, now[name])]
        for name in _COLUMNS
        if before[name] != now[name]
    }


def _said(name: str, value: Any) -> str | None:
    if value is None or value == "" or value == {}:
        return None
    if name in _NAMES:
        model, column = _NAMES[name]
        found: str | None = db.session.scalar(select(column).where(model.id == value))
        return found
    if name == "type":
        return rules.TYPES.get(str(value), str(value))
    if name == "own_fields":
        return "; ".join(f"{key}: {one}" for key, one in value.items())
    return str(value)


def changed(asset: Asset, changes: Mapping[str, list[str | None]], *, by: Me) -> None:
    kind = next((kind for name, kind in _CALLED if name in changes), "asset.changed")
    main = next((name for name, _ in _CALLED if name in changes), next(iter(changes)))
    note = "; ".join(
        f"{rules.TEXTS.get(name, name)}: {before or 'nothing'} → {now or 'nothing'}"
        for name, (before, now) in changes.items()
    )
    before, now = changes[main]
    tell(asset, kind, by=by, before=before, after=now, note=note, changes=dict(changes))


def tell(
    asset: Asset,
    kind: str,
    *,
    by: Me | None,
    before: str | None = None,
    after: str | None = None,
    note: str | None = None,
    changes: dict[str, Any] | None = None,
    at: datetime | None = None,
) -> None:
    record(
        kind,
        subject_kind="asset",
        subject_id=asset.id,
        at=at or clock.now(),
        by=by,
        from_value=before,
        to_value=after,
        note=note,
        details={"changes": changes} if changes else None,
        visibility="internal",
    )


def has_history(asset: Asset) -> bool:
    """Moved, lent, lost, …; that it was added, or a mistake in it mended, is none."""
    wanted = select(Event.id).where(
        Event.school_id == current_school_id(),
        Event.subject_kind == "asset",
        Event.subject_id == asset.id,
        Event.kind.not_in(("asset.added", "asset.changed")),
    )
    return db.session.scalar(wanted.limit(1)) is not None


EVENT_WORDS = {
    "asset.added": "Added to the register",
    "asset.changed": "Changed",
    "asset.moved": "Moved",
    "asset.handed_over": "Handed over",
    "asset.status_changed": "Status changed",
    "asset.retirement_asked": "Retirement asked of the ICT owner",
    "asset.disposal_asked": "Disposal asked of the ICT owner",
    "asset.question_withdrawn": "No longer asked of the ICT owner",
    "asset.declined": "The ICT owner said no",
    "asset.retired": "Retired",
    "asset.disposed": "Disposed of",
    "asset.lost": "Lost or stolen",
    "asset.lent": "Lent",
    "asset.returned": "Came back from loan",
    "asset.removed": "Removed",
    "asset.retirement_undone": "Retirement undone",
}
