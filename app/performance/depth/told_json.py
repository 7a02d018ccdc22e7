"""A topic as the worker keeps it: its pictures drawn, its tables row by row, as JSON and back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, overload

from markupsafe import Markup

from app.performance.depth.told import Table, Told
from app.plots.shapes import Cell, Figure

_DRAWN = ("wide", "narrow", "links")


class Rows(Sequence[Sequence[Cell]]):
    """Rows that are text until somebody reads them: of 24,000 a page shows 200."""

    def __init__(self, texts: Sequence[str], numeric: Sequence[bool]) -> None:
        self._texts, self._numeric = texts, numeric

    def __len__(self) -> int:
        return len(self._texts)

    @overload
    def __getitem__(self, place: int) -> Sequence[Cell]: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Sequence[Cell]]: ...
    def __getitem__(self, place: int | slice) -> Sequence[Any]:
        if isinstance(place, slice):
            return [self._row(text) for text in self._texts[place]]
        return self._row(self._texts[place])

    def __iter__(self) -> Iterator[Sequence[Cell]]:
        return map(self._row, self._texts)

    def _row(self, text: str) -> list[Cell]:
        return [
            Cell(text=words, href=href, is_number=is_number)
            for (words, href), is_number in zip(
                (one if isinstance(one, list) else (one, None) for one in json.loads(text)),
                self._numeric,
                strict=True,
            )
        ]


def _text_of(row: Sequence[Cell]) -> str:
    """Short, for there are many: a cell without a link is its words alone, and which columns hold
    numbers is said once."""
    cells = [[one.text, one.href] if one.href else one.text for one in row]
    return json.dumps(cells, ensure_ascii=False, separators=(",", ":"))


def packed(told: Told) -> dict[str, Any]:
    return {
        "finding": told.finding,
        "method": told.method,
        "empty": told.empty,
        "in_tables": sorted(told.in_tables),
        "figures": [_of_figure(one) for one in told.figures],
        "tables": [
            {
                "title": one.title,
                "headings": list(one.headings),
                "numeric": one.numeric,
                "rows": [_text_of(row) for row in one.rows],
            }
            for one in told.tables
        ],
    }


def unpacked(kept: Mapping[str, Any], made_at: datetime) -> Told:
    return Told(
        finding=kept["finding"],
        method=kept["method"],
        empty=kept["empty"],
        in_tables=frozenset(kept["in_tables"]),
        drawn=[_figure(one) for one in kept["figures"]],
        tables=[
            Table(one["title"], one["headings"], Rows(one["rows"], one["numeric"]))
            for one in kept["tables"]
        ],
        as_of=made_at,
    )


def _of_figure(one: Figure) -> dict[str, Any]:
    found = {each.name: getattr(one, each.name) for each in fields(Figure)}
    found.update({name: str(found[name]) for name in _DRAWN})
    return {
        **found,
        "headings": _of_row(one.headings),
        "rows": [_of_row(row) for row in one.rows],
    }


def _figure(kept: Mapping[str, Any]) -> Figure:
    # Drawn by app/plots out of texts that it escaped, and kept where only the worker writes.
    drawn = {name: Markup(kept[name]) for name in _DRAWN}
    rows = [_row(row) for row in kept["rows"]]
    return Figure(**{**kept, **drawn, "headings": _row(kept["headings"]), "rows": rows})


def _of_row(row: Sequence[Cell]) -> list[list[Any]]:
    return [[one.text, one.href, one.is_number] for one in row]


def _row(kept: Sequence[Sequence[Any]]) -> list[Cell]:
    return [Cell(text=text, href=href, is_number=number) for text, href, number in kept]
