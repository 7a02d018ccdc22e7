"""Stock-take of a room: found, missing, in the wrong room, unknown; it moves only at the end."""

from __future__ import annotations

import pytest

SCHOOL = "/schools/st-marys"
TAKES = f"{SCHOOL}/stock_takes"


@pytest.fixture
def suite(api, cast):
    """LAP-1 to LAP-3 in the ICT suite, LAP-4 on a trolley there, PRJ-1 in the hall."""
    sam = api(cast.sam)
    trolley = {"name": "Trolley 1", "parent": "ict-suite"}
    assert sam.post(f"{SCHOOL}/locations", trolley).status_code == 201
    for tag, room in (
        ("LAP-1", "ict-suite"),
        ("LAP-2", "ict-suite"),
        ("LAP-3", "ict-suite"),
        ("LAP-4", "trolley-1"),
        ("PRJ-1", "hall"),
    ):
        made = sam.post(f"{SCHOOL}/assets", {"tag": tag, "type": "laptop", "location": room})
        assert made.status_code == 201, made.text
    return sam


@pytest.fixture
def take(suite):
    made = suite.post(TAKES, {"location": "ict-suite"})
    assert made.status_code == 201, made.text
    assert made.headers["Location"].endswith("/stock_takes/1")
    return f"{TAKES}/1"


def saw(api, take, tag):
    answer = api.post(f"{take}/seen", {"tag": tag})
    assert answer.status_code == 200, answer.text
    return answer.json


def outcomes(api, take):
    return {one["tag"]: one["outcome"] for one in api.get(take).json["lines"]}


def place(api, tag):
    return api.get(f"{SCHOOL}/assets/{tag}").json["location"]["key"]


def choose(**choices):
    return {
        "choices": [{"tag": tag.replace("_", "-"), "choice": one} for tag, one in choices.items()]
    }


def test_expected_is_what_is_in_the_room_and_inside_it(suite, take):
    found = suite.get(take).json
    assert found["location"] == {"key": "ict-suite", "name": "ICT suite"}
    assert (found["state"], found["started_by"]) == ("open", "Sam Spoc")
    assert set(outcomes(suite, take)) == {"LAP-1", "LAP-2", "LAP-3", "LAP-4"}
    assert found["counts"] == {
        "expected": 4,
        "found": 0,
        "missing": 4,
        "wrong_room": 0,
        "unknown": 0,
    }


def test_what_is_lent_or_lost_is_not_expected(suite):
    for tag, status in (("LAP-1", "lost_or_stolen"), ("LAP-2", "in_repair")):
        asset = suite.get(f"{SCHOOL}/assets/{tag}")
        body = {"status": status, "reason": "So it is"}
        whole = {"If-Match": asset.headers["ETag"]}
        answer = suite.put(f"{SCHOOL}/assets/{tag}/status", body, whole)
        assert answer.status_code == 200, answer.text
    suite.post(TAKES, {"location": "ict-suite"})
    assert set(outcomes(suite, f"{TAKES}/1")) == {"LAP-3", "LAP-4"}


@pytest.mark.parametrize(
    ("tag", "outcome", "should_be"),
    [
        ("lap-1", "found", "ict-suite"),
        ("LAP-4", "found", "trolley-1"),
        ("PRJ-1", "wrong_room", "hall"),
        ("GHOST 7", "unknown", None),
    ],
)
def test_a_scan_says_what_it_is(suite, take, tag, outcome, should_be):
    said = saw(suite, take, tag)
    assert said["outcome"] == outcome
    assert (said["should_be"] or {}).get("key") == should_be
    assert said["again"] is False
    again = saw(suite, take, tag)
    assert (again["outcome"], again["again"]) == (outcome, True)
    assert suite.get(take).json["counts"]["missing"] == (3 if outcome == "found" else 4)


def test_a_label_is_as_good_as_a_tag(suite, take, api, cast):
    (label,) = suite.post(f"{SCHOOL}/labels", {"assets": ["LAP-1"]}).json["items"]
    assert saw(suite, take, label["address"])["tag"] == "LAP-1"
    (room,) = suite.post(f"{SCHOOL}/labels", {"locations": ["hall"]}).json["items"]
    (theirs,) = (
        api(cast.olga).post("/schools/oakfield/labels", {"locations": ["hall"]}).json["items"]
    )
    suite.post(f"{SCHOOL}/labels/asset/LAP-1")
    for address in (room["address"], theirs["address"], label["address"]):
        answer = suite.post(f"{take}/seen", {"tag": address})
        assert answer.status_code == 422, address
        assert "not the label" in answer.json["errors"]["tag"][0]


def test_a_slip_is_taken_back(suite, take):
    for tag in ("LAP-1", "GHOST"):
        saw(suite, take, tag)
        assert suite.delete(f"{take}/seen/{tag}").status_code == 204
    assert outcomes(suite, take)["LAP-1"] == "expected"
    assert "GHOST" not in outcomes(suite, take)
    assert suite.delete(f"{take}/seen/LAP-1").status_code == 204
    assert suite.delete(f"{take}/seen/GHOST").status_code == 404


def test_nothing_moves_until_it_is_confirmed(suite, take, ledger):
    for tag in ("LAP-1", "LAP-2", "PRJ-1", "GHOST"):
        saw(suite, take, tag)
    assert place(suite, "PRJ-1") == "hall"
    assert ledger.rows("SELECT count(*) FROM assets WHERE seen_on IS NOT NULL") == [(0,)]
    answer = suite.put(f"{take}/confirmation", choose(PRJ_1="move", LAP_3="lost"))
    assert answer.status_code == 200, answer.text
    assert answer.json["state"] == "confirmed"
    assert answer.json["counts"] == {
        "expected": 4,
        "found": 2,
        "missing": 2,
        "wrong_room": 1,
        "unknown": 1,
    }
    choices = {one["tag"]: one["choice"] for one in answer.json["lines"]}
    assert choices == {
        "LAP-1": None,
        "LAP-2": None,
        "LAP-3": "lost",
        "LAP-4": "leave",
        "PRJ-1": "move",
        "GHOST": None,
    }
    assert place(suite, "PRJ-1") == "ict-suite"
    assert suite.get(f"{SCHOOL}/assets/LAP-3").json["status"] == "lost_or_stolen"
    assert suite.get(f"{SCHOOL}/assets/LAP-4").json["status"] == "in_use"
    seen = ledger.rows("SELECT tag FROM assets WHERE seen_on IS NOT NULL ORDER BY tag")
    assert seen == [("LAP-1",), ("LAP-2",), ("PRJ-1",)]
    # On the thing's own history too.
    assert ledger.rows("SELECT count(*) FROM events WHERE kind = 'asset.moved'") == [(1,)]
    # And the report stays as it was, whatever moves later.
    asset = suite.get(f"{SCHOOL}/assets/LAP-1")
    whole = {"If-Match": asset.headers["ETag"]}
    assert suite.patch(f"{SCHOOL}/assets/LAP-1", {"location": "hall"}, whole).status_code == 200
    assert outcomes(suite, take)["LAP-1"] == "found"


def test_what_nobody_chose_stays_as_it_is(suite, take):
    saw(suite, take, "PRJ-1")
    answer = suite.put(f"{take}/confirmation")
    assert answer.status_code == 200, answer.text
    assert place(suite, "PRJ-1") == "hall"
    assert suite.get(f"{SCHOOL}/assets/LAP-1").json["status"] == "in_use"


@pytest.mark.parametrize(
    ("tag", "choice"),
    [("LAP-1", "move"), ("PRJ-1", "lost"), ("LAP-9", "leave"), ("LAP-2", "burn")],
)
def test_what_cannot_be_chosen_is_refused_and_nothing_is_done(suite, take, tag, choice):
    saw(suite, take, "PRJ-1")
    body = {"choices": [{"tag": "PRJ-1", "choice": "move"}, {"tag": tag, "choice": choice}]}
    answer = suite.put(f"{take}/confirmation", body)
    assert answer.status_code == 422, answer.text
    assert place(suite, "PRJ-1") == "hall"
    assert suite.get(take).json["state"] == "open"


def test_what_was_added_or_moved_meanwhile_is_no_longer_odd(suite, take):
    for tag in ("NEW-1", "PRJ-1"):
        saw(suite, take, tag)
    new = {"tag": "NEW-1", "type": "tablet", "location": "ict-suite"}
    assert suite.post(f"{SCHOOL}/assets", new).status_code == 201
    asset = suite.get(f"{SCHOOL}/assets/PRJ-1")
    whole = {"If-Match": asset.headers["ETag"]}
    suite.patch(f"{SCHOOL}/assets/PRJ-1", {"location": "ict-suite"}, whole)
    found = outcomes(suite, take)
    assert (found["NEW-1"], found["PRJ-1"]) == ("found", "found")


def test_two_people_count_one_room_together(suite, take, api, cast):
    theo = api(cast.theo)
    saw(suite, take, "LAP-1")
    saw(theo, take, "LAP-2")
    assert saw(theo, take, "LAP-1")["again"] is True
    answer = theo.post(TAKES, {"location": "ict-suite"})
    assert answer.status_code == 409
    said = "Sam Spoc is taking stock of ICT suite already (stock-take 1)"
    assert said in answer.json["detail"]
    assert suite.post(TAKES, {"location": "hall"}).status_code == 201


def test_a_stale_report_is_not_confirmed(suite, take):
    before = suite.get(take).headers["ETag"]
    saw(suite, take, "LAP-1")
    answer = suite.put(f"{take}/confirmation", None, {"If-Match": before})
    assert answer.status_code == 412
    assert suite.get(take).json["state"] == "open"


def test_what_is_over_is_over(suite, take):
    assert suite.put(f"{take}/cancellation").json["state"] == "cancelled"
    assert suite.put(f"{take}/cancellation").status_code == 409
    assert suite.put(f"{take}/confirmation").status_code == 409
    assert suite.post(f"{take}/seen", {"tag": "LAP-1"}).status_code == 409
    assert suite.delete(f"{take}/seen/LAP-1").status_code == 409
    assert suite.post(TAKES, {"location": "ict-suite"}).json["number"] == 2


@pytest.mark.parametrize(
    "body", [{}, {"location": ""}, {"location": "nowhere"}, {"location": "hall", "x": 1}]
)
def test_a_room_must_be_one_of_the_schools(suite, body):
    assert suite.post(TAKES, body).status_code == 422


@pytest.mark.parametrize("tag", ["", " ", "x" * 81, "a\x00b"])
def test_a_tag_must_be_readable(suite, take, tag):
    assert suite.post(f"{take}/seen", {"tag": tag}).status_code == 422


def test_the_list_is_newest_first_and_can_be_narrowed(suite, take, statements):
    suite.post(TAKES, {"location": "hall"})
    suite.put(f"{take}/cancellation")
    statements.clear()
    assert [one["number"] for one in suite.get(TAKES).json["items"]] == [2, 1]
    many = len(statements)
    statements.clear()
    assert [one["number"] for one in suite.get(f"{TAKES}?state=open").json["items"]] == [2]
    assert len(statements) == many
    assert [one["number"] for one in suite.get(f"{TAKES}?location=hall").json["items"]] == [2]
    first = suite.get(f"{TAKES}?limit=1").json
    rest = suite.get(f"{TAKES}?limit=1&after={first['next']}").json
    assert [one["number"] for one in first["items"] + rest["items"]] == [2, 1]


def test_one_asks_the_same_however_much_is_in_the_room(suite, take, statements):
    statements.clear()
    suite.get(take)
    few = len(statements)
    for number in range(8):
        saw(suite, take, f"GHOST-{number}")
    statements.clear()
    suite.get(take)
    assert len(statements) == few


def test_another_school_is_not_there_at_all(suite, take, api, cast):
    olga = api(cast.olga)
    assert olga.get(take).status_code == 404
    assert olga.get("/schools/oakfield/stock_takes/1").status_code == 404
    assert olga.post(f"{take}/seen", {"tag": "LAP-1"}).status_code == 404
    assert olga.post("/schools/oakfield/stock_takes", {"location": "hall"}).status_code == 201
    assert saw(olga, "/schools/oakfield/stock_takes/1", "LAP-1")["outcome"] == "unknown"


@pytest.mark.parametrize("who", ["rita", "pip", "tariq", "sasha", "mo", "sue"])
def test_taking_stock_is_for_who_keeps_the_register(suite, take, api, cast, who):
    person = api(getattr(cast, who))
    assert person.post(TAKES, {"location": "hall"}).status_code == 403
    assert person.post(f"{take}/seen", {"tag": "LAP-1"}).status_code == 403
    assert person.put(f"{take}/confirmation").status_code == 403
    assert person.put(f"{take}/cancellation").status_code == 403
    reads = {"tariq", "sasha", "mo"}
    assert person.get(take).status_code == (200 if who in reads else 403)
