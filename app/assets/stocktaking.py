"""A stock-take of one room [S05]: what was expected, what was seen. Nothing moves till the end."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import DateTime

from app.people.models import one_of
from app.registered import Registered, points_at
from tenants import BelongsToSchool, Model


class StockTake(Registered, Model):
    __tablename__ = "stock_takes"
    __table_args__ = (
        CheckConstraint(one_of("state", ("open", "confirmed", "cancelled")), name="state"),
        UniqueConstraint("school_id", "number"),
        Index(
            "uq_stock_takes_one_open",
            "school_id",
            "location_id",
            unique=True,
            postgresql_where="state = 'open'",
        ),
        points_at("locations", "location_id"),
    )

    number: Mapped[int]
    location_id: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(default="open")
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(True))
    ended_by: Mapped[str | None]


class StockTakeLine(BelongsToSchool, Model):
    """A tag that was seen, or an asset that was expected; what becomes of it is chosen."""

    __tablename__ = "stock_take_lines"
    __table_args__ = (
        CheckConstraint(
            one_of("outcome", ("expected", "found", "missing", "wrong_room", "unknown")),
            name="outcome",
        ),
        CheckConstraint(one_of("choice", ("move", "leave", "lost")), name="choice"),
        Index("uq_stock_take_lines_tag", "school_id", "stock_take_id", "tag", unique=True),
        points_at("stock_takes", "stock_take_id"),
        points_at("assets", "asset_id"),
    )

    stock_take_id: Mapped[int] = mapped_column(BigInteger)
    asset_id: Mapped[int | None] = mapped_column(BigInteger)
    tag: Mapped[str]  # lower case, as it is compared
    shown_tag: Mapped[str]
    outcome: Mapped[str]
    choice: Mapped[str | None]
    seen_at: Mapped[datetime | None] = mapped_column(DateTime(True))
    seen_by: Mapped[str | None]
