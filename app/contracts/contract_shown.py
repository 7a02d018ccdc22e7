"""What goes out about contracts: plain values, the same for page, JSON and spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from app.contracts import contract_queries as queries
from app.contracts import contract_rules as rules
from app.contracts.register import Contract, ContractUse, ContractVersion
from app.shapes import instant

if TYPE_CHECKING:
    from app.contracts.balance_rules import Budget
    from app.contracts.contract_balance import Balance

HEADINGS = (
    *("Number", "Name", "Supplier", "Kind", "State", "Reference", "First day", "First term"),
    *("Renewal", "Renewal months", "Notice months", "Notice days", "Term ends"),
    *("Last day to give notice", "Charge a year", "Charging year", "Payment terms", "Framework"),
    *("Agreement", "Services", "Visits a year", "Hours a year", "Assets", "Files", "Notes"),
)
_AS_IT_IS = (
    *("number", "name", "kind", "reference", "scope", "state", "start", "initial_months"),
    *("renewal", "renewal_months", "renewed_until", "notice_months", "notice_days"),
    *("charging_year", "payment_terms", "framework", "visits_per_year"),
    *("signed_by", "ended_on", "end_reason", "notes", "created_by", "version"),
)


def listed(found: Sequence[Contract], on: date) -> list[dict[str, Any]]:
    """As they stand on that day; a fixed number of statements for all of them."""
    stands = queries.standings(found, on)
    suppliers, agreements = queries.suppliers_of(found), queries.agreements_of(found)
    services, before = (
        queries.services_of(found),
        queries.numbers_of(one.predecessor_id for one in found),
    )
    offers = queries.keys_of_offers(found)
    files, assets = queries.how_many_files(found), queries.how_many_assets(found)
    shown = []
    for one in found:
        stand = stands[one.id]
        key, name = suppliers.get(one.supplier_id, (None, None))
        shown.append(
            {
                **{column: getattr(one, column) for column in _AS_IT_IS},
                "supplier": key,
                "supplier_name": name,
                "annual_charge": rules.plain(one.annual_charge),
                "hours_included": hours(one.hours_included),
                "agreement": agreements.get(one.id, (None, None))[0],
                "agreement_name": agreements.get(one.id, (None, None))[1],
                "services": [service for service, _ in services.get(one.id, ())],
                "service_names": [said for _, said in services.get(one.id, ())],
                "offer": offers.get(one.la_offer_id),
                "predecessor": before.get(one.predecessor_id),
                "signed_at": instant(one.signed_at),
                "current_term_start": stand.term_start,
                "current_term_end": stand.term_end,
                "last_notice_day": stand.last_notice_day,
                "in_notice_period": stand.in_notice_period,
                "expired": stand.expired,
                "assets": assets.get(one.id, 0),
                "files": files.get(one.id, 0),
                "created_at": instant(one.created_at),
                "updated_at": instant(one.updated_at),
            }
        )
    return shown


def as_json(shown: dict[str, Any]) -> dict[str, Any]:
    """Keys and numbers; the names beside them are for people."""
    return {
        name: value
        for name, value in shown.items()
        if name not in ("agreement_name", "service_names")
    }


def detail(contract: Contract, on: date) -> dict[str, Any]:
    return listed([contract], on)[0]


def hours(value: Any) -> float | None:
    return None if value is None else float(value)


def terms_of(contract: Contract) -> dict[str, Any]:
    """What was agreed, in the words of the API, as a version keeps it."""
    agreement = queries.agreements_of([contract]).get(contract.id)
    supplier = queries.suppliers_of([contract]).get(contract.supplier_id)
    services = queries.services_of([contract]).get(contract.id, ())
    said = {
        "supplier": supplier and supplier[0],
        "agreement": agreement and agreement[0],
        "services": [key for key, _ in services],
    }
    return {
        name: said[name] if name in said else rules.plain(getattr(contract, name))
        for name in rules.TERMS
    }


def versions_listed(versions: Sequence[ContractVersion]) -> list[dict[str, Any]]:
    """The newest first, each with what it changed."""
    return [
        {
            "number": one.number,
            "valid_from": one.valid_from,
            "terms": one.terms,
            "changed": differences(before.terms, one.terms) if before else [],
            "reason": one.reason,
            "changed_by": one.changed_by,
            "at": instant(one.created_at),
        }
        for one, before in zip_longest(versions, versions[1:])
    ]


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [name for name in rules.TERMS if before.get(name) != after.get(name)]


def balance_shown(found: Balance) -> dict[str, Any]:
    return {
        "first_day": found.first_day,
        "last_day": found.last_day,
        "visits": _budget(found.visits),
        "hours": _budget(found.hours),
        "finding": found.finding,
    }


def _budget(budget: Budget | None) -> dict[str, Any] | None:
    if budget is None:
        return None
    return {
        "included": float(budget.included),
        "used": float(budget.used),
        "left": float(budget.left),
        "is_low": budget.is_low,
    }


def use_shown(use: ContractUse) -> dict[str, Any]:
    return {
        "number": use.number,
        "on": use.on,
        "visits": use.visits,
        "hours": round(use.minutes / 60, 2),
        "note": use.note,
        "noted_by": use.noted_by,
    }


def as_cells(found: Sequence[Contract], on: date) -> list[Sequence[Any]]:
    return [
        [
            *(one["number"], one["name"], one["supplier_name"], rules.KIND_WORDS[one["kind"]]),
            *(rules.STATE_WORDS[one["state"]], one["reference"], one["start"]),
            *(one["initial_months"], rules.RENEWAL_WORDS[one["renewal"]], one["renewal_months"]),
            *(one["notice_months"], one["notice_days"], one["current_term_end"]),
            *(one["last_notice_day"], row.annual_charge, rules.YEAR_WORDS[one["charging_year"]]),
            *(one["payment_terms"], one["framework"], one["agreement_name"]),
            *(", ".join(one["service_names"]), one["visits_per_year"], row.hours_included),
            *(one["assets"], one["files"], one["notes"]),
        ]
        for one, row in zip(listed(found, on), found, strict=True)
    ]
