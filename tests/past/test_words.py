"""Their words and times into ours: tables of examples, without a database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.past.events import instant_of, read_time
from app.past.mapping import CannotMap, mapping_of
from app.past.words import UNKNOWN, Lookup, PartLookup, alike

COLUMNS = {"incident": "No", "time": "When"}
STATES = {"accepted": "in_progress", "accepted/wait - user": "on_hold", "completed": "resolved"}
LINES = {"2nd": 2, "3rd": 3, "v": 1, "v30": 0}


def mapping(**parts: Any) -> Any:
    return mapping_of({"columns": COLUMNS, "school": {"slug": "a"}, **parts}, source="test")


@pytest.mark.parametrize(
    ("field", "table", "text", "ours"),
    [
        ("status", STATES, "Accepted", "in_progress"),
        ("status", STATES, "accepted /  In Progress", "in_progress"),
        ("status", STATES, "Accepted/Wait – User", "on_hold"),
        ("status", STATES, "Unmatched", UNKNOWN),
        ("status", {}, "In Progress", "in_progress"),
        ("status", {}, "on-hold", "on_hold"),
        ("status", {}, "awaiting user", "awaiting_user"),
        ("status", {"*": "queued"}, "Anything", "queued"),
        ("line", LINES, "V5 3rd", 3),
        ("line", LINES, "V5 2nd", 2),
        ("line", LINES, "V30", 0),
        ("line", LINES, "G97", UNKNOWN),
        ("line", {**LINES, "*": 1}, "G97", 1),
        ("line", {"net * 2nd": 2}, "Net (North) 2nd", 2),
        ("line", {"net [a]": 2}, "My Net [A]", 2),
        ("line", {}, "2", 2),
        ("line", {}, "first line", 1),
        ("priority", {}, "3 - Moderate", 3),
        ("priority", {}, "P1", 1),
        ("priority", {"high": 2}, "HIGH", 2),
        ("priority", {}, "12", UNKNOWN),
        ("priority", {}, "5 - Planning", UNKNOWN),
        ("impact", {}, "4 - None", UNKNOWN),
        ("category", {}, "Network", "network"),
        ("type", {}, "Request", "request"),
    ],
)
def test_a_value(field, table, text, ours):
    assert Lookup(field, table, by_ending=field == "line")(text) == ours


def test_why_it_waits_stands_in_the_last_part():
    holds = PartLookup("hold_reason", {"wait - user": "awaiting_user"})
    assert holds("Accepted/Wait – User") == "awaiting_user"
    assert holds("Accepted/Assigned") is UNKNOWN
    assert alike("  Wait – User ") == "wait - user"


@pytest.mark.parametrize(
    ("time", "text", "wanted"),
    [
        # Summer time: the same wall time is another instant.
        ({"format": "%d/%m/%Y %H:%M"}, "29/2/2016 01:23", "2016-02-29T01:23:00"),
        ({"format": "%d/%m/%Y %H:%M"}, "1/7/2016 01:23", "2016-07-01T00:23:00"),
        ({"format": "%d/%m/%Y %H:%M", "zone": "Europe/Paris"}, "1/7/2016 01:23",
         "2016-06-30T23:23:00"),
        # It came twice: the first of them. It never came: as if the clocks had not been changed.
        ({}, "2026-10-25 01:30", "2026-10-25T00:30:00"),
        ({}, "2026-03-29 01:30", "2026-03-29T01:30:00"),
        ({}, "2012-04-12T18:36:38+02:00", "2012-04-12T16:36:38"),
        ({}, "2026-07-01T10:00:00Z", "2026-07-01T10:00:00"),
        ({"format": "%Y-%m-%dT%H:%M:%S%z"}, "2012-04-12T18:36:38+0200", "2012-04-12T16:36:38"),
        ({"format": "unix"}, "1456708980", "2016-02-29T01:23:00"),
        ({"format": ["%d/%m/%Y", "%d/%m/%Y %H:%M"]}, "29/2/2016 01:23", "2016-02-29T01:23:00"),
        ({"format": "%d/%m/%Y %H:%M"}, "2016-02-29 01:23", None),
        ({"format": "%d/%m/%Y %H:%M"}, "30/2/2016 01:23", None),
        ({"format": "unix"}, "nan", None),
        ({"format": "unix"}, "1e300", None),
        ({}, "0001-01-01T00:00:00", None),
        ({}, "yesterday", None),
    ],
)  # fmt: skip
def test_a_time(time, text, wanted):
    found = read_time(text, mapping(time=time))
    instant = wanted and datetime.fromisoformat(wanted).replace(tzinfo=UTC)
    assert (None if found is None else instant_of(found)) == instant


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"columns": {"time": "When"}}, "name the column of “incident”"),
        ({"columns": {**COLUMNS, "status": 3}}, "“columns.status” in the mapping has to be a text"),
        ({"columns": "No"}, "[columns] in the mapping has to be a table"),
        ({"school": {}}, "[school] has to name the school"),
        ({"school": {"slug": "a", "column": "b"}}, "either a slug or a column"),
        ({"values": {"status": {"Open": "open"}}}, "“open” in [values.status] is none of ours"),
        ({"values": {"line": {"x": 4}}}, "“4” in [values.line] is none of ours"),
        ({"values": {"priority": {"x": True}}}, "“True” in [values.priority]"),
        ({"time": {"zone": "Moon"}}, "“Moon” in [time] is no time zone"),
        ({"time": {"zone": "../secret"}}, "is no time zone"),
        ({"time": {"format": "dd/mm"}}, "“dd/mm” in [time] is no format"),
        ({"missing": 3}, "“missing” has to be a list"),
        ({"defaults": {"group": "x"}}, "[defaults] knows"),
        ({"file": {"delimiter": ";;"}}, "has to be one character"),
        ({"file": {"encoding": "klingon"}}, "is no encoding"),
    ],
)  # fmt: skip
def test_a_mapping_that_cannot_be_meant(parts, said):
    with pytest.raises(CannotMap) as error:
        mapping(**parts)
    assert said in str(error.value)


def test_what_is_not_known_in_a_mapping_is_kept_to_be_said():
    found = mapping(columns={**COLUMNS, "product": "Product", "state": "State"}, colour="red")
    assert found.unused == ("columns.product", "colour")
    assert found.columns["status"] == ("State",)


def test_a_sub_status_stands_behind_the_status():
    found = mapping(columns={**COLUMNS, "status": "Status", "sub_status": "Sub Status"})
    assert found.columns["status"] == ("Status", "Sub Status")


def test_missing_means_the_same_wherever_it_stands():
    assert mapping(missing="?").missing == {"", "?"}
    below = mapping(
        school={"slug": "a", "missing": ["-100"]}, columns={**COLUMNS, "missing": "N/A"}
    )
    assert (below.missing, below.unused) == ({"", "-100", "n/a"}, ())
