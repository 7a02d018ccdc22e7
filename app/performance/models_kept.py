"""Answers about a very large authority, kept for whoever asks next: the worker makes them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Identity
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import DateTime

from tenants import Model


class KeptAnswer(Model):
    """A question and, once it is made, its answer."""

    __tablename__ = "la_kept_answers"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    # A digest of kind and question, by which it is found.
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    question: Mapped[dict[str, Any]] = mapped_column(JSONB)
    answer: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    made_at: Mapped[datetime | None] = mapped_column(DateTime(True))
    # How long it took.
    seconds: Mapped[float | None]
    # When somebody asked last, by the hour. NULL: nobody yet, it was put down at night.
    asked_at: Mapped[datetime | None] = mapped_column(DateTime(True))
    # Not made before this; nor anew, unless somebody asks for it or the night wants it.
    due_at: Mapped[datetime] = mapped_column(DateTime(True))
    is_wanted: Mapped[bool] = mapped_column(default=True)
