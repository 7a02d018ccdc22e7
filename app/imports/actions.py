"""Take a spreadsheet in, say what its columns mean, check it, run it, put it aside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import IO, Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from app import clock
from app.errors import NotAllowed, Refused, Wrong, wrong
from app.files.rules import cleaned_name
from app.history.actions import record
from app.imports import rules
from app.imports.guessing import heading, headings_row, mapping_of
from app.imports.models import ImportMapping, ImportMistake, RegisterImport
from app.imports.queries import first_rows, known_headings, remembered
from app.imports.readers.all import READERS
from app.imports.taking import Taken, take
from app.imports.working import go_on
from app.people.identity import Me
from app.permissions import WORDS
from tenants import current_school_id, db
from tenants.numbers import take_number

_LONGEST_HEADING = 200


def begin(*, by: Me, register: str, name: str | None, stream: IO[bytes]) -> RegisterImport:
    """Kept and looked at; nothing of it is in the register yet."""
    check_allowed(by, register)
    taken = take(stream)
    one = RegisterImport(
        number=take_number("import"),
        register=register,
        file_name=cleaned_name(name) or "spreadsheet",
        sha256=taken.sha256,
        sheets=taken.sheets,
        headers=[],
        mapping={},
        rooms_missing=[],
        person_id=by.person_id,
        created_by=by.name,
    )
    _guess(one, taken)
    db.session.add(one)
    db.session.flush()
    _record("import.uploaded", one, by)
    return one


def choose(
    one: RegisterImport,
    *,
    by: Me,
    sheet: str | None = None,
    header_row: int | None = None,
    columns: Mapping[int, str | None] | None = None,
    add_rooms: bool | None = None,
) -> None:
    """Where the table stands and what its columns mean. Another sheet or line of headings without
    columns is guessed anew; what is chosen is remembered for the next file."""
    _check("map", one, by)
    is_elsewhere = _stand(one, sheet, header_row)
    if is_elsewhere:
        _read_headings(one)
    if columns is not None:
        one.mapping = _checked_columns(one, columns)
        _remember(one)
    if add_rooms is not None:
        one.add_rooms = add_rooms
    one.state = "uploaded"
    _clear(one)
    db.session.flush()


def check(one: RegisterImport, *, by: Me) -> None:
    """A dry run, in the worker: what would be added, changed and refused."""
    _check("check", one, by)
    if missing := READERS[one.register].is_missing(list(one.mapping.values())):
        raise wrong("columns", missing)
    if not one.total_rows:
        raise Refused("There is no line below the headings. Choose another sheet or line.")
    _start(one, "checking", by)


def run(one: RegisterImport, *, by: Me, mode: str) -> None:
    _check("run", one, by)
    most = READERS[one.register].most_at_once
    if mode == "all_or_nothing" and one.refused:
        lines = (
            "1 line has a mistake" if one.refused == 1 else f"{one.refused:,} lines have mistakes"
        )
        raise Refused(f"{lines}. Mend the file and upload it again, or import the good lines only.")
    if mode == "all_or_nothing" and one.total_rows > most:
        raise Refused(
            f"All or nothing works up to {most:,} lines. Import the good lines only: nothing is "
            "lost, and the same file can be imported again."
        )
    if db.session.scalar(select(RegisterImport.id).where(RegisterImport.state == "running")):
        raise Refused("Another import of your school is being saved. Wait until it is done.")
    one.mode = mode
    _start(one, "running", by)


def cancel(one: RegisterImport, *, by: Me) -> None:
    """What has been saved stays; the rest is left."""
    _check("cancel", one, by)
    one.state = "cancelled"
    one.round += 1
    one.ended_at = clock.now()
    db.session.flush()
    _record("import.cancelled", one, by)


def check_allowed(by: Me, register: str) -> None:
    permission = READERS[register].permission
    if not by.may(permission):
        raise NotAllowed(f"{WORDS[permission]}: your role does not allow it.")


def _check(action: str, one: RegisterImport, by: Me) -> None:
    check_allowed(by, one.register)
    if said := rules.refusal(action, one.state):
        raise Refused(said)


def _start(one: RegisterImport, state: str, by: Me) -> None:
    _clear(one)
    one.state = state
    one.round += 1
    # In the name of whoever said so last.
    one.person_id = by.person_id
    db.session.flush()
    _record(f"import.{state}", one, by)
    go_on(one)


def _clear(one: RegisterImport) -> None:
    one.added = one.changed = one.unchanged = one.refused = one.rows_done = 0
    one.said = one.ended_at = None
    one.rooms_missing = []
    db.session.execute(delete(ImportMistake).where(ImportMistake.import_id == one.id))


# --- where the table stands ---


def _guess(one: RegisterImport, taken: Taken) -> None:
    """The sheet whose headings are known best, or the first with anything in it."""
    known = known_headings(one.register)

    def weight(sheet: dict[str, Any]) -> tuple[int, int]:
        rows = first_rows(one.sha256, sheet["name"])
        found = {known.get(heading(text)) for row in rows for text in row.cells} - {None}
        return len(found), min(sheet["rows"], 1)

    one.sheet = max(taken.sheets, key=weight)["name"]
    rows = first_rows(one.sha256, one.sheet)
    place = headings_row([row.cells for row in rows], known) if rows else 0
    one.header_row = rows[place].line if rows else 1
    _read_headings(one)


def _stand(one: RegisterImport, sheet: str | None, header_row: int | None) -> bool:
    """Whether the table stands elsewhere now."""
    before = (one.sheet, one.header_row)
    if sheet is not None and sheet != one.sheet:
        if sheet not in {one_sheet["name"] for one_sheet in one.sheets}:
            raise wrong("sheet", "Choose a sheet of this file.")
        one.sheet = sheet
        if header_row is None:
            rows = first_rows(one.sha256, sheet)
            known = known_headings(one.register)
            place = headings_row([row.cells for row in rows], known) if rows else 0
            header_row = rows[place].line if rows else 1
    if header_row is not None:
        one.header_row = header_row
    return before != (one.sheet, one.header_row)


def _read_headings(one: RegisterImport) -> None:
    rows = first_rows(one.sha256, one.sheet or "")
    headers = next((row.cells for row in rows if row.line == one.header_row), None)
    if headers is None:
        raise wrong("header_row", "There is nothing in this line. Choose the line of the headings.")
    below = [row for row in rows if row.line > one.header_row]
    width = max((len(row.cells) for row in (*below, rows[0])), default=0)
    texts = [" ".join(text.split())[:_LONGEST_HEADING] for text in headers]
    one.headers = texts + [""] * (max(width, len(texts)) - len(texts))
    one.mapping = mapping_of(one.headers, known_headings(one.register), remembered(one.register))
    sheet_rows = next(found["rows"] for found in one.sheets if found["name"] == one.sheet)
    above = sum(1 for row in rows if row.line <= one.header_row)
    one.total_rows = max(0, sheet_rows - above)


def _checked_columns(one: RegisterImport, columns: Mapping[int, str | None]) -> dict[str, str]:
    named = READERS[one.register].by_name()
    found: dict[str, str] = {}
    errors: list[str] = []
    for column, name in sorted(columns.items()):
        if not 1 <= column <= len(one.headers):
            errors.append(f"There is no column {column}.")
        elif name and name not in named:
            errors.append(f"Column {column}: there is no field “{name[:40]}”.")
        elif name and name in found.values():
            errors.append(f"{named[name].label} is chosen for two columns. Choose one.")
        elif name:
            found[str(column)] = name
    if errors:
        raise Wrong({"columns": errors})
    return found


def _remember(one: RegisterImport) -> None:
    """By the words of the heading, for this school; a column that is left out too."""
    chosen: dict[str, str] = {}
    for place, text in enumerate(one.headers, 1):
        if said := heading(text):
            chosen.setdefault(said, one.mapping.get(str(place), ""))
    if not chosen:
        return
    rows: Sequence[dict[str, Any]] = [
        {
            "school_id": current_school_id(),
            "register": one.register,
            "header": said,
            "field": name,
        }
        for said, name in sorted(chosen.items())
    ]
    statement = insert(ImportMapping).values(rows)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["school_id", "register", "header"],
            set_={"field": statement.excluded.field},
        )
    )


def _record(kind: str, one: RegisterImport, by: Me) -> None:
    record(
        kind,
        subject_kind="import",
        subject_id=one.id,
        at=clock.now(),
        by=by,
        to_value=one.file_name,
        note=rules.REGISTER_WORDS[one.register],
        visibility="internal",
    )
