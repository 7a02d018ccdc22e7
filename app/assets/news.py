"""What the desk is told of once a day: what was added (R89), what is overdue [S08], and what waits
for the ICT owner's word."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import exists, func, or_, select

from app.assets.models import Asset, AssetLoan
from app.assets.queries import BY_TAG, described
from app.history.models import Event
from tenants import current_school_id, db

MOST_NAMED = 20
MONDAY = 0


class News(NamedTuple):
    added: list[str]
    overdue: list[str]
    asked: list[str]

    def __bool__(self) -> bool:
        return bool(self.added or self.overdue or self.asked)


def is_there_news(since: datetime, until: datetime, today: date) -> bool:
    """In one statement: most schools have none on most days. What is overdue is new on the day
    after it was due, and again on every Monday."""
    since_day = date.min if today.weekday() == MONDAY else since.date()
    new = exists().where(
        Event.school_id == current_school_id(),
        Event.kind.in_(("asset.added", "asset.retirement_asked", "asset.disposal_asked")),
        Event.at >= since,
        Event.at < until,
    )
    late = exists().where(
        AssetLoan.school_id == current_school_id(),
        AssetLoan.returned_at.is_(None),
        AssetLoan.due_on < today,
        AssetLoan.due_on >= since_day,
    )
    return bool(db.session.scalar(select(or_(new, late))))


def news(since: datetime, until: datetime, today: date) -> News:
    return News(_added(since, until), _overdue(today), _asked())


def _added(since: datetime, until: datetime) -> list[str]:
    """By type, because an import brings hundreds."""
    rows = db.session.execute(
        select(
            func.count().label("number"),
            func.min(Asset.tag).label("tag"),
            Asset.type,
            Asset.make,
            Asset.model,
        )
        .join(
            Event,
            (Event.school_id == Asset.school_id)
            & (Event.subject_kind == "asset")
            & (Event.subject_id == Asset.id)
            & (Event.kind == "asset.added"),
        )
        .where(Event.at >= since, Event.at < until)
        .group_by(Asset.type, Asset.make, Asset.model)
        .order_by(func.count().desc(), func.min(Asset.tag))
        .limit(MOST_NAMED)
    )
    return [
        f"{row.tag}: {described(row)}" if row.number == 1 else f"{row.number} × {described(row)}"
        for row in rows
    ]


def _overdue(today: date) -> list[str]:
    rows = db.session.execute(
        select(Asset.tag, AssetLoan.borrower, AssetLoan.due_on)
        .join(Asset, (Asset.school_id == AssetLoan.school_id) & (Asset.id == AssetLoan.asset_id))
        .where(AssetLoan.returned_at.is_(None), AssetLoan.due_on < today)
        .order_by(AssetLoan.due_on, AssetLoan.id)
        .limit(MOST_NAMED)
    )
    return [f"{tag}: {borrower}, due on {on:%-d %B %Y}" for tag, borrower, on in rows]


def _asked() -> list[str]:
    rows = db.session.execute(
        select(Asset.tag, Asset.asked_by, Asset.asked_reason)
        .where(Asset.asked_status.is_not(None))
        .order_by(BY_TAG)
        .limit(MOST_NAMED)
    )
    return [f"{tag}, asked by {who}: {reason}" for tag, who, reason in rows]
