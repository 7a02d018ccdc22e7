"""A payment, and the schedule that makes several (domain.md 2.5)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import DateTime, Numeric

from app.people.models import one_of
from app.registered import Registered, points_at
from tenants import Model

RHYTHMS = ("once", "monthly", "termly", "yearly")
STATUSES = ("planned", "approved", "ordered", "invoiced", "paid", "cancelled")


class _For:
    """What it is paid for; at most one."""

    supplier_id: Mapped[int | None] = mapped_column(BigInteger)
    contract_id: Mapped[int | None] = mapped_column(BigInteger)
    licence_id: Mapped[int | None] = mapped_column(BigInteger)
    asset_id: Mapped[int | None] = mapped_column(BigInteger)


class PaymentSchedule(_For, Registered, Model):
    __tablename__ = "payment_schedules"
    __table_args__ = (
        CheckConstraint(one_of("rhythm", RHYTHMS), name="rhythm"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("vat >= 0", name="vat"),
        CheckConstraint("last_on >= first_on", name="dates"),
        UniqueConstraint("school_id", "number"),
        points_at("suppliers", "supplier_id"),
        points_at("contracts", "contract_id"),
        points_at("licences", "licence_id"),
        points_at("assets", "asset_id"),
    )

    number: Mapped[int]
    description: Mapped[str]
    rhythm: Mapped[str]
    first_on: Mapped[date]
    last_on: Mapped[date | None]
    amount: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    vat: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    cost_code: Mapped[str | None]
    is_stopped: Mapped[bool] = mapped_column(default=False)


class Payment(_For, Registered, Model):
    __tablename__ = "payments"
    __table_args__ = (
        CheckConstraint(one_of("status", STATUSES), name="status"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("vat >= 0", name="vat"),
        UniqueConstraint("school_id", "number"),
        UniqueConstraint("school_id", "schedule_id", "scheduled_on"),
        Index("ix_payments_due", "school_id", "due_on", "number"),
        points_at("payment_schedules", "schedule_id"),
        points_at("suppliers", "supplier_id"),
        points_at("contracts", "contract_id"),
        points_at("licences", "licence_id"),
        points_at("assets", "asset_id"),
        points_at("changes", "change_id"),
    )

    number: Mapped[int]
    description: Mapped[str]
    amount: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    vat: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    due_on: Mapped[date]  # a working day
    # The day of the schedule before it was moved to a working day.
    schedule_id: Mapped[int | None] = mapped_column(BigInteger)
    scheduled_on: Mapped[date | None]
    change_id: Mapped[int | None] = mapped_column(BigInteger)
    cost_code: Mapped[str | None]
    order_ref: Mapped[str | None]
    invoice_ref: Mapped[str | None]
    status: Mapped[str] = mapped_column(default="planned")
    # By person, not by name: the one who plans may not approve.
    planned_by_person: Mapped[int] = mapped_column(BigInteger)
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None] = mapped_column(DateTime(True))
    ordered_on: Mapped[date | None]
    invoiced_on: Mapped[date | None]
    paid_on: Mapped[date | None]
    reason: Mapped[str | None]  # why it was cancelled
    notes: Mapped[str | None]
