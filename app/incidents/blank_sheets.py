"""Blank sheets for when the network is down (N19): numbers of their own, each used once.

The number is given when a sheet is printed, the reference only when it is entered, so neither has
a gap. Entering keeps the time that stands on the paper; the desk's clock starts at the entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from app import clock
from app.errors import NotThere, Refused, Wrong, wrong
from app.history.actions import record
from app.incidents.beside import BlankSheet
from app.incidents.models import Incident
from app.people.identity import Me
from tenants import current_school_id, db
from tenants.numbers import take_number

MOST_AT_ONCE = 50
LATEST_ENTRY = timedelta(days=31)


def sheet_name(code: str, number: int | str) -> str:
    """What stands on the paper: HAM-S7. It is no reference and must not look like one."""
    return f"{code}-S{number}"


def print_sheets(count: int, *, by: Me) -> range:
    """So many new numbers, in a row."""
    at = clock.now()
    last = take_number("blank_sheet", count)
    numbers = range(last - count + 1, last + 1)
    rows = [
        {"school_id": current_school_id(), "number": one, "printed_by": by.name, "printed_at": at}
        for one in numbers
    ]
    db.session.execute(insert(BlankSheet), rows)
    record(
        "blank_sheets.printed",
        subject_kind="blank_sheet",
        subject_id=numbers[0],
        at=at,
        by=by,
        to_value=str(count),
        visibility="internal",
    )
    return numbers


def get_locked(number: int) -> BlankSheet:
    sheet = _locked(number)
    if sheet is None:
        raise NotThere
    return sheet


def version_of(sheet: BlankSheet) -> int:
    """It changes once: when it is entered or spoilt."""
    return 1 if sheet.entered_at is None and sheet.spoilt_at is None else 2


def spoil(sheet: BlankSheet, *, by: Me) -> None:
    """Lost, torn or written over: it will not be entered. Twice is once."""
    if sheet.entered_at is not None:
        raise Refused("This sheet has been entered. Cancel what was logged from it instead.")
    if sheet.spoilt_at is None:
        sheet.spoilt_at = clock.now()
        record(
            "blank_sheets.spoilt",
            subject_kind="blank_sheet",
            subject_id=sheet.number,
            at=sheet.spoilt_at,
            by=by,
            visibility="internal",
        )


def claim(number: int, reported_at: datetime | None, *, by: Me, at: datetime) -> BlankSheet:
    """The sheet that is being entered, locked; its number is used once. Raises in a sentence."""
    if not by.may("incident.print_blank"):
        raise Wrong({"sheet_number": ["Only the service desk can enter a blank sheet."]})
    sheet = _locked(number)
    if sheet is None:
        raise wrong("sheet_number", "No blank sheet with this number has been printed.")
    if sheet.entered_at is not None:
        raise Refused(
            f"Blank sheet {number} has been entered already. Look for it in the call log."
        )
    if sheet.spoilt_at is not None:
        raise Refused(f"Blank sheet {number} was marked as spoilt. Use another one.")
    if reported_at is None:
        raise wrong("reported_at", "Enter the time that stands on the sheet.")
    # People write whole minutes.
    if reported_at < sheet.printed_at.replace(second=0, microsecond=0):
        raise wrong("reported_at", "The sheet had not been printed yet at that time.")
    if reported_at < at - LATEST_ENTRY:
        raise wrong("reported_at", "A sheet can be entered up to 31 days later. Log it as new.")
    return sheet


def enter(sheet: BlankSheet, incident: Incident) -> None:
    """What was logged from it has its id now."""
    sheet.incident_id, sheet.entered_at = incident.id, incident.logged_at


def get_sheet(number: int) -> BlankSheet:
    found = db.session.scalar(select(BlankSheet).where(BlankSheet.number == number))
    if found is None:
        raise NotThere
    return found


def sheets(*, below: int | None, limit: int) -> Sequence[Any]:
    """Newest first, each with the number of the incident that was logged from it."""
    wanted = (
        select(
            BlankSheet.number,
            BlankSheet.printed_by,
            BlankSheet.printed_at,
            BlankSheet.entered_at,
            BlankSheet.spoilt_at,
            Incident.number.label("incident"),
        )
        .outerjoin(
            Incident,
            (Incident.school_id == BlankSheet.school_id) & (Incident.id == BlankSheet.incident_id),
        )
        .order_by(BlankSheet.number.desc())
        .limit(limit)
    )
    if below is not None:
        wanted = wanted.where(BlankSheet.number < below)
    return db.session.execute(wanted).all()


def numbers_between(first: int, last: int) -> list[int]:
    """Those of them that can still be filled in, for printing them again."""
    wanted = select(BlankSheet.number).where(
        BlankSheet.number.between(first, last),
        BlankSheet.entered_at.is_(None),
        BlankSheet.spoilt_at.is_(None),
    )
    return list(db.session.scalars(wanted.order_by(BlankSheet.number).limit(MOST_AT_ONCE)))


def _locked(number: int) -> BlankSheet | None:
    wanted = select(BlankSheet).where(BlankSheet.number == number)
    return db.session.scalar(wanted.with_for_update())
