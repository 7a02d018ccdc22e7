"""How much of a file is read, what is said of the rest, and the words of an import. Pure."""

from __future__ import annotations

from enum import StrEnum

MEGABYTE = 1_000_000
LARGEST_FILE = 10 * MEGABYTE
MOST_ROWS = 50_000
MOST_COLUMNS = 200
LONGEST_CELL = 32_767  # as Excel has it
MOST_SHEETS = 50
# What the file comes to when each cell is written out.
LARGEST_WRITTEN = 40 * MEGABYTE
# Kept in one transaction, or none of them: a worker's turn is short.
MOST_AT_ONCE = 20_000
# The first so many mistakes are shown; a file holds them all.
SHOWN_MISTAKES = 200
# Where headings may stand: title rows above them are passed over.
LOOKED_FOR_HEADINGS = 30


class Refusal(StrEnum):
    EMPTY = "empty"
    TOO_BIG = "too_big"
    TOO_BIG_OPENED = "too_big_opened"
    MANY_ROWS = "many_rows"
    MANY_COLUMNS = "many_columns"
    MANY_SHEETS = "many_sheets"
    LONG_CELL = "long_cell"
    OLD_EXCEL = "old_excel"
    OPEN_DOCUMENT = "open_document"
    MACROS = "macros"
    PASSWORD = "password"
    OUTSIDE = "outside"
    OTHER_KIND = "other_kind"
    DAMAGED = "damaged"
    VIRUS = "virus"
    SLOW = "slow"


_SAVE_AS = "Open it, choose “Save as”, and save it as an Excel workbook (.xlsx) or as CSV"
# fmt: off
SENTENCES: dict[Refusal, str] = {
    Refusal.EMPTY:          "There is nothing in this file",
    Refusal.TOO_BIG:        "The file is too big. The limit is 10 MB",
    Refusal.TOO_BIG_OPENED: "The file is too big when opened",
    Refusal.MANY_ROWS:      f"The file has more than {MOST_ROWS:,} rows. Split it, and import the"
                            " parts one after the other",
    Refusal.MANY_COLUMNS:   f"The file has more than {MOST_COLUMNS} columns. Delete those that"
                            " are not needed, also empty ones to the right, and send it again",
    Refusal.MANY_SHEETS:    f"The file has more than {MOST_SHEETS} sheets. Save the one that is"
                            " to be imported as a file of its own",
    Refusal.LONG_CELL:      "A cell of the file is too long. Look for a quotation mark without"
                            " its second one",
    Refusal.OLD_EXCEL:      f"This is a file of an old Excel (.xls). {_SAVE_AS}",
    Refusal.OPEN_DOCUMENT:  f"This is an OpenDocument file. {_SAVE_AS}",
    Refusal.MACROS:         f"Files with macros are not accepted. {_SAVE_AS}",
    Refusal.PASSWORD:       "The file has a password. Save it without the password",
    Refusal.OUTSIDE:        "The file fetches something from elsewhere. Save it as CSV and send"
                            " that",
    Refusal.OTHER_KIND:     "This is no spreadsheet. Send an Excel workbook (.xlsx) or a CSV file",
    Refusal.DAMAGED:        "The file cannot be opened. Check it and send it again",
    Refusal.VIRUS:          "This file has a virus in it and was not kept",
    Refusal.SLOW:           "Reading this file takes too long. Save the sheet as CSV and send"
                            " that",
}
REGISTER_WORDS: dict[str, str] = {
    "locations": "Rooms and places", "assets": "Equipment", "licences": "Licences",
    "contracts": "Contracts", "suppliers": "Suppliers", "people": "People",
}
MODES: dict[str, str] = {
    "all_or_nothing": "All or nothing: if one line is refused, nothing is saved",
    "good_rows":      "Good lines only: lines with mistakes are left out",
}
STATE_WORDS: dict[str, str] = {
    "uploaded": "Choose the columns", "checking": "Being checked", "checked": "Checked",
    "running": "Being saved", "done": "Done", "failed": "Stopped", "cancelled": "Put aside",
}
STATE_COLOURS: dict[str, str] = {
    "uploaded": "yellow", "checking": "blue", "checked": "turquoise", "running": "blue",
    "done": "green", "failed": "red", "cancelled": "grey",
}
# What a person may do in which state; whatever the worker has in hand is left to it.
MAY: dict[str, tuple[str, ...]] = {
    "map":    ("uploaded", "checked", "failed"),
    "check":  ("uploaded", "checked", "failed"),
    "run":    ("checked",),
    "cancel": ("uploaded", "checking", "checked", "running", "failed"),
}
# fmt: on
IS_BUSY = ("checking", "running")


def refusal(action: str, state: str) -> str | None:
    """Why this cannot be done now, as a sentence."""
    if state in MAY[action]:
        return None
    if state in IS_BUSY:
        return "The file is being worked on. Wait until that is done, or stop it."
    if state == "done":
        return "This file has been imported already. Upload it again to import it anew."
    if action == "run" and state in ("uploaded", "failed"):
        return "Check the file first: you then see what an import would do."
    return "This import was put aside. Upload the file again."


def percent(done: int, total: int) -> int:
    return min(100, done * 100 // total) if total else 0
