"""How a school's desk works: what it has decided for itself. No row: the usual.

Read by many pages, so `settings_here()` reads it once a transaction.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import DateTime

from tenants import Model, current_school_id, db


class DeskSettings(Model):
    __tablename__ = "desk_settings"
    __table_args__ = (
        CheckConstraint("advisor_minutes BETWEEN 5 AND 480", name="advisor_minutes"),
        CheckConstraint("lesson_minutes BETWEEN 20 AND 180", name="lesson_minutes"),
    )

    school_id: Mapped[int] = mapped_column(
        ForeignKey("schools.id"), primary_key=True, default=current_school_id
    )
    # How the desk itself is reached; what people have of their own stays theirs (R75).
    phone: Mapped[str | None]
    email: Mapped[str | None]
    # By which ways faults may reach the desk (R24): channels of domain.md 2.2.
    channels: Mapped[list[str]] = mapped_column(JSONB)
    # Forwarding goes to the school's own technicians first, and from there to the LA's second line.
    is_own_first_line: Mapped[bool] = mapped_column(default=False)
    may_technician_close: Mapped[bool] = mapped_column(default=False)
    # Tech Advisors: on at all, and for which categories.
    has_advisors: Mapped[bool] = mapped_column(default=False)
    advisor_categories: Mapped[list[str]] = mapped_column(JSONB)
    # School minutes until a sheet passes on to the desk by itself.
    advisor_minutes: Mapped[int] = mapped_column(default=30)
    lesson_minutes: Mapped[int] = mapped_column(default=60)
    # Mail waits for the school's opening hours.
    is_quiet_when_closed: Mapped[bool] = mapped_column(default=True)
    updated_by: Mapped[str]
    updated_at: Mapped[datetime] = mapped_column(DateTime(True), server_default=func.now())
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


USUAL_CHANNELS = ("web", "phone", "email", "in_person", "paper_form")


@dataclass(frozen=True)
class DeskRules:
    """The settings in force in the school acted in."""

    phone: str | None = None
    email: str | None = None
    channels: tuple[str, ...] = USUAL_CHANNELS
    is_own_first_line: bool = False
    may_technician_close: bool = False
    has_advisors: bool = False
    advisor_categories: tuple[str, ...] = ()
    advisor_minutes: int = 30
    lesson_minutes: int = 60
    is_quiet_when_closed: bool = True


def settings_here() -> DeskRules:
    """Of the school acted in."""
    row = db.session.get(DeskSettings, current_school_id())
    if row is None:
        return DeskRules()
    found: dict[str, Any] = {field.name: getattr(row, field.name) for field in fields(DeskRules)}
    return DeskRules(
        **found
        | {
            "channels": tuple(found["channels"]),
            "advisor_categories": tuple(found["advisor_categories"]),
        }
    )
