"""What a contract is called, which state may follow which, and what its terms are. Source:
domain.md 2.5."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from app.contracts.contract_terms import Terms
from app.errors import Wrong

# fmt: off
KIND_WORDS = {
    "sla":          "Service level agreement",
    "ola":          "Agreement inside the school",
    "uc":           "Support contract with a supplier",
    "maintenance":  "Maintenance",
    "warranty":     "Warranty",
    "lease":        "Lease",
    "subscription": "Subscription",
}
RENEWAL_WORDS = {
    "none":    "It ends with its term",
    "tacit":   "It renews itself unless somebody gives notice",
    "express": "It is renewed only when both say so",
}
YEAR_WORDS = {
    "financial": "April to March",
    "academic":  "September to August",
    "contract":  "From the day it began",
}
STATE_WORDS = {
    "draft":      "Draft",
    "active":     "In force",
    "ended":      "Ended",
    "terminated": "Terminated",
    "superseded": "Renewed by another",
}
STATE_COLOURS = {
    "draft": "blue", "active": "green", "ended": "grey", "terminated": "red", "superseded": "grey",
}
# What the school agreed on: another one of these makes a version, from a day on.
TERMS = (
    "supplier", "kind", "scope", "start", "initial_months", "renewal", "renewal_months",
    "renewed_until", "notice_months", "notice_days", "annual_charge", "charging_year",
    "payment_terms", "agreement", "services", "visits_per_year", "hours_included",
)
TERM_WORDS = {
    "supplier":        "Supplier",
    "kind":            "Kind",
    "scope":           "What it covers",
    "start":           "First day",
    "initial_months":  "First term, in months",
    "renewal":         "Renewal",
    "renewal_months":  "Each renewal, in months",
    "renewed_until":   "Renewed until",
    "notice_months":   "Notice, in months",
    "notice_days":     "Notice, in days",
    "annual_charge":   "Charge a year",
    "charging_year":   "Charging year",
    "payment_terms":   "Payment terms",
    "agreement":       "Agreement",
    "services":        "Services",
    "visits_per_year": "Visits a year",
    "hours_included":  "Hours a year",
}
# What is only about how the register is kept; it may be mended in any state.
ABOUT = ("name", "reference", "framework", "notes")
ABOUT_WORDS = {
    "name": "Name", "reference": "The supplier’s reference", "framework": "Framework",
    "notes": "Notes",
}
EVENT_WORDS = {
    "contract.added":      "Added {after}",
    "contract.changed":    "Changed",
    "contract.signed":     "Signed",
    "contract.terminated": "Terminated, with {after} as the last day",
    "contract.ended":      "Closed: it ended on {after}",
    "contract.renewed":    "Renewed until {after}, before that until {before}",
    "contract.succeeded":  "Another contract is to follow it: number {after}",
    "contract.superseded": "Renewed by contract {after}",
    "contract.drawn":      "Drawn from the balance: {after}",
    "contract.undrawn":    "Taken back from the balance: {before}",
    "contract.file_added": "Files added",
    "contract.file_removed": "File removed",
    "file.missing":        "A file is missing from the store",
}
# fmt: on
# Those that promise how quickly somebody comes: without an agreement nobody can hold them to it.
PROMISING = ("sla", "ola", "uc")
# A support agreement of a school rarely says more; what is longer was mistyped.
LONGEST_MONTHS, LONGEST_NOTICE_DAYS = 600, 1830


def check_terms(said: Mapping[str, Any]) -> None:
    """What the fields say together, whichever of them were sent. Raises Wrong."""
    found: dict[str, list[str]] = {}
    if said.get("renewal") == "tacit" and said.get("renewal_months") is None:
        found["renewal_months"] = ["Say by how many months it renews itself."]
    if said.get("notice_months") is not None and said.get("notice_days") is not None:
        found["notice_days"] = ["Give the notice in months or in days, not in both."]
    if found:
        raise Wrong(found)


def terms_from(said: Mapping[str, Any], ended_on: date | None = None) -> Terms:
    """Out of a version's plain words."""
    until = said.get("renewed_until")
    return Terms(
        start=date.fromisoformat(said["start"]),
        initial_months=said["initial_months"],
        renewal=said["renewal"],
        renewal_months=said["renewal_months"],
        renewed_until=date.fromisoformat(until) if until else None,
        notice_months=said["notice_months"],
        notice_days=said["notice_days"],
        ended_on=ended_on,
    )


def plain(value: Any) -> Any:
    """As it stands in a version and in a history: JSON, nothing else."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def words(value: Any) -> str:
    """For people: in a history's from and to."""
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return "" if value is None else str(plain(value))
