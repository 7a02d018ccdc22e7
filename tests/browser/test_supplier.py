"""A supplier's day by link: on a phone, without an account and without scripts; and the pages of
lines with something on them, looked at by axe."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.api.desk import done, log
from tests.browser.conftest import NARROW, PHONE, violations
from tests.incidents.supply import a_supplier, address_on, la_group, with_supplier

HERE = "/st-marys/incidents/1"


@pytest.fixture
def link(app, sign_in, cast) -> str:
    with_supplier(app, a_supplier(app, sign_in, cast))
    return address_on(sign_in(cast.sam).get(f"{HERE}/supplier-links"))


@pytest.fixture
def on_a_phone(chromium, live) -> Iterator[object]:
    contexts = []

    def opened(path: str, size: tuple[int, int] = PHONE, **options: object) -> Page:
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, base_url=live, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize("has_scripts", [True, False])
def test_a_supplier_reads_says_when_it_comes_and_that_it_is_done(
    app, on_a_phone, link, has_scripts
):
    page = on_a_phone(link, java_script_enabled=has_scripts)
    page.set_default_timeout(8000)
    expect(page.get_by_role("heading", level=1)).to_have_text("Projector shows no picture")
    page.get_by_label("Your own reference").fill("L-77")
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_text("Thank you.", exact=False).first).to_be_visible()
    page.get_by_label("It is done").check()
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_role("alert")).to_contain_text("Say what was done")
    # What was ticked is still ticked.
    expect(page.get_by_label("It is done")).to_be_checked()
    page.get_by_label("Your note").fill("A new lamp is in")
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_text("Says that it is done")).to_be_visible()
    shown = done(app, "sam", "get", "/schools/st-marys/incidents/1/timeline").json["items"][-1]
    assert (shown["kind"], shown["note"]) == ("incident.supplier_answered", "A new lamp is in")


def test_axe_finds_nothing_on_what_a_supplier_sees(on_a_phone, link):
    for path in (link, f"{link}x"):
        page = on_a_phone(path, NARROW, bypass_csp=True)
        assert violations(page) == []
        assert page.evaluate("() => document.documentElement.scrollWidth") <= NARROW[0]


def test_axe_finds_nothing_on_the_pages_of_lines(app, open_as, sign_in, cast, link):
    body = {"question": "Which lamp fits?", "group": "la-second-line"}
    second = log(app)
    for path in ("/schools/st-marys/incidents/1", second):
        done(app, "sam", "post", f"{path}/consultations", body)
    rule = {"line": "1", "category": "print", "group": "technicians", "person": "Theo Technician"}
    sam = sign_in(cast.sam)
    sam.get("/st-marys/support/rules/new")
    sam.post("/st-marys/support/rules/new", rule)
    la_group(app, "north", 1, name="North area", is_area_team=True)
    seen = {
        "sam": (
            HERE,
            f"{HERE}/supplier-links",
            f"{HERE}/consultations",
            f"{HERE}/resolution",
            "/st-marys/support",
            "/st-marys/support/suppliers/lamps-ltd",
        ),
        "ada": ("/authority/area-teams",),
    }
    wrong = []
    for who, paths in seen.items():
        page = open_as(getattr(cast, who), "/account", size=NARROW, bypass_csp=True)
        for path in paths:
            assert page.goto(path).status == 200, path
            wrong += [f"{path}: {one}" for one in violations(page)]
            if page.evaluate("() => document.documentElement.scrollWidth") > NARROW[0]:
                wrong.append(f"{path}: wider than {NARROW[0]} px")
    assert wrong == []


def test_the_turn_strip_says_in_words_what_it_draws(app, open_as, cast, link):
    page = open_as(cast.sam, HERE)
    strip = page.get_by_role("region", name="Whose turn it was")
    picture = strip.get_by_role("img")
    assert "the supplier" in str(picture.get_attribute("aria-label"))
    assert strip.locator("rect").count() == 6
    strip.get_by_text("Turn by turn").click()
    expect(strip.get_by_role("row", name="Lamps Ltd")).to_be_visible()
