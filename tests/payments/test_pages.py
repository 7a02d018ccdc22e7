"""Payments as pages."""

from __future__ import annotations

import io
import re

import pytest
from openpyxl import load_workbook

from tests.incidents.pages import text_of, version_on
from tests.payments.desk import brought, planned, scheduled

PAGES = "/st-marys/payments"
FORM = {
    "description": "Broadband",
    "amount": "£1,100.00",
    "vat": "220.00",
    "due_on-day": "31",
    "due_on-month": "1",
    "due_on-year": "2026",
    "rhythm": "once",
}
NO_DATE = {f"last_on-{part}": "" for part in ("day", "month", "year")}


def test_an_empty_list_teaches(sign_in, cast):
    assert "Begin with what comes every year" in text_of(sign_in(cast.sam).get(PAGES))
    assert "Plan a payment" not in text_of(sign_in(cast.ike).get(PAGES))
    assert sign_in(cast.theo).get(PAGES).status_code == 403
    assert sign_in(cast.olga).get(PAGES).status_code == 404


def test_one_is_planned_and_waits(sign_in, cast):
    sam = sign_in(cast.sam)
    done = sam.post(f"{PAGES}/new", FORM)
    assert done.status_code == 303 and done.location.endswith(f"{PAGES}/1")
    page = text_of(sam.get(f"{PAGES}/1"))
    assert "£1,320.00 due on 2 February 2026." in page and "31 January 2026" in page
    assert "Approve it" not in page and "Cancel it" in page
    assert "Planned for 2 February 2026" in page


def test_a_schedule_is_planned_on_the_same_form(sign_in, cast):
    sam = sign_in(cast.sam)
    refused = sam.post(f"{PAGES}/new", {**FORM, "rhythm": "monthly", **NO_DATE})
    assert refused.status_code == 422
    assert '<a href="#last_on-day">Say how often, or until when' in text_of(refused)
    done = sam.post(f"{PAGES}/new", {**FORM, "rhythm": "monthly", "times": "3"})
    assert done.location.endswith(f"{PAGES}/schedules/1")
    page = text_of(sam.get(f"{PAGES}/schedules/1"))
    assert page.count("£1,320.00") == 3 and "31 Mar 2026" in page


def test_the_owner_approves_with_one_press(api, sign_in, cast):
    planned(api, cast.sam)
    assert sign_in(cast.sam).get(f"{PAGES}/to-approve").status_code == 403
    ike = sign_in(cast.ike)
    waits = re.compile(rf'href="{PAGES}/to-approve">Payments to approve <strong>1</strong>')
    assert waits.search(ike.get("/st-marys/desk").text)
    assert "to approve" not in sign_in(cast.sam).get("/st-marys/desk").text
    page = ike.get(f"{PAGES}/to-approve")
    assert "Approve payment 1" in text_of(page)
    assert ike.post(f"{PAGES}/1/approval", {"version": "9"}).status_code == 412
    done = ike.post(f"{PAGES}/1/approval", {"version": version_on(page)})
    assert done.status_code == 303
    assert "Nothing waits for you." in text_of(ike.get(f"{PAGES}/to-approve"))
    assert not waits.search(ike.get("/st-marys/desk").text)
    assert ike.post(f"{PAGES}/1/approval", {"version": "2"}).status_code == 409


def test_a_whole_schedule_with_one_press_and_stopped(api, sign_in, cast):
    scheduled(api, cast.sam, rhythm="monthly", first_on="2026-01-05", times=3)
    ike, sam, page = sign_in(cast.ike), sign_in(cast.sam), f"{PAGES}/schedules/1"
    version = version_on(ike.get(page))
    assert ike.post(f"{page}/approval", {"version": version}).status_code == 303
    assert "Approve all" not in text_of(ike.get(page))
    version = version_on(sam.get(page))
    assert sam.post(f"{page}/stop", {"version": version}).status_code == 422
    said = {"version": version, "reason": "We left them"}
    assert sam.post(f"{page}/stop", said).status_code == 303
    assert "stopped" in text_of(sam.get(page))
    assert sam.post(f"{page}/stop", said).status_code in (409, 412)


def test_steps_ask_what_they_need(api, sign_in, cast):
    planned(api, cast.sam)
    sam = sign_in(cast.sam)
    page = sam.get(f"{PAGES}/1/status?status=cancelled")
    said = {"status": "cancelled", "version": version_on(page)}
    refused = sam.post(f"{PAGES}/1/status", said)
    assert refused.status_code == 422 and "#reason" in text_of(refused)
    brought(api, cast, "approved")
    stale = sam.post(f"{PAGES}/1/status", {**said, "reason": "Late"})
    assert stale.status_code == 412
    page = sam.get(f"{PAGES}/1/status?status=ordered")
    said = {"status": "ordered", "version": version_on(page), "order_ref": "PO-7"}
    assert sam.post(f"{PAGES}/1/status", said).status_code == 303
    assert "PO-7" in text_of(sam.get(f"{PAGES}/1"))
    assert sam.get(f"{PAGES}/1/status?status=lost").status_code == 404


def test_a_change_and_a_stale_one(api, sign_in, cast):
    planned(api, cast.sam)
    brought(api, cast, "approved")
    sam = sign_in(cast.sam)
    page = sam.get(f"{PAGES}/1/change")
    assert "has to be approved again" in text_of(page)
    said = {**FORM, "version": version_on(page)}
    assert sam.post(f"{PAGES}/1/change", said).status_code == 303
    assert "it waits for approval again" in text_of(sam.get(f"{PAGES}/1"))
    stale = sam.post(f"{PAGES}/1/change", {**said, "amount": "7.00"})
    assert stale.status_code == 412
    assert "Saved now: <strong>1100.00</strong>" in text_of(stale)


def test_removed_or_told_why_not(api, sign_in, cast):
    planned(api, cast.sam)
    planned(api, cast.sam)
    brought(api, cast, "approved", number=2)
    sam = sign_in(cast.sam)
    for number, words in ((1, "has been removed."), (2, "Cancel it instead")):
        version = api(cast.sam).get(f"/schools{PAGES}/{number}").json["version"]
        done = sam.post(f"{PAGES}/{number}/removal", {"version": str(version)})
        assert words in text_of(sam.get(done.location))


def test_the_files_hold_what_is_asked_for(api, sign_in, cast):
    planned(api, cast.sam, description="=1+1", cost_code="E19")
    planned(api, cast.sam, description="Late", due_on="2026-06-01")
    csv = sign_in(cast.ike).get(f"{PAGES}.csv?to=2026-05-01").get_data().decode("utf-8-sig")
    assert len(csv.splitlines()) == 2 and "'=1+1,100.00,20.00,120.00,Planned,Yes,E19" in csv
    book = load_workbook(io.BytesIO(sign_in(cast.ike).get(f"{PAGES}.xlsx").data))
    assert [row[2].value for row in book.active.iter_rows()] == ["What for", "=1+1", "Late"]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?year=2025&kind=financial", "£120.00"),
        ("?year=2026&kind=financial", "Nothing is due in this year."),
        ("?year=2025&kind=academic", "1 September 2025 to 31 August 2026"),
        ("?year=soon", "Must be a whole number"),
    ],
)
def test_the_sums_of_a_year(api, sign_in, cast, query, words):
    planned(api, cast.sam, cost_code="E19")
    answer = sign_in(cast.ike).get(f"{PAGES}/year{query}")
    assert answer.status_code == 200 and words in text_of(answer)


def test_the_sums_as_a_file(api, sign_in, cast):
    planned(api, cast.sam, cost_code="E19")
    planned(api, cast.sam, amount="0.10", vat="0.01")
    csv = sign_in(cast.ike).get(f"{PAGES}/year.csv?year=2025").get_data().decode("utf-8-sig")
    assert csv.splitlines()[1:] == [
        "E19,1,100.00,20.00,120.00,120.00,0.00,0.00,0.00,0.00",
        ",1,0.10,0.01,0.11,0.11,0.00,0.00,0.00,0.00",
        "Total,2,100.10,20.01,120.11,120.11,0.00,0.00,0.00,0.00",
    ]
