"""Files and mappings as they should not be: one sentence, no traceback, nothing half written."""

from __future__ import annotations

import pytest

from tests.past.conftest import LOG, MAPPING

HEADING = "No,When,Status,Team,Prio\n"
OTHER_SCHOOL = MAPPING.replace('slug = "st-marys"', 'column = "Site"\nvalues = { "M" = "STM" }')


@pytest.mark.parametrize(
    ("log", "mapping", "said"),
    [
        (None, MAPPING, "The file cannot be opened: No such file or directory."),
        ("", MAPPING, "The file is empty."),
        (" \n \n", MAPPING, "The file is empty."),
        (b"PK\x03\x04\x00\x00", MAPPING, "This is no text."),
        (LOG, MAPPING.replace('"When"', '"Changed"'), "There is no column “Changed” in the file. "
         "It has: “No”, “When”, “Status”, “Team”, “Prio”."),
        (LOG, "columns = [", "The mapping is not TOML"),
        (LOG, MAPPING.replace("st-marys", "hogwarts"), "There is no school “hogwarts” here."),
        (LOG, MAPPING + "[file]\nencoding = 'ascii'", None),
        (LOG + "Ä", MAPPING + "[file]\nencoding = 'ascii'", "The file is not ascii."),
        (HEADING + 'A,"' + "x" * 200_000 + '",a,b,c\n', MAPPING, "Line 2 is no row of a CSV file"),
    ],
)  # fmt: skip
def test_one_sentence(bring, is_unchanged, log, mapping, said):
    is_unchanged.start()
    found = bring(log, mapping=mapping)
    assert "Traceback" not in found.complaint
    if said is None:
        assert found.code == 0
        return
    assert (found.code, said in found.complaint) == (1, True), found.complaint
    assert is_unchanged()


def test_a_mapping_has_to_be_named(app, tmp_path):
    result = app.test_cli_runner().invoke(args=["history", "import", str(tmp_path)])
    assert (result.exit_code, "--mapping" in result.stderr) == (2, True)


def test_rows_that_do_not_fit_are_counted_by_why(bring, ledger, at):
    at("2026-02-01T00:00:00+00:00")
    log = HEADING + (
        "A,2026-01-13 10:00,queued,Desk,P2\n"
        "A,13/01/2026,In work,Desk,P2\n"
        ",2026-01-13 11:00,In work,Desk,P2\n"
        "A,?,In work,Desk,P2\n"
        "A,2026-03-01 10:00,In work,Desk,P2\n"
        "A\n"
        "\n"
        '"A",2026-01-13 12:00,Frozen,"Some\ngroup",Red\n'
        "A,2026-01-13 12:30,Frozen,Desk,P2\n"
    )
    told = bring.json(log).told
    assert (told["rows_read"], told["events"], told["rows_left_out"]) == (8, 3, 5)
    assert {one["reason"]: (one["value"], one["rows"], one["first_line"])
            for one in told["not_mapped"]} == {
        "cells": ("", 1, 7),
        "time": ("13/01/2026", 1, 3),
        "no incident": ("", 1, 4),
        "no time": ("", 1, 5),
        "future": ("2026-03-01 10:00", 1, 6),
        "status": ("Frozen", 2, 9),
        "line": ("Some\ngroup", 1, 9),
        "priority": ("Red", 1, 9),
    }  # fmt: skip
    assert ledger.rows("SELECT status, line, priority FROM incidents") == [("queued", 0, 2)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_letters_arrive_as_they_were(bring, ledger, encoding):
    log = LOG.replace("Net 2nd", "Käte’s 2nd").encode(encoding)
    said = bring(log)
    assert said.code == 0, said.complaint
    assert ("It is not UTF-8" in said.text) == (encoding == "cp1252")
    groups = ledger.rows("SELECT DISTINCT group_name FROM turns WHERE line = 2")
    assert groups == [("Käte’s 2nd",)]


def test_a_log_without_an_event_is_no_mistake(bring):
    told = bring.json(HEADING).told
    assert (told["rows_read"], told["figures"]["first_resolution"]["mean_hours"]) == (0, None)
    assert "first resolution of 0: mean –, median –" in bring(HEADING).text


def test_semicolons_are_seen(bring):
    assert bring.json(LOG.replace(",", ";")).incidents == {"made": 3}


def test_schools_by_a_column(bring, ledger):
    log = (
        "No,When,Status,Team,Prio,Site\n"
        "1,2026-01-13 10:00,queued,Desk,P2,M\n"
        "1,2026-01-13 11:00,Done,Desk,P2,oakfield\n"
        "2,2026-01-13 10:00,queued,Desk,P2,100002\n"
        "3,2026-01-13 10:00,queued,Desk,P2,?\n"
        "4,2026-01-13 10:00,queued,Desk,P2,Hogwarts\n"
        "4,2026-01-13 11:00,queued,Desk,P2,oak\n"
        "5,2026-01-13 10:00,queued,Desk,P2,Hogwarts\n"
    )
    told = bring.json(log, mapping=OTHER_SCHOOL).told
    assert told["by_school"] == {"st-marys": 1, "oakfield": 2}
    assert (told["events"], told["rows_left_out"]) == (5, 2)
    assert [(one["reason"], one["value"], one["rows"]) for one in told["not_mapped"]] == [
        ("school", "Hogwarts", 2),
        ("school", "", 1),
        ("other school", "", 1),
    ]
    found = ledger.rows("""
        SELECT s.slug, b.their_key, i.number FROM brought_incidents b
          JOIN incidents i ON (i.school_id, i.id) = (b.school_id, b.incident_id)
          JOIN schools s ON s.id = i.school_id ORDER BY 2""")
    assert found == [("st-marys", "1", 1), ("oakfield", "2", 1), ("oakfield", "4", 2)]


def test_names_stay_where_they_were_unless_the_mapping_says_so(bring, ledger):
    log = (
        "No,When,Status,Team,Prio,Who,From,What\n"
        "A,2026-01-13 10:00,In work,Desk,P2,Bob Bold,Rita Real,Printer of Rita Real\n"
    )
    assert "Bob Bold" not in bring(log).text
    everything = ledger.rows("SELECT row_to_json(i)::text FROM incidents i")[0][0]
    everything += ledger.rows("SELECT string_agg(row_to_json(e)::text, '') FROM events e")[0][0]
    assert "Bob" not in everything and "Rita" not in everything
    named = MAPPING.replace(
        "[time]", 'person = "Who"\nreporter = "From"\ntitle = "What"\n[time]'
    ).replace("st-marys", "oakfield")
    bring(log, mapping=named)
    found = ledger.rows("SELECT assignee_name, reporter_name, title FROM incidents ORDER BY id")
    assert found == [
        (None, "not brought along", "Incident A, brought along"),
        ("Bob Bold", "Rita Real", "Printer of Rita Real"),
    ]
