"""Links, parts of a larger one, and two reports of the same thing."""

from __future__ import annotations

import pytest

from tests.api.desk import RESOLUTION, bring, done, log, send
from tests.incidents.invariants import check_incident
from tests.incidents.pages import text_of


def test_a_link_is_in_both_histories_and_on_both_pages(app, sign_in, cast):
    one, other = log(app), log(app, title="The second board")
    done(app, "sam", "post", f"{one}/links", {"to": "STM-2", "kind": "related"})
    again = send(app, "sam", "post", f"{other}/links", {"to": "1"})
    assert again.status_code == 409
    for path, its_other in ((one, "STM-2"), (other, "STM-1")):
        shown = send(app, "rita", "get", f"{path}/links").json["items"]
        assert [item["reference"] for item in shown] == [its_other]
    page = text_of(sign_in(cast.sam).get("/st-marys/incidents/1"))
    assert "STM-2: The second board" in page
    assert send(app, "sam", "delete", f"{one}/links/2").status_code == 204
    assert send(app, "sam", "get", f"{other}/links").json["items"] == []
    kinds = [e["kind"] for e in send(app, "sam", "get", f"{other}/timeline").json["items"]]
    assert kinds[-2:] == ["incident.linked", "incident.unlinked"]


@pytest.mark.parametrize("to", ["STM-1", "1", "STM-99", "OAK-1", "x", "0", "STM-1-1"])
def test_a_link_to_itself_or_to_nothing_is_refused(app, to):
    path = log(app)
    send(app, "otto", "post", "/schools/oakfield/incidents", {"title": "n", "type": "request"})
    answer = send(app, "sam", "post", f"{path}/links", {"to": to})
    assert answer.status_code == 422
    assert "to" in answer.json["errors"]


def test_what_is_sensitive_is_named_to_no_reporter(app):
    log(app, sensitive=True, title="Hidden")
    path = log(app, "ravi")
    done(app, "sam", "post", f"{path}/links", {"to": "1"})
    assert send(app, "ravi", "get", f"{path}/links").json["items"] == []
    said = send(app, "ravi", "get", f"{path}/timeline").text
    assert "STM-1" not in said
    assert "Hidden" not in said


def test_notes_resolution_and_closure_reach_the_parts(app, ledger):
    whole, part, other = bring(app, "queued"), bring(app, "queued"), log(app)
    for path in (part, other):
        done(app, "sam", "put", f"{path}/parent", {"parent": "STM-1"})
    assert send(app, "sam", "get", part).json["parent"] == "STM-1"
    done(app, "sam", "post", f"{whole}/notes", {"text": "The switch", "children": True})
    for path in (part, other):
        notes = send(app, "rita", "get", f"{path}/notes").json["items"]
        assert [one["text"] for one in notes] == ["The switch"]
    done(app, "sam", "put", f"{whole}/resolution", {**RESOLUTION, "children": True})
    # One that nobody has checked cannot be resolved: it is left as it is.
    assert send(app, "sam", "get", part).json["status"] == "resolved"
    assert send(app, "sam", "get", other).json["status"] == "new"
    done(app, "sam", "put", f"{whole}/closure", {"children": True})
    assert send(app, "sam", "get", part).json["status"] == "closed"
    events = send(app, "sam", "get", f"{part}/timeline").json["items"]
    kinds = [one["kind"] for one in events]
    assert [kinds.count(f"incident.{one}") for one in ("noted", "resolved", "closed")] == [1, 1, 1]
    for number in (1, 2, 3):
        check_incident(ledger, number)


def test_an_internal_note_stays_with_the_whole(app):
    whole, part = bring(app, "queued"), bring(app, "queued")
    done(app, "sam", "put", f"{part}/parent", {"parent": "1"})
    body = {"text": "Bad cable", "visibility": "internal", "children": True}
    done(app, "sam", "post", f"{whole}/notes", body)
    assert send(app, "sam", "get", f"{part}/notes").json["items"] == []


def test_there_is_one_level_and_no_loop(app):
    one, two, three = (bring(app, "queued") for _ in range(3))
    assert send(app, "sam", "put", f"{one}/parent", {"parent": "1"}).status_code == 422
    done(app, "sam", "put", f"{two}/parent", {"parent": "1"})
    assert send(app, "sam", "put", f"{one}/parent", {"parent": "2"}).status_code == 422
    assert send(app, "sam", "put", f"{three}/parent", {"parent": "2"}).status_code == 422
    assert send(app, "sam", "put", f"{one}/parent", {"parent": "3"}).status_code == 409
    assert send(app, "sam", "delete", f"{one}/parent").status_code == 409
    done(app, "sam", "delete", f"{two}/parent")
    assert send(app, "sam", "get", two).json["parent"] is None


def test_a_sensitive_one_is_no_part_of_another(app):
    bring(app, "queued", sensitive=True)
    path = bring(app, "queued")
    assert send(app, "sam", "put", f"{path}/parent", {"parent": "1"}).status_code == 422


def test_merged_it_is_a_duplicate_and_its_reporter_follows_the_other(app, ledger):
    kept, twice = bring(app, "queued"), log(app, "ravi")
    answer = done(app, "sam", "put", f"{twice}/merge", {"into": "STM-1"}).json
    assert (answer["status"], answer["resolution_type"]) == ("resolved", "duplicate")
    assert answer["merged_into"] == "STM-1"
    clocks = send(app, "sam", "get", f"{twice}/clocks").json["items"]
    assert {one["state"] for one in clocks} == {"cancelled"}
    assert send(app, "ravi", "get", kept).status_code == 200
    kinds = [one["kind"] for one in send(app, "rita", "get", f"{kept}/timeline").json["items"]]
    assert "incident.merged_in" in kinds
    check_incident(ledger, 2)
    # Followers of what was merged come along, each once.
    assert ledger.rows("SELECT name FROM followers") == [("Ravi Reporter",)]


def test_no_chain_no_loop_and_never_a_sensitive_one(app):
    one, two, three = bring(app, "queued"), log(app, "ravi"), log(app, "ravi")
    hidden = bring(app, "queued", sensitive=True)
    assert send(app, "sam", "put", f"{one}/merge", {"into": "1"}).status_code == 422
    done(app, "sam", "put", f"{two}/merge", {"into": "1"})
    assert send(app, "sam", "put", f"{three}/merge", {"into": "2"}).status_code == 422
    assert send(app, "sam", "put", f"{one}/merge", {"into": "3"}).status_code == 409
    assert send(app, "sam", "put", f"{two}/merge", {"into": "3"}).status_code == 409
    assert send(app, "sam", "put", f"{hidden}/merge", {"into": "1"}).status_code == 409
    assert send(app, "sam", "put", f"{three}/merge", {"into": "4"}).status_code == 409
    assert send(app, "olga", "put", f"{three}/merge", {"into": "1"}).status_code == 404


def test_pages_link_make_parts_and_merge(app, sign_in, cast):
    for _ in range(3):
        bring(app, "queued")
    sam = sign_in(cast.sam)
    here = "/st-marys/incidents"

    def press(path, **data):
        page = sam.get(f"{here}/{path}")
        version = text_of(page).split('name="version" value="')[1].split('"')[0]
        answer = sam.post(f"{here}/{path}", {"version": version, **data})
        assert answer.status_code == 303, text_of(answer)

    press("1/link", to="STM-2", kind="came_back")
    press("2/link", to="STM-3", kind="parent")
    page = text_of(sam.get(f"{here}/2"))
    assert "Came back as" in page
    assert "Part of" in page
    page = text_of(sam.get(f"{here}/3/resolution"))
    assert "The same for its 1 open part" in page
    press("1/merge", into="3")
    assert "Merged into" in text_of(sam.get(f"{here}/1"))
    answer = sam.post(f"{here}/3/link", {"to": "STM-3", "kind": "parent", "version": "0"})
    assert answer.status_code == 412
    assert sam.post(f"{here}/1/link/2/removal").status_code == 303
    assert "Came back as" not in text_of(sam.get(f"{here}/2"))
