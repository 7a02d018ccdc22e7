"""Where each value stands in a list of schools, by the names in its first line."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from app.schools import register_values as values
from app.schools.csv_records import Record
from app.schools.register_values import BadValue

# What a cell may be called, without case, blanks and brackets: `LA (code)` and `la_code` are one.
# Where a value has a name and a code column, the first that is filled is read.
# fmt: off
ROW_CELLS: dict[str, tuple[str, ...]] = {
    "urn":                      ("urn",),
    "la_code":                  ("lacode",),
    "name":                     ("establishmentname",),
    "status":                   ("establishmentstatusname", "establishmentstatuscode"),
    "establishment_number":     ("establishmentnumber",),
    "ukprn":                    ("ukprn",),
    "phase":                    ("phaseofeducationname", "phaseofeducation",
                                 "phaseofeducationcode"),
    "establishment_type_group": ("establishmenttypegroupname", "establishmenttypegroup",
                                 "establishmenttypegroupcode"),
    "number_of_pupils":         ("numberofpupils",),
    "pupils_as_at":             ("censusdate",),
    "street":                   ("street",),
    "locality":                 ("locality",),
    "address3":                 ("address3",),
    "town":                     ("town",),
    "county":                   ("countyname", "county"),
    "postcode":                 ("postcode",),
    "website":                  ("schoolwebsite",),
    "opened_on":                ("opendate",),
    "closed_on":                ("closedate",),
    "reason_closed":            ("reasonestablishmentclosedname",),
}
LINK_CELLS: dict[str, tuple[str, ...]] = {
    "to_urn":  ("successorurn", "linkurn"),
    "to_name": ("successorname", "linkname"),
    "kind":    ("successorlinktype", "linktype"),
    "on":      ("successordate", "linkestablisheddate"),
}
_READ: dict[str, Callable[[str], Any]] = {
    "urn":                      values.urn,
    "la_code":                  values.la_code,
    "status":                   values.status,
    "establishment_number":     values.number,
    "ukprn":                    values.number,
    "phase":                    values.phase,
    "establishment_type_group": values.group,
    "number_of_pupils":         values.number,
    "pupils_as_at":             values.day,
    "postcode":                 values.postcode,
    "website":                  values.website,
    "opened_on":                values.day,
    "closed_on":                values.day,
    "to_urn":                   values.optional_urn,
    "on":                       values.day,
}
# fmt: on


class UnreadableFile(ValueError):
    """The whole file cannot be used; the message is one sentence for the person who chose it."""


class BadCell(Exception):
    """The row cannot be used: the column at fault and a sentence."""

    def __init__(self, column: str, sentence: str) -> None:
        super().__init__(sentence)
        self.column, self.sentence = column, sentence


class Columns:
    """The first line of a file, understood. Raises UnreadableFile when what is needed lacks."""

    def __init__(self, header: Record) -> None:
        self._titles = [title.strip() for title in header.fields]
        places: dict[str, list[int]] = {}
        for place, title in enumerate(self._titles):
            places.setdefault(re.sub(r"[^a-z0-9]", "", title.lower()), []).append(place)
        self.is_links = "linkurn" in places
        self.is_extract = not self.is_links and "establishmentnumber" in places
        self._refuse_missing(places)
        self._places = {
            cell: [places[name][0] for name in names if name in places]
            for cell, names in (ROW_CELLS | LINK_CELLS).items()
        }

    def title(self, cell: str) -> str:
        """What the file calls it, so that the person finds the column."""
        return self._titles[self._places[cell][0]]

    def read(self, record: Record, cell: str) -> Any:
        """The value, or None where the file does not have it. Raises BadCell."""
        cells = [
            (place, record.fields[place] if place < len(record.fields) else "")
            for place in self._places[cell]
        ]
        for place, raw in [each for each in cells if each[1].strip()] or cells[:1]:
            try:
                return _READ.get(cell, values.text)(raw)
            except BadValue as bad:
                raise BadCell(self._titles[place], str(bad)) from bad
        return None

    def check_shape(self, record: Record) -> None:
        """Every row of an extract is whole: one cell more or less is a stray or a lost comma.
        Spreadsheets leave empty last cells out of simple lists, or add some."""
        expected, found = len(self._titles), len(record.fields)
        if record.fault:
            raise BadCell(self._titles[0], record.fault)
        is_wrong = (
            found != expected
            if self.is_extract
            else any(cell.strip() for cell in record.fields[expected:])
        )
        if is_wrong:
            raise BadCell(
                self._titles[min(found, expected) - 1],
                f"The row has {found} cells, the first line has {expected}.",
            )

    def _refuse_missing(self, places: dict[str, list[int]]) -> None:
        needed = _needed(self.is_links, self.is_extract)
        missing = [title for title, names in needed.items() if not any(n in places for n in names)]
        twice = [title for title, names in needed.items() if len(places.get(names[0], ())) > 1]
        if "URN" in missing and len(missing) > 1:
            raise UnreadableFile(
                "This is not a list of schools in CSV: its first line names neither a column URN"
                " nor a column EstablishmentName."
            )
        if missing:
            raise UnreadableFile(f"The first line does not name {_listed(missing)}.")
        if twice:
            raise UnreadableFile(f"The first line names {_listed(twice)} twice.")


def _needed(is_links: bool, is_extract: bool) -> dict[str, tuple[str, ...]]:
    if is_links:
        return {"URN": ("urn",), "LinkURN": ("linkurn",), "LinkType": ("linktype",)}
    needed = {title: ROW_CELLS[cell] for title, cell in _TITLES.items()}
    return needed | ({"EstablishmentStatus (name)": ROW_CELLS["status"]} if is_extract else {})


_TITLES = {"URN": "urn", "LA (code)": "la_code", "EstablishmentName": "name"}


def _listed(titles: list[str]) -> str:
    names = [f"the column {title}" for title in titles]
    return ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else names[0]
