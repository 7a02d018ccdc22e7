"""Imports of a school as JSON: bring a file, say what its columns mean, check it, run it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, request, url_for
from flask.views import MethodView

from app.api.body import Blueprint
from app.api.listed import listed
from app.api.manners import check_version
from app.api.reply import reply
from app.door import me, requires
from app.errors import Wrong, wrong
from app.files.views_content import NotAForm, uploads_of
from app.imports import actions, queries, schemas
from app.imports.models import REGISTERS, ImportMistake, RegisterImport
from app.imports.readers.all import READERS
from app.imports.taking import FIELD
from app.shapes import PageArgs, instant
from tenants import db

imports = Blueprint(
    "imports_api",
    __name__,
    url_prefix="/api/v1/schools/<slug:school>/imports",
    description="Spreadsheets that are read into a school’s registers",
)
_SENT_AS_A_FORM = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": [FIELD, "register"],
                "properties": {
                    FIELD: {"type": "string", "format": "binary"},
                    "register": {"type": "string", "enum": list(REGISTERS)},
                },
                "additionalProperties": False,
            },
            "encoding": {FIELD: {"contentType": "application/octet-stream"}},
        }
    },
}


@imports.route("")
class Imports(MethodView):
    @requires("import.run")
    @imports.arguments(schemas.ImportArgs, location="query")
    @imports.response(200, schemas.ImportPage)
    def get(self, args: dict[str, Any]) -> Response:
        """The newest first."""
        return listed("imports", args, queries.page_of_imports, _items)

    @requires("import.run")
    @imports.doc(requestBody=_SENT_AS_A_FORM)
    @imports.response(201, schemas.ImportOut)
    def post(self) -> Response:
        """Bring a CSV or XLSX file. Its columns are guessed; nothing is saved yet."""
        register = _register_of_form()
        (upload,) = uploads_of(FIELD)
        one = actions.begin(by=me(), register=register, name=upload.name, stream=upload.stream)
        return _one(one, 201, url_for("imports_api.One", number=one.number))


@imports.route("/<number:number>")
class One(MethodView):
    @requires("import.run")
    @imports.response(200, schemas.ImportOut)
    def get(self, number: int) -> Response:
        """How far it is, and what would become of its lines."""
        return _one(queries.get_import(number))


@imports.route("/<number:number>/mapping")
class ItsMapping(MethodView):
    @requires("import.run")
    @imports.arguments(schemas.ColumnMapping)
    @imports.response(200, schemas.ImportOut)
    def put(self, body: dict[str, Any], number: int) -> Response:
        """Say where its table stands and what its columns mean. It must be checked anew."""
        columns = body.pop("columns", None)
        if columns is not None:
            body["columns"] = {one["number"]: one["field"] for one in columns}
        return _do(number, lambda one: actions.choose(one, by=me(), **body))


@imports.route("/<number:number>/check")
class Check(MethodView):
    @requires("import.run")
    @imports.arguments(schemas.NoImportBody)
    @imports.response(202, schemas.ImportOut)
    def post(self, body: dict[str, Any], number: int) -> Response:
        """Try it without saving anything; `state` becomes `checked`."""
        return _do(number, lambda one: actions.check(one, by=me()), 202)


@imports.route("/<number:number>/run")
class Run(MethodView):
    @requires("import.run")
    @imports.arguments(schemas.ImportRun)
    @imports.response(202, schemas.ImportOut)
    def post(self, body: dict[str, Any], number: int) -> Response:
        """Save it: all of it or nothing, or the good lines only. `state` becomes `done`."""
        return _do(number, lambda one: actions.run(one, by=me(), **body), 202)


@imports.route("/<number:number>/cancellation")
class Cancellation(MethodView):
    @requires("import.run")
    @imports.arguments(schemas.NoImportBody)
    @imports.response(200, schemas.ImportOut)
    def put(self, body: dict[str, Any], number: int) -> Response:
        """Stop it. What has been saved stays."""
        return _do(number, lambda one: actions.cancel(one, by=me()))


@imports.route("/<number:number>/mistakes")
class Mistakes(MethodView):
    @requires("import.run")
    @imports.arguments(PageArgs, location="query")
    @imports.response(200, schemas.ImportMistakePage)
    def get(self, args: dict[str, Any], number: int) -> Response:
        """What is wrong, by line and column."""
        one = queries.get_import(number)
        return listed(
            f"mistakes of import {number}",
            args,
            lambda _filters, after, limit: queries.page_of_mistakes(one, after, limit),
            _mistakes,
        )


def _register_of_form() -> str:
    if request.mimetype != "multipart/form-data":
        raise NotAForm("Send the file as multipart/form-data.")
    unknown = (set(request.form) | set(request.files)) - {FIELD, "register"}
    if unknown:
        raise Wrong({str(name): ["Unknown field."] for name in sorted(unknown)})
    if len(request.form.getlist("register")) > 1 or "register" in request.files:
        raise wrong("register", "Give this only once.")
    register = request.form.get("register", "")
    if register not in REGISTERS:
        raise wrong("register", f"Must be one of: {', '.join(REGISTERS)}.")
    if len(uploads_of(FIELD)) != 1:
        raise wrong(FIELD, "Send one file as a part of the form, with its name.")
    return register


def _do(number: int, act: Callable[[RegisterImport], None], status: int = 200) -> Response:
    one = queries.get_import(number, to_change=True)
    check_version(one.version)
    act(one)
    return _one(one, status)


def _one(one: RegisterImport, status: int = 200, there: str | None = None) -> Response:
    db.session.flush()
    shown = {
        **_item(one),
        "sheets": one.sheets,
        "sheet": one.sheet or None,
        "header_row": one.header_row,
        "columns": [
            {
                "number": place,
                "header": text,
                "field": one.mapping.get(str(place)),
                "examples": examples,
            }
            for place, (text, examples) in enumerate(
                zip(one.headers, queries.examples_of(one), strict=True), 1
            )
        ],
        "fields": [
            {"name": field.name, "label": field.label, "required": field.is_required}
            for field in READERS[one.register].fields
        ],
        "add_rooms": one.add_rooms,
        "rooms_missing": one.rooms_missing,
    }
    return reply(shown, status, version=one.version, location=there)


def _items(rows: list[RegisterImport]) -> list[dict[str, Any]]:
    return [_item(one) for one in rows]


def _item(one: RegisterImport) -> dict[str, Any]:
    return {
        "number": one.number,
        "register": one.register,
        "file_name": one.file_name,
        "state": one.state,
        "mode": one.mode,
        "total_rows": one.total_rows,
        "rows_done": one.rows_done,
        "added": one.added,
        "changed": one.changed,
        "unchanged": one.unchanged,
        "refused": one.refused,
        "said": one.said,
        "created_by": one.created_by,
        "created_at": instant(one.created_at),
        "ended_at": instant(one.ended_at),
        "version": one.version,
    }


def _mistakes(rows: list[ImportMistake]) -> list[dict[str, Any]]:
    return [
        {
            "line": one.row,
            "column_number": one.position or None,
            "column": one.column,
            "said": one.said,
        }
        for one in rows
    ]
