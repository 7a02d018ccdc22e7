"""Sums as the worker would have kept them, of as many schools as a comparison needs."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Flask
from sqlalchemy import insert, select

from app.performance.models import FigureDay
from app.performance.summed import CHANGES
from tenants import current_school_id, db

JANUARY = date(2026, 1, 1)


def add(
    app: Flask,
    slug: str,
    on: date = JANUARY,
    kind: str = "sla",
    priority: int = 2,
    provider: str = "",
    **counted: int,
) -> None:
    """What one school adds on a day, by the day and by the month."""
    from app.contracts.models import LaAgreement, LaAgreementVersion
    from tenants import School, acting_in, administering

    with app.app_context():
        with administering("the sums of a test"):
            school = db.session.scalars(select(School.id).where(School.slug == slug)).one()
            wanted = select(LaAgreementVersion.id).join(LaAgreement)
            version = db.session.scalars(wanted.where(LaAgreement.key == "la-standard")).first()
        of: dict[str, Any] = {
            "school_id": school,
            "agreement_kind": kind,
            "la_version_id": version if kind == "sla" else 0,
            "own_version_id": 0,
            "provider": provider,
            "priority": priority,
            "type": "incident",
            "is_hidden": False,
        }
        with acting_in(school):
            for span, day in (("d", on), ("m", on.replace(day=1))):
                keep(FigureDay(span=span, on=day, **of, **counted))
            db.session.commit()


def keep(row: FigureDay) -> None:
    """In the school acted in; all schools together get it too."""
    of_all = {
        column.name: getattr(row, column.name)
        for column in CHANGES.columns
        if column.name not in ("school_id", "id")
    }
    db.session.add(row)
    db.session.execute(insert(CHANGES).inline(), {"school_id": current_school_id(), **of_all})


def schools(app: Flask, *names: str) -> None:
    from tenants import School, administering, db

    with app.app_context(), administering("the schools of a test"):
        for at, name in enumerate(names):
            code = f"SC{chr(65 + at // 26)}{chr(65 + at % 26)}"
            slug = name.lower().replace(" ", "-")
            db.session.add(
                School(slug=slug, code=code, name=name, status="active", phase="Primary")
            )
        db.session.commit()
