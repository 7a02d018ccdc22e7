"""`flask schools import FILE --la 881`."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from app.schools import staged
from app.schools.models import SchoolImport
from app.schools.register_file import read
from tenants import School, administering, db
from tests.schools.registers import (
    ESSEX,
    LA_SCHOOLS,
    SAMPLE,
    extract_row,
    link_row,
    simple_row,
    written,
)


@pytest.fixture
def run(app, tmp_path):
    """`run(data, "--dry-run")` answers (exit code, what it said, what it complained)."""

    def ran(data: bytes | None, *options: str, la: str = "881"):
        path = tmp_path / "list.csv"
        if data is not None:
            path.write_bytes(data)
        result = app.test_cli_runner().invoke(
            args=["schools", "import", str(path), "--la", la, *options]
        )
        return result.exit_code, result.stdout, result.stderr

    return ran


def number_of_schools(app) -> int:
    with app.app_context(), administering("counting, in a test"):
        return db.session.scalar(select(func.count()).select_from(School)) or 0


def test_essex_and_again(run, app):
    code, said, _ = run(ESSEX)
    assert code == 0
    for line in ("added                248", "successor known       42", "needs a decision       3",
                 "bad rows               0"):  # fmt: skip
        assert line in said
    assert "added: 114706 Hamilton Primary School\n" in said
    assert (
        "successor known: 114730 Langham Primary School, now URN 151529 since 2025-02-28:"
        " name: Langham Primary School → Langham Primary Academy;"
        " type: Local authority maintained schools → none\n" in said
    )
    assert number_of_schools(app) == 250
    code, said, _ = run(ESSEX)
    assert code == 0
    assert "Nothing changes." in said
    assert "unchanged            248" in said
    assert number_of_schools(app) == 250


def test_a_dry_run_saves_nothing(run, app):
    code, said, _ = run(ESSEX, "--dry-run")
    assert code == 0
    assert "added                248" in said
    assert said.endswith("Dry run: nothing was saved.\n")
    assert number_of_schools(app) == 2
    with app.app_context(), administering("looking, in a test"):
        assert db.session.scalar(select(func.count()).select_from(SchoolImport)) == 0


def test_a_bad_row_names_its_line_and_column(run, app):
    rows = [
        extract_row(urn=114723, la=881, name="Hill School"),
        extract_row(urn=114724, la=881, name="Dale School", opened="31-02-2020"),
    ]
    code, said, _ = run(written(rows))
    assert code == 0
    assert "bad row: line 3, column OpenDate: “31-02-2020” is not a date" in said
    assert number_of_schools(app) == 3


def test_closed_schools_only_when_asked(run):
    assert "not open, left out     1" in run(SAMPLE, "--dry-run", la="202")[1]
    assert "added                  1" in run(SAMPLE, "--dry-run", "--include-closed", la="202")[1]


@pytest.mark.parametrize("la", ["881", "0881"])
def test_the_code_may_be_written_with_noughts(run, la):
    assert "added                  1" in run(written([simple_row(114723, "Hill School")]), la=la)[1]


def test_a_file_without_this_authority(run):
    code, said, _ = run(SAMPLE)
    assert code == 0
    assert "no row of LA 881. The file holds LA 0 (1), 201 (1)" in said


def test_a_closure_and_a_conversion_are_told(run):
    run(written([simple_row(114723, "Hill School"), simple_row(114724, "Dale School")]))
    closed = extract_row(urn=114723, la=881, name="Hill School", status="Closed",
                         closed="31-08-2025", reason="Closure")  # fmt: skip
    assert "closed: 114723 Hill School since 2025-08-31\n" in run(written([closed]))[1]
    assert "now URN 149966, day not known" in run(written([link_row(114724, 149966)]))[1]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (None, "The file cannot be opened: No such file or directory."),
        (b"", "The file is empty."),
        (b"PK\x03\x04", "zip archive"),
        (b"a,b\n1,2\n", "not a list of schools"),
    ],
)
def test_an_unreadable_file_ends_with_1(run, app, data, words):
    code, said, complained = run(data)
    assert (code, said) == (1, "")
    assert words in complained
    assert number_of_schools(app) == 2


def test_schools_of_three_authorities_get_codes_and_addresses_of_their_own(run, app):
    for la in ("879", "881", "889"):
        assert run(LA_SCHOOLS, la=la)[0] == 0
    with app.app_context(), administering("counting, in a test"):
        codes, slugs = db.session.execute(
            select(func.count(School.code.distinct()), func.count(School.slug.distinct()))
        ).one()
    assert codes == slugs == 2 + 22 + 248 + 50


@pytest.mark.parametrize("data", [ESSEX, SAMPLE, written([simple_row("x", "y")])])
def test_what_was_read_waits_as_json_and_comes_back(data):
    import json

    found = read(data)
    assert staged.from_json(json.loads(json.dumps(staged.as_json(found)))) == found


def test_days_come_back_as_days():
    found = read(written([link_row(114723, 149966, on="31-08-2023")]))
    assert staged.from_json(staged.as_json(found)).links[0].on == date(2023, 8, 31)
