"""The licence list as pages."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from tests.incidents.pages import text_of, version_on
from tests.licences.desk import licence

PAGES = "/st-marys/licences"
FORM = {
    "product": "Paint Studio",
    "metric": "device",
    "quantity": "30",
    "start-day": "1",
    "start-month": "1",
    "start-year": "2025",
    "notice_days": "90",
    "cost": "£1,450",
    "state": "active",
    "licence_key": "ABCD-EFGH",
}


def test_an_empty_list_teaches(sign_in, cast):
    page = text_of(sign_in(cast.sam).get(PAGES))
    assert "Begin with what you pay for" in page and "Add a licence" in page
    assert "Add a licence" not in text_of(sign_in(cast.theo).get(PAGES))


def test_a_licence_is_added_and_read(sign_in, cast):
    sam = sign_in(cast.sam)
    done = sam.post(f"{PAGES}/new", FORM)
    assert done.status_code == 303 and done.location.endswith(f"{PAGES}/1")
    page = text_of(sam.get(f"{PAGES}/1"))
    assert "£1,450.00" in page and "Kept locked" in page and "ABCD" not in page
    for who in (cast.theo, cast.tariq):
        theirs = text_of(sign_in(who).get(f"{PAGES}/1"))
        assert "1,450" not in theirs and "Show the licence key" not in theirs
    assert sign_in(cast.rita).get(PAGES).status_code == 403
    assert sign_in(cast.olga).get(f"{PAGES}/1").status_code == 404


def test_mistakes_are_said_where_they_are(sign_in, cast):
    refused = sign_in(cast.sam).post(f"{PAGES}/new", {**FORM, "product": "", "quantity": ""})
    assert refused.status_code == 422
    page = text_of(refused)
    assert '<a href="#product">Enter the product</a>' in page
    refused = sign_in(cast.sam).post(f"{PAGES}/new", {**FORM, "quantity": ""})
    assert '<a href="#quantity">Enter how many it covers</a>' in text_of(refused)


def test_a_change_and_a_stale_one(api, sign_in, cast):
    licence(api, cast, supplier=None)
    sam = sign_in(cast.sam)
    version = version_on(sam.get(f"{PAGES}/1/change"))
    said = {**FORM, "quantity": "35", "version": version}
    refused = sam.post(f"{PAGES}/1/change", said)
    assert refused.status_code == 422 and "Say why the quantity changes." in text_of(refused)
    done = sam.post(f"{PAGES}/1/change", {**said, "reason": "Five more"})
    assert done.status_code == 303
    stale = sam.post(f"{PAGES}/1/change", {**said, "quantity": "40", "reason": "Ten more"})
    assert stale.status_code == 412
    assert "Saved now: <strong>35</strong>" in text_of(stale)
    assert "Quantity changed from 30 to 35" in text_of(sam.get(f"{PAGES}/1"))


def test_who_uses_it(api, sign_in, cast):
    licence(api, cast, quantity=3)
    sam = sign_in(cast.sam)
    new = f"{PAGES}/1/allocations/new"
    begins = {"from_day-day": "1", "from_day-month": "2", "from_day-year": "2025"}
    said = {"count": "5", **begins, "version": "1"}
    assert sam.post(new, said).status_code == 303
    assert sam.post(new, said).status_code == 412, "somebody had been quicker"
    page = sam.get(f"{PAGES}/1")
    assert "2 short." in text_of(page)
    assert "2 short" in text_of(sam.get(PAGES)), "the list says it too"
    said = {"count": "5", "person": "Rita Reporter", "version": version_on(page)}
    refused = sam.post(new, said)
    assert refused.status_code == 422 and "Give one of these" in text_of(refused)
    assert sam.post(f"{PAGES}/1/allocations/1/ending", {"version": "9"}).status_code == 412
    done = sam.post(f"{PAGES}/1/allocations/1/ending", {"version": version_on(page)})
    assert done.status_code == 303
    page = sam.get(f"{PAGES}/1")
    assert "2 short." not in text_of(page)
    out = sam.post(f"{PAGES}/1/allocations/1/removal", {"version": version_on(page)})
    assert out.status_code == 303
    assert "Nobody yet." in text_of(sam.get(f"{PAGES}/1"))


def test_the_key_is_shown_once_to_whoever_asks(api, sign_in, cast):
    licence(api, cast)
    sam = sign_in(cast.sam)
    version = version_on(sam.get(f"{PAGES}/1/key"))
    said = {"licence_key": "ABCD-EFGH", "version": version}
    assert sam.post(f"{PAGES}/1/key", said).status_code == 303
    version = version_on(sam.get(f"{PAGES}/1"))
    shown = sam.post(f"{PAGES}/1/key/reveal", {"version": version})
    assert "ABCD-EFGH" in text_of(shown) and shown.headers["Cache-Control"] == "no-store"
    page = sam.get(f"{PAGES}/1")
    assert "The licence key was shown" in text_of(page) and "ABCD" not in text_of(page)
    assert sign_in(cast.theo).post(f"{PAGES}/1/key/reveal").status_code == 403
    done = sam.post(f"{PAGES}/1/key/removal", {"version": version_on(page)})
    assert done.status_code == 303
    assert "None is kept" in text_of(sam.get(f"{PAGES}/1"))


def test_retired_used_again_and_removed(api, sign_in, cast):
    licence(api, cast, allocations=[{"count": 5}])
    sam = sign_in(cast.sam)
    for state in ("retired", "active"):
        version = version_on(sam.get(f"{PAGES}/1"))
        done = sam.post(f"{PAGES}/1/state", {"version": version, "state": state})
        assert done.status_code == 303
    page = sam.get(f"{PAGES}/1")
    refused = sam.post(f"{PAGES}/1/removal", {"version": version_on(page)})
    assert "has history" in text_of(sam.get(refused.location))


def test_the_files_of_the_list_hold_what_is_asked_for(api, sign_in, cast):
    licence(api, cast, product="=1+1", cost="10.00", curriculum=True, licence_key="ABCD-EFGH")
    licence(api, cast, product="Office")
    csv = sign_in(cast.sam).get(f"{PAGES}.csv?curriculum=true")
    lines = csv.get_data().decode("utf-8-sig").splitlines()
    assert len(lines) == 2 and lines[0].endswith(",Cost") and "'=1+1" in lines[1]
    assert "ABCD" not in lines[1] and lines[1].endswith("10.00")
    assert "Cost" not in sign_in(cast.theo).get(f"{PAGES}.csv").text
    book = load_workbook(io.BytesIO(sign_in(cast.sam).get(f"{PAGES}.xlsx").data))
    assert [row[1].value for row in book.active.iter_rows()] == ["Product", "=1+1", "Office"]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/compliance?on=2025-06-01", "0 of 1 products"),
        ("/compliance?on=2024-06-01", "On 1 June 2024."),
        ("/compliance?on=yesterday", "Enter a real date"),
        ("/true-up?pupils=20", "10 too many"),
        ("/true-up?pupils=50", "20 too few"),
        ("?curriculum=true", "Nothing fits."),
        ("?status=lost", "Choose one of"),
    ],
)
def test_figures(api, sign_in, cast, path, words):
    licence(api, cast, metric="pupil_fte", cost="60.00", allocations=[{"count": 31}])
    answer = sign_in(cast.sam).get(PAGES + path)
    assert answer.status_code == 200 and words in text_of(answer)
