"""The sheet answers back while it is typed; blank sheets fit their paper. In a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW, PHONE, violations
from tests.incidents.pages import HERE, logged


@pytest.mark.parametrize("size", [PHONE, NARROW])
def test_it_answers_while_rita_types_on_a_phone(open_as, cast, api, size):
    logged(api, cast, title="The board is dark already")
    page = open_as(cast.ravi, f"{HERE}/new", size=size, bypass_csp=True)
    said = page.locator("#before")
    page.get_by_label("What happened?").fill("The printer blinks and nothing comes out")
    expect(said.get_by_text("Was there paper in it?")).to_be_visible()
    expect(said.get_by_role("status")).to_contain_text("% complete")
    page.get_by_label("What happened?").fill("The printer blinks, though there is paper in it")
    expect(said.get_by_text("Was there paper in it?")).to_have_count(0)
    page.get_by_label("Where is it?").select_option("ict-suite")
    expect(said.get_by_text("The board is dark already")).to_be_visible()
    page.get_by_text("Tick the times when somebody can meet you").click()
    page.get_by_label("After school").first.check()
    assert violations(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth") <= size[0]
    # Typing was never disturbed, and nothing of the sheet goes with "add me to it".
    expect(page.get_by_label("What happened?")).to_have_value(re.compile("there is paper"))
    said.get_by_role("button", name="It is the same: add me to it").click()
    expect(page.get_by_text("You are added to STM-1")).to_be_visible()


def test_the_answer_comes_under_the_strict_policy(open_as, cast):
    """Without bypass_csp: the script, the nonce and Trusted Types as they are served."""
    page = open_as(cast.rita, f"{HERE}/new")
    page.get_by_label("What is the problem, in a few words?").fill("No wifi in the hall")
    expect(page.locator("#before").get_by_text("Is it Wi-Fi or a cable?")).to_have_count(0)
    expect(page.get_by_text("Does another device in the room get the network?")).to_be_visible()


def test_without_a_script_a_button_does_the_same(open_as, cast):
    page = open_as(cast.rita, f"{HERE}/new", java_script_enabled=False)
    page.get_by_label("What happened?").fill("The printer blinks and nothing comes out")
    page.get_by_role("button", name="Check my report before sending").click()
    expect(page.get_by_text("Was there paper in it?")).to_be_visible()
    expect(page.get_by_label("What happened?")).to_have_value(re.compile("blinks"))


def test_each_blank_sheet_is_one_side_of_a4(open_as, cast):
    page = open_as(cast.sam, "/st-marys/blank-sheets")
    page.get_by_label("How many sheets?").fill("3")
    page.get_by_role("button", name="Make them and print").click()
    expect(page.get_by_text("STM-S3").last).to_be_visible()
    printed = page.pdf(format="A4")
    assert len(re.findall(rb"/Type /Page\b", printed)) == 3


def test_the_desk_s_pages_are_clean_on_a_narrow_phone(open_as, cast, api):
    logged(api, cast, class_stopped=True, lessons_affected=2, pupils_affected=28)
    api(cast.ravi).post(f"/schools{HERE}/1/followers")
    api(cast.sam).post("/schools/st-marys/blank_sheets", {"count": 2})
    page = open_as(cast.sam, "/account", size=NARROW, bypass_csp=True)
    wrong = []
    for path in (
        f"{HERE}/1",
        f"{HERE}/1/check",
        f"{HERE}/1/print",
        f"{HERE}/new?sheet_number=2",
        "/st-marys/blank-sheets",
        "/st-marys/blank-sheets/print?first=1&last=2",
        "/st-marys/ask-the-la",
    ):
        answer = page.goto(path)
        assert answer is not None and answer.status == 200, path
        wrong += [f"{path}: {one}" for one in violations(page)]
        if page.evaluate("() => document.documentElement.scrollWidth") > NARROW[0]:
            wrong.append(f"{path}: wider than {NARROW[0]} px")
    assert wrong == []
