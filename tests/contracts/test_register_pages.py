"""The contract register as pages: list, spreadsheets, form, one contract, what to watch."""

from __future__ import annotations

import csv
import io

import pytest
from openpyxl import load_workbook

from tests.contracts.registers import HERE, PAGES, added, signed, supplier
from tests.incidents.pages import text_of

NOW = "2024-03-01T10:00Z"
FORM = {
    "name": "Broadband",
    "kind": "subscription",
    "start-day": "1",
    "start-month": "8",
    "start-year": "2020",
    "initial_months": "36",
    "renewal": "tacit",
    "renewal_months": "12",
    "notice_months": "3",
    "annual_charge": "£8,850",
    "charging_year": "financial",
}


def test_an_empty_register_teaches_its_first_step(sign_in, cast):
    page = sign_in(cast.sam).get(PAGES)
    assert page.status_code == 200
    assert "No contracts yet. Begin with" in text_of(page)


def test_a_contract_is_added_found_and_shown(sign_in, at, cast):
    at(NOW)
    sam = sign_in(cast.sam)
    assert "Add a contract" in text_of(sam.get(f"{PAGES}/new"))
    made = sam.post(f"{PAGES}/new", FORM)
    assert made.status_code == 303 and made.headers["Location"].endswith("/contracts/1")
    shown = text_of(sam.get(f"{PAGES}/1"))
    for said in ("Nobody has signed it yet", "31 July 2024", "30 April 2024", "£8,850.00"):
        assert said in shown, said
    assert "The contract itself is not here yet" in shown
    listed = text_of(sam.get(PAGES))
    assert "Broadband" in listed and "30 April 2024" in listed
    assert "Broadband" not in text_of(sam.get(f"{PAGES}?q=copier"))
    assert sam.get(f"{PAGES}?state=broken").status_code == 422


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name", "", "Enter a name"),
        ("start-day", "31", "Enter a real date"),
        ("initial_months", "", "Enter how many months"),
        ("annual_charge", "a lot", "Enter pounds and pence"),
        ("renewal_months", "", "Say by how many months it renews itself."),
        ("notice_days", "30", "in months or in days"),
        ("supplier", "nobody", "Choose a supplier of this school."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(sign_in, cast, field, typed, said):
    sam = sign_in(cast.sam)
    start = {"start-month": "2"} if field == "start-day" else {}
    page = sam.post(f"{PAGES}/new", {**FORM, **start, field: typed})
    assert page.status_code == 422 and said in text_of(page)
    assert 'value="£8,850"' in page.get_data(as_text=True) or field == "annual_charge"


def test_a_change_asks_why_once_it_is_in_force(api, sign_in, cast):
    signed(api, cast)
    sam, version = sign_in(cast.sam), {"version": "2"}
    page = sam.get(f"{PAGES}/1/change")
    assert page.status_code == 200 and "If its terms change" in text_of(page)
    form = {**FORM, "name": "Printer support", "kind": "maintenance", **version}
    refused = sam.post(f"{PAGES}/1/change", {**form, "notice_months": "6"})
    assert refused.status_code == 422 and "Say why the terms change." in text_of(refused)
    why = {"notice_months": "6", "reason": "New price list"}
    assert sam.post(f"{PAGES}/1/change", {**form, **why}).status_code == 303
    shown = text_of(sam.get(f"{PAGES}/1"))
    assert "What changed and when" in shown and "Notice, in months: 6" in shown
    assert "New price list" in shown
    stale = sam.post(f"{PAGES}/1/change", {**form, "name": "Mine"})
    assert stale.status_code == 412
    assert "Sam Spoc changed this" in text_of(stale) and "Mine" in stale.get_data(as_text=True)


def test_the_ict_owner_s_button_and_the_desk_s(api, sign_in, at, cast):
    at(NOW)
    added(api(cast.sam))
    ike, sam = sign_in(cast.ike), sign_in(cast.sam)
    assert "Sign it" in text_of(ike.get(f"{PAGES}/1"))
    assert "Sign it" not in text_of(sam.get(f"{PAGES}/1"))
    assert sam.post(f"{PAGES}/1/signature", {"version": "1"}).status_code == 403
    assert ike.post(f"{PAGES}/1/signature", {"version": "9"}).status_code == 412
    assert ike.post(f"{PAGES}/1/signature", {"version": "1"}).status_code == 303
    page = text_of(sam.get(f"{PAGES}/1"))
    assert "In force" in page and "in 60 days" in page and "renews itself for 12 months" in page
    assert "Its term ends on 31 July 2024" in text_of(sam.get(f"{PAGES}/1/termination"))
    over = {"on-day": "31", "on-month": "7", "on-year": "2024", "version": "2"}
    assert sam.post(f"{PAGES}/1/termination", over).status_code == 422
    assert sam.post(f"{PAGES}/1/termination", {**over, "reason": "Dear"}).status_code == 303
    assert "Terminated" in text_of(sam.get(f"{PAGES}/1"))
    refused = sam.post(f"{PAGES}/1/removal", {"version": "3"})
    assert refused.status_code == 409 and "was signed" in text_of(refused)


def test_a_renewal_by_page_leads_to_what_it_made(api, sign_in, cast):
    signed(api, cast)
    signed(api, cast, renewal="express")
    sam = sign_in(cast.sam)
    assert sam.get(f"{PAGES}/1/renewal").status_code == 200
    follows = sam.post(f"{PAGES}/1/renewal", {"successor": "true", "version": "2"})
    assert follows.status_code == 303 and follows.headers["Location"].endswith("/contracts/3")
    longer = sam.post(f"{PAGES}/2/renewal", {"months": "12", "version": "2"})
    assert longer.headers["Location"].endswith("/contracts/2")
    assert "31 July 2024" in text_of(sam.get(f"{PAGES}/2"))
    assert sam.post(f"{PAGES}/2/ending", {"version": "3"}).status_code == 303


def test_a_draft_is_removed_by_page(api, sign_in, cast):
    added(api(cast.sam))
    sam = sign_in(cast.sam)
    assert sam.post(f"{PAGES}/1/removal", {"version": "1"}).status_code == 303
    assert sam.get(f"{PAGES}/1").status_code == 404


def test_a_spreadsheet_has_exactly_what_is_listed(api, sign_in, at, cast):
    at(NOW)
    sam = api(cast.sam)
    added(sam, name="=1+1", supplier=supplier(sam))
    added(sam, name="Alarm", kind="lease")
    browser = sign_in(cast.sam)
    sheet = browser.get(f"{PAGES}.csv?kind=maintenance")
    assert sheet.mimetype == "text/csv" and sheet.data.startswith(b"\xef\xbb\xbf")
    heads, *rows = csv.reader(io.StringIO(sheet.data.decode("utf-8-sig")))
    (row,) = (dict(zip(heads, one, strict=True)) for one in rows)
    assert row["Name"] == "'=1+1" and row["Supplier"] == "Copy Ltd"
    assert row["Last day to give notice"] == "2024-04-30" and row["Charge a year"] == "8850.00"
    assert row["Renewal"] == "It renews itself unless somebody gives notice"
    book = load_workbook(io.BytesIO(browser.get(f"{PAGES}.xlsx").data))
    names = [one[1].value for one in book.active.iter_rows(min_row=2)]
    assert names == ["=1+1", "Alarm"]
    assert browser.get(f"{PAGES}.csv?state=broken").status_code == 422


def test_who_sees_which_page(api, sign_in, cast):
    signed(api, cast)
    for player, status in ((cast.ike, 200), (cast.mo, 200), (cast.rita, 403), (cast.olga, 404)):
        browser = sign_in(player)
        for path in (PAGES, f"{PAGES}/1", f"{PAGES}.csv"):
            assert browser.get(path).status_code == status, (player, path)
    for path in ("new", "1/change", "1/renewal", "1/uses", "from-the-la"):
        assert sign_in(cast.ike).get(f"{PAGES}/{path}").status_code == 403, path
        assert sign_in(cast.olga).get(f"{PAGES}/{path}").status_code == 404, path


def test_what_to_watch_is_said_with_what_to_do(api, sign_in, at, cast):
    at(NOW)
    browser = sign_in(cast.sam)
    assert "No contract is in force" in text_of(browser.get(f"{PAGES}/watch"))
    signed(api, cast, name="Running", kind="sla")
    signed(api, cast, name="Run out", renewal="none")
    signed(api, cast, name="Nobody knows", notice_months=None)
    added(api(cast.sam), name="Unsigned")
    shown = text_of(browser.get(f"{PAGES}/watch"))
    for heading, name in (
        ("Has run out", "Run out"),
        ("Waiting for a signature", "Unsigned"),
        ("nobody knows until when to cancel", "Nobody knows"),
        ("Without its paper", "Running"),
        ("Without an agreement", "Running"),
    ):
        part = shown.partition(heading)[2]
        assert name in part, heading
    assert "60 days" in shown
    assert sign_in(cast.ike).get(f"{PAGES}/watch").status_code == 200
    assert sign_in(cast.mo).get(f"{PAGES}/watch").status_code == 403


def test_history_stands_on_the_page_the_newest_first(api, sign_in, cast):
    signed(api, cast)
    shown = text_of(sign_in(cast.sam).get(f"{PAGES}/1"))
    told = shown.partition("What has happened")[2]
    assert told.index("Signed") < told.index("Added Printer support")
    assert api(cast.sam).get(f"{HERE}/1/timeline").json["items"][1]["to"] == "Printer support"
