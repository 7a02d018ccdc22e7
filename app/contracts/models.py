"""Agreements (OLA, SLA, underpinning contract) and their dated versions, and bank holidays.

A clock keeps the version it began with. The LA's packs have no school; a school's own agreements
come with the contract register and get a second, nullable column on the clock.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.people.models import created
from tenants import Model


class LaAgreement(Model):
    __tablename__ = "la_agreements"
    __table_args__ = (CheckConstraint("kind IN ('ola', 'sla', 'uc')", name="kind"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str]
    # Which of a kind a school gets that has chosen none of its own.
    is_default: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = created()


class LaAgreementVersion(Model):
    __tablename__ = "la_agreement_versions"
    __table_args__ = (
        UniqueConstraint("agreement_id", "number"),
        UniqueConstraint("agreement_id", "valid_from"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("la_agreements.id"))
    number: Mapped[int]
    valid_from: Mapped[date]
    terms: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = created()


class BankHoliday(Model):
    __tablename__ = "bank_holidays"

    on: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str]
