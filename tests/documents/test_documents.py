"""Procedures and the support strategy through the API (R4, R5, R98, R101, R106)."""

from __future__ import annotations

import pytest

from app.documents import rules
from tests.api.desk import SCHOOL, check_refused, done, send

DOCUMENTS = f"{SCHOOL}/documents"
OUTAGE = {"kind": "procedure", "title": "The internet is down", "text": "# First\n- Ring the desk"}
STRATEGY = {"kind": "strategy", "title": "Our strategy", "text": "Who does what"}
YES, NO = {"decision": "authorised"}, {"decision": "declined", "note": "Too long"}


def written(app, who="sam", **said):
    return done(app, who, "post", DOCUMENTS, {**OUTAGE, **said}).json


def versions(app, number=1):
    found = done(app, "sam", "get", f"{DOCUMENTS}/{number}").json
    return found["in_force"], [one["state"] for one in found["versions"]]


def test_a_document_waits_until_somebody_else_authorises_it(app):
    made = written(app, review_on="2027-01-05")
    assert (made["in_force"], made["text"], made["waiting"]) == (None, None, 1)
    assert [one["state"] for one in made["versions"]] == ["proposed"]
    done(app, "dora", "put", f"{DOCUMENTS}/1/versions/1", YES)
    shown = done(app, "sam", "get", f"{DOCUMENTS}/1").json
    assert (shown["in_force"], shown["text"], shown["waiting"]) == (1, OUTAGE["text"], 0)
    (version,) = shown["versions"]
    assert (version["written_by"], version["decided_by"]) == ("Sam Spoc", "Dora Owner")
    assert version["decided_by_writer"] is False


def test_the_old_version_holds_until_the_new_one_is_authorised(app):
    written(app)
    done(app, "dora", "put", f"{DOCUMENTS}/1/versions/1", YES)
    said = {"text": "Ring the LA", "change_note": "The desk is closed at noon"}
    made = done(app, "theo", "post", f"{DOCUMENTS}/1/versions", said)
    assert made.headers["Location"] == f"/api/v1{DOCUMENTS}/1/versions/2"
    assert done(app, "sam", "get", f"{DOCUMENTS}/1").json["text"] == OUTAGE["text"]
    assert done(app, "sam", "get", f"{DOCUMENTS}/1/versions/2").json["text"] == "Ring the LA"
    done(app, "ike", "put", f"{DOCUMENTS}/1/versions/2", YES)
    assert done(app, "sam", "get", f"{DOCUMENTS}/1").json["text"] == "Ring the LA"
    assert versions(app) == (2, ["authorised", "authorised"])


def test_what_is_declined_says_why_and_leaves_the_old_one(app):
    written(app)
    path = f"{DOCUMENTS}/1/versions/1"
    check_refused(send(app, "dora", "put", path, {"decision": "declined"}), "note")
    assert done(app, "dora", "put", path, NO).json["decision_note"] == "Too long"
    assert versions(app) == (None, ["declined"])
    twice = send(app, "dora", "put", path, YES)
    assert (twice.status_code, twice.json["detail"]) == (409, "Version 1 is declined already.")


def test_a_later_version_overtakes_those_that_wait(app):
    written(app)
    for text in ("Two", "Three"):
        done(app, "theo", "post", f"{DOCUMENTS}/1/versions", {"text": text})
    done(app, "dora", "put", f"{DOCUMENTS}/1/versions/2", YES)
    assert versions(app) == (2, ["proposed", "authorised", "declined"])
    note = done(app, "sam", "get", f"{DOCUMENTS}/1/versions/1").json["decision_note"]
    assert note == "Version 2 was authorised instead"
    done(app, "dora", "put", f"{DOCUMENTS}/1/versions/3", YES)
    assert versions(app)[0] == 3


def test_whoever_wrote_it_decides_only_where_nobody_else_may(app, ledger):
    written(app, "dora")
    path = f"{DOCUMENTS}/1/versions/1"
    refused = send(app, "dora", "put", path, YES)
    assert refused.status_code == 403
    assert "somebody else decides" in refused.json["detail"]
    ledger.rows("UPDATE memberships SET valid_to = '2022-01-01' WHERE role = 'ict_owner'")
    assert done(app, "dora", "put", path, YES).json["decided_by_writer"] is True


def test_a_strategy_has_a_checklist_that_knows_the_registers(app):
    made = written(app, **STRATEGY)
    points = {one["point"]: one for one in made["checklist"]}
    assert set(points) == set(rules.CHECKLIST)
    assert (points["roles"]["count"], points["roles"]["covered"]) == (4, False)
    assert points["services"]["count"] == points["review"]["count"] == 0
    wifi = {"name": "Wi-Fi", "purpose": "p", "used_by": "u"}
    done(app, "sam", "post", f"{SCHOOL}/services", wifi)
    change = {"covers": ["roles", "review"], "review_on": "2027-01-05"}
    shown = done(app, "sam", "patch", f"{DOCUMENTS}/1", change, If_Match='"1"').json
    points = {one["point"]: one for one in shown["checklist"]}
    assert [key for key, one in points.items() if one["covered"]] == ["roles", "review"]
    assert points["services"]["count"] == points["review"]["count"] == 1
    written(app)
    assert done(app, "sam", "get", f"{DOCUMENTS}/2").json["checklist"] == []
    refused = send(app, "sam", "patch", f"{DOCUMENTS}/2", {"covers": ["roles"]}, If_Match="*")
    check_refused(refused, "covers")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"title": ""}, "title"),
        ({"text": " \n"}, "text"),
        ({"text": "x" * 50_001}, "text"),
        ({"kind": "poem"}, "kind"),
        ({"review_on": "soon"}, "review_on"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_is_wrong_is_said_by_field(app, is_unchanged, said, field):
    check_refused(send(app, "sam", "post", DOCUMENTS, {**OUTAGE, **said}), field)
    assert is_unchanged()


def test_who_may(app, is_unchanged):
    written(app)
    is_unchanged.start()
    path = f"{DOCUMENTS}/1"
    for who in ("rita", "pip", "tariq", "sue"):
        assert send(app, who, "get", path).status_code == 403
    assert send(app, "mo", "get", path).status_code == 200
    assert send(app, "mo", "post", DOCUMENTS, OUTAGE).status_code == 403
    for who in ("sam", "theo"):
        assert send(app, who, "put", f"{path}/versions/1", YES).status_code == 403
    assert send(app, "olga", "get", path).status_code == 404
    assert (
        send(app, "olga", "put", "/schools/oakfield/documents/1/versions/1", YES).status_code == 403
    )
    assert is_unchanged()


def test_versions_of_the_row_are_compared(app, is_unchanged):
    written(app)
    is_unchanged.start()
    path = f"{DOCUMENTS}/1"
    assert send(app, "sam", "patch", path, {"title": "A"}).status_code == 428
    stale = {"If_Match": '"9"'}
    assert send(app, "sam", "patch", path, {"title": "A"}, **stale).status_code == 412
    assert send(app, "sam", "post", f"{path}/versions", {"text": "A"}, **stale).status_code == 412
    assert send(app, "dora", "put", f"{path}/versions/1", YES, **stale).status_code == 412
    assert is_unchanged()


def test_one_no_longer_used(app):
    written(app)
    done(app, "sam", "patch", f"{DOCUMENTS}/1", {"retired": True}, If_Match="*")
    assert done(app, "sam", "get", DOCUMENTS).json["items"] == []
    assert send(app, "sam", "post", f"{DOCUMENTS}/1/versions", {"text": "A"}).status_code == 409
    done(app, "sam", "patch", f"{DOCUMENTS}/1", {"retired": False}, If_Match="*")
    kinds = [
        one["kind"] for one in done(app, "sam", "get", f"{DOCUMENTS}/1/timeline").json["items"]
    ]
    assert kinds == ["document.used_again", "document.retired", "document.added"]


def test_the_list_is_narrowed_and_asks_no_more(app, statements):
    written(app)
    done(app, "dora", "put", f"{DOCUMENTS}/1/versions/1", YES)
    written(app, **STRATEGY)

    def numbers(query):
        items = done(app, "sam", "get", f"{DOCUMENTS}?{query}").json["items"]
        return [one["number"] for one in items]

    assert numbers("") == [2, 1]
    assert numbers("kind=strategy") == numbers("waiting=true") == [2]
    assert numbers("waiting=false") == numbers("q=RING") == numbers("q=internet") == [1]
    statements.clear()
    numbers("")
    few = len(statements)
    for _ in range(6):
        written(app)
    statements.clear()
    numbers("")
    assert len(statements) == few


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("One\nline", [("paragraph", ["One", "line"])]),
        ("One\n\nTwo", [("paragraph", ["One"]), ("paragraph", ["Two"])]),
        (
            "# A\n## B\n- x\n* y\n\n- z",
            [
                ("heading", ["A"]),
                ("subheading", ["B"]),
                ("list", ["x", "y"]),
                ("list", ["z"]),
            ],
        ),
        ("1. a\n2) b\nc", [("numbers", ["a", "b"]), ("paragraph", ["c"])]),
        ("#no\n-no\n1.no", [("paragraph", ["#no", "-no", "1.no"])]),
        ("\n\n", []),
    ],
)
def test_how_a_text_is_set_out(text, blocks):
    assert [tuple(one) for one in rules.blocks(text)] == blocks
