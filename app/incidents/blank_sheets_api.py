"""Blank sheets as JSON. One is entered by logging an incident with its `sheet_number`."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask.views import MethodView

from app.api.body import Blueprint
from app.api.manners import check_version, make_cursor, read_cursor
from app.api.reply import reply
from app.door import me, requires
from app.incidents import beside_schemas as shapes
from app.incidents import blank_sheets as sheets
from app.incidents.replies import page_of
from app.shapes import PageArgs, instant

blank_sheets = Blueprint(
    "blank_sheets_api",
    __name__,
    url_prefix="/api/v1/schools/<slug:school>/blank_sheets",
    description="Printed sheets with numbers of their own, for when the network is down",
)


@blank_sheets.route("")
class BlankSheets(MethodView):
    @requires("incident.print_blank")
    @blank_sheets.arguments(PageArgs, location="query")
    @blank_sheets.response(200, page_of(shapes.BlankSheetOut))
    def get(self, args: dict[str, Any]) -> Response:
        """Which were printed, entered or spoilt, newest first."""
        scope = f"blank sheets {_school().slug}"
        place = read_cursor(scope, args.get("after"))
        found = sheets.sheets(below=place[0] if place else None, limit=args["limit"] + 1)
        page, rest = found[: args["limit"]], found[args["limit"] :]
        cursor = make_cursor(scope, [page[-1].number]) if rest else None
        return reply({"items": [_shown(one, one.incident) for one in page], "next": cursor})

    @requires("incident.print_blank")
    @blank_sheets.arguments(shapes.PrintSheets)
    @blank_sheets.response(201, shapes.BlankSheetsOut)
    def post(self, body: dict[str, Any]) -> Response:
        """New numbers, in a row and never used before."""
        numbers = sheets.print_sheets(body["count"], by=me())
        found = [one for one in sheets.sheets(below=numbers[-1] + 1, limit=len(numbers))][::-1]
        items = [_shown(one, None) for one in found]
        return reply({"items": items}, 201, location=url_for("blank_sheets_api.BlankSheets"))


@blank_sheets.route("/<number:number>/spoilt")
class Spoilt(MethodView):
    @requires("incident.print_blank")
    @blank_sheets.response(200, shapes.BlankSheetOut)
    def put(self, number: int) -> Response:
        """Lost, torn or written over. Refused for one that was entered."""
        sheet = sheets.get_locked(number)
        check_version(sheets.version_of(sheet))
        sheets.spoil(sheet, by=me())
        return reply(_shown(sheet, None), version=sheets.version_of(sheet))


def _school() -> Any:
    school = me().school
    assert school is not None
    return school


def _shown(one: Any, incident: int | None) -> dict[str, Any]:
    return {
        "number": one.number,
        "name": sheets.sheet_name(_school().code, one.number),
        "printed_by": one.printed_by,
        "printed_at": instant(one.printed_at),
        "entered_at": instant(one.entered_at),
        "spoilt_at": instant(one.spoilt_at),
        "incident": incident,
    }
