"""Register files for tests: the real ones, and small ones written on the spot."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
SAMPLE = (ROOT / "tests/data/gias_extract_sample.csv").read_bytes()
LA_SCHOOLS = (ROOT / "tests/data/la_schools_2020.csv").read_bytes()
ESSEX = (ROOT / "app/demo/data/essex_schools.csv").read_bytes()

SAMPLE_HEADER, *SAMPLE_ROWS = list(csv.reader(io.StringIO(SAMPLE.decode("cp1252"))))
ALDGATE = dict(zip(SAMPLE_HEADER, SAMPLE_ROWS[0], strict=True))


def written(
    rows: Iterable[Mapping[str, object]],
    *,
    encoding: str = "cp1252",
    newline: str = "\r\n",
    quoting: int = csv.QUOTE_MINIMAL,
) -> bytes:
    """A CSV file with a header from the first row's keys."""
    rows = list(rows)
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator=newline, quoting=quoting)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def extract_row(**cells: object) -> dict[str, object]:
    """One row in the register's full layout. Keywords: see NAMES."""
    return ALDGATE | {NAMES[key]: str(value) for key, value in cells.items()}


NAMES = {
    "urn": "URN",
    "la": "LA (code)",
    "number": "EstablishmentNumber",
    "name": "EstablishmentName",
    "status": "EstablishmentStatus (name)",
    "status_code": "EstablishmentStatus (code)",
    "group": "EstablishmentTypeGroup (name)",
    "phase": "PhaseOfEducation (name)",
    "phase_code": "PhaseOfEducation (code)",
    "opened": "OpenDate",
    "closed": "CloseDate",
    "reason": "ReasonEstablishmentClosed (name)",
    "pupils": "NumberOfPupils",
    "census": "CensusDate",
    "postcode": "Postcode",
    "website": "SchoolWebsite",
    "ukprn": "UKPRN",
    "street": "Street",
    "head": "HeadLastName",
    "telephone": "TelephoneNum",
}


def simple_row(urn: object, name: str, **cells: object) -> dict[str, object]:
    """One row of a simple list, in the layout of essex_schools.csv."""
    return {
        "urn": urn,
        "la_code": "881",
        "la_name": "Essex",
        "establishment_name": name,
        "phase_of_education": "Primary",
        "establishment_type_group": "Local authority maintained schools",
        "successor_urn": "",
        "successor_name": "",
        "successor_link_type": "",
        "successor_date": "",
    } | cells


def link_row(urn: int, to_urn: int, kind: str = "Successor", on: str = "") -> dict[str, object]:
    """One row of the register's links file."""
    return {
        "URN": urn,
        "LinkURN": to_urn,
        "LinkName": f"School {to_urn}",
        "LinkType": kind,
        "LinkEstablishedDate": on,
    }
