"""A location: a room or place of one school, preset or of its own naming."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import DateTime

from app.people.models import created
from app.registered import points_at
from tenants import BelongsToSchool, Model


class Location(BelongsToSchool, Model):
    __tablename__ = "locations"
    __table_args__ = (
        Index("uq_locations_key", "school_id", "key", unique=True),
        Index("uq_locations_name", "school_id", func.lower(text("name")), unique=True),
        points_at("locations", "parent_id"),
        points_at("locations", "merged_into_id"),
        CheckConstraint("id <> parent_id", name="not_inside_itself"),
    )

    key: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(BigInteger)
    # A trolley: it moves with what is in it.
    is_container: Mapped[bool] = mapped_column(default=False, server_default="false")
    # Its things went there when the two turned out to be one room; its name stays in history.
    merged_into_id: Mapped[int | None] = mapped_column(BigInteger)
    is_preset: Mapped[bool] = mapped_column(default=False)
    is_archived: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = created()
    updated_at: Mapped[datetime] = mapped_column(DateTime(True), server_default=func.now())
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
