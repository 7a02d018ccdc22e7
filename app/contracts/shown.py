"""Packs and agreements as they go out, for the API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.contracts.models import Agreement, AgreementVersion, LaAgreement, LaAgreementVersion
from app.contracts.pack_fields import WEEKDAYS
from app.contracts.rules import USUAL_PAUSES
from app.shapes import instant

_Version = LaAgreementVersion | AgreementVersion


def pack_shown(
    pack: LaAgreement, newest: LaAgreementVersion, versions: Sequence[LaAgreementVersion] = ()
) -> dict[str, Any]:
    found = {
        **version_shown(newest),
        "key": pack.key,
        "name": pack.name,
        "default": pack.is_default,
        "example": pack.is_example,
    }
    return found | ({"versions": [version_shown(one) for one in versions]} if versions else {})


def agreement_shown(
    agreement: Agreement,
    newest: AgreementVersion | None,
    versions: Sequence[AgreementVersion] | None = None,
) -> dict[str, Any]:
    found = {
        "key": agreement.key,
        "name": agreement.name,
        "kind": agreement.kind,
        "state": agreement.state,
        "signed_by": agreement.signed_by,
        "signed_at": instant(agreement.signed_at),
        "ended_on": agreement.ended_on,
        "newest": _own(newest) if newest else None,
        "proposal": _proposal(agreement.proposal),
        "version": agreement.version,
    }
    return found | ({} if versions is None else {"versions": [_own(one) for one in versions]})


def version_shown(version: _Version) -> dict[str, Any]:
    return {
        **whole(version.terms),
        "version": version.number,
        "valid_from": version.valid_from,
        "created_at": instant(version.created_at),
    }


def choice_shown(row: Any) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "valid_from": row.valid_from,
        "agreement": row.key,
        "name": row.name,
        "chosen_by": row.chosen_by,
    }


def whole(terms: dict[str, Any]) -> dict[str, Any]:
    """With the usual in place of what was left out."""
    calendar = terms["calendar"]
    week = calendar.get("week") or {}
    return {
        "name": terms["name"],
        "kind": terms["kind"],
        "calendar": {
            "week": {weekday: week.get(weekday, []) for weekday in WEEKDAYS},
            "bank_holidays": calendar.get("bank_holidays", True),
            "term_time_only": calendar.get("term_time_only", False),
            "terms": calendar.get("terms"),
            "closures": calendar.get("closures", []),
            "always": calendar.get("always", False),
        },
        "targets": terms["targets"],
        "pause_reasons": terms.get("pause_reasons", list(USUAL_PAUSES)),
        "on_site_needs_school_open": terms.get("on_site_needs_school_open", True),
    }


def _own(version: AgreementVersion) -> dict[str, Any]:
    return {**version_shown(version), "made_by": version.made_by}


def _proposal(proposal: dict[str, Any] | None) -> dict[str, Any] | None:
    if proposal is None:
        return None
    return {
        **whole(proposal["terms"]),
        "valid_from": proposal["valid_from"],
        "by": proposal["by"],
        "for_open": proposal["is_for_open"],
    }
