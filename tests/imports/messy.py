"""A spreadsheet as schools have them: 600 rows that somebody kept for ten years.

Title rows and a merged header above the headings, blank lines, dates of Excel beside dates as text,
tags twice, blanks at the ends, a room with any apostrophe, formulas, and a hidden sheet.
"""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from typing import Any

from openpyxl import Workbook

ROWS = 600
# Lines of the sheet: two of titles, a blank one, a merged header, the headings.
HEADINGS_AT = 5
ROOMS = (
    "Mrs Brown’s class",
    "Mrs Brown's class",
    "ICT suite ",
    "Library",
    " Staff\u00a0room",
    "HALL",
)
KINDS = ("Laptop", "PC", "iPad", "Interactive Whiteboard", "LaserJet printer", "Wifi AP")
HEADINGS = (
    "Asset No.",
    "What",
    "Manufacturer",
    "Model",
    "Serial Number ",
    "Where",
    "Purchased",
    "Cost (£)",
    "Warranty\nexpires",
    "Colour",
    "Comments",
)
TWICE, BAD_DATE, NO_TAG = 100, 200, 300  # positions whose lines are refused


def messy_workbook() -> bytes:
    """600 lines, of which three are refused: a tag twice, a day that is none, a tag missing."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Equipment 2024"
    sheet["A1"] = "St Mary’s: list of ICT equipment"
    sheet["A2"] = datetime(2024, 9, 1)
    sheet["A4"] = "What it is"
    sheet.merge_cells("A4:F4")
    sheet["G4"] = "Purchase"
    sheet.merge_cells("G4:I4")
    for place, text in enumerate(HEADINGS, 1):
        sheet.cell(HEADINGS_AT, place, text)
    line = HEADINGS_AT
    for position in range(ROWS):
        line += 2 if position % 50 == 0 else 1
        for place, value in enumerate(_cells(position), 1):
            if value is not None:
                sheet.cell(line, place, value)
        if position % 7 == 0:
            sheet.cell(line, 30, None).number_format = "0.00"
    notes = book.create_sheet("Notes")
    notes["A1"] = "Rang the supplier in May"
    hidden = book.create_sheet("Old list")
    hidden.sheet_state = "hidden"
    for place, text in enumerate(HEADINGS, 1):
        hidden.cell(1, place, text)
    hidden["A2"] = "OLD-1"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cells(position: int) -> list[Any]:
    bought = date(2019, 9, 1) + timedelta(days=position)
    tag: Any = float(1000 + position) if position % 3 else f" SM {1000 + position}  "
    return [
        {TWICE: "1097", NO_TAG: None}.get(position, tag),
        KINDS[position % len(KINDS)],
        "Dell " if position % 2 else "hp",
        f"Model\u00a0{position % 5}",
        f"SN{position:05}" if position % 4 else "#N/A",
        ROOMS[position % len(ROOMS)],
        "not known" if position == BAD_DATE else bought if position % 2 else f"{bought:%d/%m/%Y}",
        f"£{1000 + position:,}.50" if position % 2 else 1000 + position,
        bought + timedelta(days=3 * 365) if position % 5 else None,
        "silver",
        "'=not a formula" if position == 1 else "  " if position % 2 else f"Comment {position}",
    ]


def as_csv(rows: list[list[str]], *, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    lines = [delimiter.join(f'"{cell}"' if "\n" in cell else cell for cell in row) for row in rows]
    return "\r\n".join(lines).encode(encoding)


def workbook(rows: list[list[Any]], **sheets: list[list[Any]]) -> bytes:
    """A tidy one: the first sheet, and others by name."""
    book = Workbook()
    for name, content in {"Sheet1": rows, **sheets}.items():
        sheet = book.create_sheet(name)
        for row in content:
            sheet.append(row)
    book.remove(book.worksheets[0])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
