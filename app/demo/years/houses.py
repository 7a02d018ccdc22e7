"""What a played school is given before its first day, by the actions that its people would take:
suppliers with their contracts, equipment, and rules of its desk.

Each step looks for what is there, so it may run twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy import func, select

from app.assets import actions as assets
from app.assets.models import Asset
from app.assets.schemas import NewAsset
from app.catalogue import actions as catalogue
from app.catalogue.models import Service
from app.catalogue.queries import names_taken
from app.catalogue.rules import PRESETS
from app.contracts import contract_actions, contract_steps, la_packs
from app.contracts.contract_schemas import NewContract
from app.contracts.models import LaAgreement
from app.contracts.pack_fields import WEEKDAYS
from app.contracts.rules import USUAL_PAUSES
from app.demo.advisors import let_help
from app.demo.years import stories
from app.demo.years.scene import Cast, House
from app.people.group_actions import SUPPLIER, add_group
from app.people.groups import school_groups
from app.people.identity import Me
from app.suppliers import actions as suppliers
from app.suppliers.models import Supplier
from app.suppliers.schemas import NewSupplier
from tenants import administering, db
from tenants.models import LocalAuthority

BOUGHT_FROM = "Essex ICT"
_SIZES = {"Secondary": (620, 1500), "All-through": (700, 1600), "Not applicable": (60, 180)}
_OF_PRIMARIES = (60, 520)
_MEAN_SCHOOL = 320
# Where people are shown round there is enough to see.
_LEAST_SHOWN = 400


@dataclass(frozen=True)
class Firm:
    name: str
    category: str
    speciality: str
    scope: str
    pounds: int  # a year for a school of 210 pupils
    # Of each group of so many schools, those at these places.
    every: int
    places: tuple[int, ...]

    def works_for(self, place: int) -> bool:
        return place % self.every in self.places

    @property
    def pack(self) -> str:
        return f"Support by {self.name}"


# fmt: off
FIRMS = (
    Firm(stories.FAILING,     "display", "whiteboard",  "Boards and projectors",  640, 5, (2,)),
    Firm("Lamps and Boards",  "display", "whiteboard",  "Boards and projectors",  660, 5, (0, 1, 3, 4)),
    Firm("Colne Copiers",     "print",   "printer",     "Copiers and printers",  1180, 2, (0,)),
    Firm("Copyrite East",     "print",   "printer",     "Copiers and printers",  1090, 2, (1,)),
    Firm("Eastlink Networks", "network", "network",     "Broadband and Wi-Fi",   1450, 1, (0,)),
)
PROMISED = {
    "P1": {"response_minutes":  60, "resolution_minutes":  540},
    "P2": {"response_minutes": 180, "resolution_minutes": 1080},
    "P3": {"response_minutes": 240, "resolution_minutes": 1620},
    "P4": {"response_minutes": 480, "resolution_minutes": 2700},
}
# type, tag, make and model, room, how many for every hundred pupils and at least
EQUIPMENT = (
    ("desktop",             "DT", ("Northgate", "Scholar 5"), "ict-suite",    2, 6),
    ("interactive_display", "IB", ("Vistaboard", "75 Pro"),   "classroom",    2, 5),
    ("printer",             "PR", ("Colne", "C-480"),         "office",       1, 2),
    ("access_point",        "AP", ("Airwell", "Six"),         "hall",         1, 3),
)
SERVICES = (  # of the usual ones those that every played school keeps, and who answers for each
    ("Internet (broadband)", "Eastlink Networks"), ("Wi-Fi", "Eastlink Networks"),
    ("Management information system (MIS)", "The office"), ("E-mail", BOUGHT_FROM),
    ("Printing and copying", "The office"), ("Classroom displays", "The ICT coordinator"),
    ("Telephones", BOUGHT_FROM), ("Accounts and passwords", BOUGHT_FROM),
)
SERVICE_HOURS = "School days 8:00 to 17:00"
LAPTOPS = (("Marlow", "Book 14"), ("Northgate", "Slate 13"), ("Airwell", "Note 5"))
# fmt: on
_LAPTOPS_FOR_A_HUNDRED, _MOST_LAPTOPS = 8, 45


def pupils_of(place: int, phase: str | None) -> int:
    """Invented, and marked so."""
    least, most = _SIZES.get(phase or "", _OF_PRIMARIES)
    if stories.has_all(place):
        least = max(least, _LEAST_SHOWN)
    return Random(f"pupils {place}").randrange(least, most, 10)


def reports_a_week(pupils: int, usual: float) -> float:
    """A school of the mean size has the usual number; ten times the pupils bring four times that."""
    return usual * float((pupils / _MEAN_SCHOOL) ** 0.6)


def write_packs(by: Me, on: date) -> None:
    """What each firm promises the schools of the authority."""
    with administering("what the demo's suppliers promise"):
        # Several that play side by side come one after the other.
        db.session.execute(select(LocalAuthority.id).with_for_update())
        have = set(db.session.scalars(select(LaAgreement.name)))
        for firm in FIRMS:
            if firm.pack not in have:
                terms = _terms(firm)
                la_packs.add_pack(la_packs.Written(firm.pack, "uc", terms, on), by=by)
        db.session.commit()


def _terms(firm: Firm) -> dict[str, Any]:
    return {
        "name": firm.pack,
        "kind": "uc",
        "calendar": {
            "week": {weekday: [["08:00", "17:00"]] for weekday in WEEKDAYS[:5]},
            "bank_holidays": True,
            "term_time_only": False,
            "terms": None,
            "closures": [],
            "always": False,
        },
        "targets": PROMISED,
        "pause_reasons": list(USUAL_PAUSES),
        "on_site_needs_school_open": True,
    }


def furnish(cast: Cast, place: int, pupils: int, first: date) -> Cast:
    """The cast with what their school has."""
    firms = [firm for firm in FIRMS if firm.works_for(place)]
    if not db.session.scalar(select(func.count()).select_from(Supplier)):
        _add_suppliers(cast, firms, pupils, first)
    if not db.session.scalar(select(func.count()).select_from(Asset)):
        for one in _equipment(place, pupils, first):
            assets.add_asset(by=cast.spoc, **NewAsset().load(one))
    if not names_taken():
        _add_services(cast.spoc)
    if stories.has_advisors(place):
        let_help(cast.spoc)
    db.session.commit()
    has_advisor = stories.has_advisors(place)
    return replace(
        cast,
        advisor=cast.advisor if has_advisor else None,
        house=House(
            place, pupils, {one.category: one.name for one in firms}, _weights(place), _services()
        ),
    )


def _add_suppliers(cast: Cast, firms: list[Firm], pupils: int, first: date) -> None:
    packs = {one.name: one for one in db.session.scalars(select(LaAgreement))}
    names = {one.name for one in school_groups()}
    suppliers.add_supplier(by=cast.spoc, **NewSupplier().load({"name": BOUGHT_FROM, "kind": "la"}))
    _contract(cast, "ICT support by the LA", "sla", BOUGHT_FROM, "la-standard", 2750, pupils, first)
    for firm in firms:
        pack, email = packs[firm.pack], f"help@{firm.name.lower().replace(' ', '-')}.example"
        key = None
        if firm.name not in names:
            key = add_group(
                by=cast.spoc,
                kind=SUPPLIER,
                name=firm.name,
                line=3,
                email=email,
                la_agreement_id=pack.id,
            )
        said = {
            "name": firm.name,
            "email": email,
            "specialities": [firm.speciality],
            "group": key,
        }
        suppliers.add_supplier(by=cast.spoc, **NewSupplier().load(said))
        _contract(cast, firm.scope, "uc", firm.name, pack.key, firm.pounds, pupils, first)


def _contract(
    cast: Cast,
    name: str,
    kind: str,
    supplier: str,
    agreement: str,
    pounds: int,
    pupils: int,
    first: date,
) -> None:
    said = {
        "name": name,
        "kind": kind,
        "supplier": db.session.scalars(select(Supplier.key).where(Supplier.name == supplier)).one(),
        "start": date(first.year, 4, 1).isoformat(),
        "initial_months": 12,
        "renewal": "tacit",
        "renewal_months": 12,
        "notice_months": 3,
        "annual_charge": f"{round(pounds * (0.6 + 0.4 * pupils / 210), -1):.2f}",
        "charging_year": "financial",
        "agreement": agreement,
    }
    contract = contract_actions.add_contract(by=cast.spoc, **NewContract().load(said))
    contract_steps.sign(contract, by=cast.ict_owner)


def _equipment(place: int, pupils: int, first: date) -> Iterator[dict[str, Any]]:
    bought = first - timedelta(days=120 + place * 3)
    for kind, tag, (make, model), room, of_hundred, least in EQUIPMENT:
        for number in range(1, max(least, min(pupils * of_hundred // 100, 12)) + 1):
            yield _asset(kind, f"{tag}-{number:03}", make, model, room, bought)
    first_model, second = LAPTOPS[place % 3], LAPTOPS[(place + 1) % 3]
    if stories.has_bad_model(place):
        first_model = stories.BAD_MODEL
    for number in range(1, max(12, min(pupils * _LAPTOPS_FOR_A_HUNDRED // 100, _MOST_LAPTOPS)) + 1):
        make, model = first_model if number % 2 else second
        yield _asset("laptop", f"LT-{number:03}", make, model, "classroom", bought)


def _asset(kind: str, tag: str, make: str, model: str, room: str, bought: date) -> dict[str, Any]:
    return {
        "type": kind,
        "tag": tag,
        "make": make,
        "model": model,
        "location": room,
        "purchase_date": bought.isoformat(),
        "warranty_end": (bought + timedelta(days=3 * 365)).isoformat(),
    }


def _weights(place: int) -> dict[str, tuple[tuple[str, float], ...]]:
    found: dict[str, list[tuple[str, float]]] = {}
    wanted = select(Asset.type, Asset.tag, Asset.make, Asset.model).order_by(Asset.tag)
    for kind, tag, make, model in db.session.execute(wanted):
        weight = stories.BREAKS_MORE if (make, model) == stories.BAD_MODEL else 1.0
        if kind == "interactive_display" and stories.is_with_failing(place):
            weight = stories.MENDED_BADLY
        found.setdefault(kind, []).append((tag, weight))
    return {kind: tuple(rows) for kind, rows in found.items()}


def _add_services(by: Me) -> None:
    usual = {one.name: one for one in PRESETS}
    for name, owner in SERVICES:
        said = usual[name]._asdict()
        catalogue.add_service(by=by, **said, owner=owner, hours=SERVICE_HOURS)


def _services() -> dict[str, str]:
    """The key by name."""
    return {name: key for name, key in db.session.execute(select(Service.name, Service.key))}
