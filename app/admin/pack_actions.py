"""Packs in the back office: what its form says, done as the desk's own pages do it."""

from __future__ import annotations

from typing import Any

from app.admin.pack_form import as_pack
from app.contracts import la_packs
from app.contracts.la_packs import Written
from app.contracts.models import LaAgreement
from app.people.identity import Me


def add_version(agreement: LaAgreement, data: dict[str, Any], *, by: Me) -> int:
    """The next version, from a day that is not over and after the newest one's. Its number."""
    return la_packs.add_version(agreement, _written(data, agreement.kind), by=by)


def add_pack(data: dict[str, Any], *, by: Me) -> LaAgreement:
    """A pack beside those there are; which one schools get by default stays."""
    return la_packs.add_pack(_written(data, data["kind"]), by=by)


def _written(data: dict[str, Any], kind: str) -> Written:
    return Written(
        name=data["name"],
        kind=kind,
        terms=as_pack(data, kind),
        valid_from=data["valid_from"],
        reason=data.get("reason"),
    )
