"""The queue as a technician uses it: by keys, by touch, refreshed by itself, without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LAPTOP, NARROW, PHONE, violations
from tests.incidents.pages import HERE, checked, forwarded

ASK = "() => document.dispatchEvent(new CustomEvent('deskbell:refresh'))"


@pytest.fixture
def queue(api, cast, open_as):
    """Three with the LA; Tariq looks at them."""
    for title in ("Projector shows no picture", "Printer is out of ink", "Wi-Fi is slow"):
        forwarded(api, cast, title=title)

    def opened(path="/queue", **options):
        return open_as(cast.tariq, path, **options)

    return opened


def focused_row(page):
    return page.evaluate("() => document.activeElement.closest('[data-row]')?.id ?? null")


def ask_again(page):
    with page.expect_response(re.compile("/queue")) as found:
        page.evaluate(ASK)
    return found.value.status


@pytest.mark.parametrize("size", [LAPTOP, PHONE, NARROW])
def test_axe_finds_nothing_and_nothing_is_cut_off(queue, size):
    page = queue(size=size, bypass_csp=True)
    assert violations(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth") == size[0]


def test_it_is_dense_on_a_laptop(queue):
    page = queue()
    assert page.locator("header").bounding_box()["height"] == 40
    assert page.locator("tbody tr").nth(1).bounding_box()["height"] == 36
    assert page.locator("tbody tr").nth(0).bounding_box()["y"] < 220
    labels = page.locator("#filters p > label").all()
    assert len({label.bounding_box()["y"] for label in labels}) == 1, "each above its field"


@pytest.mark.parametrize("size", [PHONE, NARROW])
def test_rows_are_cards_on_a_phone(queue, size):
    page = queue(size=size, has_touch=True)
    for target in ("tbody tr >> nth=0 >> .is-title a", "tbody tr >> nth=0 >> .is-tick"):
        assert page.locator(target).bounding_box()["height"] >= 44
    assert page.get_by_role("button", name="Take ticked").bounding_box()["height"] >= 44
    expect(page.get_by_label("Search")).to_be_hidden()
    page.locator("#filters summary").click()
    expect(page.get_by_label("Search")).to_be_visible()
    assert page.get_by_label("Status").bounding_box()["height"] >= 44


def test_keys_move_tick_search_and_open(queue):
    page = queue()
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert focused_row(page) == "i-STM-2"
    page.keyboard.press("x")
    expect(page.get_by_label("Tick STM-2")).to_be_checked()
    expect(page.get_by_text("1 ticked")).to_be_visible()
    page.keyboard.press("k")
    assert focused_row(page) == "i-STM-1"
    page.keyboard.press("/")
    expect(page.get_by_label("Search")).to_be_focused()
    page.keyboard.type("jxak")
    expect(page.get_by_label("Search")).to_have_value("jxak")
    expect(page.get_by_text("1 ticked")).to_be_visible()
    page.get_by_label("Search").fill("")
    page.get_by_label("Search").blur()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/st-marys/incidents/2$"))


def test_a_takes_the_current_row(queue, api, cast):
    page = queue("/queue?group=mine")
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.get_by_text("1 incident taken: yours now.")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/queue\?group=mine$"))
    assert api(cast.sam).get(f"/schools{HERE}/1").json["assignee"] == "Tariq Firstline"


def test_a_takes_what_is_ticked_and_not_the_current_row(queue, api, cast):
    page = queue()
    page.get_by_label("Tick STM-2").check()
    page.get_by_label("Tick STM-3").check()
    page.get_by_label("Tick STM-1").focus()
    page.keyboard.press("a")
    expect(page.get_by_text("2 incidents taken: yours now.")).to_be_visible()
    assert api(cast.sam).get(f"/schools{HERE}/1").json["assignee"] is None


def test_a_with_no_row_does_nothing(queue):
    page = queue()
    page.keyboard.press("a")
    expect(page.get_by_text("Nothing ticked")).to_be_visible()
    expect(page).to_have_url(re.compile("/queue$"))


def test_the_list_of_keys_and_switching_them_off(queue):
    page = queue()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog).to_be_visible()
    for word in ("Next row", "Row before", "Tick the row", "Search"):
        expect(dialog.get_by_text(word, exact=True)).to_be_visible()
    dialog.get_by_label("Use single-key shortcuts in this browser").uncheck()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()
    page.keyboard.press("j")
    assert focused_row(page) is None
    page.reload()
    page.keyboard.press("j")
    assert focused_row(page) is None
    page.get_by_role("button", name="Keys").click()
    page.get_by_role("dialog").get_by_label("Use single-key shortcuts").check()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert focused_row(page) is not None


def test_tick_all_of_the_page(queue):
    page = queue()
    page.get_by_label("Tick all on this page").check()
    expect(page.get_by_text("3 ticked")).to_be_visible()
    page.get_by_label("Tick STM-1").uncheck()
    expect(page.get_by_text("2 ticked")).to_be_visible()
    expect(page.get_by_label("Tick all on this page")).to_have_js_property("indeterminate", True)


def test_refreshing_keeps_place_focus_and_ticks(queue, api, cast):
    page = queue(size=(1366, 400))
    page.get_by_label("Tick STM-3").check()
    page.keyboard.press("k")
    page.evaluate("() => window.scrollTo(0, 120)")
    top = page.evaluate("() => window.scrollY")
    assert ask_again(page) == 304
    checked(api, cast, title="Brand new and on top")
    assert ask_again(page) == 200
    expect(page.get_by_role("link", name="Brand new and on top")).to_be_visible()
    expect(page.get_by_label("Tick STM-3")).to_be_checked()
    expect(page.get_by_label("Tick STM-4")).not_to_be_checked()
    expect(page.get_by_text("1 ticked")).to_be_visible()
    assert focused_row(page) == "i-STM-2"
    assert page.evaluate("() => window.scrollY") == top
    assert ask_again(page) == 304


def test_a_refresh_keeps_the_filters(queue, api, cast):
    page = queue("/queue?group=mine")
    checked(api, cast, title="Not with the LA")
    assert ask_again(page) == 200
    expect(page.locator("tbody tr")).to_have_count(3)


def test_what_somebody_is_typing_is_left_alone(queue, api, cast):
    page = queue()
    page.get_by_label("Search").fill("half a wo")
    forwarded(api, cast, title="Meanwhile")
    assert ask_again(page) == 200
    expect(page.get_by_label("Search")).to_have_value("half a wo")
    expect(page.get_by_label("Search")).to_be_focused()


def test_filters_that_are_not_set_leave_the_address_clean(queue):
    page = queue()
    page.get_by_label("Search").fill("printer")
    page.get_by_role("button", name="Apply").click()
    expect(page).to_have_url(re.compile(r"/queue\?q=printer$"))
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Clear").click()
    expect(page.locator("tbody tr")).to_have_count(3)


def test_what_is_refused_says_why_and_stays_ticked(queue, api, cast):
    checked(api, cast, title="Still with the school")
    page = queue()
    page.get_by_label("Tick all on this page").check()
    page.get_by_role("button", name="Take ticked").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("3 incidents taken: yours now. Left as it was: 1 incident")
    expect(alert).to_contain_text("STM-4: Take an incident")
    expect(page.get_by_label("Tick STM-4")).to_be_checked()
    expect(page.get_by_label("Tick STM-1")).not_to_be_checked()
    assert ask_again(page) == 200
    expect(page.get_by_label("Tick STM-4")).to_be_checked()


def test_without_javascript_it_is_links_and_forms(queue, api, cast):
    page = queue(java_script_enabled=False)
    expect(page.get_by_role("button", name="Keys")).to_be_hidden()
    page.get_by_label("School").fill("mary")
    page.get_by_role("button", name="Apply").click()
    assert "school=mary" in page.url
    page.get_by_label("Tick STM-1").check()
    page.get_by_label("Tick STM-2").check()
    page.get_by_role("button", name="Take ticked").click()
    expect(page.get_by_text("2 incidents taken: yours now.")).to_be_visible()
    assert "school=mary" in page.url
    page.get_by_role("link", name="Mine").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_role("link", name="Projector shows no picture").click()
    assert page.url.endswith("/st-marys/incidents/1")
