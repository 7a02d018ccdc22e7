"""The diary on its pages: added, ticked, changed, taken over; without scripts."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.diary.test_api import DIARY, NOW, added, marked, with_terms
from tests.diary.test_sources import contract, everything, put
from tests.incidents.pages import text_of, version_on

PAGE = "/st-marys/diary"
HOSTILE = '"><script>alert(1)</script>{{ 7 * 7 }}'
TYPED = {
    "title": "Renew the insurance",
    "kind": "renewal",
    "on-day": "5",
    "on-month": "10",
    "on-year": "2026",
    "at": "9:30",
    "repeat": "weekly",
    "until-day": "19",
    "until-month": "10",
    "until-year": "2026",
    "remind_days_before": "30, 7",
    "checklist": "Ask for offers\r\n\r\n Tell the bursar ",
    "assignee": "Theo Technician",
}


@pytest.fixture(autouse=True)
def _autumn(at: Any) -> None:
    at(NOW)


def test_added_shown_and_changed(api, sign_in, cast):
    browser = sign_in(cast.sam)
    browser.get(f"{PAGE}/new")
    made = browser.post(f"{PAGE}/new", TYPED)
    assert made.status_code == 303 and made.location.endswith(f"{PAGE}/1"), made.text
    shown = text_of(browser.get(f"{PAGE}/1"))
    for words in (
        "Every Monday, until 19 October 2026",
        "30, 7 days before",
        "Theo Technician",
        "Tell the bursar",
        "Added",
    ):
        assert words in shown, words
    form = browser.get(f"{PAGE}/1/change").text
    assert "Ask for offers\nTell the bursar</textarea>" in form and 'value="30, 7"' in form
    again = {**TYPED, "title": "Insurance", "version": version_on(browser.get(f"{PAGE}/1/change"))}
    assert browser.post(f"{PAGE}/1/change", again).status_code == 303
    stale = browser.post(f"{PAGE}/1/change", {**again, "title": "Mine"})
    assert stale.status_code == 412 and "Sam Spoc changed this" in stale.text
    assert "Saved now: <strong>Insurance</strong>" in stale.text
    assert "Changed: title" in text_of(browser.get(f"{PAGE}/1"))


def test_mistakes_keep_what_was_typed(sign_in, cast):
    browser = sign_in(cast.sam)
    browser.get(f"{PAGE}/new")
    for field, typed, said in (
        ("title", "", "Enter what is to be done"),
        ("on-month", "13", "Enter a real date"),
        ("at", "late", "Enter a time"),
        ("remind_days_before", "a week", "Write at most 5 numbers"),
        ("checklist", "Same\nSame", "Write at most 30 points"),
        ("assignee", "Rita Reporter", "Choose somebody"),
        ("until-year", "2025", "It must end on its first day or later"),
    ):
        answer = browser.post(f"{PAGE}/new", {**TYPED, field: typed})
        assert answer.status_code == 422 and said in answer.text, field
        assert "There is a problem" in answer.text
        assert field == "title" or 'value="Renew the insurance"' in answer.text


def test_a_hostile_title_is_only_text(api, sign_in, cast):
    added(api, cast.sam, title=HOSTILE, notes=HOSTILE, checklist=[HOSTILE])
    browser = sign_in(cast.sam)
    for path in ("", "/month?month=2026-10", "/print", "/1", "/1/change", _day("1", "2026-10-05")):
        page = browser.get(f"{PAGE}{path}")
        assert page.status_code == 200 and "<script>alert" not in page.text, path
        assert "49" not in page.text.partition("script&gt;alert")[2][:40], path


def _day(key: str, on: str, source: str = "entry") -> str:
    return f"/day?source={source}&key={key}&on={on}"


def test_a_day_is_ticked_done_and_planned_again(api, sign_in, cast):
    added(api, cast.sam, repeat="weekly", checklist=["File", "Folder"])
    browser = sign_in(cast.theo)
    there = f"{PAGE}{_day('1', '2026-10-12')}"
    assert "Change this day only" in browser.get(there).text
    assert browser.post(there, {"status": "planned", "ticked": ["File"]}).status_code == 303
    page = browser.get(there).text
    assert re.search(r'value="File" checked', page) and "File: Theo Technician" in text_of(
        browser.get(there)
    )
    early = browser.post(there, {"status": "done", "ticked": ["File"]})
    assert early.status_code == 409 and "Tick every point" in early.text
    assert browser.post(there, {"status": "done", "ticked": ["File", "Folder"]}).status_code == 303
    assert "is done." in browser.get(there).text
    assert browser.post(there, {"status": "planned"}).status_code == 303
    assert browser.post(there, {"status": "cancelled", "note": "Snow"}).status_code == 303
    assert "Called off" in browser.get(there).text and "Snow" in browser.get(there).text
    assert browser.post(there, {}).status_code == 422


def test_a_day_that_is_not_there_is_not_found(api, sign_in, cast):
    added(api, cast.sam)
    browser = sign_in(cast.sam)
    for query in ("", "?source=entry&key=1&on=soon", "?source=moon&key=1&on=2026-10-05"):
        assert browser.get(f"{PAGE}/day{query}").status_code == 404, query
    for path in (_day("1", "2026-10-06"), _day("9", "2026-10-05"), "/9", "/1/single/2026-99-01"):
        assert browser.get(f"{PAGE}{path}").status_code == 404, path
    assert sign_in(cast.olga).get(f"{PAGE}{_day('1', '2026-10-05')}").status_code == 404


def test_one_day_only(api, sign_in, cast):
    added(api, cast.sam, repeat="weekly", until="2026-10-19")
    browser = sign_in(cast.sam)
    there = f"{PAGE}/1/single/2026-10-12"
    form = browser.get(there)
    assert 'value="12"' in form.text
    typed = {"title": "Later", "on-day": "14", "on-month": "10", "on-year": "2026"}
    assert browser.post(there, typed).status_code == 412
    made = browser.post(there, {**typed, "version": version_on(form)})
    assert made.status_code == 303 and made.location.endswith(f"{PAGE}/2")
    days = [one["on"] for one in api(cast.sam).get(f"{DIARY}?status=planned").json["items"]]
    assert days == ["2026-10-05", "2026-10-14", "2026-10-19"]


def test_a_series_is_called_off_and_planned_again(api, sign_in, cast):
    added(api, cast.sam, repeat="weekly")
    browser = sign_in(cast.sam)
    said = {"version": version_on(browser.get(f"{PAGE}/1")), "status": "cancelled"}
    assert browser.post(f"{PAGE}/1/status", said).status_code == 303
    assert "Plan it again" in browser.get(f"{PAGE}/1").text
    assert browser.post(f"{PAGE}/1/status", said).status_code == 412
    refused = browser.post(f"{PAGE}/1/removal", {"version": "2"})
    assert refused.status_code == 409 and "Call it off instead" in refused.text
    added(api, cast.sam)
    assert browser.post(f"{PAGE}/2/removal", {"version": "1"}).status_code == 303
    assert browser.get(f"{PAGE}/2").status_code == 404


def test_the_list_says_what_is_late_and_leads_to_all(api, sign_in, cast, app, ledger):
    browser = sign_in(cast.sam)
    assert "Nothing is coming up yet" in browser.get(PAGE).text
    everything(app, ledger)
    added(api, cast.sam, on="2026-09-01", title="Forgotten")
    page = text_of(browser.get(PAGE))
    assert "Overdue: 1" in page and "Forgotten" in page
    assert "Last day to give notice: Broadband" in page
    narrowed = text_of(browser.get(f"{PAGE}?kind=payment"))
    assert "Payment due" in narrowed and "Overdue: 1" not in narrowed
    assert "Nothing fits." in browser.get(f"{PAGE}?q=elephant").text
    assert browser.get(f"{PAGE}?from=soon").status_code == 422
    assert "Forgotten" in browser.get(f"{PAGE}?overdue=true").text
    for link in re.findall(r'href="(/st-marys/diary/day[^"]+)"', browser.get(PAGE).text):
        assert browser.get(link.replace("&amp;", "&")).status_code == 200, link


def test_what_comes_from_a_register_is_done_on_its_page(app, sign_in, cast, ledger):
    put(app, ledger, contract())
    browser = sign_in(cast.sam)
    there = f"{PAGE}{_day('1', '2027-04-30', 'contract_notice')}"
    assert "Last day to give notice" in browser.get(there).text
    assert browser.post(there, {"status": "done", "note": "We stay"}).status_code == 303
    assert "We stay" in browser.get(there).text
    assert sign_in(cast.theo).get(there).status_code == 404


def test_the_month(api, sign_in, cast, app, ledger):
    with_terms(api, cast.sam)
    everything(app, ledger)
    added(api, cast.sam, at="09:30")
    browser = sign_in(cast.sam)
    page = browser.get(f"{PAGE}/month?month=2026-10").text
    assert "<h1" in page and "October 2026" in page and "09:30 Renew the insurance" in page
    assert "month=2026-09" in page and "month=2026-11" in page
    closed = re.findall(r'is-closed[^"]*">\s*<time datetime="([^"]+)"', page)
    assert "2026-10-26" in closed and "2026-10-23" not in closed
    may = browser.get(f"{PAGE}/month?month=2027-05").text
    assert may.count("Year 6 tests") == 4, "on each of its days"
    assert browser.get(f"{PAGE}/month?month=2026-13").status_code == 422
    assert "September 2026" in browser.get(f"{PAGE}/month").text
    assert browser.get(f"{PAGE}/month?month=2199-12").status_code == 200


def test_on_paper_and_as_files_exactly_as_narrowed(api, sign_in, cast, app, ledger):
    everything(app, ledger)
    added(api, cast.sam, title="=1+1", repeat="weekly", until="2026-10-19")
    marked(api, cast.sam, "2026-10-12", "done")
    browser = sign_in(cast.sam)
    paper = text_of(browser.get(f"{PAGE}/print?from=2026-10-01&to=2026-10-31"))
    assert "October 2026" in paper and "Payment due: Broadband" in paper and "done" in paper
    assert "Year 6 tests" not in paper
    csv = browser.get(f"{PAGE}.csv?kind=renewal&to=2026-10-31")
    assert csv.status_code == 200 and csv.data.startswith(b"\xef\xbb\xbfDay,Time,What")
    rows = csv.data.decode("utf-8-sig").splitlines()[1:]
    assert [row.split(",")[0] for row in rows] == [
        "2026-10-02",
        "2026-10-05",
        "2026-10-12",
        "2026-10-19",
    ]
    assert "'=1+1" in rows[1] and ",Done," in rows[2]
    xlsx = browser.get(f"{PAGE}.xlsx?kind=renewal&to=2026-10-31")
    sheet = load_workbook(io.BytesIO(xlsx.data)).active
    assert [row[2].value for row in sheet.iter_rows(min_row=3)] == ["=1+1"] * 3
    assert all(row[2].data_type == "s" for row in sheet.iter_rows(min_row=3))
    assert browser.get(f"{PAGE}.csv?from=soon").status_code == 422
    assert sign_in(cast.rita).get(f"{PAGE}.csv").status_code == 403


def test_maintenance_begins_with_what_most_schools_do(sign_in, cast):
    browser = sign_in(cast.theo)
    page = browser.get(f"{PAGE}/maintenance").text
    assert "No maintenance is planned" in page and "Test filtering and monitoring" in page
    said = {"presets": ["pat", "ups_test"], "on-day": "21", "on-month": "9", "on-year": "2026"}
    assert browser.post(f"{PAGE}/maintenance", {**said, "presets": []}).status_code == 422
    assert browser.post(f"{PAGE}/maintenance", said).status_code == 303
    page = browser.get(f"{PAGE}/maintenance").text
    assert "0 of 3 ticked" in page and 'value="pat"' not in page and 'value="leavers"' in page


def test_a_feed_is_made_and_its_address_shown_once(app, sign_in, cast):
    browser = sign_in(cast.sam)
    assert "None yet" in browser.get(f"{PAGE}/feeds").text
    made = browser.post(f"{PAGE}/feeds", {"label": "My phone", "submission_id": "a" * 20})
    assert made.status_code == 200, made.text
    (path,) = re.findall(r"http://[^/]+(/st-marys/diary/[\w-]+\.ics)", made.text)
    assert app.test_client().get(path).status_code == 200
    page = browser.get(f"{PAGE}/feeds").text
    assert "My phone" in page and path not in page
    again = browser.post(f"{PAGE}/feeds", {"label": "My phone", "submission_id": "a" * 20})
    assert again.status_code == 303 and browser.get(f"{PAGE}/feeds").text.count("End “") == 1
    key = re.findall(r'name="key" value="([^"]+)"', page)[0]
    assert sign_in(cast.theo).post(f"{PAGE}/feeds/end", {"key": key}).status_code == 404
    assert browser.post(f"{PAGE}/feeds/end", {"key": key}).status_code == 303
    assert app.test_client().get(path).status_code == 404
    assert browser.post(f"{PAGE}/feeds", {"label": ""}).status_code == 422


def test_who_may_only_read_elsewhere_sees_nothing(api, sign_in, cast):
    added(api, cast.sam)
    for who in (cast.rita, cast.pip, cast.mo):
        assert sign_in(who).get(PAGE).status_code == 403, who.name
    olga = sign_in(cast.olga)
    for path in ("", "/1", "/month", "/maintenance", "/feeds", "/print", "/new"):
        assert olga.get(f"{PAGE}{path}").status_code == 404, path
