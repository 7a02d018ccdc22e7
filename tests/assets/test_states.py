"""What becomes of equipment (domain.md 2.4), and whose word it needs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app import clock
from app.assets.rules import MAY_FOLLOW, STATUS_WORDS, tag_mistake, words_of
from tests.api.desk import done, send
from tests.assets.things import ASSETS, PAGES, added, history, plain, to
from tests.incidents.pages import text_of, version_on

GONE = {
    "reason": "Ten years old", "disposed_on": "2026-01-12", "method": "weee_recycler",
    "wipe_evidence": "Certificate 4711", "disposed_to": "Green Metal Ltd",
}  # fmt: skip
WHY = {"reason": "Broken beyond repair"}
# How a tablet comes into each status.
WAYS = {
    "on_order": (),
    "in_stock": ("in_stock",),
    "in_use": ("in_stock", "in_use"),
    "in_repair": ("in_stock", "in_use", "in_repair"),
    "on_loan": ("in_stock", "in_use", "on_loan"),
    "lost_or_stolen": ("lost_or_stolen",),
    "retired": ("in_stock", "retired"),
    "disposed": ("in_stock", "retired", "disposed"),
}


def brought(app, status):
    """A tablet in this status, by the ICT owner, who may do everything."""
    plain(app, "T1", status="on_order")
    for step in WAYS[status]:
        answer = to(app, "T1", step, who="ike", **(GONE if step == "disposed" else WHY))
        assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("status", STATUS_WORDS)
def test_only_these_states_follow(app, status):
    brought(app, status)
    for wanted in STATUS_WORDS:
        said = GONE if wanted == "disposed" else WHY
        before = done(app, "sam", "get", f"{ASSETS}/T1").json["version"]
        if wanted in MAY_FOLLOW[status]:
            continue
        refused = to(app, "T1", wanted, who="ike", **said)
        assert refused.status_code == 409, wanted
        assert refused.json["detail"].startswith(f"T1 is {STATUS_WORDS[status].lower()}")
        assert done(app, "sam", "get", f"{ASSETS}/T1").json["version"] == before


STEPS = [(status, wanted) for status in MAY_FOLLOW for wanted in MAY_FOLLOW[status]]


@pytest.mark.parametrize(("status", "wanted"), STEPS)
def test_each_step(app, status, wanted):
    brought(app, status)
    answer = to(app, "T1", wanted, who="ike", **(GONE if wanted == "disposed" else WHY))
    assert answer.json["status"] == wanted
    event = history(app, "T1")[0]
    assert event["actor"] == "Ike Ictowner"
    assert event["from"] == (status if wanted != "on_loan" else "in_use")


def test_the_table_is_that_of_the_specification():
    assert set(MAY_FOLLOW["in_use"]) >= {"in_repair", "on_loan"}
    assert "in_use" in MAY_FOLLOW["in_repair"] and "in_use" in MAY_FOLLOW["on_loan"]
    assert all("lost_or_stolen" in after for name, after in MAY_FOLLOW.items()
               if name not in ("lost_or_stolen", "disposed"))  # fmt: skip
    assert "disposed" in MAY_FOLLOW["retired"]
    assert [name for name in MAY_FOLLOW if "disposed" in MAY_FOLLOW[name]] == ["retired"]


def test_the_spoc_asks_and_the_ict_owner_confirms(app):
    added(app)
    asked = to(app, "LAP-001", "retired", **WHY)
    assert asked.json["status"] == "in_use"
    assert asked.json["asked"]["status"] == "retired" and asked.json["asked"]["by"] == "Sam Spoc"
    assert to(app, "LAP-001", "retired", **WHY).status_code == 409
    waiting = done(app, "ike", "get", f"{ASSETS}?asked=true").json["items"]
    assert [one["tag"] for one in waiting] == ["LAP-001"]
    path = f"{ASSETS}/LAP-001/confirmation"
    assert send(app, "sam", "put", path, {"decision": "confirmed"}).status_code == 403
    retired = done(app, "ike", "put", path, {"decision": "confirmed"}).json
    assert retired["status"] == "retired" and retired["asked"] is None
    assert send(app, "ike", "put", path, {"decision": "confirmed"}).status_code == 409
    kinds = [one["kind"] for one in history(app, "LAP-001")]
    assert kinds == ["asset.retired", "asset.retirement_asked", "asset.added"]
    assert history(app, "LAP-001")[0]["note"] == WHY["reason"]


def test_a_no_needs_a_reason_and_leaves_it_as_it_was(app):
    added(app)
    to(app, "LAP-001", "retired", **WHY)
    path = f"{ASSETS}/LAP-001/confirmation"
    assert list(send(app, "ike", "put", path, {"decision": "declined"}).json["errors"]) == [
        "reason"
    ]
    no = {"decision": "declined", "reason": "It still does for the library"}
    kept = done(app, "ike", "put", path, no).json
    assert kept["status"] == "in_use" and kept["asked"] is None
    assert history(app, "LAP-001")[0]["note"] == no["reason"]


def test_a_question_is_taken_back(app):
    added(app)
    path = f"{ASSETS}/LAP-001/confirmation"
    assert send(app, "sam", "delete", path).status_code == 409
    to(app, "LAP-001", "retired", **WHY)
    assert done(app, "sam", "delete", path).json["asked"] is None


def test_disposing_needs_its_proof(app, is_unchanged):
    added(app)
    to(app, "LAP-001", "retired", who="ike", **WHY)
    is_unchanged.start()
    answer = to(app, "LAP-001", "disposed", who="ike")
    assert set(answer.json["errors"]) == {
        "reason", "disposed_on", "disposal_method", "wipe_evidence"
    }  # fmt: skip
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    answer = to(app, "LAP-001", "disposed", who="ike", **{**GONE, "disposed_on": tomorrow})
    assert list(answer.json["errors"]) == ["disposed_on"]
    assert is_unchanged()


def test_what_is_disposed_of_keeps_its_proof_and_changes_no_more(app):
    added(app)
    to(app, "LAP-001", "retired", who="ike", **WHY)
    assert to(app, "LAP-001", "disposed", **GONE).json["asked"]["status"] == "disposed"
    answer = done(app, "ike", "put", f"{ASSETS}/LAP-001/confirmation", {"decision": "confirmed"})
    assert answer.json["disposal"] == {
        "disposed_on": "2026-01-12", "method": "weee_recycler", "wipe_evidence": "Certificate 4711",
        "disposed_to": "Green Metal Ltd", "confirmed_by": "Ike Ictowner",
    }  # fmt: skip
    change = {"location": "library"}
    refused = send(app, "sam", "patch", f"{ASSETS}/LAP-001", change, If_Match="*")
    assert refused.status_code == 409
    noted = send(app, "sam", "patch", f"{ASSETS}/LAP-001", {"notes": "Gone"}, If_Match="*")
    assert noted.json["notes"] == "Gone"


def test_losing_needs_a_reason_and_ends_the_loan(app):
    added(app)
    done(app, "sam", "post", f"{ASSETS}/LAP-001/loan", {"borrower": "Class 4B"})
    assert list(to(app, "LAP-001", "lost_or_stolen").json["errors"]) == ["reason"]
    lost = to(app, "LAP-001", "lost_or_stolen", reason="Left on the bus").json
    assert (lost["status"], lost["loan"]) == ("lost_or_stolen", None)


def test_retiring_is_undone_for_ten_seconds(sign_in, cast, app, at):
    at("2026-01-13T09:00:00+00:00")
    added(app)
    ike = sign_in(cast.ike)
    ike.post(f"{PAGES}/LAP-001/status", {
        "status": "retired", "version": version_on(ike.get(f"{PAGES}/LAP-001/status?to=retired")),
        **WHY,
    })  # fmt: skip
    assert "LAP-001 is retired." in text_of(ike.get(f"{PAGES}/LAP-001"))
    assert sign_in(cast.sam).post(f"{PAGES}/LAP-001/undo").status_code == 403
    assert ike.post(f"{PAGES}/LAP-001/undo").status_code == 303
    assert done(app, "sam", "get", f"{ASSETS}/LAP-001").json["status"] == "in_use"
    to(app, "LAP-001", "retired", who="ike", **WHY)
    at("2026-01-13T09:00:13+00:00")
    assert ike.post(f"{PAGES}/LAP-001/undo").status_code == 409


@pytest.mark.parametrize("who", ["rita", "tariq", "mo", "sue", "ada"])
def test_who_may_not(app, who):
    added(app)
    assert to(app, "LAP-001", "in_repair", who=who).status_code == 403
    assert to(app, "LAP-001", "in_repair", who="olga").status_code == 404


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (("LAP-001",), {"lap", "001", "lap001"}),
        (("Latitude 3540",), {"latitude", "3540"}),
        (("Mrs Brown’s class",), {"mrs", "brown", "s", "class", "browns"}),
        ((None, True, "", 12), {"12"}),
        (("Ünïcode 教室",), {"ünïcode", "教室"}),
        (("x" * 50,), {"x" * 40}),
    ],
)
def test_what_a_thing_is_found_by(texts, words):
    assert words_of(texts) == words


def test_a_tag_is_said_to_be_wrong_in_a_sentence():
    assert tag_mistake("LAP-001 b#2.x_y") is None
    for tag in ("a/b", "-", "", "new", "Ä1"):
        assert (tag_mistake(tag) or "").endswith((".", "first."))
