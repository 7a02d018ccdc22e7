"""Which incidents were brought along from where, so that the same file twice changes nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import DateTime

from app.registered import points_at
from tenants import BelongsToSchool, Model


class BroughtIncident(BelongsToSchool, Model):
    __tablename__ = "brought_incidents"
    __table_args__ = (
        points_at("incidents", "incident_id"),
        UniqueConstraint("school_id", "source", "their_key"),
        UniqueConstraint("school_id", "incident_id"),
    )

    source: Mapped[str]
    their_key: Mapped[str]
    incident_id: Mapped[int] = mapped_column(BigInteger)
    # How many events were read, and a digest of them: a longer log begins with the same.
    events: Mapped[int]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    # The incident's version as it was left; another one means that somebody has worked on it since.
    version_left: Mapped[int]
    brought_at: Mapped[datetime] = mapped_column(DateTime(True))
