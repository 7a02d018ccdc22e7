"""The contract register (domain.md 2.5): what was agreed with whom, for how long, at what price.

How well it is kept is another matter: an agreement's clocks (models.py). A contract names one.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import DateTime, Numeric

from app.people.models import created, one_of
from app.registered import Registered, points_at
from tenants import BelongsToSchool, Model

KINDS = ("sla", "ola", "uc", "maintenance", "warranty", "lease", "subscription")
RENEWALS = ("none", "tacit", "express")
STATES = ("draft", "active", "ended", "terminated", "superseded")
CHARGING_YEARS = ("financial", "academic", "contract")

_MONEY = Numeric(12, 2)


class LaContractOffer(Model):
    """The same contract, offered by the LA to its schools: a school that takes it gets its own."""

    __tablename__ = "la_contract_offers"
    __table_args__ = (
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(one_of("renewal", RENEWALS), name="renewal"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str]
    summary: Mapped[str]
    start: Mapped[date]
    initial_months: Mapped[int]
    renewal: Mapped[str]
    renewal_months: Mapped[int | None]
    notice_months: Mapped[int | None]
    notice_days: Mapped[int | None]
    # What a school pays a year, by phase: {"Primary": "2750.00", "": "8850.00"}.
    charges: Mapped[dict[str, Any]] = mapped_column(JSONB)
    charging_year: Mapped[str]
    la_agreement_id: Mapped[int | None] = mapped_column(ForeignKey("la_agreements.id"))
    visits_per_year: Mapped[int | None]
    hours_included: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    is_open: Mapped[bool] = mapped_column(default=True)
    created_by: Mapped[str]
    created_at: Mapped[datetime] = created()
    updated_at: Mapped[datetime] = mapped_column(DateTime(True), server_default=func.now())
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class Contract(Registered, Model):
    __tablename__ = "contracts"
    __table_args__ = (
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(one_of("renewal", RENEWALS), name="renewal"),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint(one_of("charging_year", CHARGING_YEARS), name="charging_year"),
        CheckConstraint("initial_months >= 1", name="initial_months"),
        CheckConstraint("renewal_months >= 1", name="renewal_months"),
        CheckConstraint("num_nonnulls(notice_months, notice_days) <= 1", name="one_notice"),
        CheckConstraint("num_nonnulls(agreement_id, la_agreement_id) <= 1", name="one_agreement"),
        CheckConstraint("annual_charge >= 0", name="annual_charge"),
        UniqueConstraint("school_id", "number"),
        points_at("suppliers", "supplier_id"),
        points_at("agreements", "agreement_id"),
        points_at("contracts", "predecessor_id"),
        Index("ix_contracts_supplier", "school_id", "supplier_id"),
    )

    number: Mapped[int]
    name: Mapped[str]
    supplier_id: Mapped[int | None] = mapped_column(BigInteger)
    kind: Mapped[str]
    reference: Mapped[str | None]  # the supplier's
    scope: Mapped[str | None]
    state: Mapped[str] = mapped_column(default="draft")
    start: Mapped[date]
    initial_months: Mapped[int]
    renewal: Mapped[str]
    renewal_months: Mapped[int | None]
    # An express renewal lasts until then; null: never renewed.
    renewed_until: Mapped[date | None]
    notice_months: Mapped[int | None]
    notice_days: Mapped[int | None]
    annual_charge: Mapped[Decimal | None] = mapped_column(_MONEY)
    charging_year: Mapped[str] = mapped_column(default="financial")
    payment_terms: Mapped[str | None]
    framework: Mapped[str | None]
    agreement_id: Mapped[int | None] = mapped_column(BigInteger)
    la_agreement_id: Mapped[int | None] = mapped_column(ForeignKey("la_agreements.id"))
    la_offer_id: Mapped[int | None] = mapped_column(ForeignKey("la_contract_offers.id"))
    visits_per_year: Mapped[int | None]
    hours_included: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    predecessor_id: Mapped[int | None] = mapped_column(BigInteger)
    signed_by: Mapped[str | None]
    signed_at: Mapped[datetime | None] = mapped_column(DateTime(True))
    ended_on: Mapped[date | None]
    end_reason: Mapped[str | None]
    notes: Mapped[str | None]


class ContractVersion(BelongsToSchool, Model):
    """The terms as they stood from a day on: what changed, when, and who changed it."""

    __tablename__ = "contract_versions"
    __table_args__ = (
        UniqueConstraint("school_id", "contract_id", "number"),
        points_at("contracts", "contract_id"),
    )

    contract_id: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[int]
    valid_from: Mapped[date]
    terms: Mapped[dict[str, Any]] = mapped_column(JSONB)
    reason: Mapped[str | None]
    changed_by: Mapped[str]
    created_at: Mapped[datetime] = created()


class ContractUse(BelongsToSchool, Model):
    """What was drawn from a contract's balance besides visits: hours on a day, by hand."""

    __tablename__ = "contract_uses"
    __table_args__ = (
        CheckConstraint("visits >= 0 AND minutes >= 0", name="amount"),
        UniqueConstraint("school_id", "contract_id", "number"),
        points_at("contracts", "contract_id"),
        Index("ix_contract_uses_contract", "school_id", "contract_id", "on"),
    )

    contract_id: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[int]
    on: Mapped[date]
    visits: Mapped[int]
    minutes: Mapped[int]
    note: Mapped[str | None]
    noted_by: Mapped[str]
    created_at: Mapped[datetime] = created()


class ContractService(Model):
    """Which services a contract covers."""

    __tablename__ = "contract_services"
    __table_args__ = (
        points_at("contracts", "contract_id"),
        points_at("services", "service_id"),
    )

    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), primary_key=True)
    contract_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    service_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
