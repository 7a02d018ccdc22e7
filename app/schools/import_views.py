"""The LA administrator's pages for taking in a list of schools: upload, look, apply."""

from __future__ import annotations

from contextlib import closing
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from app.door import me, requires
from app.schools import importing, queries, schemas, staged
from app.schools.comparison import KIND_WORDS, Kind
from app.schools.models import SchoolImport
from app.schools.register_file import MOST_BYTES, RegisterFile, UnreadableFile
from app.web.forms import Form
from tenants import administering

imports = Blueprint("imports", __name__, url_prefix="/authority/imports")

# A page shows so many lines of a kind at first, and so many when it shows one kind alone.
FEW, MANY = 10, 200
_ROOM_FOR_THE_FORM = 64 * 1024


@imports.url_value_preprocessor
def _let_the_register_in(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """The whole register has 60 MB; every other form of the desk stays below 10."""
    if endpoint == "schools.imports.upload":
        request.max_content_length = MOST_BYTES + _ROOM_FOR_THE_FORM


@imports.get("")
@requires("authority.schools")
def index() -> str:
    with administering("the lists that were handed in"):
        found = queries.recent_imports()
    return render_template("schools/imports.html", imports=found, kind_words=KIND_WORDS)


@imports.route("/new", methods=["GET", "POST"])
@requires("authority.schools")
def upload() -> Response | tuple[str, int]:
    with administering("taking in a list of schools"):
        form = Form(schemas.NewImport, {"la_code": queries.own_la_code() or None})
        if form.is_posted:
            with closing(_chosen()) as file:
                if form.is_ready and (kept := _stage(file, form)):
                    return redirect(url_for(".show", import_id=kept.id), 303)
        return form.page("schools/upload.html")


def _chosen() -> FileStorage:
    return request.files.get("file") or FileStorage()


def _stage(file: FileStorage, form: Form) -> SchoolImport | None:
    """None when the file cannot be used; the form then says why."""
    if not file.filename:
        form.add_errors({"file": ["Choose the file with the list of schools"]})
        return None
    try:
        return importing.stage(
            file.filename,
            file.stream,  # type: ignore[arg-type]  # a spooled file, which is a binary file
            la_code=form.data["la_code"],
            with_closed=form.data["with_closed"],
            by=me(),
        )
    except UnreadableFile as error:
        form.add_errors({"file": [str(error)]})
        return None


@imports.get("/<uuid:import_id>")
@requires("authority.schools")
def show(import_id: UUID) -> str:
    """What applying it now would change; with `?kind=` all lines of one kind, a page at a time."""
    with administering("what an import would change"):
        kept = queries.get_import(import_id)
        comparison = importing.comparison_of(kept)
        found = staged.from_json(kept.staged)
    kind = next((one for one in Kind if one == request.args.get("kind")), None)
    start = _start()
    lines = comparison.of(kind)[start : start + MANY] if kind else ()
    has_more = bool(kind) and len(comparison.of(kind)) > start + MANY if kind else False
    return render_template(
        "schools/import.html",
        kept=kept,
        comparison=comparison,
        mark=importing.mark(comparison),
        elsewhere=_elsewhere(found, kept.la_code),
        kind=kind,
        lines=lines,
        next_url=url_for(".show", import_id=import_id, kind=kind, start=start + MANY)
        if has_more
        else None,
        first_url=url_for(".show", import_id=import_id, kind=kind) if start else None,
        kinds=[one for one in Kind if one is not Kind.UNCHANGED],
        kind_words=KIND_WORDS,
        few=FEW,
    )


@imports.post("/<uuid:import_id>/application")
@requires("authority.schools")
def apply(import_id: UUID) -> Response:
    with administering("applying a list of schools"):
        kept = queries.get_import(import_id, to_change=True)
        comparison = importing.apply(kept, by=me(), seen=request.form.get("seen", ""))
    if comparison.changes_something:
        flash(f"Done: {importing.counts_in_words(comparison.counts)}.", "success")
    else:
        flash("There was nothing to change.", "message")
    return redirect(url_for(".show", import_id=import_id), 303)


def _start() -> int:
    given = request.args.get("start", "0")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 7 else 0


def _elsewhere(found: RegisterFile, la_code: int) -> list[tuple[int, int]]:
    """Other authorities in the file, the largest first: they explain an empty comparison."""
    others = [(code, count) for code, count in found.authorities.items() if code != la_code]
    return sorted(others, key=lambda one: (-one[1], one[0]))
