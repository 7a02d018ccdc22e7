"""What checks, steps and search results are called, and where each leads."""

from __future__ import annotations

from typing import NamedTuple

from app.performance.words import FEWEST
from app.plots.words import NONE, share_of
from app.reports.searching import Found


class Said(NamedTuple):
    title: str
    why: str
    mend: str  # what the link says
    endpoint: str
    values: dict[str, str]
    example: tuple[str, str] | None = None  # endpoint of one example, and its parameter


# fmt: off
LACKS: dict[str, Said] = {
    "no_ict_owner": Said(
        "No ICT owner", "Nobody can sign contracts, approve payments or confirm disposals.",
        "Invite somebody", "invitations.index", {}),
    "no_deputy": Said(
        "No deputy for the single point of contact",
        "When the one person is ill, nobody takes reports.", "Invite a deputy",
        "invitations.index", {}),
    "assets_without_room": Said(
        "Equipment without a room", "Nobody finds it at a stock-take or a visit.",
        "List it and choose rooms", "assets.index", {"no_location": "true"},
        ("assets.show", "key")),
    "rooms_without_assets": Said(
        "Rooms without equipment", "Either the list of equipment is not complete, or the room is "
        "not needed.", "Look at the rooms", "locations.index", {}, ("locations.show", "key")),
    "licences_over": Said(
        "More licences used than the school has", "This is what an audit asks about.",
        "See each product", "licences.compliance", {}),
    "contracts_without_notice": Said(
        "Contracts that renew themselves, without a notice period",
        "Without it nobody can tell the last day to leave.", "Open the contracts",
        "contracts.watch", {}, ("contracts.show", "number")),
    "contracts_without_document": Said(
        "Contracts without their document", "Keep the signed paper beside its terms.",
        "Open the contracts", "contracts.watch", {},
        ("contracts.show", "number")),
    "suppliers_without_contact": Said(
        "Suppliers nobody knows how to reach", "Add an e-mail address, a number or the way "
        "support is asked for.", "Open the suppliers", "suppliers.index", {},
        ("suppliers.show", "key")),
    "services_without_parts": Said(
        "Services made of nothing", "Say which equipment, licences and contracts they stand on.",
        "Open the catalogue", "services.index", {}, ("services.show", "key")),
    "loans_overdue": Said(
        "Loans that are overdue", "Ask for them back, or say when they are due now.",
        "See the loans", "assets.loans", {"overdue": "true"}, ("assets.show", "key")),
    "payments_overdue": Said(
        "Payments that are overdue", "Say that they are paid, or move or cancel them.",
        "See the payments", "payments.index", {"overdue": "true"}, ("payments.show", "number")),
    "stale_incidents": Said(
        "Open incidents nobody has touched for two weeks", "Ask how they go, or close them.",
        "Open the call log", "incidents.call_log", {"open": "true"}, ("incidents.show", "number")),
}
STEPS: dict[str, Said] = {
    "people": Said("Name the single point of contact and a deputy",
                   "Reports go to them. Two people are enough to begin with.",
                   "Invite people", "invitations.index", {}),
    "reachable": Said("Say when the desk can be reached", "It stands on every page.",
                      "Enter the times", "reachability.show", {}),
    "hours": Said("Check the school’s hours and INSET days",
                  "Deadlines and visits go by them. The LA’s term dates are there already.",
                  "Open the calendar", "calendars.school_calendar", {}),
    "rooms": Said("List the rooms", "Take over the usual ones with one press, then add your own.",
                  "Open locations", "locations.index", {}),
    "equipment": Said("Bring your list of equipment", "A spreadsheet will do, as it is.",
                      "Read a spreadsheet", "imports.upload", {}),
    "contract": Said("Enter the first contract", "Deskbell then tells you its last day to give "
                     "notice.", "Add a contract", "contracts.add", {}),
    "incident": Said("Report a first problem", "Try it yourself before you tell everybody.",
                     "Report a problem", "incidents.log", {}),
}
# kind: what the group is called, where one leads, and its parameter
FOUND: dict[str, tuple[str, str, str]] = {
    "incident": ("Incidents and requests", "incidents.show", "number"),
    "asset":    ("Equipment", "assets.show", "key"),
    "location": ("Locations", "locations.show", "key"),
    "licence":  ("Licences", "licences.show", "number"),
    "contract": ("Contracts", "contracts.show", "number"),
    "supplier": ("Suppliers", "suppliers.show", "key"),
    "service":  ("Services", "services.show", "key"),
    "article":  ("Knowledge", "knowledge.show", "number"),
    "problem":  ("Problems", "problems_log.show", "number"),
    "document": ("Procedures and strategy", "documents.show", "number"),
    "person":   ("People", "people.index", ""),
}
# fmt: on


def kept_words(met: int, of: int) -> str:
    """`41 of 47 (87.2 %)`; of fewer than five no percentage (domain.md 4.4)."""
    if not of:
        return NONE
    return f"{met:,} of {of:,}" + (f" ({share_of(met, of)})" if of >= FEWEST else "")


def place_of(found: Found) -> tuple[str, dict[str, str]]:
    """(endpoint, values) of its page."""
    _, endpoint, name = FOUND[found.kind]
    return endpoint, {name: found.key} if name else {}
