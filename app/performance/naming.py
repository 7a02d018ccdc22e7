"""What rows of figures are called: schools by slug, agreements by key, suppliers by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from app.contracts.models import Agreement, AgreementVersion, LaAgreement, LaAgreementVersion
from app.performance.totals import Group, Row, add_to
from tenants import School, db
from tenants.models import LocalAuthority


@dataclass(frozen=True)
class SchoolSaid:
    id: int
    slug: str
    name: str
    pupils: int | None
    is_invented: bool


@dataclass(frozen=True)
class Named:
    """Of a row: its key in addresses and its name for people."""

    key: str
    name: str


@dataclass(frozen=True)
class Names:
    schools: dict[int, SchoolSaid]
    # Version → agreement, the LA's and, by school, the schools' own.
    la: dict[int, Named]
    own: dict[tuple[int, int], Named]
    authority: str

    def of(self, by: str, group: Group) -> Named:
        if by == "school":
            school = self.schools[group.school_id]
            return Named(school.slug, school.name)
        if by == "priority":
            return (
                Named(f"P{group.priority}", f"P{group.priority}") if group.priority else UNCHECKED
            )
        if by == "supplier":
            return (
                Named(group.provider, group.provider)
                if group.provider
                else self._not_supplier(group)
            )
        if group.own_version_id:
            return self.own[group.school_id, group.own_version_id]
        return self.la[group.la_version_id]

    def _not_supplier(self, group: Group) -> Named:
        """Who keeps an agreement that is no supplier's."""
        return {
            "sla": Named("la", self.authority),
            "ola": Named("school-desks", "The schools’ own desks"),
        }.get(group.kind, Named("unnamed", "Supplier not named"))


# Keys of rows by supplier that are none: their incidents name no supplier.
NOT_SUPPLIERS = frozenset({"la", "school-desks", "unnamed"})
UNCHECKED = Named("unchecked", "Not checked yet")


def names_of(rows: Iterable[Row]) -> Names:
    """Three statements; in a school only what it may read."""
    groups = [row.group for row in rows]
    own = {group.own_version_id for group in groups if group.own_version_id}
    return Names(
        schools=_schools({group.school_id for group in groups}),
        la=_la() if any(group.la_version_id for group in groups) else {},
        own=_own(own) if own else {},
        authority=db.session.scalar(select(LocalAuthority.name)) or "",
    )


def merged(rows: Iterable[Row], names: Names, by: str) -> list[tuple[Named, Row]]:
    """All versions of an agreement are one row; so is a supplier of several schools."""
    found: dict[tuple[str, Named], Row] = {}
    for row in rows:
        key = (row.group.kind, names.of(by, row.group))
        kept = found.setdefault(key, Row(row.group, said=row.said))
        kept.said = min(kept.said, row.said)
        for mine, theirs in ((kept.strata, row.strata), (kept.every, row.every)):
            for priority, counts in theirs.items():
                add_to(mine.setdefault(priority, {}), counts)
    return [(Named(named.key, row.said or named.name), row) for (_, named), row in found.items()]


def versions_named(key: str) -> tuple[frozenset[int], frozenset[int]]:
    """The versions of the agreements with this key: of the LA, and of schools' own. Of a school's
    own the key is `school/key`, or just its key where the LA has none of that key."""
    slug, _, own_key = key.rpartition("/")
    la = select(LaAgreementVersion.id).join(LaAgreement).where(LaAgreement.key == key)
    own = (
        select(AgreementVersion.id)
        .join(
            Agreement,
            (Agreement.school_id == AgreementVersion.school_id)
            & (Agreement.id == AgreementVersion.agreement_id),
        )
        .where(Agreement.key == own_key)
    )
    if slug:
        own = own.join(School, School.id == Agreement.school_id).where(School.slug == slug)
    of_la = frozenset(db.session.scalars(la))
    return of_la, frozenset() if of_la else frozenset(db.session.scalars(own))


def _schools(ids: set[int]) -> dict[int, SchoolSaid]:
    wanted = select(
        School.id, School.slug, School.name, School.number_of_pupils, School.pupils_invented
    ).where(School.id.in_(ids - {0}))
    return {row.id: SchoolSaid(*row) for row in db.session.execute(wanted)}


def _la() -> dict[int, Named]:
    wanted = select(LaAgreementVersion.id, LaAgreement.key, LaAgreement.name).join(LaAgreement)
    return {number: Named(key, name) for number, key, name in db.session.execute(wanted)}


def _own(versions: set[int]) -> dict[tuple[int, int], Named]:
    wanted = (
        select(
            AgreementVersion.school_id,
            AgreementVersion.id,
            School.slug,
            Agreement.key,
            Agreement.name,
            School.name.label("school"),
        )
        .join(
            Agreement,
            (Agreement.school_id == AgreementVersion.school_id)
            & (Agreement.id == AgreementVersion.agreement_id),
        )
        .join(School, School.id == AgreementVersion.school_id)
        .where(AgreementVersion.id.in_(versions))
    )
    return {
        (row.school_id, row.id): Named(f"{row.slug}/{row.key}", f"{row.name} ({row.school})")
        for row in db.session.execute(wanted)
    }
