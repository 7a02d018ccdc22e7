"""What goes out about an article: plain values, and what its text may give away."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select, text

from app.knowledge import rules
from app.knowledge.lists import Uses
from app.knowledge.models import Article, LaArticle
from app.knowledge.queries import Known
from app.knowledge.redaction import Finding, findings
from app.knowledge.redaction import Known as KnownNames
from app.locations.models import Location
from app.locations.rules import PRESETS
from app.people.identity import SchoolName
from app.people.models import Membership
from app.shapes import instant
from tenants import current_school_id, db

LOOKED_AT = ("title", "symptoms", "text")
# Names that reports carry and no membership has; asked by name, as incidents live above this room.
_REPORTERS = text(
    "SELECT DISTINCT reporter_name FROM incidents"
    " WHERE school_id = :school AND reporter_id IS NULL LIMIT 2000"
)


def listed(row: Row[Any], code: str) -> dict[str, Any]:
    return {
        "reference": rules.reference(rules.LA_CODE if row.is_la else code, row.number),
        "scope": "la" if row.is_la else "school",
        "number": row.number,
        "title": row.title,
        "kind": row.kind,
        "category": row.category,
        "audience": row.audience,
        "state": row.state,
        "updated_at": instant(row.updated_at),
    }


def detail(article: Article | LaArticle, code: str, uses: Uses) -> dict[str, Any]:
    own = article if isinstance(article, Article) else None
    return {
        "reference": rules.reference(code, article.number),
        "scope": "school" if own else "la",
        "number": article.number,
        "title": article.title,
        "kind": article.kind,
        "category": article.category,
        "audience": article.audience,
        "state": article.state,
        "symptoms": article.symptoms,
        "text": article.text,
        "written_by": own.written_by if own else None,
        "offer": own.offer if own else None,
        "offer_answer": own.offer_answer if own else None,
        "solved": uses.solved,
        "helped": uses.helped,
        "created_at": instant(article.created_at),
        "updated_at": instant(article.updated_at),
        "version": article.version,
    }


def suggested(one: Known) -> dict[str, Any]:
    return {
        "reference": one.reference,
        "scope": "la" if one.is_la else "school",
        "number": one.number,
        "title": one.title,
        "kind": one.kind,
        "symptoms": one.symptoms,
        "text": one.text,
    }


def offered(row: Row[Any]) -> dict[str, Any]:
    return {
        "school": {"slug": row.slug, "code": row.code, "name": row.school_name},
        "reference": rules.reference(row.code, row.number),
        "number": row.number,
        "title": row.title,
        "offered_at": instant(row.offered_at),
    }


def known_here(school: SchoolName) -> KnownNames:
    """What the school acted in knows to be its own. Three statements."""
    names = list(db.session.scalars(select(Membership.name).distinct()))
    names += db.session.scalars(_REPORTERS, {"school": current_school_id()})
    # Every school has a hall: such a name gives nothing away.
    usual = {name for name, _ in PRESETS}
    rooms = [name for name in db.session.scalars(select(Location.name)) if name not in usual]
    return KnownNames(names, rooms, (school.name, school.code, school.slug))


def found_in(said: dict[str, Any], known: KnownNames) -> dict[str, list[Finding]]:
    """By field: what the texts may give away."""
    return {name: findings(said[name] or "", known) for name in LOOKED_AT}


def may_give_away(article: Article, school: SchoolName) -> list[dict[str, str]]:
    said = {name: getattr(article, name) for name in LOOKED_AT}
    return [
        {"field": name, "kind": one.kind, "text": said[name][one.start : one.end]}
        for name, found in found_in(said, known_here(school)).items()
        for one in found
    ]
