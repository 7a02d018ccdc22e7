"""The back office in a real browser: axe, narrow screens, the keyboard, and no script at all."""

from __future__ import annotations

import re

import pytest

from tests.browser.conftest import LAPTOP, NARROW, violations

OFFICE = "/back-office/"


def _first(page, path: str) -> str:
    """The address of the first row of a list."""
    page.goto(path)
    address = page.locator("tbody th a").first.get_attribute("href")
    assert address
    return address


@pytest.mark.parametrize("size", [NARROW, LAPTOP], ids=["320", "laptop"])
def test_axe_finds_nothing_and_nothing_is_cut_off(open_as, cast, size):
    page = open_as(cast.ada, OFFICE, size=size, bypass_csp=True)
    parts = page.locator("nav[aria-label='Parts of the back office'] ul").first.locator("a")
    lists = [one.get_attribute("href") for one in parts.all()]
    assert len(lists) == 7
    pages = [OFFICE, f"{OFFICE}people/?search=zzz"]
    for path in lists:
        details = _first(page, path)
        pages += [path, details, details.replace("/details/", "/edit/")]
    pages += [f"{OFFICE}{part}/new/" for part in ("schools", "la-groups", "packs")]
    wrong = []
    for path in pages:
        answer = page.goto(path)
        assert answer.status == 200, path
        wrong += [f"{path}: {one}" for one in violations(page)]
        width = page.evaluate("() => document.documentElement.scrollWidth")
        if width > size[0]:
            wrong.append(f"{path}: {width} px wide")
    assert wrong == []


def test_mistakes_and_both_texts_pass_axe_too(open_as, cast):
    page = open_as(cast.ada, OFFICE, size=NARROW, bypass_csp=True)
    edit = _first(page, f"{OFFICE}people/").replace("/details/", "/edit/")
    page.goto(edit)
    page.fill("[name=email]", "nobody")
    page.get_by_role("button", name="Save").click()
    assert page.title().startswith("Error: ")
    assert violations(page) == []
    page.goto(edit)
    other = page.context.new_page()
    other.goto(edit)
    other.fill("[name=phone]", "01632 960001")
    other.get_by_role("button", name="Save").click()
    other.get_by_text("is changed.").wait_for()
    page.fill("[name=phone]", "01632 960002")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Ada Admin changed this").wait_for()
    assert page.get_by_text("Saved now").first.is_visible()
    assert violations(page) == []


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "none"])
def test_by_keyboard_from_the_start_page_to_a_saved_change(open_as, cast, scripts):
    page = open_as(cast.ada, "/account", java_script_enabled=scripts)
    _tab_to(page, "Back office")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("back-office/$"))
    _tab_to(page, "People")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("people/$"))
    page.locator("#search").focus()
    page.keyboard.type("rita")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("search=rita"))
    _tab_to(page, "Rita Reporter")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Rita Reporter", level=1).wait_for()
    _tab_to(page, "Change")
    page.keyboard.press("Enter")
    page.locator("#phone").focus()
    page.keyboard.type("01632 960001")
    page.keyboard.press("Enter")
    page.get_by_text("Rita Reporter is changed.").wait_for()
    assert page.get_by_text("01632 960001").is_visible()


def _tab_to(page, text: str) -> None:
    focused = page.locator(":focus")
    for _ in range(80):
        page.keyboard.press("Tab")
        if focused.count() and focused.inner_text().strip() == text:
            return
    raise AssertionError(f"The keyboard does not reach {text!r}.")


def test_a_heading_sorts_and_says_so(open_as, cast):
    page = open_as(cast.ada, f"{OFFICE}people/?sort=0&desc=1")
    header = page.locator("th[aria-sort]")
    assert header.get_attribute("aria-sort") == "descending"
    header.get_by_role("link").click()
    page.wait_for_url(re.compile("sort=0"))
    assert page.locator("th[aria-sort]").get_attribute("aria-sort") == "ascending"
