"""A visit and the jobs on its agenda. One technician cannot be in two places at once: PostgreSQL
refuses it, across schools too."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import DateTime, SmallInteger

from app.people.models import created, one_of
from tenants import BelongsToSchool, Model

STATES = ("booked", "arrived", "done", "aborted", "cancelled")
_INSTANT = DateTime(True)


# The same person (as a range of one number: no extension is needed) at overlapping times. A range
# of no number would be a range of all numbers, so each constraint is about those who have one.
def _never_twice(column: str) -> ExcludeConstraint:
    return ExcludeConstraint(
        (text(_ONE_NUMBER[column]), "&&"),
        (text("tstzrange(starts_at, ends_at)"), "&&"),
        where=text(_STANDS[column]),
        using="gist",
        name=f"ex_visits_{column.removesuffix('_id')}",
    )


_ONE_NUMBER = {
    "la_membership_id": "int8range(la_membership_id, la_membership_id, '[]')",
    "membership_id": "int8range(membership_id, membership_id, '[]')",
}
_STANDS = {
    "la_membership_id": "la_membership_id IS NOT NULL AND state IN ('booked', 'arrived')",
    "membership_id": "membership_id IS NOT NULL AND state IN ('booked', 'arrived')",
}


class Visit(BelongsToSchool, Model):
    __tablename__ = "visits"
    __table_args__ = (
        UniqueConstraint("school_id", "number"),
        CheckConstraint(one_of("kind", ("regular", "urgent")), name="kind"),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint("ends_at > starts_at", name="times"),
        CheckConstraint("num_nonnulls(la_membership_id, membership_id) <= 1", name="one_visitor"),
        ForeignKeyConstraint(
            ["school_id", "membership_id"], ["memberships.school_id", "memberships.id"]
        ),
        _never_twice("la_membership_id"),
        _never_twice("membership_id"),
        Index("ix_visits_starts_at", "school_id", "starts_at", "id"),
        Index("ix_visits_visitor", "la_membership_id", "starts_at"),
    )

    number: Mapped[int]
    kind: Mapped[str] = mapped_column(default="regular")
    state: Mapped[str] = mapped_column(default="booked")
    starts_at: Mapped[datetime] = mapped_column(_INSTANT)
    ends_at: Mapped[datetime] = mapped_column(_INSTANT)
    # Who comes: of the LA, the school's own, or a supplier's engineer by name.
    la_membership_id: Mapped[int | None] = mapped_column(ForeignKey("la_memberships.id"))
    membership_id: Mapped[int | None] = mapped_column(BigInteger)
    visitor_name: Mapped[str]
    # Who of the desk is there to receive them when it was booked.
    host_name: Mapped[str | None]
    booked_by: Mapped[str]
    note: Mapped[str | None]
    agenda_agreed_at: Mapped[datetime | None] = mapped_column(_INSTANT)
    agenda_agreed_by: Mapped[str | None]
    arrived_at: Mapped[datetime | None] = mapped_column(_INSTANT)
    left_at: Mapped[datetime | None] = mapped_column(_INSTANT)
    aborted_reason: Mapped[str | None]
    cancelled_reason: Mapped[str | None]
    signed_by: Mapped[str | None]
    signed_at: Mapped[datetime | None] = mapped_column(_INSTANT)
    created_at: Mapped[datetime] = created()
    updated_at: Mapped[datetime] = mapped_column(_INSTANT, server_default=func.now())
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class VisitJob(BelongsToSchool, Model):
    """One incident on the agenda."""

    __tablename__ = "visit_jobs"
    __table_args__ = (
        ForeignKeyConstraint(["school_id", "visit_id"], ["visits.school_id", "visits.id"]),
        ForeignKeyConstraint(["school_id", "incident_id"], ["incidents.school_id", "incidents.id"]),
        CheckConstraint(
            one_of("outcome", ("done", "not_done", "follow_up", "called_off")), name="outcome"
        ),
        UniqueConstraint("school_id", "visit_id", "incident_id"),
        Index("ix_visit_jobs_incident", "school_id", "incident_id"),
    )

    visit_id: Mapped[int] = mapped_column(BigInteger)
    incident_id: Mapped[int] = mapped_column(BigInteger)
    position: Mapped[int] = mapped_column(SmallInteger)
    outcome: Mapped[str | None]
    note: Mapped[str | None]
    minutes: Mapped[int | None]
