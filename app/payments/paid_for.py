"""What a payment is for: what of the other registers it names, and whether it may be paid yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app.errors import Refused, wrong
from app.licences.models import Licence
from app.licences.named import ASSET, CONTRACT, SUPPLIER, Register, ids_of
from app.progress.models import Change
from tenants import db

LICENCE = Register(
    Licence,
    Licence.number,
    Licence.product,
    "Choose a licence from your list.",
    lambda number: Licence.number == number,
)
CHANGE = Register(
    Change,
    Change.number,
    Change.title,
    "Choose a change from your list.",
    lambda number: Change.number == number,
)
PAID_FOR = {
    "supplier": SUPPLIER,
    "contract": CONTRACT,
    "licence": LICENCE,
    "asset": ASSET,
    "change": CHANGE,
}
PLAIN = ("description", "amount", "vat", "cost_code", "order_ref", "notes")
# A change that nobody has approved yet, or that does not go on.
_NOT_APPROVED = ("draft", "submitted", "rejected", "cancelled")


def columns_of(said: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept as it was said, and the ids of what it is paid for."""
    if said.get("amount") == 0:
        raise wrong("amount", "Enter an amount above nothing")
    kept = {name: said[name] for name in PLAIN if name in said}
    return {**kept, **ids_of(said, PAID_FOR)}


def check_change(change_id: int | None) -> None:
    """Nothing is bought for a change that nobody has approved (domain.md 2.3)."""
    if change_id is None:
        return
    state = db.session.scalar(select(Change.state).where(Change.id == change_id))
    if state in _NOT_APPROVED:
        raise Refused("The change is not approved yet, so nothing is paid for it.")
