"""A label: a token nobody can guess, for one asset or one room. A new one ends the old."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import DateTime

from app.people.models import created
from app.registered import points_at
from tenants import BelongsToSchool, Model


class Label(BelongsToSchool, Model):
    __tablename__ = "labels"
    __table_args__ = (
        CheckConstraint("num_nonnulls(asset_id, location_id) = 1", name="one_thing"),
        Index("uq_labels_token", "school_id", "token", unique=True),
        Index(
            "uq_labels_asset",
            "school_id",
            "asset_id",
            unique=True,
            postgresql_where="ended_at IS NULL",
        ),
        Index(
            "uq_labels_location",
            "school_id",
            "location_id",
            unique=True,
            postgresql_where="ended_at IS NULL",
        ),
        points_at("assets", "asset_id"),
        points_at("locations", "location_id"),
    )

    token: Mapped[str]
    asset_id: Mapped[int | None] = mapped_column(BigInteger)
    location_id: Mapped[int | None] = mapped_column(BigInteger)
    made_by: Mapped[str]
    created_at: Mapped[datetime] = created()
    printed_at: Mapped[datetime | None] = mapped_column(DateTime(True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(True))
    ended_by: Mapped[str | None]
