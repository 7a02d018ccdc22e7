"""The pages of an import: bring the file, choose what its columns mean, look, then save."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app.api.reply import reply
from app.door import me, requires
from app.files.views_content import uploads_of
from app.history.queries import last_event
from app.imports import actions, queries, rules, schemas
from app.imports.models import ImportMistake, RegisterImport
from app.imports.readers.all import READERS
from app.imports.taking import FIELD
from app.keyset import Page
from app.web import spreadsheets
from app.web.attempt import attempt, changed_by, is_stale
from app.web.forms import Form
from app.web.listed import listed, read_filters

pages = Blueprint("imports", __name__, template_folder="templates")

ALL = "/<slug:school>/imports"
ONE = f"{ALL}/<number:number>"
# Inputs of the page of columns, one a column.
COLUMN = "column-"


@pages.app_template_filter()
def import_state_words(state: str) -> str:
    return rules.STATE_WORDS[state]


@pages.app_template_filter()
def import_state_colour(state: str) -> str:
    return rules.STATE_COLOURS[state]


@pages.app_template_filter()
def register_words(register: str) -> str:
    return rules.REGISTER_WORDS[register]


@pages.get(ALL)
@requires("import.run")
def index() -> Answer:
    filters = read_filters(schemas.Narrowed)
    page = listed("imports", filters, queries.page_of_imports)
    return render_template("imports/index.html", page=page, filters=filters, rules=rules)


@pages.route(f"{ALL}/new", methods=["GET", "POST"])
@requires("import.run")
def upload() -> Answer:
    wanted = request.args.get("register")
    form = Form(schemas.NewImport, {"register": wanted} if wanted in rules.REGISTER_WORDS else None)
    form.anchors[FIELD] = "#file"
    status = 422 if form.errors else 200
    if form.is_posted:
        made: list[RegisterImport] = []
        uploads = uploads_of(FIELD)
        if len(uploads) != 1:
            form.add_errors({FIELD: ["Choose the file"]})
            status = 422
        elif form.is_ready:
            (file,) = uploads
            status = attempt(form, lambda: made.append(_begin(form, file.name, file.stream)))
        if made and not status:
            return redirect(url_for(".columns", number=made[0].number), 303)
    able = {
        name: words
        for name, words in rules.REGISTER_WORDS.items()
        if me().may(READERS[name].permission)
    }
    return render_template("imports/upload.html", form=form, registers=list(able.items())), status


def _begin(form: Form, name: str | None, stream: Any) -> RegisterImport:
    return actions.begin(by=me(), register=form.data["register"], name=name, stream=stream)


@pages.get(ONE)
@requires("import.run")
def show(number: int) -> Answer:
    return _how_far(number) if "X-Deskbell-Polling" in request.headers else _page(number)


@pages.route(f"{ONE}/columns", methods=["GET", "POST"])
@requires("import.run")
def columns(number: int) -> Answer:
    one = queries.get_import(number, to_change=request.method == "POST")
    form, status = Form(schemas.TablePlace, _saved(one)), 200
    if request.method == "POST":
        if is_stale(one.version, is_needed=True):
            status = form.stale(_who_was_quicker(one), _saved(one), one.version)
        elif form.is_ready:
            status = attempt(form, lambda: _choose(one, form))
            if not status and "look" not in request.form:
                return redirect(url_for(".show", number=number), 303)
            one = queries.get_import(number)
            if not status:
                form = Form(schemas.TablePlace, _saved(one), is_posted=False)
        else:
            status = 422
    return _columns_page(one, form), status or 200


def _choose(one: RegisterImport, form: Form) -> None:
    """Another sheet or line first, then its columns; “check” goes on with both at once."""
    said = {name: value for name, value in form.data.items() if value is not None}
    is_elsewhere = (said.get("sheet", one.sheet), said.get("header_row", one.header_row)) != (
        one.sheet,
        one.header_row,
    )
    chosen = None if is_elsewhere else _chosen(one)
    actions.choose(
        one, by=me(), **said, columns=chosen, add_rooms=request.form.get("add_rooms") == "true"
    )
    if "look" not in request.form and not is_elsewhere:
        actions.check(one, by=me())


def _chosen(one: RegisterImport) -> dict[int, str | None]:
    return {
        place: request.form.get(f"{COLUMN}{place}") or None
        for place in range(1, len(one.headers) + 1)
    }


def _columns_page(one: RegisterImport, form: Form) -> str:
    posted = request.form if form.is_posted and form.errors else {}
    return render_template(
        "imports/columns.html",
        one=one,
        form=form,
        columns=[
            {
                "number": place,
                "name": f"{COLUMN}{place}",
                "header": text,
                "chosen": posted.get(f"{COLUMN}{place}", one.mapping.get(str(place), "")),
                "examples": examples,
            }
            for place, (text, examples) in enumerate(
                zip(one.headers, queries.examples_of(one), strict=True), 1
            )
        ],
        fields=READERS[one.register].fields,
        sheets=[(sheet["name"], sheet["name"]) for sheet in one.sheets],
        has_rooms=one.register == "assets",
        may_choose=rules.refusal("map", one.state) is None,
    )


@pages.post(f"{ONE}/check")
@requires("import.run")
def check(number: int) -> Answer:
    return _press(number, lambda one: actions.check(one, by=me()))


@pages.post(f"{ONE}/rooms")
@requires("import.run")
def rooms(number: int) -> Answer:
    """Make the rooms that are missing, then look again."""

    def act(one: RegisterImport) -> None:
        actions.choose(one, by=me(), add_rooms=True)
        actions.check(one, by=me())

    return _press(number, act)


@pages.post(f"{ONE}/run")
@requires("import.run")
def run(number: int) -> Answer:
    form = Form(schemas.ImportRun)
    return _press(number, lambda one: actions.run(one, by=me(), **form.data), form)


@pages.post(f"{ONE}/cancellation")
@requires("import.run")
def cancel(number: int) -> Answer:
    return _press(
        number,
        lambda one: actions.cancel(one, by=me()),
        said="The import has been put aside. What was saved before stays.",
    )


@pages.get(f"{ONE}/mistakes.csv")
@requires("import.run")
def mistakes(number: int) -> Response:
    """All of them, to mend the file by."""

    def fetch(after: list[Any] | None, limit: int) -> Page:
        return queries.page_of_mistakes(queries.get_import(number), after, limit)

    table = spreadsheets.Table("mistakes", ("Line", "Column", "What is wrong"), fetch, _drawn)
    return spreadsheets.answer(table, "csv")


def _drawn(rows: list[ImportMistake]) -> list[Any]:
    return [(one.row, one.column or "", one.said) for one in rows]


def _how_far(number: int) -> Answer:
    """What the bar of the page asks again and again."""
    one = queries.get_import(number)
    return reply(
        {
            "is_busy": one.state in rules.IS_BUSY,
            "percent": rules.percent(one.rows_done, one.total_rows),
            "words": _lines_done(one),
        }
    )


def _lines_done(one: RegisterImport) -> str:
    return f"{one.rows_done:,} of {one.total_rows:,} lines"


def _page(number: int, form: Form | None = None) -> str:
    one = queries.get_import(number)
    wrong = queries.page_of_mistakes(one, None, rules.SHOWN_MISTAKES)
    return render_template(
        "imports/show.html",
        one=one,
        form=form or _run_form(one),
        modes=[(name, words) for name, words in rules.MODES.items() if _fits(name, one)],
        mistakes=wrong.rows,
        has_more=wrong.place is not None,
        percent=rules.percent(one.rows_done, one.total_rows),
        lines_done=_lines_done(one),
        is_busy=one.state in rules.IS_BUSY,
        may_map=rules.refusal("map", one.state) is None,
        may_cancel=rules.refusal("cancel", one.state) is None,
    )


def _usual_mode(one: RegisterImport) -> str:
    return "good_rows" if not _fits("all_or_nothing", one) else "all_or_nothing"


def _fits(mode: str, one: RegisterImport) -> bool:
    most = READERS[one.register].most_at_once
    return mode == "good_rows" or (not one.refused and one.total_rows <= most)


def _press(
    number: int,
    act: Callable[[RegisterImport], None],
    form: Form | None = None,
    *,
    said: str | None = None,
) -> Answer:
    """The page comes back with the refusal, so that the next press is right."""
    one = queries.get_import(number, to_change=True)
    shown = form or _run_form(one)
    if is_stale(one.version, is_needed=True):
        shown = _run_form(one)
        shown.add_errors({"": [f"{_who_was_quicker(one)} Look at it, then decide again."]})
        status = 412
    elif shown.is_posted and not shown.is_ready:
        status = 422
    else:
        status = attempt(shown, lambda: act(one))
    if status:
        return _page(number, shown), status
    if said:
        flash(said, "success")
    return redirect(url_for(".show", number=number), 303)


def _run_form(one: RegisterImport) -> Form:
    return Form(schemas.ImportRun, {"mode": _usual_mode(one)}, is_posted=False)


def _saved(one: RegisterImport) -> dict[str, Any]:
    return {"sheet": one.sheet or None, "header_row": one.header_row}


def _who_was_quicker(one: RegisterImport) -> str:
    last = last_event("import", one.id)
    return changed_by(last.actor if last else None, last.at if last else None)
