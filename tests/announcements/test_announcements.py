"""What everybody should know before they report it: at a school, and from the LA to all schools."""

from __future__ import annotations

import pytest

from app.announcements.queries import current, forget_current
from tenants import School, acting_in, at_the_front_door, db

OURS = "/schools/st-marys/announcements"
THEIRS = "/announcements"
DOWN = {
    "kind": "outage",
    "title": "The internet is down",
    "text": "Use the phone.\nThe supplier knows.",
    "category": "network",
    "ends_at": "2026-01-13T16:00:00Z",
}
NOON = "2026-01-13T12:00:00+00:00"


@pytest.fixture(autouse=True)
def noon(at):
    at(NOON)


def announced(api, who, where=OURS, **changed):
    made = api(who).post(where, {**DOWN, **changed})
    assert made.status_code == 201, made.text
    return made


def _names(answer):
    return [one["title"] for one in answer.json["items"]]


def test_it_begins_now_where_nothing_else_is_said(api, cast):
    made = announced(api, cast.sam)
    assert made.json["starts_at"] == "2026-01-13T12:00:00Z" and made.json["current"] is True
    assert made.headers["Location"].endswith(f"{OURS}/1")
    assert _names(api(cast.rita).get(OURS)) == ["The internet is down"]
    assert _names(api(cast.olga).get("/schools/oakfield/announcements")) == []


@pytest.mark.parametrize("ends", ["2026-01-13T12:00:00Z", "2026-01-13T11:59:59Z", "never", None])
def test_it_ends_after_it_begins(api, cast, ends):
    answer = api(cast.sam).post(OURS, {**DOWN, "ends_at": ends})
    assert answer.status_code == 422 and list(answer.json["errors"]) == ["ends_at"]


def test_those_for_the_desk_are_kept_from_reporters(api, cast):
    announced(api, cast.sam, audience="desk")
    assert _names(api(cast.rita).get(OURS)) == []
    assert api(cast.rita).get(f"{OURS}/1").status_code == 404
    for who in ("theo", "ike", "tariq"):
        assert _names(api(getattr(cast, who)).get(OURS)) == ["The internet is down"], who


def test_ended_it_is_among_the_past_ones(api, cast):
    announced(api, cast.sam)
    done = api(cast.sam).put(f"{OURS}/1/end")
    assert done.json["current"] is False
    assert done.json["ends_at"] == "2026-01-13T12:00:00Z"
    assert _names(api(cast.rita).get(f"{OURS}?current=true")) == []
    assert _names(api(cast.rita).get(OURS)) == ["The internet is down"]
    assert api(cast.sam).put(f"{OURS}/1/end").status_code == 409


def test_one_that_has_not_begun_never_does(api, cast, at):
    announced(api, cast.sam, starts_at="2026-01-13T13:00:00Z")
    assert api(cast.sam).put(f"{OURS}/1/end").status_code == 200
    at("2026-01-13T13:30:00+00:00")
    assert _names(api(cast.rita).get(f"{OURS}?current=true")) == []


def test_a_change_needs_the_version_it_began_with(api, cast):
    made = announced(api, cast.sam)
    assert api(cast.sam).patch(f"{OURS}/1", {"title": "X"}).status_code == 428
    tag = {"If-Match": made.headers["ETag"]}
    assert api(cast.dora).patch(f"{OURS}/1", {"title": "Down"}, tag).json["title"] == "Down"
    assert api(cast.sam).patch(f"{OURS}/1", {"title": "X"}, tag).status_code == 412
    wrong = {"ends_at": "2026-01-13T11:00:00Z"}
    tag = {"If-Match": api(cast.sam).get(f"{OURS}/1").headers["ETag"]}
    assert api(cast.sam).patch(f"{OURS}/1", wrong, tag).status_code == 422


def test_the_la_announces_to_every_school(api, cast):
    made = announced(api, cast.mo, THEIRS)
    assert made.json["scope"] == "la"
    for who, school in (("rita", "st-marys"), ("otto", "oakfield")):
        answer = api(getattr(cast, who)).get(f"/schools/{school}/announcements")
        assert _names(answer) == ["The internet is down"]
    assert api(cast.tariq).get(f"{THEIRS}/1").status_code == 200
    assert api(cast.sam).get(THEIRS).status_code == 404
    for who in ("sam", "tariq", "sasha", "rita"):
        assert api(getattr(cast, who)).post(THEIRS, DOWN).status_code == 404, who
    tag = {"If-Match": made.headers["ETag"]}
    assert api(cast.ada).patch(f"{THEIRS}/1", {"title": "Up soon"}, tag).json["title"] == "Up soon"
    assert api(cast.mo).put(f"{THEIRS}/1/end").json["current"] is False


def test_lists_page_newest_first_in_one_statement(api, cast, statements):
    for hour in (9, 10):
        announced(api, cast.sam, title=f"{hour}", starts_at=f"2026-01-13T{hour:02}:00:00Z")
    announced(api, cast.mo, THEIRS, title="LA", starts_at="2026-01-13T09:30:00Z")
    first = api(cast.rita).get(f"{OURS}?limit=2").json
    statements.clear()
    second = api(cast.rita).get(f"{OURS}?limit=2&after={first['next']}")
    assert len([one for one in statements if "announcements" in one]) == 1
    assert [one["title"] for one in first["items"]] + _names(second) == ["10", "LA", "9"]
    assert second.json["next"] is None


# --- The banner ---


def test_an_outage_stands_on_every_page_of_the_school(api, cast, sign_in):
    announced(api, cast.sam, title="<b>Down</b>")
    browser = sign_in(cast.rita)
    for path in ("/st-marys/", "/st-marys/incidents/mine", "/st-marys/incidents/new"):
        page = browser.get(path, follow_redirects=True).text
        assert "&lt;b&gt;Down&lt;/b&gt;" in page and "<b>Down" not in page, path
        assert "Use the phone." in page
    assert "Down" not in sign_in(cast.otto).get("/oakfield/incidents/mine").text


def test_planned_work_and_what_is_for_the_desk_or_over_is_no_banner(api, cast, sign_in, at):
    announced(api, cast.sam, kind="planned", title="Planned one")
    announced(api, cast.sam, audience="desk", title="Desk one")
    announced(api, cast.sam, title="Short one", ends_at="2026-01-13T12:10:00Z")
    page = sign_in(cast.rita).get("/st-marys/incidents/mine").text
    assert "Short one" in page and "Planned one" not in page and "Desk one" not in page
    assert "Desk one" in sign_in(cast.sam).get("/st-marys/announcements/new").text
    at("2026-01-13T12:10:00+00:00")
    assert "Short one" not in sign_in(cast.rita).get("/st-marys/incidents/mine").text


def test_the_banner_costs_a_statement_once_in_a_while_and_none_in_between(
    api, cast, sign_in, statements
):
    announced(api, cast.sam)
    browser = sign_in(cast.rita)
    browser.get("/st-marys/incidents/mine")
    statements.clear()
    page = browser.get("/st-marys/incidents/mine").text
    assert "The internet is down" in page
    assert [one for one in statements if "announcements" in one] == []


def test_a_page_that_says_no_asks_nothing(api, cast, sign_in, statements):
    announced(api, cast.sam)
    browser = sign_in(cast.rita)
    forget_current()
    statements.clear()
    page = browser.get("/st-marys/incidents/999")
    assert page.status_code == 404 and "internet" not in page.text
    assert [one for one in statements if "announcements" in one] == []


# --- What the sheet asks ---


def test_what_the_sheet_is_told_fits_its_category(app, api, cast):
    announced(api, cast.sam)
    announced(api, cast.sam, kind="news", title="For all", category=None)
    announced(api, cast.sam, kind="planned", title="Printers", category="print")
    announced(api, cast.mo, THEIRS, kind="planned", title="From the LA", category="network")
    with app.app_context():
        with at_the_front_door():
            school = db.session.query(School.id).filter(School.slug == "st-marys").scalar()
        with acting_in(school):
            found = {one.title for one in current(for_desk=False, category="network")}
            everything = [one.title for one in current(for_desk=False)]
    assert found == {"The internet is down", "For all", "From the LA"}
    assert everything[0] == "The internet is down" and len(everything) == 4


# --- Pages ---

FORM = {
    "kind": "outage",
    "title": "Phones are down",
    "text": "",
    "category": "",
    "audience": "everyone",
    **{f"starts_at-{part}": "" for part in ("day", "month", "year", "time")},
    "ends_at-day": "13",
    "ends_at-month": "1",
    "ends_at-year": "2026",
    "ends_at-time": "16:00",
}


def test_written_changed_and_ended_on_the_pages(sign_in, cast):
    browser = sign_in(cast.sam)
    browser.get("/st-marys/announcements/new")
    assert browser.post("/st-marys/announcements/new", FORM).status_code == 303
    page = browser.get("/st-marys/announcements").text
    assert "Phones are down" in page and "/st-marys/announcements/1" in page
    form = browser.get("/st-marys/announcements/1").text
    assert 'name="version" value="1"' in form
    changed = {**FORM, "title": "Phones work again soon", "version": "1"}
    assert browser.post("/st-marys/announcements/1", changed).status_code == 303
    late = browser.post("/st-marys/announcements/1", {**FORM, "version": "1"})
    assert late.status_code == 412 and "Phones work again soon" in late.text
    assert browser.post("/st-marys/announcements/1/end").status_code == 303
    assert "over" in browser.get("/st-marys/announcements").text


def test_a_mistake_keeps_what_was_typed(sign_in, cast):
    browser = sign_in(cast.sam)
    browser.get("/st-marys/announcements/new")
    answer = browser.post("/st-marys/announcements/new", {**FORM, "ends_at-year": "2025"})
    assert answer.status_code == 422
    assert "Phones are down" in answer.text and 'value="2025"' in answer.text


def test_the_las_pages(sign_in, cast):
    browser = sign_in(cast.mo)
    browser.get("/announcements/new")
    assert browser.post("/announcements/new", FORM).status_code == 303
    assert "Phones are down" in browser.get("/announcements").text
    changed = {**FORM, "title": "Phones are up", "version": "1"}
    browser.get("/announcements/1")
    assert browser.post("/announcements/1", changed).status_code == 303
    late = browser.post("/announcements/1", {**FORM, "version": "1"})
    assert late.status_code == 412 and "Mo Manager" in late.text
    assert browser.post("/announcements/1/end").status_code == 303
    assert "Phones are up" in sign_in(cast.rita).get("/st-marys/announcements").text
    assert sign_in(cast.sam).get("/announcements").status_code == 404


def test_a_reporter_reads_and_does_not_write(api, sign_in, cast):
    announced(api, cast.sam)
    browser = sign_in(cast.rita)
    page = browser.get("/st-marys/announcements").text
    assert "The internet is down" in page and "Announce something" not in page
    assert browser.get("/st-marys/announcements/new").status_code == 403
    assert browser.get("/st-marys/announcements/1").status_code == 403
