"""The menu of somebody with many pages fits on a laptop; the rest opens by keyboard, with and
without scripts; an outage on top is clean too."""

from __future__ import annotations

import pytest

from tests.browser.conftest import LAPTOP, NARROW, violations

HEIGHT = (
    """() => document.querySelector('.govuk-service-navigation').getBoundingClientRect().height"""
)


# The page with the longest name under "More" is where the line is fullest.
LONGEST = """() => {
    const names = [...document.querySelectorAll('.desk-more li a')].map(a => a.textContent.trim());
    const longest = names.sort((a, b) => b.length - a.length)[0];
    const summary = document.querySelector('.desk-more summary');
    if (!summary) return;
    const said = document.createElement('strong');
    said.textContent = `More: ${longest}`;
    summary.replaceChildren(said);
}"""


@pytest.mark.usefixtures("usual_letters")
@pytest.mark.parametrize("who", ["sam", "rita", "mo", "ike"])
def test_it_is_one_line_on_a_laptop(open_as, cast, who):
    page = open_as(getattr(cast, who), "/st-marys/announcements", size=LAPTOP)
    page.evaluate(LONGEST)
    assert page.evaluate(HEIGHT) < 80
    shown = page.locator("#navigation > li").count()
    assert shown <= 7


def test_the_rest_opens_by_keyboard_and_closes_with_escape(open_as, cast):
    page = open_as(cast.sam, "/st-marys/announcements", size=LAPTOP)
    more = page.locator(".desk-more summary")
    assert more.inner_text() == "More: Announcements"
    more.focus()
    page.keyboard.press("Enter")
    people = page.get_by_role("link", name="People", exact=True)
    people.wait_for(state="visible")
    page.keyboard.press("Escape")
    people.wait_for(state="hidden")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").strip() != "More: Announcements"
    people.click()
    assert page.url.endswith("/st-marys/people")


def test_without_scripts_too(open_as, cast):
    page = open_as(cast.sam, "/st-marys/announcements", size=LAPTOP, java_script_enabled=False)
    page.locator(".desk-more summary").click()
    page.get_by_role("link", name="Locations", exact=True).click()
    assert page.url.endswith("/st-marys/locations")


@pytest.mark.parametrize("size", [LAPTOP, NARROW])
def test_axe_finds_nothing_in_it_or_in_an_outage(open_as, api, cast, size):
    outage = {"kind": "outage", "title": "No internet", "ends_at": "2099-01-05T16:00:00Z"}
    api(cast.sam).post("/schools/st-marys/announcements", {**outage, "text": "Use the phone."})
    page = open_as(cast.sam, "/st-marys/announcements", size=size, bypass_csp=True)
    if size == NARROW:
        page.get_by_role("button", name="Menu").click()
    page.locator(".desk-more summary").click()
    assert violations(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth") <= size[0]
    assert page.get_by_text("No internet").first.is_visible()
