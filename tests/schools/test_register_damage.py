"""Damaged and hostile files: a bad row names its line and column and stops nothing else."""

import contextlib
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.schools import register_file
from app.schools.register_file import UnreadableFile, read
from tests.schools.registers import (
    ESSEX,
    SAMPLE,
    SAMPLE_HEADER,
    extract_row,
    link_row,
    simple_row,
    written,
)

GOOD = extract_row(urn=100001, name="Good School")


# fmt: off
BAD_CELLS = [
    # cells                            column                        part of the sentence
    ({"urn": ""},                      "URN",                        "six digits"),
    ({"urn": "12AB56"},                "URN",                        "“12AB56” is not a URN"),
    ({"urn": "1234567"},               "URN",                        "six digits"),
    ({"urn": "١٢٣٤٥٦"},                "URN",                        "six digits"),
    ({"la": "Essex"},                  "LA (code)",                  "not an LA code"),
    ({"la": ""},                       "LA (code)",                  "not an LA code"),
    ({"name": "  "},                   "EstablishmentName",          "no name"),
    ({"name": "x" * 300},              "EstablishmentName",          "longer than 200"),
    ({"name": "x" * 100_000},          "EstablishmentName",          "longer than 200"),
    ({"name": "Evil \u202e loohcS"},   "EstablishmentName",          "cannot be printed"),
    ({"name": "Nul\0 School"},         "EstablishmentName",          "cannot be printed"),
    ({"status": ""},                   "EstablishmentStatus (name)", "not a status"),
    ({"status": "Ajar"},               "EstablishmentStatus (name)", "“Ajar” is not a status"),
    ({"phase": "Kindergarten"},        "PhaseOfEducation (name)",    "not a phase"),
    ({"pupils": "-3"},                 "NumberOfPupils",             "not a whole number"),
    ({"pupils": "many"},               "NumberOfPupils",             "not a whole number"),
    ({"opened": "31-02-2020"},         "OpenDate",                   "not a date"),
    ({"opened": "tomorrow"},           "OpenDate",                   "not a date"),
    ({"closed": "1-1-20"},             "CloseDate",                  "not a date"),
    ({"postcode": "<script>"},         "Postcode",                   "not a postcode"),
    ({"number": "12x"},                "EstablishmentNumber",        "not a whole number"),
]
# fmt: on


@pytest.mark.parametrize(("cells", "column", "words"), BAD_CELLS)
def test_a_bad_cell_is_named_and_stops_nothing_else(cells, column, words):
    rows = [GOOD, extract_row(**cells), extract_row(urn=100002)]
    status_code = [row | {"EstablishmentStatus (code)": ""} for row in rows]
    found = read(written(status_code, encoding="utf-8"))
    assert [row.urn for row in found.rows] == [100001, 100002]
    [problem] = found.problems
    assert (problem.line, problem.column) == (3, column)
    assert words in problem.sentence
    assert len(problem.sentence) < 120


def test_bad_rows_of_other_authorities_are_none_of_our_business():
    found = read(written([GOOD, extract_row(urn="x", la=202)]), la_code=201)
    assert found.problems == ()


def test_the_same_urn_twice():
    found = read(written([GOOD, GOOD, extract_row(urn=100002)]))
    assert [row.urn for row in found.rows] == [100001, 100002]
    [problem] = found.problems
    assert (problem.line, problem.column) == (3, "URN")
    assert problem.sentence == "URN 100001 stands on line 2 already; that line is used."


def test_the_same_urn_twice_in_a_simple_list_with_another_name():
    rows = [
        simple_row(114723, "Hill School", successor_urn=149966),
        simple_row(114723, "Dale School", successor_urn=149967),
    ]
    found = read(written(rows))
    assert [link.to_urn for link in found.links] == [149966]
    assert [problem.line for problem in found.problems] == [3]


def test_a_stray_comma():
    lines = written([GOOD, extract_row(urn=100002)]).splitlines()
    lines[1] = lines[1].replace(b"Good School", b"Good, School")
    found = read(b"\n".join(lines))
    assert [row.urn for row in found.rows] == [100002]
    assert found.problems[0].sentence == "The row has 141 cells, the first line has 140."


def test_a_lost_comma_in_an_extract():
    lines = written([GOOD, extract_row(urn=100002)]).splitlines()
    lines[1] = lines[1].replace(b"Good School,", b"Good School")
    found = read(b"\n".join(lines))
    assert [row.urn for row in found.rows] == [100002]
    assert found.problems[0].sentence == "The row has 139 cells, the first line has 140."


@pytest.mark.parametrize("rest", [1, 5, 30])
def test_a_quotation_mark_that_is_never_closed_costs_one_row(rest):
    after = [extract_row(urn=100002 + n) for n in range(rest)]
    data = written([GOOD, *after]).replace(b"Good School", b'"Good School')
    found = read(data)
    assert len(found.rows) == rest
    [problem] = found.problems
    assert (problem.line, problem.column) == (2, "URN")
    assert "quotation mark" in problem.sentence


def test_a_line_break_inside_quotation_marks_is_fine():
    found = read(written([extract_row(street="Long House\nHill Lane"), GOOD]))
    assert found.problems == ()
    assert found.rows[0].address.startswith("Long House Hill Lane, ")
    assert found.rows[1].line == 4


def test_a_field_of_200_kb_costs_one_row():
    rows = [extract_row(urn=100002, street="y" * 200_000), GOOD]
    found = read(written(rows))
    assert [row.urn for row in found.rows] == [100001]
    assert [problem.line for problem in found.problems] == [2]


def test_bytes_of_no_encoding_are_named():
    data = written([extract_row(name="Caf€ School"), GOOD]).replace(b"Caf\x80", b"Caf\x81")
    found = read(data)
    assert [row.urn for row in found.rows] == [100001]
    [problem] = found.problems
    assert (problem.line, problem.column) == (2, "EstablishmentName")


def test_two_encodings_pasted_together():
    windows = written([extract_row(name="St Mary’s School")], encoding="cp1252")
    unicode = written([extract_row(urn=100002, name="St John’s School")], encoding="utf-8")
    found = read(windows + unicode.split(b"\r\n", 1)[1])
    assert [row.name for row in found.rows] == ["St Mary’s School", "St John’s School"]


# fmt: off
UNREADABLE = [
    (b"",                                       "The file is empty."),
    (b"\n\r\n , ,\n",                           "The file is empty."),
    (b"PK\x03\x04" + b"\0" * 500,               "zip archive"),
    ("URN,LA (code)".encode("utf-16"),          "UTF-16"),
    (b"<!doctype html><title>Sign in</title>",  "not a list of schools"),
    (b"\x89PNG\r\n\x1a\n" + bytes(range(256)),  "not a list of schools"),
    (b"\0" * 100_000,                           "not a list of schools"),
    (b"[" * 300_000,                            "not a list of schools"),
    (b"urn;la_code;establishment_name\n1;2;3",  "not a list of schools"),
    (b"urn,la_code\n114706,881",                "does not name the column EstablishmentName."),
    (b"urn\n114706",                            "column LA (code) and the column Establishment"),
    (b"URN,URN,LA (code),EstablishmentName\n",  "names the column URN twice"),
    (b"URN,LinkURN\n1,2",                       "does not name the column LinkType."),
]
# fmt: on


@pytest.mark.parametrize(("data", "words"), UNREADABLE, ids=[words for _, words in UNREADABLE])
def test_an_unreadable_file_is_refused_in_one_sentence(data, words):
    with pytest.raises(UnreadableFile) as refused:
        read(data)
    assert words in str(refused.value)
    assert len(str(refused.value)) < 160


def test_an_extract_without_its_status_is_refused():
    row = {key: value for key, value in GOOD.items() if "EstablishmentStatus" not in key}
    with pytest.raises(UnreadableFile, match=r"the column EstablishmentStatus \(name\)"):
        read(written([row]))


def test_more_than_64_mb_is_refused_at_sight():
    with pytest.raises(UnreadableFile, match="larger than 64 MB"):
        read(bytes(register_file.MOST_BYTES + 1))


def test_more_than_100_000_rows_are_refused():
    line = b"114706,881,Hamilton Primary School\n"
    header = b"urn,la_code,establishment_name\n"
    with pytest.raises(UnreadableFile, match="more than 100,000 rows"):
        read(header + line * 100_001, la_code=1)
    assert read(header + line * 100_000, la_code=1).authorities == {881: 100_000}


def test_a_file_full_of_bad_rows_tells_the_first_500():
    header = b"urn,la_code,establishment_name\n"
    found = read(header + b"x,881,y\n" * 2000)
    assert (len(found.problems), found.more_problems) == (500, 1500)


def test_a_school_cannot_follow_itself():
    found = read(written([link_row(114723, 114723), link_row(114724, 149967)]))
    assert len(found.links) == 1
    assert found.problems[0].column == "LinkURN"


@given(st.binary(max_size=3000))
def test_any_bytes_are_read_or_refused(data):
    for whole in (data, ESSEX[:500] + data, SAMPLE[:6000] + data):
        with contextlib.suppress(UnreadableFile):
            read(whole)


def test_a_thousand_damaged_copies_lose_only_what_was_damaged():
    """One byte of one row is overwritten: the other rows are read as before."""
    chance = random.Random(5)
    good = {row.urn: row for row in read(SAMPLE).rows}
    start = len(",".join(SAMPLE_HEADER)) + 2
    for _ in range(1000):
        place = chance.randrange(start, len(SAMPLE))
        data = bytearray(SAMPLE)
        data[place] = chance.randrange(256)
        line = SAMPLE[:place].count(b"\n") + 1
        found = {row.urn: vars(row) | {"line": 0} for row in read(bytes(data)).rows}
        for urn, row in good.items():
            if abs(row.line - line) > 1:
                assert found.get(urn) == vars(row) | {"line": 0}, (place, data[place])
