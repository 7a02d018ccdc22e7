"""From what an address asks to what is added up: keys become ids, or are refused in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app import clock
from app.errors import wrong
from app.performance.naming import NOT_SUPPLIERS, versions_named
from app.performance.parts import UNCHECKED
from app.performance.periods import A_DAY, month_of
from app.performance.sight import Sight, each_of
from app.performance.totals import Asked
from tenants import School, db

# Ten years.
_MOST_DAYS = 10 * 366


def asked_for(args: Mapping[str, Any], sight: Sight) -> Asked:
    """The current month up to today where no days are given. Raises Wrong."""
    today = clock.today()
    first = args.get("first") or month_of(today).first
    end = args.get("end") or max(today, first) + A_DAY
    if end <= first:
        raise wrong("to", "The period must end after it begins.")
    if (end - first).days > _MOST_DAYS:
        raise wrong("to", "Ask for at most ten years at once.")
    supplier = args.get("supplier")
    return Asked(
        first,
        end,
        by=args.get("by") or "school",
        kind=args.get("agreement_kind"),
        school_ids=_schools(args.get("school"), sight),
        versions=_versions(args.get("contract"), sight),
        providers=_providers(supplier),
        priority=_priority(args.get("priority")),
        type=args.get("type"),
    )


def _priority(name: str | None) -> int | None:
    if name is None:
        return None
    return UNCHECKED if name == "unchecked" else int(name[1])


def _schools(slug: str | None, sight: Sight) -> frozenset[int] | None:
    if slug is None:
        return None
    wanted = select(School.id).where(School.slug == slug)
    found = frozenset(each_of(sight, lambda: list(db.session.scalars(wanted))))
    if not found:
        raise wrong("school", "There is no such school.")
    return found


def _providers(supplier: str | None) -> frozenset[str] | None:
    """Also of what no supplier keeps: the LA, the schools' own desks."""
    if not supplier:
        return None
    return frozenset({"" if supplier in NOT_SUPPLIERS else supplier.lower()})


def _versions(key: str | None, sight: Sight) -> tuple[frozenset[int], frozenset[int]] | None:
    if key is None:
        return None
    found = each_of(sight, lambda: [versions_named(key)])
    la = frozenset(one for la, _ in found for one in la)
    own = frozenset(one for _, own in found for one in own)
    if not la and not own:
        raise wrong("contract", "There is no agreement of that key.")
    return la, own
