"""Labels on paper: exact to the millimetre, and another program's reader finds every address.

And a phone: a scan while taking stock, and a stranger's report.
"""

from __future__ import annotations

import io
import re

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import expect

from app.labels.rules import SHEETS
from tests.browser.conftest import NARROW, violations

SCHOOL = "/schools/st-marys"
LABELS = "/st-marys/labels"
_PIXELS_PER_MM = 96 / 25.4
_A4_POINTS = (595.3, 841.9)

BOXES = """() => [...document.querySelectorAll('.desk-labels')].map(sheet => {
    const page = sheet.getBoundingClientRect();
    return [...sheet.querySelectorAll('.desk-label')].map(label => {
        const box = label.getBoundingClientRect();
        return [box.left - page.left, box.top - page.top, box.width, box.height];
    });
})"""


@pytest.fixture
def laptops(api, cast):
    """Sixteen in the ICT suite, some with names as long as a tag may be."""
    tags = [f"LAP-{number:02}" for number in range(1, 15)]
    tags += ["TROLLEY NUMBER SEVEN OF YEAR 6 - LAPTOP WITH A VERY LONG TAG.15", "X" * 80]
    for tag in tags:
        asset = {"tag": tag, "type": "laptop", "location": "ict-suite"}
        made = api(cast.sam).post(f"{SCHOOL}/assets", asset)
        assert made.status_code == 201, made.text
    return tags


def sheets(open_as, cast, key, start=1):
    page = open_as(cast.sam, LABELS, bypass_csp=True)
    page.get_by_label("All equipment in a room").select_option("ict-suite")
    page.get_by_label(SHEETS[key].name).check()
    page.get_by_label("First free label on the sheet").fill(str(start))
    page.get_by_role("button", name="Show the sheets").click()
    expect(page.get_by_text("labels to print")).to_be_visible()
    return page


@pytest.mark.parametrize(("key", "start", "many"), [("l7163", 1, 2), ("l7162", 3, 2)])
def test_sheets_are_exact_and_every_code_is_read_back(
    open_as, api, cast, laptops, key, start, many
):
    page, sheet = sheets(open_as, cast, key, start), SHEETS[key]
    assert violations(page) == []
    printed = page.pdf(prefer_css_page_size=True)
    sizes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", printed)
    assert len(re.findall(rb"/Type /Page\b", printed)) == many
    for size in sizes:
        assert [float(one) for one in size] == pytest.approx(_A4_POINTS, abs=0.6)
    page.emulate_media(media="print")
    boxes = page.evaluate(BOXES)
    assert len(boxes) == many
    for labels in boxes:
        for place, box in enumerate(labels):
            row, column = divmod(place, sheet.columns)
            expected = (
                sheet.left + column * sheet.across,
                sheet.top + row * sheet.down,
                sheet.width,
                sheet.height,
            )
            found = [one / _PIXELS_PER_MM for one in box]
            assert found == pytest.approx(expected, abs=0.05), (place, found)
    # Nothing stands above or beside the sheet itself.
    assert (
        page.evaluate("() => document.querySelector('.desk-labels').getBoundingClientRect().top")
        == 0
    )
    picture = page.screenshot(full_page=True)
    read = {one.text for one in zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))}
    wanted = {one["address"] for one in api(cast.sam).get(f"{SCHOOL}/labels").json["items"]}
    assert len(wanted) == len(laptops)
    assert read == wanted


def test_a_phone_takes_stock_without_a_script(open_as, api, cast, laptops):
    page = open_as(cast.sam, "/st-marys/stock-takes/new", size=NARROW, java_script_enabled=False)
    page.get_by_label("Which room?").select_option("ict-suite")
    page.get_by_role("button", name="Begin").click()
    box = page.get_by_label("Scan or type a tag")
    expect(box).to_be_focused()
    page.keyboard.type("lap-01")
    page.keyboard.press("Enter")
    expect(page.get_by_text("LAP-01: found.")).to_be_visible()
    expect(box).to_be_focused()
    (label,) = api(cast.sam).post(f"{SCHOOL}/labels", {"assets": ["LAP-02"]}).json["items"]
    page.goto(f"/st-marys/label/{label['token']}")
    page.get_by_role("button", name="Seen in ICT suite").click()
    expect(page.get_by_text("LAP-02: found.")).to_be_visible()
    page.get_by_role("button", name="Finish: see the report").click()
    page.get_by_label("LAP-03").check()
    page.get_by_role("button", name="Confirm the stock-take").click()
    expect(page.get_by_text("The stock-take is confirmed")).to_be_visible()
    assert api(cast.sam).get(f"{SCHOOL}/assets/LAP-03").json["status"] == "lost_or_stolen"


def test_a_strangers_page_is_clean_on_a_narrow_phone(chromium, live, api, cast, laptops):
    (label,) = api(cast.sam).post(f"{SCHOOL}/labels", {"assets": [laptops[-1]]}).json["items"]
    size = {"width": NARROW[0], "height": NARROW[1]}
    context = chromium.new_context(base_url=live, viewport=size, bypass_csp=True)
    page = context.new_page()
    page.goto(f"/st-marys/label/{label['token']}")
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_text("There is a problem")).to_be_visible()
    assert violations(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth") <= NARROW[0]
    page.get_by_label("What is wrong, in a few words?").fill("No picture")
    page.get_by_label("What happened?").fill("It stays dark")
    page.get_by_label("Your name").fill("Mrs Brown")
    page.get_by_label("Your school e-mail address").fill("mrs.brown@st-marys.example")
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert violations(page) == []
    context.close()
