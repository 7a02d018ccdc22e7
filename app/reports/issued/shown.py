"""What goes out about reports: plain values, for JSON, for a spreadsheet and for paper."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from app.documents.rules import blocks
from app.plots.shapes import Figure
from app.reports.issued import rules
from app.reports.issued.drawing import drawn
from app.reports.issued.models import IssuedReport, ReportSchedule
from app.reports.issued.writing import text_of
from app.shapes import instant

HEADINGS = ("Section", "Table", "Row", "Column", "Value")


def listed(one: IssuedReport) -> dict[str, Any]:
    return {
        "number": one.number,
        "kind": one.kind,
        "title": one.title,
        "period": one.period_kind,
        "period_name": one.period_name,
        "from": one.first_on.isoformat(),
        "to": one.end_on.isoformat(),
        "state": one.state,
        "created_by": one.created_by,
        "created_at": instant(one.created_at),
        "counted_at": instant(one.counted_at),
        "issued_by": one.issued_by,
        "issued_at": instant(one.issued_at),
        "supersedes": one.supersedes,
        "superseded_by": one.superseded_by,
    }


def detail(one: IssuedReport) -> dict[str, Any]:
    return {
        **listed(one),
        "sections": [
            {
                "key": each["key"],
                "heading": each["heading"],
                "text": text_of(each),
                "generated": each["text"],
                "edited": each["edited"] is not None,
                "tables": _tables(each),
            }
            for each in one.sections
        ],
        "figures": one.figures,
        "version": one.version,
    }


def schedule(one: ReportSchedule) -> dict[str, Any]:
    return {
        "number": one.number,
        "kind": one.kind,
        "rhythm": one.rhythm,
        "roles": one.roles,
        "next_on": one.next_on.isoformat() if one.next_on else None,
        "version": one.version,
    }


def as_rows(one: IssuedReport) -> Iterator[Sequence[Any]]:
    """Every table of the report, a value a line."""
    for section in one.sections:
        for table in _tables(section):
            for row in table["rows"]:
                for heading, value in zip(table["headings"][1:], row[1:], strict=True):
                    yield section["heading"], table["title"], row[0], heading, value


def _tables(section: dict[str, Any]) -> list[dict[str, Any]]:
    """With those of its plots, which show the same as numbers."""
    return [*section["tables"], *(_table_of(plot, drawn(plot)) for plot in section["plots"])]


def _table_of(plot: dict[str, Any], figure: Figure) -> dict[str, Any]:
    headings, *rows = figure.texts
    return {"title": figure.title, "headings": headings, "rows": rows, **plot.get("table", {})}


def on_page(one: IssuedReport) -> list[dict[str, Any]]:
    """Its sections with the words that hold and the plots drawn."""
    return [
        {
            **each,
            "words": _kept_together(text_of(each)),
            "tables": [_set(table) for table in each["tables"]],
            "figures": [drawn(plot) for plot in each["plots"]],
        }
        for each in one.sections
    ]


def on_paper(one: IssuedReport, issued: str) -> dict[str, Any]:
    """For the PDF: nothing but texts, and the plots as pictures."""
    return {
        "school": one.figures["school"],
        "title": one.title,
        "kind": rules.KIND_WORDS[one.kind],
        "days": rules.span_words(one.first_on, one.end_on),
        "issued": issued,
        "is_draft": one.state == "draft",
        "sections": [_section(each) for each in one.sections],
    }


def _section(one: dict[str, Any]) -> dict[str, Any]:
    figures = [(plot, drawn(plot)) for plot in one["plots"]]
    return {
        "heading": one["heading"],
        "blocks": [
            {"kind": each.kind, "lines": [_kept_together(line) for line in each.lines]}
            for each in blocks(text_of(one))
        ],
        "tables": [_set(table) for table in one["tables"]],
        "plots": [
            {
                "title": each.title,
                "finding": _kept_together(each.finding),
                "svg": str(each.wide),
                "table": _set(_table_of(plot, each)),
            }
            for plot, each in figures
        ],
    }


def _set(table: dict[str, Any]) -> dict[str, Any]:
    """As texts, with what stands to the right."""
    rows = [[_cell(cell) for cell in row] for row in table["rows"]]
    columns = [(heading, *cells) for heading, *cells in zip(table["headings"], *rows, strict=True)]
    numbers = [all(map(_NUMBER.fullmatch, cells)) and set(cells) != {"–"} for _, *cells in columns]
    return {
        "title": table["title"],
        "headings": table["headings"],
        "rows": rows,
        # What stands to the right; a number that names the row stands to the left.
        "numbers": [is_number and place > 0 for place, is_number in enumerate(numbers)],
        "narrow": [
            is_number and max(map(len, column)) <= _NARROW
            for is_number, column in zip(numbers, columns, strict=True)
        ],
    }


# Letters a column that is as wide as what is in it; the others share the rest.
_NARROW = 18
_NUMBER = re.compile(
    r"–|none|no minutes|£?[\d,.]+( of [\d,]+)?(\s\([\d.,]+\s?%\))?(\s%| hours?| minutes?)?"
)


def _cell(value: Any) -> str:
    return _kept_together(f"{value:,}" if isinstance(value, int) else str(value))


def _kept_together(text: str) -> str:
    """No line ends between a number and its sign."""
    return text.replace(" %", "\u00a0%")
