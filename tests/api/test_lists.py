"""Lists: pages by keyset, steady while rows arrive, no totals, and few statements (api.md)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.desk import INCIDENTS, SCHOOL, bring, done, log, program, send

ROOMS = f"{SCHOOL}/locations"


def walk(app: Any, who: str, address: str, limit: int) -> list[Any]:
    """Every item, page by page."""
    mark = "&" if "?" in address else "?"
    found: list[Any] = []
    after = ""
    for _ in range(50):
        page = done(app, who, "get", f"{address}{mark}limit={limit}{after}").json
        assert set(page) == {"items", "next"}
        assert len(page["items"]) <= limit
        found += page["items"]
        if page["next"] is None:
            return found
        after = f"&after={page['next']}"
    raise AssertionError("the list does not end")


@pytest.fixture
def seven(app, at):
    at("2026-01-13T09:00+00:00")  # seconds that run on are the same on every page
    for number in range(7):
        log(app, title=f"Dark {number}")
    path = f"{INCIDENTS}/1"
    for number in range(5):
        done(app, "sam", "post", f"{path}/notes", {"text": f"Note {number}"})
    worked = bring(app, "at_desk")
    for number in range(5):
        done(app, "sam", "post", f"{worked}/checks", {"check": f"Check {number}"})
    return app


LISTS = [
    ("sam", INCIDENTS, 8),
    ("tariq", "/queue", 8),
    ("sam", ROOMS, 14),
    ("tariq", "/schools", 2),
    ("sam", f"{INCIDENTS}/1/notes", 5),
    ("sam", f"{INCIDENTS}/1/timeline", 6),
    ("sam", f"{INCIDENTS}/8/checks", 5),
    ("sam", f"{INCIDENTS}/8/turns", 3),
    ("sam", f"{INCIDENTS}/8/clocks", 2),
]


def test_the_pages_make_the_whole(seven):
    for who, address, count in LISTS:
        whole = done(seven, who, "get", f"{address}?limit=100").json
        assert whole["next"] is None
        assert len(whole["items"]) == count, address
        for limit in (1, 3, count):
            assert walk(seven, who, address, limit) == whole["items"]


LIMITS = ["0", "-1", "101", "1e2", "2.5", "ten", "", "%00", "9" * 20, "٣", " 5", "0x10"]


def test_absurd_limits(seven):
    """A14."""
    for who, address, _ in LISTS:
        for limit in LIMITS:
            answer = send(seven, who, "get", f"{address}?limit={limit}")
            assert answer.status_code == 422, (address, limit, answer.text)
            assert "limit" in answer.json["errors"]


CURSORS = [
    "",
    "x",
    "W10.abc",
    "%00",
    "null",
    "../../x",
    "WzFd.AAAA",
    "x" * 501,
    "%ff%fe",
    "' OR 1=1--",
]


def test_places_that_are_none(seven):
    for who, address, _ in LISTS:
        for cursor in CURSORS:
            answer = send(seven, who, "get", f"{address}?after={cursor}")
            assert answer.status_code == 422, (address, cursor, answer.text)
            assert "after" in answer.json["errors"]


def test_a_place_of_another_list_school_or_person_opens_nothing(seven):
    log(seven, "sam")
    done(seven, "otto", "post", "/schools/oakfield/incidents", {"type": "request", "title": "a"})
    done(seven, "otto", "post", "/schools/oakfield/incidents", {"type": "request", "title": "b"})
    first = {
        (who, address): done(seven, who, "get", f"{address}?limit=1").json["next"]
        for who, address in (
            *((who, address) for who, address, _ in LISTS),
            ("mo", INCIDENTS),
            ("mo", "/schools/oakfield/incidents"),
            ("olga", "/schools/oakfield/incidents"),
        )
    }
    assert all(first.values())
    for (_, taken_from), cursor in first.items():
        for who, address in first:
            if taken_from != address:
                answer = send(seven, who, "get", f"{address}?after={cursor}")
                assert answer.status_code == 422, (taken_from, address)
    # The same list, somebody else's place.
    theirs = first["mo", INCIDENTS]
    assert send(seven, "sam", "get", f"{INCIDENTS}?after={theirs}").status_code == 422
    assert send(seven, "mo", "get", f"{INCIDENTS}?after={theirs}").status_code == 200


def test_a_place_that_was_changed_by_one_letter(seven):
    cursor = done(seven, "sam", "get", f"{INCIDENTS}?limit=1").json["next"]
    for place in range(0, len(cursor), 7):
        letter = "A" if cursor[place] != "A" else "B"
        crooked = cursor[:place] + letter + cursor[place + 1 :]
        assert send(seven, "sam", "get", f"{INCIDENTS}?after={crooked}").status_code == 422


@pytest.mark.parametrize("address", [INCIDENTS, "/queue"])
def test_lists_are_steady_while_rows_arrive_and_go(seven, address):
    who = "mo"
    before = [
        one["number"] for one in done(seven, who, "get", f"{address}?limit=100").json["items"]
    ]
    page = done(seven, who, "get", f"{address}?limit=3").json
    log(seven, title="Came in between")
    done(seven, "sam", "put", f"{INCIDENTS}/{page['items'][0]['number']}/self_cure")
    rest = done(seven, who, "get", f"{address}?limit=100&after={page['next']}").json["items"]
    seen = [one["number"] for one in [*page["items"], *rest]]
    assert len(seen) == len(set(seen))
    assert set(before) <= set(seen)


def test_the_queue_goes_by_due_time_with_those_that_have_none_last(app, at):
    at("2026-01-13T09:00+00:00")
    bring(app, "on_hold")
    at("2026-01-13T08:00+00:00")
    bring(app, "forwarded")
    at("2026-01-12T09:00+00:00")
    bring(app, "in_progress")
    items = done(app, "tariq", "get", "/queue").json["items"]
    dues = [one["next_due_at"] for one in items]
    known = [due for due in dues if due]
    assert known == sorted(known)
    assert dues[: len(known)] == known
    assert walk(app, "tariq", "/queue", 1) == items


FILTERS = {
    "status=queued": {2, 3},
    "status=closed": {5},
    "line=0": {1, 2, 6},
    "line=1": {3, 4, 5},
    "priority=P2": {2, 3, 4, 5},
    "priority=P1": set(),
    "type=request": {6},
    "type=incident": {1, 2, 3, 4, 5},
    "location=ict-suite": {1, 2, 3, 4, 5},
    "location=library": set(),
    "location=no-such-room": set(),
    "asset=anything": set(),
    "assignee=Tariq Firstline": {4, 5},
    "assignee=none": {1, 2, 3, 6},
    "assignee=Nobody": set(),
    "q=projector": {1, 2, 3, 4, 5},
    "q=STM-4": {4},
    "q=4": {4},
    "q=OAK-4": set(),
    "q=mouse": {6},
    "open=true": {1, 2, 3, 4, 6},
    "open=false": {5},
    "reported_from=2026-01-13": {1, 2, 3, 4, 5, 6},
    "reported_from=2026-01-14": set(),
    "reported_to=2026-01-14": {1, 2, 3, 4, 5, 6},
    "reported_to=2026-01-13": set(),
    "status=queued&line=1": {3},
    "q=": {1, 2, 3, 4, 5, 6},
}
OF_THE_QUEUE = {
    "school=st-marys": {1, 2, 3, 4, 6},
    "school=oakfield": set(),
    "school=nowhere": set(),
    "waiting_for=first_line": {3, 4},
    "waiting_for=reporter": set(),
    "mine=true": {4},
    "mine=false": {1, 2, 3, 6},
    "overdue=true": set(),
    "overdue=false": {1, 2, 3, 4, 6},
    "group=la-first-line": {3, 4},
    "group=LA first line": {3, 4},
    "group=nobody": set(),
    "line=1&mine=true": {4},
    "q=mouse": {6},
    "status=closed": set(),
}
BAD = (
    "status=open",
    "status=",
    "line=4",
    "line=-1",
    "line=first",
    "priority=P5",
    "priority=1",
    "type=fault",
    "open=yes",
    "open=2",
    "reported_from=13/01/2026",
    "reported_from=2026-02-30",
    "reported_to=0000-01-01",
    "reported_to=10000-01-01",
    "reported_to=2026-W03-2",
    "sort=due",
    "order=asc",
    "status[]=new",
    "status=new&status=closed",
    "q=%00",
    "q=" + "x" * 201,
    "__class__=x",
    "status;drop table=x",
    "Status=new",
    "limit=5&limit=6",
    "page=2",
    "offset=10",
    "fields=title",
    "include=people",
)


@pytest.fixture
def six(app, at):
    at("2026-01-13T09:00+00:00")
    for state in ("new", "queued", "forwarded", "in_progress", "closed"):
        bring(app, state)
    done(app, "ravi", "post", INCIDENTS, {"type": "request", "title": "A mouse please"})
    return app


def test_filters_of_the_call_log(six):
    for query, expected in FILTERS.items():
        items = done(six, "sam", "get", f"{INCIDENTS}?{query}").json["items"]
        assert {one["number"] for one in items} == expected, query


def test_filters_of_the_queue_and_its_counts(six):
    for query, expected in OF_THE_QUEUE.items():
        items = done(six, "tariq", "get", f"/queue?{query}").json["items"]
        assert {one["number"] for one in items} == expected, query
        counts = done(six, "tariq", "get", f"/queue/counts?{query}").json
        assert counts["open"] == len(expected), query
        assert sum(counts["status"].values()) == len(expected), query


@pytest.mark.parametrize("address", [INCIDENTS, "/queue", "/queue/counts"])
def test_unknown_and_hostile_parameters(app, address):
    """A2."""
    for query in (*BAD, "by=school&by=school"):
        answer = send(app, "tariq", "get", f"{address}?{query}")
        assert answer.status_code == 422, (query, answer.text)
        assert answer.json["errors"]


def test_a_search_that_is_too_long_says_how_long_it_may_be(app):
    """A03."""
    answer = send(app, "sam", "get", f"{INCIDENTS}?q={'x' * 5000}")
    assert answer.json["errors"]["q"] == ["Search must be 200 characters or fewer"]


def test_a_search_is_text_and_never_a_pattern_or_sql(app):
    log(app, title="50%_off \\' OR 1=1-- (((")
    log(app)
    for text in (
        "%25_%5C'%22",
        "'%20OR%201=1--",
        "*",
        "a%26b%7C!c",
        "(((",
        ":*",
        "%5C",
        "a:b",
        "-",
        "!",
    ):
        for address, who in ((INCIDENTS, "sam"), ("/queue", "tariq")):
            found = done(app, who, "get", f"{address}?q={text}").json["items"]
            assert {one["number"] for one in found} <= {1}, text


# Session and token first: one to begin with the role, one to find the person, one to bind.
# fmt: off
STATEMENTS = [
    ("sam",   "/schools",                  6),
    ("tariq", "/schools",                  6),
    ("sam",   SCHOOL,                      7),
    ("sam",   ROOMS,                       4),
    ("sam",   f"{ROOMS}/ict-suite",        4),
    ("sam",   INCIDENTS,                   4),
    ("sam",   f"{INCIDENTS}?q=dark&open=true", 4),
    ("sam",   f"{INCIDENTS}/4",            7),
    ("tariq", f"{INCIDENTS}/4",            8),
    ("sam",   f"{INCIDENTS}/4/timeline",   5),
    ("sam",   f"{INCIDENTS}/4/notes",      5),
    ("sam",   f"{INCIDENTS}/4/checks",     5),
    ("sam",   f"{INCIDENTS}/4/turns",      6),  # with whose hours count for each turn
    ("sam",   f"{INCIDENTS}/4/clocks",     6),
    ("tariq", "/queue",                    5),
    ("tariq", "/queue/counts",             5),
    ("tariq", "/queue/counts?by=school",   6),
]
# fmt: on


@pytest.mark.parametrize(("who", "address", "most"), STATEMENTS)
def test_number_of_statements(six, statements, who, address, most):
    client = program(six, who)
    assert client.get(address).status_code == 200  # what a process keeps is known now
    statements.clear()
    assert client.get(address).status_code == 200
    assert len(statements) <= most, "\n".join(statements)
    few = len(statements)
    for number in range(8):
        log(six, title=f"Dark {number}")
    statements.clear()
    client.get(address)
    assert len(statements) == few, "the number of statements grows with the rows"
