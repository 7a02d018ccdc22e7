"""Lists of schools as they really come: encodings, line ends, quotes, header generations."""

import csv
from datetime import date

import pytest

from app.schools.register_file import read
from app.schools.register_values import RegisterStatus
from tests.schools.registers import (
    ESSEX,
    LA_SCHOOLS,
    SAMPLE,
    SAMPLE_HEADER,
    SAMPLE_ROWS,
    extract_row,
    link_row,
    simple_row,
    written,
)

# fmt: off
CLOSING = "Open, but proposed to close"
SAMPLE_SCHOOLS = [
    (201, 100000, "The Aldgate School",                 "Open",   None),
    (202, 100004, "Sherborne Nursery School",           "Closed", date(1992, 8, 31)),
    (213, 101173, "Fairley House School",               "Open",   None),
    (212, 101077, "The Dominie School Limited",         "Closed", date(2022, 7, 7)),
    (878, 137666, "Chudleigh Knighton Church of England Primary School", "Open", None),
    (0,   150516, "Dubai Scholars Private School",      "Open",   None),
    (860, 124087, "Thomas Barnes Primary School",       "Open",   None),
    (865, 126370, "Westbury Leigh CofE Primary School", CLOSING,  date(2024, 7, 31)),
]
# fmt: on


@pytest.mark.parametrize(("la", "urn", "name", "status", "closed_on"), SAMPLE_SCHOOLS)
def test_the_sample_gives_one_school_for_each_authority(la, urn, name, status, closed_on):
    found = read(SAMPLE, la_code=la)
    assert not found.problems
    [row] = found.rows
    assert (row.urn, row.name, row.status, row.closed_on) == (urn, name, status, closed_on)


def test_a_whole_row_of_the_extract():
    row = read(SAMPLE, la_code=201).rows[0]
    assert row.line == 2
    assert row.establishment_number == 3614
    assert row.ukprn == 10079319
    assert row.phase == "Primary"
    assert row.establishment_type_group == "Local authority maintained schools"
    assert (row.number_of_pupils, row.pupils_as_at) == (271, date(2023, 1, 19))
    assert row.address == "St James's Passage, Duke's Place, London"
    assert row.postcode == "EC3A 5DE"
    assert row.website == "https://www.thealdgateschool.org"
    assert row.opened_on is None


def test_the_placeholder_date_is_not_known():
    westbury = read(SAMPLE, la_code=865).rows[0]
    assert westbury.opened_on is None
    assert westbury.is_open


def test_all_essex_schools_with_their_successors():
    found = read(ESSEX, la_code=881)
    assert (len(found.rows), len(found.links), found.problems) == (248, 45, ())
    assert sum(link.kind == "Successor" for link in found.links) == 42
    assert found.rows[0].name == "St George’s New Town Junior School"
    assert all(row.status is None and row.is_open for row in found.rows)


def test_all_schools_of_nine_authorities():
    found = read(LA_SCHOOLS)
    assert (len(found.rows), found.problems) == (2942, ())
    assert found.authorities[886] == 577
    assert len(read(LA_SCHOOLS, la_code=886).rows) == 577


def _older_header(rows):
    """The layout of 2018: 133 columns, other words, codes with a leading nought."""
    gone = {"EstablishmentAccredited (code)", "EstablishmentAccredited (name)", "QABName (code)",
            "QABName (name)", "QABReport", "CHNumber", "AccreditationExpiryDate"}  # fmt: skip
    for row in rows:
        old = {key: value for key, value in row.items() if key not in gone}
        if old["EstablishmentTypeGroup (name)"] == "Local authority maintained schools":
            old["EstablishmentTypeGroup (name)"] = "LA maintained schools"
        old["EstablishmentStatus (code)"] = old["EstablishmentStatus (code)"].zfill(2)
        yield old


def _mangled():
    rows = [dict(zip(SAMPLE_HEADER, row, strict=True)) for row in SAMPLE_ROWS]
    slashes = [
        {k: v.replace("-", "/") if k.endswith(("Date", "Insp")) else v for k, v in row.items()}
        for row in rows
    ]
    backwards = [dict(reversed(row.items())) for row in rows]
    older = list(_older_header(rows))
    assert len(older[0]) == 133
    yield "utf-8", written(rows, encoding="utf-8")
    yield "utf-8 with mark", written(rows, encoding="utf-8-sig")
    yield "LF", written(rows, newline="\n")
    yield "CR", written(rows, newline="\r")
    yield "all quoted", written(rows, quoting=csv.QUOTE_ALL)
    yield "slashes", written(slashes)
    yield "older", written(older)
    yield "older, all quoted, utf-8", written(older, quoting=csv.QUOTE_ALL, encoding="utf-8")
    yield "other order", written(backwards)
    yield "blank lines", SAMPLE.replace(b"\r\n", b"\r\n\r\n" + b"," * 139 + b"\r\n")
    yield "no line end", SAMPLE.rstrip()


@pytest.mark.parametrize(("how", "data"), list(_mangled()), ids=lambda value: str(value)[:30])
def test_the_same_facts_however_the_file_was_saved(how, data):
    def facts(found):
        assert found.problems == ()
        return [{**vars(row), "line": 0} for row in found.rows]

    assert facts(read(data)) == facts(read(SAMPLE))


def test_codes_serve_where_names_are_missing():
    row = extract_row(status_code="02", phase_code="02")
    for name in ("EstablishmentStatus (name)", "PhaseOfEducation (name)"):
        del row[name]
    [found] = read(written([row])).rows
    assert (found.status, found.phase) == (RegisterStatus.CLOSED, "Primary")


@pytest.mark.parametrize(
    ("cells", "field", "expected"),
    [
        ({"status": "Open, but proposed to close"}, "is_open", True),
        ({"status": "Proposed to open"}, "is_open", False),
        ({"status": "closed"}, "is_open", False),
        ({"status": "3"}, "is_open", True),
        ({"phase": "All through"}, "phase", "All-through"),
        ({"phase": "Middle deemed secondary"}, "phase", "Middle deemed secondary"),
        ({"group": "LA maintained schools"}, "establishment_type_group",
         "Local authority maintained schools"),
        ({"group": "04"}, "establishment_type_group", "Local authority maintained schools"),
        ({"group": "A group of next year"}, "establishment_type_group", "A group of next year"),
        ({"number": ""}, "establishment_number", None),
        ({"la": "0881"[1:]}, "la_code", 881),
        ({"la": " 881 "}, "la_code", 881),
        ({"opened": "01-09-1998"}, "opened_on", date(1998, 9, 1)),
        ({"opened": "01/09/1998"}, "opened_on", date(1998, 9, 1)),
        ({"opened": "1998-09-01"}, "opened_on", date(1998, 9, 1)),
        ({"opened": "01/01/1900"}, "opened_on", None),
        ({"pupils": "", "census": "19-01-2023"}, "pupils_as_at", None),
        ({"pupils": "0"}, "number_of_pupils", 0),
        ({"postcode": "cm1  1qh"}, "postcode", "CM1 1QH"),
        ({"website": "javascript:alert(1)"}, "website", None),
        ({"website": "https://a.sch.uk/x?y=1"}, "website", "https://a.sch.uk/x?y=1"),
        ({"name": "St\u00a0Mary\u2019s  School "}, "name", "St Mary’s School"),
    ],
)  # fmt: skip
def test_one_cell(cells, field, expected):
    found = read(written([extract_row(**cells)]))
    assert found.problems == ()
    assert getattr(found.rows[0], field) == expected


def test_head_teachers_and_telephone_numbers_are_never_read():
    found = read(written([extract_row(head="Pendragon", telephone="01245999999")]))
    assert "Pendragon" not in repr(found)
    assert "01245999999" not in repr(found)


def test_the_links_file_gives_successors_only():
    found = read(
        written(
            [
                link_row(114723, 149966, on="31-08-2023"),
                link_row(149966, 114723, "Predecessor"),
                link_row(114724, 149967, "Sixth Form Centre Link"),
                link_row(114942, 114910, "Successor - merged"),
            ]
        )
    )
    assert [(link.urn, link.to_urn, link.on) for link in found.links] == [
        (114723, 149966, date(2023, 8, 31)),
        (114942, 114910, None),
    ]
    assert found.rows == ()


def test_a_split_school_stands_on_several_lines_of_a_simple_list():
    found = read(
        written(
            [
                simple_row(114723, "Hill School", successor_urn=149966),
                simple_row(114723, "Hill School", successor_urn=149967),
            ],
            encoding="utf-8",
        )
    )
    assert len(found.rows) == 1
    assert [link.to_urn for link in found.links] == [149966, 149967]
    assert found.problems == ()


def test_a_simple_list_may_lack_its_empty_last_cells():
    header = ESSEX.split(b"\n")[0]
    found = read(header + b"\n114706,881,Essex,Hamilton Primary School,Primary\n")
    assert [row.name for row in found.rows] == ["Hamilton Primary School"]


def test_the_authorities_in_the_file_are_told():
    found = read(SAMPLE, la_code=881)
    assert found.rows == ()
    assert list(found.authorities) == [0, 201, 202, 212, 213, 860, 865, 878]
