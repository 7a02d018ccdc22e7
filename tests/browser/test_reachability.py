"""The desk says when it can be reached, on a phone and without scripts; axe finds nothing."""

from __future__ import annotations

from typing import Any

import pytest

from app.people.keys import make_key
from tests.browser.conftest import NARROW, violations
from tests.incidents.pages import forwarded

HERE = "/st-marys/reachability"


@pytest.fixture
def sams_key(app: Any, ledger: Any) -> str:
    ((school,),) = ledger.rows("SELECT id FROM schools WHERE slug = 'st-marys'")
    ((sam,),) = ledger.rows("SELECT id FROM memberships WHERE name = 'Sam Spoc'")
    return make_key(app.config["SECRET_KEY"], school, sam)


def check(page: Any) -> None:
    assert violations(page) == [], page.url
    width = page.evaluate("() => document.documentElement.scrollWidth")
    assert width <= NARROW[0], page.url


@pytest.mark.parametrize("with_script", [True, False], ids=["script", "no-script"])
def test_a_week_an_absence_and_the_settings(
    open_as: Any, cast: Any, sams_key: str, with_script: bool
) -> None:
    page = open_as(cast.dora, HERE, size=NARROW, bypass_csp=True, java_script_enabled=with_script)
    page.locator("main a", has_text="Change").first.click()
    if sams_key not in page.url:
        page.goto(f"{HERE}/{sams_key}")
    page.fill("#day_0", "half past eight")
    page.click("main form button.govuk-button")
    assert "Enter from and to as" in page.inner_text(".govuk-error-summary")
    assert page.input_value("#day_0") == "half past eight"
    if with_script:
        check(page)
    for day in range(5):
        page.fill(f"#day_{day}", "8:30-12:00, 13:00-15:30")
    page.click("main form button.govuk-button")
    assert page.url.endswith(HERE)
    page.goto(f"{HERE}/absences/new")
    page.select_option("#who", label="Sam Spoc")
    for name in ("first_day", "last_day"):
        for part, text in (("day", "5"), ("month", "1"), ("year", "2099")):
            page.fill(f"#{name}-{part}", text)
    if with_script:
        check(page)
    page.click("main form button.govuk-button")
    assert "5 Jan 2099" in page.inner_text("main")
    assert "Sam Spoc" in page.inner_text(".desk-spoc")
    if with_script:
        check(page)
    page.goto(f"{HERE}/{sams_key}/deputy")
    if with_script:
        check(page)
    page.goto("/st-marys/settings")
    page.fill("#phone", "01206 555 100")
    if with_script:
        check(page)
    page.click("main form button.govuk-button")
    assert "01206 555 100" in page.inner_text(".desk-spoc")


def test_the_card_is_not_printed(open_as: Any, cast: Any) -> None:
    page = open_as(cast.rita, "/st-marys/details")
    assert page.locator(".desk-spoc").is_visible()
    page.emulate_media(media="print")
    assert not page.locator(".desk-spoc").is_visible()


def test_the_side_of_the_la(open_as: Any, cast: Any, api: Any) -> None:
    forwarded(api, cast)
    page = open_as(cast.mo, "/authority/absences/new", size=NARROW, bypass_csp=True)
    page.select_option("#who", label="Sasha Secondline")
    for name in ("first_day", "last_day"):
        for part, text in (("day", "5"), ("month", "1"), ("year", "2099")):
            page.fill(f"#{name}-{part}", text)
    check(page)
    page.click("main form button.govuk-button")
    assert "5 Jan 2099" in page.inner_text("main")
    check(page)
    for path in ("/schools-without-cover", "/st-marys/incidents/1"):
        page.goto(path)
        check(page)
    assert "Sam Spoc" in page.inner_text(".desk-incident__facts")
