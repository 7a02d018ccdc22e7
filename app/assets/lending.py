"""Lend equipment and take it back [S08]: to whom, until when, and what is overdue."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from app import clock
from app.assets import rules
from app.assets.models import Asset, AssetLoan
from app.assets.queries import found_person, open_loan
from app.assets.told import tell
from app.errors import Refused, wrong
from app.keyset import Page, page_of
from app.people.identity import Me
from tenants import db

# From stock too: it has been taken into use by the same stroke.
LENT_FROM = ("in_use", "in_stock")
# A loan without a day is due after all others.
_NO_DAY = date(9999, 12, 31)


def lend(
    asset: Asset,
    *,
    by: Me,
    borrower: str,
    due_on: date | None = None,
    note: str | None = None,
) -> AssetLoan:
    """`borrower`: somebody of the school by name, or a name alone."""
    if asset.status not in LENT_FROM:
        raise Refused(rules.refusal(asset.tag, asset.status, "on_loan"))
    if due_on is not None and due_on < clock.today():
        raise wrong("due_on", "This day is over. When is it due back?")
    borrower_id, known = found_person(borrower)
    borrower = known or borrower
    before, at = asset.status, clock.now()
    loan = AssetLoan(
        asset_id=asset.id,
        borrower=borrower,
        borrower_id=borrower_id,
        lent_at=at,
        lent_by=by.name,
        due_on=due_on,
        note=note,
    )
    asset.status = "on_loan"
    db.session.add(loan)
    db.session.flush()
    until = f"Due back on {due_on:%-d %B %Y}" if due_on else "No day agreed"
    said = ". ".join(one for one in (until, note) if one)
    tell(asset, "asset.lent", by=by, before=before, after=borrower, note=said, at=at)
    return loan


def take_back(asset: Asset, *, by: Me, note: str | None = None) -> None:
    if asset.status != "on_loan":
        raise Refused(f"{asset.tag} is not on loan.")
    at = clock.now()
    borrower = end_loan(asset, by=by, at=at)
    asset.status = "in_use"
    db.session.flush()
    tell(asset, "asset.returned", by=by, before=borrower, after="in_use", note=note, at=at)


def end_loan(asset: Asset, *, by: Me, at: datetime) -> str | None:
    """Whoever had it."""
    loan = open_loan(asset)
    if loan is None:
        return None
    loan.returned_at, loan.returned_by = max(at, loan.lent_at), by.name
    return loan.borrower


def _due() -> Any:
    return func.coalesce(AssetLoan.due_on, _NO_DAY)


def page_of_loans(filters: Mapping[str, Any], after: list[Any] | None, limit: int) -> Page:
    """(loan, asset): what is out, what is due first at the top; those without a day last."""
    wanted: Any = select(AssetLoan, Asset).join(
        Asset, (Asset.school_id == AssetLoan.school_id) & (Asset.id == AssetLoan.asset_id)
    )
    wanted = wanted.where(AssetLoan.returned_at.is_(None))
    overdue = filters.get("overdue")
    if overdue is not None:
        today = clock.today()
        wanted = wanted.where(_due() < today if overdue else _due() >= today)
    if filters.get("asset"):
        wanted = wanted.where(Asset.tag_key == filters["asset"].lower())
    place = None if after is None else [date.fromisoformat(after[0]), after[1]]
    return page_of(
        wanted,
        (_due(), AssetLoan.id),
        lambda row: [(row[0].due_on or _NO_DAY).isoformat(), row[0].id],
        after=place,
        limit=limit,
        is_one_thing=False,
    )
