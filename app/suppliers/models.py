"""A supplier of one school (domain.md 2.5)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import SmallInteger

from app.people.models import one_of
from app.registered import Registered, points_at
from tenants import Model

KINDS = ("la", "company", "maker")


class Supplier(Registered, Model):
    __tablename__ = "suppliers"
    __table_args__ = (
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),
        Index("uq_suppliers_key", "school_id", "key", unique=True),
        Index("uq_suppliers_name", "school_id", func.lower(text("name")), unique=True),
        points_at("support_groups", "group_id"),
    )

    key: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    specialities: Mapped[list[Any]] = mapped_column(JSONB)
    contact_name: Mapped[str | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    website: Mapped[str | None]
    # How support is asked for: a number to ring, a page, an address.
    support_route: Mapped[str | None]
    account_number: Mapped[str | None]
    education_experience: Mapped[str | None]
    framework: Mapped[str | None]
    rating: Mapped[int | None] = mapped_column(SmallInteger)
    notes: Mapped[str | None]
    # The third-line group an incident is passed to when it goes to this supplier.
    group_id: Mapped[int | None] = mapped_column(BigInteger)
    is_archived: Mapped[bool] = mapped_column(default=False)
