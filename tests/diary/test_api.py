"""The diary through the API: entries, their days, and what became of each."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from app import clock
from app.diary.entries import span_of

DIARY = "/schools/st-marys/diary"
TERMS = [
    ["2026-09-02", "2026-10-23"],
    ["2026-11-02", "2026-12-18"],
    ["2027-01-04", "2027-02-12"],
]
ENTRY = {"title": "Renew the insurance", "kind": "renewal", "on": "2026-10-05"}
SPAN = "from=2026-09-01&to=2027-02-28"
NOW = "2026-09-14T09:00+00:00"


@pytest.fixture(autouse=True)
def _autumn(at: Any) -> None:
    at(NOW)


def added(api: Any, who: Any, **more: Any) -> Any:
    answer = api(who).post(DIARY, {**ENTRY, **more})
    assert answer.status_code == 201, answer.text
    return answer


def with_terms(api: Any, who: Any) -> None:
    week = {day: [["08:00", "16:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    answer = api(who).put("/schools/st-marys/calendar", {"opening": week, "terms": TERMS})
    assert answer.status_code == 200, answer.text


def items(api: Any, who: Any, query: str = SPAN) -> list[dict[str, Any]]:
    answer = api(who).get(f"{DIARY}?{query}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json["items"]
    return found


def marked(api: Any, who: Any, on: str, status: str, **more: Any) -> Any:
    said = {"source": "entry", "key": "1", "on": on, "status": status, **more}
    return api(who).put(f"{DIARY}/marks", said)


def test_an_entry_comes_out_as_it_went_in(api, cast):
    made = added(
        api,
        cast.sam,
        at="9:30",
        remind_days_before=[7, 30, 7],
        checklist=["Ask for three offers", "Tell the bursar"],
        assignee="Theo Technician",
        notes="Policy 7",
    )
    assert made.headers["Location"].endswith(f"{DIARY}/1")
    assert made.json == {
        "number": 1,
        "title": "Renew the insurance",
        "kind": "renewal",
        "on": "2026-10-05",
        "at": "09:30",
        "repeat": "none",
        "until": None,
        "next_on": "2026-10-05",
        "skips_closures": False,
        "checklist": ["Ask for three offers", "Tell the bursar"],
        "remind_days_before": [30, 7],
        "assignee": "Theo Technician",
        "contract": None,
        "licence": None,
        "asset": None,
        "status": "planned",
        "notes": "Policy 7",
        "created_by": "Sam Spoc",
        "created_at": made.json["created_at"],
        "version": 1,
    }
    assert api(cast.theo).get(f"{DIARY}/1").json == made.json
    (item,) = items(api, cast.sam)
    assert (item["source"], item["key"], item["number"]) == ("entry", "1", 1)
    assert item["url"] == "/st-marys/diary/1" and not item["overdue"]
    assert [one["title"] for one in items(api, cast.theo, f"{SPAN}&mine=true")] == [ENTRY["title"]]
    assert items(api, cast.sam, f"{SPAN}&mine=true") == []


def test_what_is_left_out_has_its_usual_value(api, cast):
    made = added(api, cast.sam, repeat=None, at=None, remind_days_before=None, checklist=None)
    assert made.json["repeat"] == "none" and made.json["remind_days_before"] == [30, 7]
    assert added(api, cast.sam, remind_days_before=[]).json["remind_days_before"] == []
    instant = added(api, cast.sam, on="2026-07-01T08:30:00Z")
    assert (instant.json["on"], instant.json["at"]) == ("2026-07-01", "09:30")


# fmt: off
NONSENSE = [
    ("title", ""), ("title", None), ("kind", "party"), ("on", "2026-02-30"), ("on", "soon"),
    ("on", "2026-13-01T00:00:00Z"), ("at", "25:00"), ("at", 9), ("repeat", "hourly"),
    ("remind_days_before", [366]), ("remind_days_before", [-1]), ("remind_days_before", ["7"]),
    ("remind_days_before", [1, 2, 3, 4, 5, 6]), ("checklist", ["a", "a"]), ("checklist", [""]),
    ("checklist", "a"), ("assignee", "Nobody"), ("assignee", "Rita Reporter"), ("contract", 99),
    ("licence", 99), ("asset", "LAP-99"), ("until", "2026-10-04"), ("colour", "red"),
]
# fmt: on


@pytest.mark.parametrize(("field", "value"), NONSENSE)
def test_what_makes_no_sense_is_refused_by_field(api, cast, field, value):
    answer = api(cast.sam).post(DIARY, {**ENTRY, field: value})
    assert answer.status_code == 422, answer.text
    assert field in {name.split(".")[0] for name in answer.json["errors"]}
    assert items(api, cast.sam) == []


def test_a_last_day_belongs_to_something_that_repeats(api, cast):
    said = {**ENTRY, "until": "2026-12-01"}
    assert "Choose how it repeats" in api(cast.sam).post(DIARY, said).text
    early = api(cast.sam).post(DIARY, {**said, "repeat": "weekly", "until": "2026-10-04"})
    assert list(early.json["errors"]) == ["until"]


def test_a_series_falls_on_its_days_and_passes_over_closed_ones(api, cast):
    with_terms(api, cast.sam)
    added(api, cast.sam, repeat="weekly", until="2026-11-09", skips_closures=True)
    assert [one["on"] for one in items(api, cast.sam)] == [
        "2026-10-05",
        "2026-10-12",
        "2026-10-19",
        "2026-11-02",
        "2026-11-09",
    ]
    added(api, cast.sam, repeat="termly", on="2026-09-04")
    found = [one["on"] for one in items(api, cast.sam) if one["repeat"] == "termly"]
    assert found == ["2026-09-04", "2027-01-06"]


def test_every_term_needs_terms(api, cast, ledger):
    ledger.rows("DELETE FROM la_terms")
    answer = api(cast.sam).post(DIARY, {**ENTRY, "repeat": "termly"})
    assert answer.status_code == 422 and "calendar" in answer.json["errors"]["repeat"][0]


def test_one_day_is_done_and_the_series_goes_on(api, cast):
    added(api, cast.sam, repeat="weekly", until="2026-10-19", checklist=["File", "Folder"])
    begun = marked(api, cast.theo, "2026-10-12", "planned", ticked=["File"])
    assert begun.status_code == 200 and begun.json["status"] == "planned"
    assert begun.json["ticked"] == [
        {"item": "File", "by": "Theo Technician", "at": "2026-09-14T09:00:00Z"}
    ]
    early = marked(api, cast.sam, "2026-10-12", "done")
    assert early.status_code == 409 and "Tick every point" in early.json["detail"]
    done = marked(api, cast.sam, "2026-10-12", "done", ticked=["Folder", "File"])
    assert [(one["item"], one["by"]) for one in done.json["ticked"]] == [
        ("File", "Theo Technician"),
        ("Folder", "Sam Spoc"),
    ]
    assert [one["status"] for one in items(api, cast.sam)] == ["planned", "done", "planned"]
    again = marked(api, cast.sam, "2026-10-12", "done", ticked=["Folder", "File"])
    assert again.status_code == 200
    kinds = [one["kind"] for one in api(cast.sam).get(f"{DIARY}/1/timeline").json["items"]]
    assert sorted(kinds) == ["diary.added", "diary.done", "diary.ticked"], "twice is once"
    back = marked(api, cast.sam, "2026-10-12", "planned", ticked=[])
    assert back.json["status"] == "planned" and back.json["ticked"] == []
    why = marked(api, cast.sam, "2026-10-19", "done", note="The folder was too large")
    assert why.status_code == 200 and why.json["note"] == "The folder was too large"


def test_a_single_entry_is_done_by_its_mark(api, cast):
    added(api, cast.sam)
    assert marked(api, cast.sam, "2026-10-05", "cancelled", note="Not this year").status_code == 200
    assert api(cast.sam).get(f"{DIARY}/1").json["status"] == "cancelled"
    tag = {"If-Match": api(cast.sam).get(f"{DIARY}/1").headers["ETag"]}
    assert api(cast.sam).patch(f"{DIARY}/1", {"status": "planned"}, tag).status_code == 200
    (item,) = items(api, cast.sam)
    assert (item["status"], item["note"]) == ("planned", None)


# fmt: off
NO_MARKS = [
    ({"on": "2026-10-06"}, 422), ({"key": "99"}, 422), ({"key": "x"}, 422),
    ({"source": "contract_end"}, 422), ({"source": "payment"}, 409), ({"source": "visit"}, 409),
    ({"source": "loan_due"}, 409), ({"source": "critical_date"}, 409), ({"source": "moon"}, 422),
    ({"status": "begun"}, 422), ({"ticked": ["Else"]}, 422), ({"by": "me"}, 422),
]
# fmt: on


@pytest.mark.parametrize(("said", "status"), NO_MARKS)
def test_marks_that_make_no_sense(api, cast, said, status):
    added(api, cast.sam)
    usual = {"source": "entry", "key": "1", "on": "2026-10-05", "status": "done"}
    answer = api(cast.sam).put(f"{DIARY}/marks", {**usual, **said})
    assert answer.status_code == status, answer.text


def test_a_change_keeps_what_was_done(api, cast):
    added(api, cast.sam, repeat="weekly", until="2026-10-19")
    assert marked(api, cast.sam, "2026-10-05", "done").status_code == 200
    sam = api(cast.sam)
    assert sam.patch(f"{DIARY}/1", {"title": "Else"}).status_code == 428
    assert sam.patch(f"{DIARY}/1", {"title": "Else"}, {"If-Match": '"9"'}).status_code == 412
    tag = {"If-Match": sam.get(f"{DIARY}/1").headers["ETag"]}
    changed = sam.patch(f"{DIARY}/1", {"title": "Else", "until": "2026-10-12"}, tag)
    assert changed.status_code == 200 and changed.json["version"] == 2
    assert [(one["title"], one["status"]) for one in items(api, cast.sam)] == [
        ("Else", "done"),
        ("Else", "planned"),
    ]
    (event, *_) = sam.get(f"{DIARY}/1/timeline").json["items"]
    assert (event["kind"], event["to"]) == ("diary.changed", "title, last day")
    same = sam.patch(f"{DIARY}/1", {"title": "Else"}, {"If-Match": '"2"'})
    assert same.json["version"] == 2, "what changes nothing is no change"
    ended = sam.patch(f"{DIARY}/1", {"status": "cancelled"}, {"If-Match": '"2"'})
    assert ended.status_code == 200 and ended.json["next_on"] is None
    assert [one["status"] for one in items(api, cast.sam)] == ["done"], "no planned day is left"


def test_one_day_becomes_an_entry_of_its_own(api, cast):
    added(api, cast.sam, repeat="weekly", until="2026-10-19", checklist=["File"])
    said = {"day": "2026-10-12", "on": "2026-10-14", "at": "15:00"}
    single = api(cast.sam).post(f"{DIARY}/1/single_days", said)
    assert single.status_code == 201, single.text
    assert single.json["number"] == 2 and single.json["checklist"] == ["File"]
    assert [(one["on"], one["key"], one["status"]) for one in items(api, cast.sam)] == [
        ("2026-10-05", "1", "planned"),
        ("2026-10-12", "1", "cancelled"),
        ("2026-10-14", "2", "planned"),
        ("2026-10-19", "1", "planned"),
    ]
    for day in ("2026-10-12", "2026-10-13"):
        again = api(cast.sam).post(f"{DIARY}/1/single_days", {**said, "day": day})
        assert again.status_code == 409
    single = api(cast.sam).post(f"{DIARY}/2/single_days", {**said, "day": "2026-10-14"})
    assert single.status_code == 409, "it is one already"


def test_removed_only_where_nothing_was_done(api, cast):
    added(api, cast.sam, repeat="weekly")
    marked(api, cast.sam, "2026-10-12", "done")
    refused = api(cast.sam).delete(f"{DIARY}/1")
    assert refused.status_code == 409 and "Call it off" in refused.json["detail"]
    added(api, cast.sam)
    assert api(cast.sam).delete(f"{DIARY}/2", None, {"If-Match": '"7"'}).status_code == 412
    assert api(cast.sam).delete(f"{DIARY}/2").status_code == 204
    assert api(cast.sam).get(f"{DIARY}/2").status_code == 404


def test_the_list_is_narrowed_and_paged(api, cast):
    added(api, cast.sam, repeat="weekly", until="2026-11-30", title="Backup", kind="maintenance")
    added(api, cast.sam, title="Ofsted phone list", on="2026-09-01", kind="statutory")
    sam = api(cast.sam)
    whole = items(api, cast.sam)
    assert len(whole) == 10
    seen, after = [], ""
    while True:
        page = sam.get(f"{DIARY}?{SPAN}&limit=3{after}").json
        seen += page["items"]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == whole
    assert sam.get(f"{DIARY}?limit=3{after}").status_code == 422, "a cursor is of one list"
    assert len(items(api, cast.sam, f"{SPAN}&kind=maintenance")) == 9
    (found,) = items(api, cast.sam, f"{SPAN}&q=OFSTED")
    assert found["title"] == "Ofsted phone list"
    assert [one["number"] for one in items(api, cast.sam, f"{SPAN}&overdue=true")] == [2]
    assert items(api, cast.sam, f"{SPAN}&status=done") == []
    assert items(api, cast.sam, f"{SPAN}&source=payment") == []
    assert len(items(api, cast.sam, "")) == 10, "without a span a year back and ahead"
    for query in (
        "from=2026-01-02&to=2026-01-01",
        "from=2026-01-01&to=2028-01-03",
        "kind=x",
        "from=soon",
        "colour=red",
    ):
        assert sam.get(f"{DIARY}?{query}").status_code == 422, query


# fmt: off
SPANS = [  # from, to, which days that is
    ("",           "",           "2025-09-14 2027-09-14"),
    ("2026-01-01", "",           "2026-01-01 2028-01-02"),
    ("1900-01-01", "",           "1900-01-01 1902-01-02"),
    ("",           "2199-12-31", "2197-12-30 2199-12-31"),
    ("2026-01-01", "2026-02-01", "2026-01-01 2026-02-01"),
    ("2026-09-14", "2199-12-31", "2026-09-14 2028-09-14"),
]
# fmt: on


@pytest.mark.parametrize(("first", "last", "expected"), SPANS)
def test_no_list_is_longer_than_two_years(first: str, last: str, expected: str) -> None:
    given = [date.fromisoformat(one) if one else None for one in (first, last)]
    found = span_of(*given, date(2026, 9, 14))
    assert [str(one) for one in found] == expected.split()


def test_as_many_statements_for_one_as_for_fifty(api, cast, statements):
    added(api, cast.sam, repeat="weekly")
    items(api, cast.sam)
    statements.clear()
    items(api, cast.sam)
    few = len(statements)
    for number in range(10):
        added(api, cast.sam, repeat="monthly", title=f"Number {number}")
    statements.clear()
    assert len(items(api, cast.sam, f"{SPAN}&limit=100")) > 50
    assert len(statements) == few <= 16, statements


def test_who_may_what(api, cast):
    added(api, cast.sam)
    for who in (cast.rita, cast.pip, cast.tariq, cast.mo, cast.sue):
        assert api(who).get(DIARY).status_code == 403, who.name
        assert api(who).post(DIARY, ENTRY).status_code == 403, who.name
    for where in ("", "/1", "/1/timeline", "/presets", "/feeds"):
        assert api(cast.olga).get(f"{DIARY}{where}").status_code == 404
    assert api(cast.olga).get("/schools/oakfield/diary").json["items"] == []
    assert api(cast.olga).get("/schools/oakfield/diary/1").status_code == 404
    mark = {"source": "entry", "key": "1", "on": "2026-10-05", "status": "done"}
    assert api(cast.olga).put("/schools/oakfield/diary/marks", mark).status_code == 422
    for who in (cast.dora, cast.ike, cast.theo):
        assert api(who).get(f"{DIARY}/1").status_code == 200, who.name


def test_jobs_that_most_schools_have_are_offered_once(api, cast):
    sam = api(cast.sam)
    offered = sam.get(f"{DIARY}/presets").json["items"]
    assert {"backup_restore", "filter_test", "pat", "ups_test"} <= {one["key"] for one in offered}
    said = {"presets": ["backup_restore", "pat"], "on": "2026-09-21"}
    made = sam.post(f"{DIARY}/presets", said)
    assert made.status_code == 200, made.text
    assert [one["kind"] for one in made.json["items"]] == ["maintenance"] * 2
    assert made.json["items"][0]["checklist"] == offered[0]["checklist"]
    left = {one["key"] for one in sam.get(f"{DIARY}/presets").json["items"]}
    assert len(left) == len(offered) - 2 and "pat" not in left
    assert sam.post(f"{DIARY}/presets", said).json["items"] == [], "twice is harmless"
    assert sam.post(f"{DIARY}/presets", {**said, "presets": []}).status_code == 422
    assert api(cast.rita).post(f"{DIARY}/presets", said).status_code == 403


def test_the_clock_is_not_needed_to_find_an_old_entry(api, cast):
    old = (clock.today() - timedelta(days=4000)).isoformat()
    added(api, cast.sam, on=old)
    assert items(api, cast.sam) == []
    later = (date.fromisoformat(old) + timedelta(days=1)).isoformat()
    assert [one["on"] for one in items(api, cast.sam, f"from={old}&to={later}")] == [old]
