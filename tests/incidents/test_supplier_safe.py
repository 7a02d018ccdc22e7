"""What a person of role `supplier` reads of an incident that their company has: a table, and not a
word of who reported it, through no path at all."""

from __future__ import annotations

import pytest

from tests.api.desk import INCIDENTS, done, send
from tests.incidents.pages import text_of
from tests.incidents.supply import a_supplier, with_supplier

PATH = f"{INCIDENTS}/1"
PAGE = "/st-marys/incidents/1"
# What is said of people, in every field that holds some.
HIDDEN = ("Rita", "rita@", "Tariq", "Sasha", "Zebrafinch", "07700", "The lamp is dark")


@pytest.fixture(autouse=True)
def with_sues_company(app, sign_in, cast, at, ledger):
    at("2026-01-13T09:00+00:00")
    with_supplier(app, a_supplier(app, sign_in, cast), contact_detail="07700 900123")
    ledger.rows(
        "INSERT INTO support_group_members (school_id, group_id, membership_id)"
        " SELECT g.school_id, g.id, m.id FROM support_groups g JOIN memberships m"
        " ON m.school_id = g.school_id WHERE g.key = 'lamps-ltd' AND m.role = 'supplier'"
    )
    done(app, "rita", "post", f"{PATH}/notes", {"text": "Zebrafinch from the reporter"})
    note = {"text": "Come to the side gate", "visibility": "supplier"}
    done(app, "sam", "post", f"{PATH}/notes", note)


def test_the_api_shows_the_table_and_nothing_else(app):
    shown = done(app, "sue", "get", PATH)
    assert (shown.json["reference"], shown.json["happened"]) == ("STM-1", "A blue screen")
    assert [one["kind"] for one in shown.json["clocks"]] == ["uc", "uc"]
    for gone in ("reporter_name", "reporter_email", "contact_detail", "assignee", "logged_by"):
        assert gone not in shown.json, gone
    for hidden in HIDDEN:
        assert hidden not in shown.text, hidden


@pytest.mark.parametrize("part", ["timeline", "notes"])
def test_it_reads_what_was_written_for_it(app, part):
    read = done(app, "sue", "get", f"{PATH}/{part}")
    assert [one.get("note") or one.get("text") for one in read.json["items"]] == [
        "Come to the side gate"
    ]
    for hidden in HIDDEN:
        assert hidden not in read.text, hidden


@pytest.mark.parametrize("part", ["turns", "clocks", "deadlines", "approval", "links", "advice"])
def test_the_rest_is_not_for_it(app, part):
    answer = send(app, "sue", "get", f"{PATH}/{part}")
    assert answer.status_code == 403, answer.text
    assert "Rita" not in answer.text


@pytest.mark.parametrize("page", ["/print", "/deadlines", "/presence?writes=1"])
def test_nor_is_it_on_pages(sign_in, cast, page):
    sign_in(cast.rita).get(f"{PAGE}/notes")
    there = sign_in(cast.sue).get(PAGE + page)
    assert there.status_code in (403, 404), text_of(there)
    for hidden in HIDDEN:
        assert hidden not in text_of(there), hidden


def test_its_list_names_nobody_and_is_searched_by_title_alone(app):
    listed = done(app, "sue", "get", INCIDENTS)
    assert [one["reference"] for one in listed.json["items"]] == ["STM-1"]
    assert listed.json["items"][0]["assignee"] is None
    for hidden in HIDDEN:
        assert hidden not in listed.text, hidden
    for words, found in (("Rita", 0), ("Zebrafinch", 0), ("blue screen", 0), ("projector", 1)):
        assert len(done(app, "sue", "get", f"{INCIDENTS}?q={words}").json["items"]) == found, words


def test_taken_back_it_is_gone(app):
    done(app, "sam", "post", f"{PATH}/hand_back", {"reason": "We do it ourselves"})
    for path in (PATH, f"{PATH}/timeline"):
        assert send(app, "sue", "get", path).status_code == 404
