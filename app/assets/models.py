"""An asset (domain.md 2.4), its loans, and the fields that a school adds to a type."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import DateTime, Numeric, String

from app.people.models import created, one_of
from app.registered import Registered, points_at
from tenants import BelongsToSchool, Model

STATES = (
    "on_order",
    "in_stock",
    "in_use",
    "in_repair",
    "on_loan",
    "lost_or_stolen",
    "retired",
    "disposed",
)


class Asset(Registered, Model):
    __tablename__ = "assets"
    __table_args__ = (
        CheckConstraint(one_of("status", STATES), name="status"),
        CheckConstraint("price >= 0", name="price"),
        CheckConstraint(
            "status <> 'disposed' OR num_nonnulls(disposed_on, disposal_method, wipe_evidence) = 3",
            name="disposal",
        ),
        Index("uq_assets_tag", "school_id", "tag_key", unique=True),
        Index(
            "uq_assets_serial",
            "school_id",
            func.lower(text("make")),
            func.lower(text("serial")),
            unique=True,
        ),
        Index("ix_assets_location", "school_id", "location_id", "tag_key"),
        Index("ix_assets_status", "school_id", "status", "tag_key"),
        Index("ix_assets_type", "school_id", "type", "tag_key"),
        Index("ix_assets_contract", "school_id", "contract_id"),
        Index("ix_assets_warranty", "school_id", "warranty_end"),
        Index(
            "ix_assets_asked",
            "school_id",
            "tag_key",
            postgresql_where="asked_status IS NOT NULL",
        ),
        points_at("locations", "location_id"),
        points_at("memberships", "holder_id"),
        points_at("suppliers", "supplier_id"),
        points_at("contracts", "contract_id"),
    )

    tag: Mapped[str]
    # As it is compared: PostgreSQL asks no index about lower(tag) behind row security, because
    # lower() could give away what it is asked about.
    tag_key: Mapped[str] = mapped_column(
        String(collation="C"), Computed('lower(tag) COLLATE "C"', persisted=True), deferred=True
    )
    type: Mapped[str]
    # A serial is unique per make; "" where the make is not known.
    make: Mapped[str] = mapped_column(default="")
    model: Mapped[str | None]
    serial: Mapped[str | None]
    status: Mapped[str] = mapped_column(default="in_use")
    location_id: Mapped[int | None] = mapped_column(BigInteger)
    # Who has it: somebody of the school's people, or only a name.
    holder_id: Mapped[int | None] = mapped_column(BigInteger)
    holder: Mapped[str | None]
    purchase_date: Mapped[date | None]
    price: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    funding: Mapped[str | None]
    supplier_id: Mapped[int | None] = mapped_column(BigInteger)
    warranty_end: Mapped[date | None]
    contract_id: Mapped[int | None] = mapped_column(BigInteger)
    os_version: Mapped[str | None]
    notes: Mapped[str | None]
    # What the school added to the type: {field key: value}.
    own_fields: Mapped[dict[str, Any]] = mapped_column(JSONB)
    # Retiring and disposing wait for the ICT owner's word.
    asked_status: Mapped[str | None]
    asked_by: Mapped[str | None]
    asked_at: Mapped[datetime | None] = mapped_column(DateTime(True))
    asked_reason: Mapped[str | None]
    disposed_on: Mapped[date | None]
    disposal_method: Mapped[str | None]
    disposed_to: Mapped[str | None]
    wipe_evidence: Mapped[str | None]
    confirmed_by: Mapped[str | None]
    # When it was last seen in its room, at a stock-take or a scan.
    seen_on: Mapped[date | None]


class AssetWord(Model):
    """What an asset can be found by, a word a row: a search reads these and not every asset."""

    # No key into assets: five words an asset are checked one by one, and by a plan from when the
    # table was empty, which made an import of 20,000 take minutes. What is left names nothing.
    __tablename__ = "asset_words"
    __table_args__ = (Index("ix_asset_words_asset", "school_id", "asset_id"),)

    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), primary_key=True)
    # By bytes: an index in another order cannot be asked for what begins with a word.
    word: Mapped[str] = mapped_column(String(collation="C"), primary_key=True)
    asset_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)


class AssetField(Registered, Model):
    """A field of the school's own on one type of asset [S23]."""

    __tablename__ = "asset_fields"
    __table_args__ = (
        CheckConstraint(
            one_of("kind", ("text", "number", "date", "yes_no", "choice")), name="kind"
        ),
        UniqueConstraint("school_id", "type", "key"),
    )

    type: Mapped[str]
    key: Mapped[str]
    label: Mapped[str]
    kind: Mapped[str]
    choices: Mapped[list[Any]] = mapped_column(JSONB)
    position: Mapped[int]
    is_archived: Mapped[bool] = mapped_column(default=False)


class AssetLoan(BelongsToSchool, Model):
    __tablename__ = "asset_loans"
    __table_args__ = (
        Index(
            "uq_asset_loans_one_open",
            "school_id",
            "asset_id",
            unique=True,
            postgresql_where="returned_at IS NULL",
        ),
        Index("ix_asset_loans_asset", "school_id", "asset_id", "lent_at"),
        Index(
            "ix_asset_loans_due",
            "school_id",
            "due_on",
            "id",
            postgresql_where="returned_at IS NULL",
        ),
        points_at("assets", "asset_id"),
        points_at("memberships", "borrower_id"),
    )

    asset_id: Mapped[int] = mapped_column(BigInteger)
    borrower_id: Mapped[int | None] = mapped_column(BigInteger)
    borrower: Mapped[str]
    lent_at: Mapped[datetime] = mapped_column(DateTime(True))
    lent_by: Mapped[str]
    due_on: Mapped[date | None]
    returned_at: Mapped[datetime | None] = mapped_column(DateTime(True))
    returned_by: Mapped[str | None]
    note: Mapped[str | None]
    created_at: Mapped[datetime] = created()
