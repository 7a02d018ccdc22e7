"""A school secretary brings a messy spreadsheet: guessed, checked, read in while the bar moves, and
found again; the page of a label's scan takes it from there. axe, and a phone for what is done in
a room."""

from __future__ import annotations

import pytest

from tests.browser.conftest import LAPTOP, PHONE, violations
from tests.imports.conftest import Bringing, bringing  # noqa: F401
from tests.imports.messy import messy_workbook


@pytest.fixture
def workbook(tmp_path):
    file = tmp_path / "equipment.xlsx"
    file.write_bytes(messy_workbook())
    return str(file)


def test_a_messy_spreadsheet_becomes_a_register(open_as, cast, workbook, bringing):  # noqa: F811
    page = open_as(cast.sam, "/st-marys/imports/new", size=LAPTOP, bypass_csp=False)
    page.get_by_label("Equipment").check()
    page.set_input_files("input[type=file]", workbook)
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/columns")
    page.get_by_label("Add the rooms that are missing").check()
    page.get_by_role("button", name="Check the file").click()
    page.locator("progress").wait_for()
    bringing.work()
    page.get_by_text("Would be added").wait_for()  # the bar asked, and the page came anew
    page.locator("input[name=mode][value=good_rows]").check()
    page.get_by_role("button", name="Save these lines").click()
    page.locator("progress").wait_for()
    bringing.work()
    page.get_by_text("Added", exact=True).wait_for()
    page.goto("/st-marys/assets?q=SM 1000")
    assert page.get_by_role("link", name="SM 1000").count() == 1


def test_stock_is_taken_with_a_phone(open_as, api, cast):
    for tag in ("LAP-1", "LAP-2"):
        api(cast.sam).post(
            "/schools/st-marys/assets", {"tag": tag, "type": "laptop", "location": "hall"}
        )
    page = open_as(cast.sam, "/st-marys/stock-takes/new", size=PHONE, bypass_csp=True)
    page.locator("main select").first.select_option("hall")
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url("**/stock-takes/1")
    box = page.locator("main input[name=tag]")
    box.fill("lap-1")
    box.press("Enter")
    page.get_by_text("LAP-1").first.wait_for()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
