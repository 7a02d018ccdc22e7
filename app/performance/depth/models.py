"""What is counted of a school in a month, topic by topic, kept by the worker each night; and what
the LA says of a model of equipment.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    UniqueConstraint,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import DateTime

from app.people.models import created, one_of
from tenants import Model, current_school_id

VERDICTS = ("buy_again", "watch", "avoid")


class DepthMonth(Model):
    """`hits` out of `base`, and an `amount`: what they are says the topic (counts.py)."""

    __tablename__ = "depth_months"
    __table_args__ = (Index("ix_depth_months_across", "topic", "on", "school_id"),)

    school_id: Mapped[int] = mapped_column(
        ForeignKey("schools.id"), primary_key=True, default=current_school_id
    )
    topic: Mapped[str] = mapped_column(primary_key=True)
    on: Mapped[date] = mapped_column(primary_key=True)
    # Of what within the topic: a type of equipment, its make and its model; a service; a weekday
    # and an hour. "" where it is not said.
    kind: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    detail: Mapped[str] = mapped_column(primary_key=True)
    hits: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    base: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    amount: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")


class LaModelNote(Model):
    """What the LA's manager says of a model: buy it again, watch it, avoid it [N16]."""

    __tablename__ = "la_model_notes"
    __table_args__ = (
        CheckConstraint(one_of("verdict", VERDICTS), name="verdict"),
        UniqueConstraint("type", "make_key", "model_key"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    type: Mapped[str]
    # As they are compared: small letters, single blanks.
    make_key: Mapped[str]
    model_key: Mapped[str]
    make: Mapped[str]
    model: Mapped[str]
    verdict: Mapped[str]
    note: Mapped[str | None]
    written_by: Mapped[str]
    created_at: Mapped[datetime] = created()
    updated_at: Mapped[datetime] = mapped_column(DateTime(True), server_default=func.now())
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
