"""Two more schools, and months that are counted already: what pages show without playing years."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.contracts.register import Contract
from app.performance.depth.counting import COUNTED
from app.performance.depth.models import DepthMonth
from app.performance.models import FigureDay
from app.suppliers.models import Supplier
from tenants import School, SchoolIdentifier, acting_in, administering, db
from tests.performance.sums import keep

JANUARY = date(2026, 1, 1)
# Nobody counts anew what was counted in the far future.
_NOT_STALE = 9_999_999_999
Row = tuple[Any, ...]  # topic, month, kind, name, detail, hits, base, amount
YEAR = 36525  # device-days: 100 device-years
# Four schools: the Dell is at all of them, the Acer at two, the HP at St Mary's only.
DELL, ACER, HP = ("Dell", "Latitude"), ("Acer", "Spin"), ("HP", "Pro")


def model(of: tuple[str, str], faults: int, days: int = YEAR, lost: int = 0) -> Row:
    return "model", JANUARY, "laptop", *of, faults, days, lost


LAPTOPS: dict[str, list[Row]] = {
    "st-marys": [
        model(DELL, 5),
        model(ACER, 40, lost=7200),
        model(HP, 1, 365),
        ("visit", JANUARY, "la", "", "", 3, 12, 0),
        ("visit", JANUARY, "supplier", "", "", 1, 1, 0),
        ("service", JANUARY, "high", "Wi-Fi", "", 2, 720_000, 18_000),
        ("change", JANUARY, "", "", "", 7, 9, 1),
        ("problem", JANUARY, "resolved", "", "", 2, 0, 36_000),
        ("licence", JANUARY, "", "", "", 1, 2, 8),
        ("hour", JANUARY, "1", "", "09", 6, 0, 0),
    ],
    "oakfield": [
        model(DELL, 6),
        model(("ACER", "spin"), 30),
        ("visit", JANUARY, "la", "", "", 1, 10, 0),
        ("service", JANUARY, "low", "wi-fi", "", 0, 720_000, 0),
    ],
    "ashby": [model(DELL, 5)],
    "brook": [model(DELL, 4)],
}


def schools(app: Flask) -> dict[str, int]:
    """Slug → id of four schools: the two of the cast, Ashby and Brook."""
    with app.app_context(), administering("more schools for a test"):
        for urn, slug in enumerate(("ashby", "brook"), start=100201):
            school = School(
                slug=slug,
                code=slug[:3].upper(),
                name=slug.title(),
                status="active",
                phase="Primary",
            )
            db.session.add(school)
            db.session.flush()
            db.session.add(
                SchoolIdentifier(
                    school_id=school.id, urn=urn, la_code=881, valid_from=date(2021, 1, 1)
                )
            )
        db.session.commit()
        return {slug: school_id for slug, school_id in db.session.execute(_IDS)}


def plant(app: Flask, school_id: int, rows: Iterable[Row] = ()) -> None:
    names = ("topic", "on", "kind", "name", "detail", "hits", "base", "amount")
    counted = (COUNTED, date(1970, 1, 1), "", "", "", 0, 0, _NOT_STALE)
    with app.app_context(), acting_in(school_id):
        for row in (counted, *rows):
            db.session.add(DepthMonth(**dict(zip(names, row, strict=True))))
        db.session.commit()


def planted(app: Flask, rows: dict[str, list[Row]]) -> dict[str, int]:
    found = schools(app)
    for slug, school_id in found.items():
        plant(app, school_id, rows.get(slug, ()))
    return found


def plant_figures(app: Flask, school_id: int, month: date, **counts: Any) -> None:
    """A month of figure_days, all of it on its 15th; of every incident, or of an agreement where
    `agreement_kind` says so."""
    of = {
        "agreement_kind": counts.pop("agreement_kind", ""),
        "la_version_id": 0,
        "own_version_id": 0,
        "provider": counts.pop("provider", ""),
        "priority": 3,
        "type": "incident",
        "is_hidden": False,
    }
    with app.app_context(), acting_in(school_id):
        for span, on in (("d", month.replace(day=15)), ("m", month)):
            keep(FigureDay(span=span, on=on, **of, **counts))
        db.session.commit()


def plant_contract(app: Flask, school_id: int, supplier: str, **said: Any) -> None:
    with app.app_context(), acting_in(school_id):
        found = Supplier(
            key="them", name=supplier, kind="company", specialities=[], created_by="Dora"
        )
        db.session.add(found)
        db.session.flush()
        terms = {
            "number": 1,
            "name": "Support of the boards",
            "kind": "uc",
            "state": "active",
            "start": date(2025, 4, 1),
            "initial_months": 12,
            "renewal": "tacit",
            "renewal_months": 12,
            "notice_months": 1,
            "created_by": "Dora",
        }
        db.session.add(Contract(supplier_id=found.id, **{**terms, **said}))
        db.session.commit()


def pupils(app: Flask, counts: dict[str, int]) -> None:
    with app.app_context(), administering("pupils for a test"):
        for slug, many in counts.items():
            school = db.session.scalars(select(School).where(School.slug == slug)).one()
            school.number_of_pupils = many
        db.session.commit()


_IDS = select(School.slug, School.id)
