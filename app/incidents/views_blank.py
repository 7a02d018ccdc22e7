"""Blank sheets: print some for when the network is down, see what became of them, enter one."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app.api.manners import make_cursor, read_cursor
from app.door import me, requires
from app.errors import NotThere, Refused
from app.incidents import beside_schemas, blank_sheets
from app.incidents.blueprint import pages
from app.web.attempt import attempt, changed_by, check_current
from app.web.forms import Form

SHEETS = "/<slug:school>/blank-sheets"
ROWS = 50


@pages.route(SHEETS, methods=("GET", "POST"))
@requires("incident.print_blank")
def blank() -> Answer:
    form, status = Form(beside_schemas.PrintSheets, {"count": 10}), 200
    if form.is_posted:
        status = 422
        if form.is_ready:
            made: list[range] = []
            count = form.data["count"]
            status = attempt(form, lambda: made.append(blank_sheets.print_sheets(count, by=me())))
            if not status:
                first, last = made[0][0], made[0][-1]
                return redirect(url_for(".blank_print", first=first, last=last), 303)
    return _page(form), status


@pages.get(f"{SHEETS}/print")
@requires("incident.print_blank")
def blank_print() -> Answer:
    """Those of a row of numbers that can still be filled in, one to a side of A4."""
    first, last = _number("first"), _number("last")
    if first is None or last is None or not first <= last < first + blank_sheets.MOST_AT_ONCE:
        raise NotThere
    numbers = blank_sheets.numbers_between(first, last)
    if not numbers:
        raise NotThere
    school = _school()
    return render_template(
        "incidents/blank_print.html",
        names=[blank_sheets.sheet_name(school.code, one) for one in numbers],
        school_name=school.name,
    )


@pages.post(f"{SHEETS}/<number:number>/spoilt")
@requires("incident.print_blank")
def blank_spoilt(number: int) -> Answer:
    name = blank_sheets.sheet_name(_school().code, number)
    sheet = blank_sheets.get_locked(number)
    check_current(blank_sheets.version_of(sheet), lambda: changed_by(None, None))
    try:
        blank_sheets.spoil(sheet, by=me())
        flash(f"{name} is marked as spoilt. It will not be entered.", "success")
    except Refused as refusal:
        flash(refusal.sentence, "error")
    return redirect(url_for(".blank"), 303)


def _page(form: Form) -> str:
    school = _school()
    scope = f"blank sheets page {school.slug}"
    place = read_cursor(scope, request.args.get("after"))
    found = blank_sheets.sheets(below=place[0] if place else None, limit=ROWS + 1)
    rows = found[:ROWS]
    here = url_for(".blank")
    more = f"{here}?after={make_cursor(scope, [rows[-1].number])}" if len(found) > ROWS else None
    page, _ = form.page(
        "incidents/blank.html",
        rows=[(one, blank_sheets.sheet_name(school.code, one.number)) for one in rows],
        code=school.code,
        next_url=more,
        first_url=here if place else None,
    )
    return page


def _school() -> Any:
    school = me().school
    assert school is not None
    return school


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    is_number = text.isascii() and text.isdecimal() and len(text) < 10
    return int(text) if is_number else None
