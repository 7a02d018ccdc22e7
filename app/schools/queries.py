"""Which schools stand, and what was handed in. Asked while administering, unless said otherwise."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import defer

from app.errors import NotThere
from app.schools.comparison import FACTS, KnownSchool, KnownUrn
from app.schools.models import SchoolImport
from tenants import School, SchoolIdentifier, db
from tenants.models import LocalAuthority

_OF_THE_URN = ("la_code", "establishment_number", "ukprn")


def known_schools() -> list[KnownSchool]:
    """Every school, as an import compares it."""
    urns: dict[int, list[SchoolIdentifier]] = {}
    for identifier in all_identifiers():
        urns.setdefault(identifier.school_id, []).append(identifier)
    schools = db.session.scalars(select(School).order_by(School.id))
    return [_known(school, urns.get(school.id, [])) for school in schools]


def all_identifiers() -> list[SchoolIdentifier]:
    """Of every school, the current one of each school last."""
    return list(
        db.session.scalars(
            select(SchoolIdentifier).order_by(
                SchoolIdentifier.valid_to.nulls_last(),
                SchoolIdentifier.valid_from,
                SchoolIdentifier.id,
            )
        )
    )


def _known(school: School, identifiers: list[SchoolIdentifier]) -> KnownSchool:
    facts: dict[str, Any] = {key: getattr(school, key, None) for key in FACTS}
    if identifiers:
        facts |= {key: getattr(identifiers[-1], key) for key in _OF_THE_URN}
    if school.pupils_invented:
        facts |= {"number_of_pupils": None, "pupils_as_at": None}
    urns = tuple(KnownUrn(each.urn, each.valid_to) for each in identifiers)
    return KnownSchool(school.slug, school.name, school.status, urns, facts)


def get_school(slug: str, *, to_change: bool = False) -> School:
    wanted = select(School).where(School.slug == slug)
    found: School | None = db.session.scalar(wanted.with_for_update() if to_change else wanted)
    if found is None:
        raise NotThere
    return found


def identifiers_of(school: School) -> list[SchoolIdentifier]:
    """Its URNs, the newest first."""
    return list(
        db.session.scalars(
            select(SchoolIdentifier)
            .where(SchoolIdentifier.school_id == school.id)
            .order_by(
                SchoolIdentifier.valid_to.desc().nulls_first(),
                SchoolIdentifier.valid_from.desc(),
                SchoolIdentifier.id.desc(),
            )
        )
    )


def school_with_urn(urn: int) -> School | None:
    """Whoever has it or ever had it, so that an old link still finds the school."""
    return db.session.scalar(
        select(School)
        .join(SchoolIdentifier, SchoolIdentifier.school_id == School.id)
        .where(SchoolIdentifier.urn == urn)
        .order_by(SchoolIdentifier.valid_to.desc().nulls_first())
        .limit(1)
    )


def register_page(
    *, q: str | None, status: str | None, after: tuple[str, int] | None, limit: int
) -> list[School]:
    """By name. `q` is part of a name or a slug, a code, or a URN, old ones too."""
    wanted = select(School).order_by(School.name, School.id).limit(limit)
    if status:
        wanted = wanted.where(School.status == status)
    if q:
        wanted = wanted.where(_matches(q))
    if after:
        name, number = after
        wanted = wanted.where((School.name > name) | ((School.name == name) & (School.id > number)))
    return list(db.session.scalars(wanted))


def _matches(q: str) -> Any:
    # People type straight apostrophes; the register has typographic ones.
    curly = q.replace("'", "’")
    ways = [School.name.icontains(text, autoescape=True) for text in {q, curly}]
    ways += [School.code == q.upper(), School.slug == q.lower()]
    if q.isascii() and q.isdecimal() and len(q) == 6:
        ways.append(
            School.id.in_(select(SchoolIdentifier.school_id).where(SchoolIdentifier.urn == int(q)))
        )
    return or_(*ways)


def open_urns(schools: list[School]) -> dict[int, int]:
    """By school id; a school whose URN the register has closed is missing."""
    rows = db.session.execute(
        select(SchoolIdentifier.school_id, SchoolIdentifier.urn).where(
            SchoolIdentifier.school_id.in_([school.id for school in schools]),
            SchoolIdentifier.valid_to.is_(None),
        )
    )
    return {school_id: urn for school_id, urn in rows}


def own_la_code() -> int:
    """Of the authority that this desk belongs to; 0 until set-up has said which."""
    return db.session.scalar(select(LocalAuthority.la_code)) or 0


def get_import(import_id: UUID, *, to_change: bool = False) -> SchoolImport:
    wanted = select(SchoolImport).where(SchoolImport.id == import_id)
    found: SchoolImport | None = db.session.scalar(
        wanted.with_for_update() if to_change else wanted
    )
    if found is None:
        raise NotThere
    return found


def recent_imports(limit: int = 20) -> list[SchoolImport]:
    """The last ones, without what they hold."""
    return list(
        db.session.scalars(
            select(SchoolImport)
            .options(defer(SchoolImport.staged, raiseload=True))
            .order_by(SchoolImport.created_at.desc(), SchoolImport.id)
            .limit(limit)
        )
    )
