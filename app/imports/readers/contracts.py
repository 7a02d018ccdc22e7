"""Contracts: known again by name and first day. What is new is a draft until it is signed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from app.contracts import contract_rules as rules
from app.contracts import contract_schemas as schemas
from app.contracts.contract_actions import add_contract, change_contract
from app.contracts.contract_terms import add_months
from app.contracts.register import Contract
from app.imports.readers.base import Batch, Field, Line
from app.imports.readers.by_action import ByAction, key_named, key_of
from app.imports.values import day, folded, money, one_of, short, whole, words
from tenants import db

# fmt: off
_KIND_WORDS = {
    "support": "sla", "sla": "sla", "service level agreement": "sla", "ola": "ola", "uc": "uc",
    "underpinning contract": "uc", "service": "maintenance", "servicing": "maintenance",
    "hire": "lease", "rental": "lease", "leasing": "lease", "licence": "subscription",
    "software": "subscription", "guarantee": "warranty", "broadband": "subscription",
}
_RENEWAL_WORDS = {
    "auto": "tacit", "automatic": "tacit", "rolling": "tacit", "yes": "tacit", "rolls over":
    "tacit", "auto renew": "tacit", "manual": "express", "by agreement": "express",
    "on request": "express", "no": "none", "fixed": "none", "fixed term": "none", "ends": "none",
}
_YEAR_WORDS = {
    "april": "financial", "apr-mar": "financial", "financial year": "financial", "september":
    "academic", "sep-aug": "academic", "academic year": "academic", "school year": "academic",
    "contract year": "contract",
}
# fmt: on
_LENGTH = re.compile(
    r"(\d{1,4})\s*(d|days?|w|weeks?|m|mths?|months?|y|yrs?|years?|terms?)?(?: notice)?"
)
_MONTHS = {"m": 1, "y": 12, "t": 4}
_DAYS = {"d": 1, "w": 7}


def _months(text: str) -> int:
    """“36”, “3 years”; a bare number is months."""
    found = _LENGTH.fullmatch(folded(text))
    unit = (found[2] or "m")[0] if found else ""
    if found is None or unit not in _MONTHS or not int(found[1]):
        raise ValueError(f"“{short(text)}” is no number of months. Write 36, or 3 years.")
    return int(found[1]) * _MONTHS[unit]


def _notice(text: str) -> tuple[str, int]:
    """“3 months” or “90 days”; a bare number is days where it is more than a year of months."""
    found = _LENGTH.fullmatch(folded(text))
    if found is None:
        raise ValueError(f"“{short(text)}” is no notice. Write 3 months, or 90 days.")
    number = int(found[1])
    unit = (found[2] or ("m" if number <= 12 else "d"))[0]
    if unit in _DAYS:
        return "notice_days", number * _DAYS[unit]
    return "notice_months", number * _MONTHS[unit]


def _hours(text: str) -> Decimal:
    found = re.fullmatch(r"(\d{1,6}(?:\.\d{1,2})?)(?: ?h(?:ou)?rs?)?", folded(text))
    if found is None:
        raise ValueError(f"“{short(text)}” is no number of hours. Write 12 or 7.5.")
    return Decimal(found[1])


class Contracts(ByAction):
    register, permission, shape = "contracts", "contract.edit", schemas.NewContract
    key_names = ("name", "start")
    # fmt: off
    fields = (
        Field("name", "Name of the contract", words(200),
              ("Contract", "Name", "Contract name", "Description", "What", "Service", "Title",
               "Agreement"), is_required=True),
        Field("supplier", "Supplier", words(200),
              ("Company", "With", "Provider", "Vendor", "Firm")),
        Field("kind", "Kind of contract", one_of(rules.KIND_WORDS, _KIND_WORDS),
              ("Kind", "Type", "Contract type", "Category"), is_required=True),
        Field("reference", "Their reference", words(200),
              ("Reference", "Ref", "Contract no", "Contract number", "Contract ref", "Account")),
        Field("scope", "What it covers", words(10_000, is_long=True),
              ("Scope", "Covers", "Details", "Includes")),
        Field("start", "First day", day,
              ("Start", "Start date", "From", "Begins", "Commencement", "Commences",
               "Commencement date"), is_required=True),
        Field("end", "Last day of the first term", day,
              ("End", "End date", "Until", "To", "Expires", "Expiry", "Expiry date",
               "Renewal date", "Renewal due")),
        Field("initial_months", "First term, in months", _months,
              ("Term", "Months", "Length", "Duration", "Initial term", "Term months", "Period",
               "Contract length")),
        Field("renewal", "What happens at the end", one_of(rules.RENEWAL_WORDS, _RENEWAL_WORDS),
              ("Renewal", "Renews", "Auto renew", "Auto renewal", "Renewal type")),
        Field("renewal_months", "Each renewal, in months", _months,
              ("Renewal months", "Renewal term", "Renewal period")),
        Field("notice", "Notice", _notice,
              ("Notice period", "Notice needed", "Cancellation notice", "Cancellation")),
        Field("annual_charge", "Charge a year", money,
              ("Annual charge", "Annual cost", "Cost", "Price", "Charge", "Yearly cost",
               "Cost per year", "Cost pa", "Amount", "Value", "Annual cost £")),
        Field("charging_year", "Charging year", one_of(rules.YEAR_WORDS, _YEAR_WORDS), ("Year",)),
        Field("payment_terms", "Payment terms", words(500), ("Terms", "Payment", "Paid")),
        Field("framework", "Procurement framework", words(200), ("Framework",)),
        Field("visits_per_year", "Visits a year", whole(0, 9999), ("Visits", "No of visits")),
        Field("hours_included", "Hours a year", _hours, ("Hours", "Hours included")),
        Field("notes", "Notes", words(10_000, is_long=True),
              ("Note", "Comments", "Comment", "Remarks")),
    )
    # fmt: on

    def keys(self, said: dict[str, Any]) -> list[tuple[str, ...]]:
        if not {"name", "start"} <= set(said):
            return []
        return [("name", folded(said["name"]), said["start"].isoformat())]

    def find(self, line: Line, batch: Batch) -> Any:
        said = line.said
        if not {"name", "start"} <= set(said):
            return None
        wanted = select(Contract).where(
            func.lower(Contract.name) == said["name"].lower(), Contract.start == said["start"]
        )
        return db.session.scalar(wanted.order_by(Contract.number.desc()).limit(1))

    def means(self, line: Line, batch: Batch) -> dict[str, Any]:
        said = dict(line.said)
        end, notice = said.pop("end", None), said.pop("notice", None)
        if notice is not None:
            said |= {"notice_months": None, "notice_days": None, notice[0]: notice[1]}
        if end is not None and "start" in said and "initial_months" not in said:
            months = whole_months(said["start"], end)
            if months is None:
                line.refuse("end", "It is no whole number of months after the first day.")
            said["initial_months"] = months
        if "supplier" in said:
            said["supplier"] = key_named(line, "supplier", batch.known.suppliers, "supplier")
        if line.thing is not None:
            said.pop("name")
        elif "initial_months" not in said:
            line.refuse("initial_months", "Say how many months it lasts, or its last day.")
        return said

    def now(self, thing: Any, names: Iterable[str], batch: Batch) -> dict[str, Any]:
        supplier = key_of(thing.supplier_id, batch.known.suppliers)
        return {name: supplier if name == "supplier" else getattr(thing, name) for name in names}

    def add(self, said: dict[str, Any], batch: Batch) -> None:
        add_contract(by=batch.by, **said)

    def change(self, line: Line, batch: Batch) -> None:
        said = line.changes
        reason = f"From {batch.file_name}"
        change_contract(line.thing, by=batch.by, reason=reason, **said)


def whole_months(start: date, last: date) -> int | None:
    """How many months end on that day, as the register counts them."""
    months = (last.year - start.year) * 12 + last.month - start.month
    for many in (months, months + 1):
        if many > 0 and add_months(start, many) - timedelta(days=1) == last:
            return many
    return None
