"""A sheet with a Tech Advisor before it reaches the desk: offered, tried, solved or passed on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, update
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import DateTime

from app.people.models import one_of
from tenants import BelongsToSchool, Model, current_school_id, db

STATES = ("offered", "taken", "solved", "passed_on", "timed_out", "gone_past")
_INSTANT = DateTime(True)


class Advice(BelongsToSchool, Model):
    """One an incident. It never stops a clock, because before the desk has it none runs."""

    __tablename__ = "advice"
    __table_args__ = (
        ForeignKeyConstraint(["school_id", "incident_id"], ["incidents.school_id", "incidents.id"]),
        ForeignKeyConstraint(
            ["school_id", "advisor_id"], ["memberships.school_id", "memberships.id"]
        ),
        CheckConstraint(one_of("state", STATES), name="state"),
        Index("uq_advice_incident", "school_id", "incident_id", unique=True),
        Index("ix_advice_began_at", "school_id", "began_at"),
    )

    incident_id: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(default="offered")
    began_at: Mapped[datetime] = mapped_column(_INSTANT)
    # When it passes on to the desk by itself.
    until_at: Mapped[datetime] = mapped_column(_INSTANT)
    ended_at: Mapped[datetime | None] = mapped_column(_INSTANT)
    advisor_id: Mapped[int | None] = mapped_column(BigInteger)
    advisor_name: Mapped[str | None]
    is_pupil: Mapped[bool] = mapped_column(default=False)
    taken_at: Mapped[datetime | None] = mapped_column(_INSTANT)
    # What was tried, and the advice given.
    tried: Mapped[str | None]
    # A pupil's advice is looked at by an adult before it counts as solved.
    countersigned_by: Mapped[str | None]
    countersigned_at: Mapped[datetime | None] = mapped_column(_INSTANT)
    version: Mapped[int] = mapped_column(default=1)


def end_without_advice(incident_id: int, at: datetime) -> None:
    """The incident is over while it was with the advisors: what was not accepted did not help."""
    db.session.execute(
        update(Advice)
        .where(
            Advice.school_id == current_school_id(),
            Advice.incident_id == incident_id,
            Advice.ended_at.is_(None),
        )
        .values(state="gone_past", ended_at=at)
        .execution_options(synchronize_session=False)
    )
