"""The LA's packs, a school's own agreements, their versions, and which of them a school goes by."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on

from app.contracts.models import (
    Agreement,
    AgreementChoice,
    AgreementVersion,
    LaAgreement,
    LaAgreementVersion,
)
from app.errors import NotThere
from tenants import db

# Nobody looks through more versions than this on one page.
MOST_VERSIONS = 100
# A school's keys begin so: no pack of the LA's is ever meant by one of them.
OWN = "own-"


def key_of(name: str) -> str:
    """What programs call a pack or group of this name."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall("[a-z0-9]+", plain))[:60].strip("-") or "unnamed"


# --- the LA's ---


def page_of_packs(
    *, after: tuple[str, int] | None, limit: int, kind: str | None = None
) -> list[LaAgreement]:
    """By name."""
    wanted = select(LaAgreement).order_by(LaAgreement.name, LaAgreement.id).limit(limit)
    if kind is not None:
        wanted = wanted.where(LaAgreement.kind == kind)
    if after is not None:
        name, number = after
        wanted = wanted.where(
            (LaAgreement.name > name) | ((LaAgreement.name == name) & (LaAgreement.id > number))
        )
    return list(db.session.scalars(wanted))


def get_pack(key: str, *, to_change: bool = False) -> LaAgreement:
    wanted = select(LaAgreement).where(LaAgreement.key == key)
    found = db.session.scalar(wanted.with_for_update() if to_change else wanted)
    if found is None:
        raise NotThere
    return found


def versions_of(agreement_id: int) -> list[LaAgreementVersion]:
    """The newest first."""
    return list(
        db.session.scalars(
            select(LaAgreementVersion)
            .where(LaAgreementVersion.agreement_id == agreement_id)
            .order_by(LaAgreementVersion.number.desc())
            .limit(MOST_VERSIONS)
        )
    )


def newest_of_each(agreement_ids: Collection[int]) -> dict[int, LaAgreementVersion]:
    """{pack: its newest version}, in one statement."""
    if not agreement_ids:
        return {}
    version = LaAgreementVersion
    found = db.session.scalars(
        select(version)
        .where(version.agreement_id.in_(set(agreement_ids)))
        .ext(distinct_on(version.agreement_id))
        .order_by(version.agreement_id, version.number.desc())
    )
    return {one.agreement_id: one for one in found}


def newest_versions(agreement_ids: Collection[int]) -> dict[int, tuple[int, date]]:
    """{pack: (number, first day)} of each newest version. Later ones begin later."""
    if not agreement_ids:
        return {}
    version = LaAgreementVersion
    rows = db.session.execute(
        select(version.agreement_id, func.max(version.number), func.max(version.valid_from))
        .where(version.agreement_id.in_(set(agreement_ids)))
        .group_by(version.agreement_id)
    )
    return {agreement: (number, begins) for agreement, number, begins in rows}


# --- a school's own ---


def page_of_agreements(*, after: tuple[str, int] | None, limit: int) -> list[Agreement]:
    """Of the school acted in, by name."""
    wanted = select(Agreement).order_by(Agreement.name, Agreement.id).limit(limit)
    if after is not None:
        name, number = after
        wanted = wanted.where(
            (Agreement.name > name) | ((Agreement.name == name) & (Agreement.id > number))
        )
    return list(db.session.scalars(wanted))


def get_agreement(key: str, *, to_change: bool = False) -> Agreement:
    wanted = select(Agreement).where(Agreement.key == key)
    found = db.session.scalar(wanted.with_for_update() if to_change else wanted)
    if found is None:
        raise NotThere
    return found


def own_versions_of(agreement_id: int) -> list[AgreementVersion]:
    """The newest first."""
    return list(
        db.session.scalars(
            select(AgreementVersion)
            .where(AgreementVersion.agreement_id == agreement_id)
            .order_by(AgreementVersion.number.desc())
            .limit(MOST_VERSIONS)
        )
    )


def newest_of_each_own(agreement_ids: Collection[int]) -> dict[int, AgreementVersion]:
    if not agreement_ids:
        return {}
    version = AgreementVersion
    found = db.session.scalars(
        select(version)
        .where(version.agreement_id.in_(set(agreement_ids)))
        .ext(distinct_on(version.agreement_id))
        .order_by(version.agreement_id, version.number.desc())
    )
    return {one.agreement_id: one for one in found}


def choices(limit: int = MOST_VERSIONS, *, number: int | None = None) -> Sequence[Any]:
    """Which agreement the school goes by and from which day, the latest first: rows of kind,
    valid_from, key, name, chosen_by. `number`: this one alone."""
    choice = AgreementChoice
    found = (
        select(
            choice.kind,
            choice.valid_from,
            choice.chosen_by,
            func.coalesce(Agreement.key, LaAgreement.key).label("key"),
            func.coalesce(Agreement.name, LaAgreement.name).label("name"),
        )
        .outerjoin(
            Agreement,
            (Agreement.school_id == choice.school_id) & (Agreement.id == choice.agreement_id),
        )
        .outerjoin(LaAgreement, LaAgreement.id == choice.la_agreement_id)
        .order_by(choice.valid_from.desc(), choice.id.desc())
        .limit(limit)
    )
    if number is not None:
        found = found.where(choice.id == number)
    return db.session.execute(found).all()


def goes_by(agreement_id: int, on: date) -> bool:
    """Whether the school goes by this agreement of its own on that day or will later."""
    rows = db.session.execute(
        select(
            AgreementChoice.kind, AgreementChoice.agreement_id, AgreementChoice.valid_from
        ).order_by(AgreementChoice.valid_from)
    ).all()
    for kind in {row.kind for row in rows}:
        mine = [row for row in rows if row.kind == kind]
        begun = [row for row in mine if row.valid_from <= on][-1:]
        coming = [row for row in mine if row.valid_from > on]
        if any(row.agreement_id == agreement_id for row in (*begun, *coming)):
            return True
    return False


def may_choose() -> list[tuple[str, str, str]]:
    """(kind, key, name) of what a school can go by: its own that are signed, and the LA's packs.
    Examples are for copying only."""
    packs = db.session.execute(
        select(LaAgreement.kind, LaAgreement.key, LaAgreement.name)
        .where(LaAgreement.kind.in_(("ola", "sla")), LaAgreement.is_example.is_(False))
        .order_by(LaAgreement.name)
    )
    own = db.session.execute(
        select(Agreement.kind, Agreement.key, Agreement.name)
        .where(
            Agreement.kind.in_(("ola", "sla")),
            Agreement.state == "active",
        )
        .order_by(Agreement.name)
    )
    return [(kind, key, name) for kind, key, name in (*own, *packs)]
