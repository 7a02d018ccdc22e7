"""The demo's registers: what a primary school keeps, a few months old, with the usual gaps.

All of it goes through the shapes and actions that a person's does.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from app import clock
from app.assets import actions as assets
from app.assets.models import Asset
from app.assets.schemas import NewAsset
from app.catalogue import actions as catalogue
from app.catalogue.rules import PRESETS
from app.contracts import contract_actions, contract_steps
from app.contracts.contract_schemas import NewContract
from app.demo.stories import cast_of
from app.diary import actions as diary
from app.documents import actions as documents
from app.licences import actions as licences
from app.licences.schemas import NewLicence
from app.locations.actions import add_location
from app.payments import planning
from app.payments.schemas import NewPayment
from app.people.identity import Me
from app.progress import implementing
from app.suppliers import actions as suppliers
from app.suppliers.schemas import NewSupplier
from tenants import School, acting_in, db

# fmt: off
SUPPLIERS: tuple[dict[str, Any], ...] = (
    {"name": "Essex ICT", "kind": "la", "email": "desk@la.example",
     "specialities": ["network", "pc"], "education_experience": "The authority’s own team"},
    {"name": "Brightboards Ltd", "kind": "company", "contact_name": "Ms Vane",
     "email": "help@brightboards.example", "phone": "01632 960101",
     "specialities": ["whiteboard"], "account_number": "BB-2207", "rating": 4},
    {"name": "Colne Copiers", "kind": "company", "phone": "01632 960144",
     "specialities": ["printer"], "support_route": "Ring with the number on the machine"},
    {"name": "Pupilsoft", "kind": "maker", "email": "licences@pupilsoft.example",
     "specialities": ["application"]},
)
# months since the start, what it says, whether it is signed
CONTRACTS: tuple[tuple[int, dict[str, Any], bool], ...] = (
    (20, {"name": "ICT support by the LA", "kind": "sla", "supplier": "essex-ict",
          "initial_months": 12, "renewal": "tacit", "renewal_months": 12, "notice_months": 3,
          "annual_charge": "2750.00", "charging_year": "financial", "visits_per_year": 12}, True),
    (11, {"name": "Copier lease", "kind": "lease", "supplier": "colne-copiers",
          "initial_months": 36, "renewal": "none", "annual_charge": "1180.00",
          "charging_year": "academic", "scope": "Two machines, toner included"}, True),
    (10, {"name": "Boards and projectors", "kind": "maintenance", "supplier": "brightboards-ltd",
          "initial_months": 12, "renewal": "tacit", "renewal_months": 12,
          "annual_charge": "640.00", "charging_year": "contract"}, True),
    (0,  {"name": "Backup in the cloud", "kind": "subscription", "supplier": "essex-ict",
          "initial_months": 12, "renewal": "express", "annual_charge": "420.00",
          "charging_year": "financial"}, False),
)
# how many, tag, what, where
ASSETS: tuple[tuple[int, str, dict[str, Any], str | None], ...] = (
    (12, "DT", {"type": "desktop", "make": "Northgate", "model": "Scholar 5",
                "os_version": "Windows 11 Education"}, "ict-suite"),
    (15, "LT", {"type": "laptop", "make": "Marlow", "model": "Book 14"}, "laptop-trolley"),
    (6,  "IB", {"type": "interactive_display", "make": "Vistaboard", "model": "75 Pro"}, "classroom"),
    (2,  "PR", {"type": "printer", "make": "Colne", "model": "C-480"}, "office"),
    (1,  "SV", {"type": "file_server", "make": "Northgate", "model": "Rack 2"}, "server-room"),
    (3,  "AP", {"type": "access_point", "make": "Airwell", "model": "Six"}, "hall"),
    (2,  "TB", {"type": "tablet", "make": "Marlow", "model": "Tab 10"}, None),
)
LICENCES: tuple[dict[str, Any], ...] = (
    {"product": "Pupilsoft Maths", "publisher": "Pupilsoft", "metric": "device", "quantity": 20,
     "cost": "480.00", "curriculum": True, "allocations": [{"count": 27}]},
    {"product": "Story Maker", "metric": "site", "cost": "210.00", "curriculum": True},
    {"product": "Office suite", "metric": "named_user", "quantity": 40, "cost": "0.00",
     "allocations": [{"count": 31}]},
    {"product": "Reading Tree", "metric": "pupil_fte", "quantity": 400, "cost": "620.00",
     "curriculum": True},
)
PAYMENTS: tuple[tuple[int, dict[str, Any]], ...] = (  # days from today until the first
    (-20, {"description": "Toner", "amount": "96.40", "vat": "19.28", "cost_code": "E19"}),
    (12,  {"description": "Copier lease", "amount": "98.33", "vat": "19.67", "cost_code": "E19",
           "contract": 2, "schedule": {"rhythm": "monthly", "times": 12}}),
    (40,  {"description": "Pupilsoft Maths", "amount": "480.00", "vat": "96.00",
           "cost_code": "E20", "licence": 1}),
)
PROCEDURE = """How we report

1. Anybody who meets a fault reports it, or tells the office.
2. The office checks the report, tries what the knowledge base says, and forwards it if need be.
3. Whoever reported it hears when it is resolved, and says whether it is."""
# fmt: on


def load_registers(school: School) -> int:
    """Only into a school without equipment; returns how many things it has then."""
    with acting_in(school.id):
        have = db.session.scalar(select(func.count()).select_from(Asset)) or 0
        if not have:
            _fill(cast_of(school, "spoc", "ict_owner"), clock.today())
            db.session.commit()
            have = sum(one[0] for one in ASSETS)
        return have


def _fill(cast: dict[str, Me], today: date) -> None:
    spoc, owner = cast["spoc"], cast["ict_owner"]
    for one in SUPPLIERS:
        suppliers.add_supplier(by=spoc, **NewSupplier().load(one))
    catalogue.add_usual([one.name for one in PRESETS][:6], by=spoc)
    for months, said, is_signed in CONTRACTS:
        start = (today - timedelta(days=months * 30)).replace(day=1).isoformat()
        contract = contract_actions.add_contract(
            by=spoc, **NewContract().load({**said, "start": start})
        )
        if is_signed:
            contract_steps.sign(contract, by=owner)
    add_location(by=spoc, name="Laptop trolley", kind="trolley", parent="hall")
    _equipment(spoc, today)
    for said in LICENCES:
        _licence(spoc, today, said)
    for days, said in PAYMENTS:
        _payment(spoc, today + timedelta(days=days), said)
    diary.take_presets(list(diary.presets_left())[:4], today, by=spoc)
    documents.add_document(
        by=spoc, text=PROCEDURE, kind="procedure", title="How we report", review_on=None
    )
    implementing.add(
        by=owner,
        title="New boards in key stage 2",
        origin="plan",
        owner=owner.name,
        milestones=[
            {"name": "Boards ordered", "due_on": today},
            {"name": "Boards on the walls", "due_on": today + timedelta(days=60)},
        ],
    )


def _equipment(spoc: Me, today: date) -> None:
    bought = today - timedelta(days=400)
    for count, tag, said, room in ASSETS:
        for number in range(1, count + 1):
            one = {
                **said,
                "tag": f"{tag}-{number:03}",
                "location": room,
                "purchase_date": bought.isoformat(),
                "warranty_end": (bought + timedelta(days=3 * 365)).isoformat(),
            }
            assets.add_asset(by=spoc, **NewAsset().load(one))


def _licence(spoc: Me, today: date, said: dict[str, Any]) -> None:
    start = today - timedelta(days=200)
    body = {
        **said,
        "start": start.isoformat(),
        "end": (start + timedelta(days=365)).isoformat(),
        "allocations": [{**one, "from": start.isoformat()} for one in said.get("allocations", [])],
    }
    # None of them has a key, so none is sealed.
    licences.add_licence(by=spoc, secret_key="", **NewLicence().load(body))


def _payment(spoc: Me, first: date, said: dict[str, Any]) -> None:
    body = dict(said)
    if schedule := said.get("schedule"):
        body["schedule"] = {**schedule, "first_on": first.isoformat()}
    else:
        body["due_on"] = first.isoformat()
    planning.plan(by=spoc, **NewPayment().load(body))
