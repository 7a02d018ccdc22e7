"""Articles: a school's own, and those the LA published for every school.

An article of a school becomes the LA's only as a copy that was reviewed there, with the school's
consent; which school it came from stands in the school's row alone.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import DateTime

from app.people.models import created, one_of
from tenants import BelongsToSchool, Model

KINDS = ("resolution", "workaround", "known_error", "how_to")
STATES = ("draft", "published", "retired")
AUDIENCES = ("everyone", "desk")
OFFERS = ("none", "offered", "published", "declined")
HOWS = ("solved", "helped")
# What somebody types is looked for in these two; a word of the title weighs more.
_SEARCHED = (
    "setweight(to_tsvector('english', title), 'A') || "
    "setweight(to_tsvector('english', symptoms), 'B')"
)


class Article(BelongsToSchool, Model):
    __tablename__ = "articles"
    __table_args__ = (
        UniqueConstraint("school_id", "number"),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint(one_of("audience", AUDIENCES), name="audience"),
        CheckConstraint(one_of("offer", OFFERS), name="offer"),
        # What the LA's reviewers look for in every school.
        Index(
            "ix_articles_offered",
            "offered_at",
            "school_id",
            "id",
            postgresql_where="offer = 'offered'",
        ),
    )

    number: Mapped[int]
    title: Mapped[str]
    symptoms: Mapped[str]
    text: Mapped[str]
    kind: Mapped[str]
    category: Mapped[str | None]
    audience: Mapped[str] = mapped_column(default="everyone")
    state: Mapped[str] = mapped_column(default="draft")
    written_by: Mapped[str]
    # Consent to publish it across the LA, and what became of it.
    offer: Mapped[str] = mapped_column(default="none")
    offered_by: Mapped[str | None]
    offered_at: Mapped[datetime | None] = mapped_column(DateTime(True))
    offer_answer: Mapped[str | None]
    la_article_id: Mapped[int | None] = mapped_column(ForeignKey("la_articles.id"))
    search: Mapped[Any] = mapped_column(
        TSVECTOR, Computed(_SEARCHED, persisted=True), deferred=True
    )
    created_at: Mapped[datetime] = created()
    updated_at: Mapped[datetime] = mapped_column(DateTime(True), server_default=func.now())
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version, "eager_defaults": False}


class LaArticle(Model):
    __tablename__ = "la_articles"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint(one_of("audience", AUDIENCES), name="audience"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    number: Mapped[int]
    title: Mapped[str]
    symptoms: Mapped[str]
    text: Mapped[str]
    kind: Mapped[str]
    category: Mapped[str | None]
    audience: Mapped[str] = mapped_column(default="everyone")
    state: Mapped[str] = mapped_column(default="draft")
    published_by: Mapped[str | None]
    search: Mapped[Any] = mapped_column(
        TSVECTOR, Computed(_SEARCHED, persisted=True), deferred=True
    )
    created_at: Mapped[datetime] = created()
    updated_at: Mapped[datetime] = mapped_column(DateTime(True), server_default=func.now())
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version, "eager_defaults": False}


class ArticleUse(BelongsToSchool, Model):
    """An article solved an incident, or helped somebody who then did not need to report it."""

    __tablename__ = "article_uses"
    __table_args__ = (
        CheckConstraint(one_of("how", HOWS), name="how"),
        CheckConstraint("num_nonnulls(article_id, la_article_id) = 1", name="one_article"),
        ForeignKeyConstraint(["school_id", "article_id"], ["articles.school_id", "articles.id"]),
        ForeignKeyConstraint(["school_id", "incident_id"], ["incidents.school_id", "incidents.id"]),
        Index("ix_article_uses_article", "school_id", "article_id"),
        Index(
            "ix_article_uses_la_article",
            "la_article_id",
            "school_id",
            postgresql_where="la_article_id IS NOT NULL",
        ),
    )

    article_id: Mapped[int | None] = mapped_column(BigInteger)
    la_article_id: Mapped[int | None] = mapped_column(ForeignKey("la_articles.id"))
    how: Mapped[str]
    incident_id: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(DateTime(True))
