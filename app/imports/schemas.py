"""What comes in and goes out about imports, for pages and JSON alike."""

from __future__ import annotations

from marshmallow import fields, validate

from app.imports.models import REGISTERS, STATES
from app.imports.rules import MODES, MOST_COLUMNS, MOST_ROWS, REGISTER_WORDS, STATE_WORDS
from app.shapes import Flag, Instant, PageArgs, Shape, Text, Whole, choice


class NewImport(Shape):
    """The file comes beside it."""

    register = choice(
        REGISTER_WORDS,
        required=True,
        error="Choose what is in the file",
        error_messages={"required": "Choose what is in the file"},
        metadata={"label": "What is in the file?", "kind": "radios"},
    )


class TablePlace(Shape):
    """Which table of the file it is."""

    sheet = Text(200, metadata={"label": "Sheet", "kind": "select"})
    header_row = Whole(
        1,
        1_048_576,
        metadata={
            "label": "Line of the headings",
            "hint": "The number of the line, as your spreadsheet shows it at the left",
            "kind": "number",
            "width": "4",
            "optional": False,
        },
    )


class ImportColumn(Shape):
    number = Whole(1, MOST_COLUMNS, required=True)
    field = Text(50, allow_none=True, required=False, load_default=None)


class ColumnMapping(Shape):
    sheet = Text(200, metadata={"description": "One of `sheets`"})
    header_row = Whole(1, 1_048_576, metadata={"description": "Line of the headings"})
    columns = fields.List(
        fields.Nested(ImportColumn),
        validate=validate.Length(max=MOST_COLUMNS),
        metadata={"description": "What each column means; a column that is not named is left out"},
    )
    add_rooms = Flag(metadata={"description": "Equipment: make the rooms that are missing"})


class ImportRun(Shape):
    mode = choice(
        MODES,
        required=True,
        error="Choose what is saved",
        error_messages={"required": "Choose what is saved"},
        metadata={"label": "What is saved?", "kind": "radios"},
    )


class NoImportBody(Shape):
    may_be_left_out = True


class Narrowed(Shape):
    register = choice(REGISTER_WORDS)
    state = choice(STATE_WORDS)


class ImportArgs(Narrowed, PageArgs):
    pass


class ImportSheetOut(Shape):
    name = fields.String(required=True)
    rows = fields.Integer(required=True)


class ImportColumnOut(Shape):
    number = fields.Integer(required=True)
    header = fields.String(required=True)
    field = fields.String(allow_none=True, required=True)
    examples = fields.List(fields.String(), required=True)


class ImportFieldOut(Shape):
    name = fields.String(required=True)
    label = fields.String(required=True)
    required = Flag(required=True)


class ImportItem(Shape):
    number = fields.Integer(required=True)
    register = choice(REGISTERS, required=True)
    file_name = fields.String(required=True)
    state = choice(STATES, required=True)
    mode = choice(MODES, required=True)
    total_rows = fields.Integer(required=True, metadata={"maximum": MOST_ROWS})
    rows_done = fields.Integer(required=True)
    added = fields.Integer(required=True)
    changed = fields.Integer(required=True)
    unchanged = fields.Integer(required=True)
    refused = fields.Integer(required=True)
    said = fields.String(allow_none=True, required=True)
    created_by = fields.String(required=True)
    created_at = Instant(required=True)
    ended_at = Instant(allow_none=True, required=True)
    version = fields.Integer(required=True)


class ImportOut(ImportItem):
    sheets = fields.List(fields.Nested(ImportSheetOut), required=True)
    sheet = fields.String(allow_none=True, required=True)
    header_row = fields.Integer(required=True)
    columns = fields.List(fields.Nested(ImportColumnOut), required=True)
    fields_ = fields.List(fields.Nested(ImportFieldOut), data_key="fields", required=True)
    add_rooms = Flag(required=True)
    rooms_missing = fields.List(fields.String(), required=True)


class ImportPage(Shape):
    items = fields.List(fields.Nested(ImportItem), required=True)
    next = fields.String(allow_none=True, required=True)


class ImportMistakeOut(Shape):
    line = fields.Integer(required=True)
    column_number = fields.Integer(allow_none=True, required=True)
    column = fields.String(allow_none=True, required=True)
    said = fields.String(required=True)


class ImportMistakePage(Shape):
    items = fields.List(fields.Nested(ImportMistakeOut), required=True)
    next = fields.String(allow_none=True, required=True)
