"""What an incident adds to the figures of a day, and the sums of it: for each school, agreement
version, priority and day, and for whole months; and of all schools together. Made anew from turns
and clocks at will.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, SmallInteger
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.performance.counters import COUNTERS
from tenants import BelongsToSchool, Model, current_school_id

DAY, MONTH = "d", "m"
# An agreement kind of "" is every incident, whatever was promised.
EVERY = ""


class _Of:
    """Of what a figure is. 0 and "" stand for none, so that all of it can be a key."""

    agreement_kind: Mapped[str] = mapped_column(primary_key=True)
    la_version_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    own_version_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    # Which supplier, by the name of its group.
    provider: Mapped[str] = mapped_column(primary_key=True)
    priority: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    type: Mapped[str] = mapped_column(primary_key=True)
    # Sensitive and never forwarded: of these nobody outside the school learns, not even a count.
    is_hidden: Mapped[bool] = mapped_column(primary_key=True)


class FigurePart(_Of, Model):
    """What one incident adds on one day. Behind every number stands the list of these."""

    __tablename__ = "figure_parts"
    # No foreign key to the incident: checking it locks the row that somebody takes, and what is
    # only derived must never be in the way.
    __table_args__ = (Index("ix_figure_parts_incident", "school_id", "incident_id"),)

    school_id: Mapped[int] = mapped_column(
        ForeignKey("schools.id"), primary_key=True, default=current_school_id, sort_order=-20
    )
    on: Mapped[date] = mapped_column(primary_key=True, sort_order=-19)
    incident_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, sort_order=-18)
    counters: Mapped[dict[str, int]] = mapped_column(JSONB)


class FigureDay(_Of, Model):
    """The sum of the parts of a day ('d'), or of a whole month ('m', its first day)."""

    __tablename__ = "figure_days"
    __table_args__ = (
        CheckConstraint("span IN ('d', 'm')", name="span"),
        # For the LA, which reads a month of every school.
        Index("ix_figure_days_across", "span", "on", "agreement_kind", "school_id"),
    )

    school_id: Mapped[int] = mapped_column(
        ForeignKey("schools.id"), primary_key=True, default=current_school_id, sort_order=-20
    )
    span: Mapped[str] = mapped_column(primary_key=True, sort_order=-19)
    on: Mapped[date] = mapped_column(primary_key=True, sort_order=-18)


class LaFigure(_Of, Model):
    """The same sums of all schools together, so that a figure of the whole authority is not added
    up of thousands of schools whenever somebody asks. Current together with FigureChange."""

    __tablename__ = "la_figures"
    __table_args__ = (CheckConstraint("span IN ('d', 'm')", name="span"),)

    span: Mapped[str] = mapped_column(primary_key=True, sort_order=-19)
    on: Mapped[date] = mapped_column(primary_key=True, sort_order=-18)
    # Whose agreement it is where it is a school's own; 0 where it is the LA's.
    own_school_id: Mapped[int] = mapped_column(primary_key=True, sort_order=-17)


class FigureChange(BelongsToSchool, Model):
    """What was added to FigureDay and is not in LaFigure yet. Only ever added to by a school: two
    that are counted at once would wait for each other on a row of the LA."""

    __tablename__ = "figure_changes"


def _is_large(name: str) -> bool:
    """Seconds of many incidents, and pence, are more than an integer holds."""
    return name.endswith(("_seconds", "_pence"))


# One column a counter, so that they add up in SQL. NULL is nothing, and takes no room.
for _name in COUNTERS:
    setattr(FigureDay, _name, mapped_column(BigInteger if _is_large(_name) else Integer))
    setattr(LaFigure, _name, mapped_column(BigInteger))
for _column in LaFigure.__table__.columns:
    if _column.name != "own_school_id":
        setattr(
            FigureChange,
            _column.name,
            mapped_column(_column.type, nullable=_column.name in COUNTERS),
        )
