"""What people chose to hear of, what waits for a digest, and addresses that mail does not reach."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import DateTime

from app.people.models import created, one_of
from tenants import BelongsToSchool, Model, current_school_id

CHOICES = ("now", "digest", "off")


class MailChoice(Model):
    """One person's choice for one topic (rules.TOPICS); without a row the topic's usual one."""

    __tablename__ = "mail_choices"
    __table_args__ = (CheckConstraint(one_of("choice", CHOICES), name="choice"),)

    person_id: Mapped[int] = mapped_column(
        ForeignKey("people.id"), primary_key=True, autoincrement=False
    )
    topic: Mapped[str] = mapped_column(primary_key=True)
    choice: Mapped[str]


class DigestEntry(BelongsToSchool, Model):
    """An event that somebody reads about once a day."""

    __tablename__ = "digest_entries"
    __table_args__ = (Index("ix_digest_entries_person", "school_id", "person_id", "id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    event_at: Mapped[datetime] = mapped_column(DateTime(True))
    event_id: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = created()


class MailTrouble(Model):
    """Mail of this school to this address came back; none is sent there until somebody says so."""

    __tablename__ = "mail_troubles"

    school_id: Mapped[int] = mapped_column(
        ForeignKey("schools.id"), primary_key=True, default=current_school_id
    )
    address: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    said: Mapped[str]
    first_at: Mapped[datetime] = mapped_column(DateTime(True))
    last_at: Mapped[datetime] = mapped_column(DateTime(True))
