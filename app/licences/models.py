"""A licence and what of it is allocated (domain.md 2.4)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Numeric

from app.people.models import created, one_of
from app.registered import Registered, points_at
from tenants import BelongsToSchool, Model

METRICS = ("device", "named_user", "concurrent", "site", "pupil_fte", "subscription_tier")


class Licence(Registered, Model):
    __tablename__ = "licences"
    __table_args__ = (
        CheckConstraint(one_of("metric", METRICS), name="metric"),
        CheckConstraint(one_of("state", ("draft", "active", "retired")), name="state"),
        CheckConstraint("quantity >= 1", name="quantity"),
        CheckConstraint("quantity IS NOT NULL OR metric = 'site'", name="counted"),
        CheckConstraint('"end" >= start', name="dates"),
        CheckConstraint("(state = 'retired') = (retired_on IS NOT NULL)", name="retired"),
        CheckConstraint("cost >= 0", name="cost"),
        CheckConstraint("peak_use >= 0", name="peak_use"),
        UniqueConstraint("school_id", "number"),
        Index("ix_licences_product", "school_id", func.lower(text("product")), "number"),
        points_at("suppliers", "supplier_id"),
        points_at("contracts", "contract_id"),
    )

    number: Mapped[int]
    product: Mapped[str]
    publisher: Mapped[str | None]
    edition: Mapped[str | None]
    metric: Mapped[str]
    quantity: Mapped[int | None]
    state: Mapped[str] = mapped_column(default="active")
    # Encrypted; opened only by the one who reveals it, which is written down.
    key_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    agreement_ref: Mapped[str | None]
    purchase_date: Mapped[date | None]
    start: Mapped[date]
    end: Mapped[date | None]  # the last day it holds
    auto_renew: Mapped[bool] = mapped_column(default=False)
    notice_days: Mapped[int] = mapped_column(default=90)
    cost: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    # A concurrent licence compares its peak use, not what is installed.
    peak_use: Mapped[int | None]
    supplier_id: Mapped[int | None] = mapped_column(BigInteger)
    contract_id: Mapped[int | None] = mapped_column(BigInteger)
    home_use: Mapped[bool] = mapped_column(default=False)
    curriculum: Mapped[bool] = mapped_column(default=False)
    # The first day on which it counts no longer, whatever its end says.
    retired_on: Mapped[date | None]
    notes: Mapped[str | None]


class LicenceAllocation(BelongsToSchool, Model):
    """To an asset, a person, or so many at once; both days count."""

    __tablename__ = "licence_allocations"
    __table_args__ = (
        CheckConstraint("num_nonnulls(asset_id, person, count) = 1", name="one_holder"),
        CheckConstraint("count >= 1", name="count"),
        CheckConstraint("to_day >= from_day", name="dates"),
        UniqueConstraint("school_id", "licence_id", "number"),
        Index("ix_licence_allocations_asset", "school_id", "asset_id"),
        points_at("licences", "licence_id"),
        points_at("assets", "asset_id"),
        points_at("memberships", "membership_id"),
    )

    licence_id: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[int]  # of this licence, from 1
    asset_id: Mapped[int | None] = mapped_column(BigInteger)
    # The person's name, and who that is where they are one of the school's people.
    person: Mapped[str | None]
    membership_id: Mapped[int | None] = mapped_column(BigInteger)
    count: Mapped[int | None]
    from_day: Mapped[date]
    to_day: Mapped[date | None]
    note: Mapped[str | None]
    made_by: Mapped[str]
    created_at: Mapped[datetime] = created()
