"""An advisor helps before the desk has it; and a visit, on the technician's day, in Chromium."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.api.desk import ADVISORS_ON
from tests.browser.conftest import PHONE, violations
from tests.browser.test_story import Hand
from tests.incidents.pages import HERE, forwarded


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without"])
def test_an_advisor_helps_on_a_phone(app, open_as, ledger, cast, javascript):
    ledger.rows(ADVISORS_ON)
    with_scripts = {"java_script_enabled": javascript}
    rita = Hand(open_as(cast.rita, f"{HERE}/new", size=PHONE, **with_scripts))
    rita.write("What is the problem, in a few words?", "Projector shows no picture")
    rita.choose("Where is it?", "ICT suite")
    rita.write("What did you expect to happen?", "The lesson on the board")
    rita.write("What happened?", "A blue screen")
    rita.write("How can we reach you?", "extension 2147")
    rita.choose("What kind of thing is it?", "Projector, board or screen")
    rita.tick("Ask a Tech Advisor first")
    rita.press("Send to the desk")
    expect(rita.page.get_by_text("It waits for a Tech Advisor.")).to_be_visible()

    pip = Hand(
        open_as(cast.pip, "/st-marys/advice", size=PHONE, bypass_csp=javascript, **with_scripts)
    )
    pip.press("Projector shows no picture", role="link")
    expect(pip.page.get_by_text("extension 2147")).to_have_count(0)
    expect(pip.page.get_by_text("Rita Reporter")).to_have_count(0)
    if javascript:
        assert violations(pip.page) == []
    pip.press("I help with this one")
    pip.tick("Are both ends of the cable pushed in?")
    pip.write("What did you try, and what should they do?", "Press Source until the board shows")
    pip.press("This should solve it")
    expect(pip.page.get_by_role("heading", name="Help somebody")).to_be_visible()
    if javascript:
        assert violations(pip.page) == []

    rita.page.reload()
    expect(rita.page.get_by_text("Press Source until the board shows").first).to_be_visible()
    rita.press("It works now")
    expect(rita.page.get_by_role("heading", name="How it was resolved")).to_be_visible()


def test_a_technicians_visit(app, open_as, api, cast):
    forwarded(api, cast)
    slots = api(cast.tariq).get("/schools/st-marys/visits/slots?visitor=me").json["items"]
    made = api(cast.tariq).post("/schools/st-marys/visits", {**slots[0], "visitor": "me"})
    assert made.status_code == 201, made.text
    sam = Hand(open_as(cast.sam, "/st-marys/visits/1/agenda", bypass_csp=True))
    sam.tick("The school’s desk agrees this agenda")
    assert violations(sam.page) == []
    sam.press("Save the agenda")
    expect(sam.page.get_by_text("Agreed by Sam Spoc")).to_be_visible()

    day = slots[0]["starts_at"][:10]
    tariq = Hand(open_as(cast.tariq, f"/day-plan?on={day}", size=PHONE, bypass_csp=True))
    expect(tariq.page.get_by_text("Projector shows no picture")).to_be_visible()
    assert violations(tariq.page) == []
    tariq.page.locator("h3 a").first.click()
    tariq.press("Write down the arrival")
    tariq.press("Write down what was done")
    expect(tariq.page.get_by_role("button", name="Save what was done")).to_be_visible()
    assert violations(tariq.page) == []
    tariq.tick("Done")
    tariq.write("Minutes", "20")
    tariq.press("Save what was done")
    tariq.press("The visit is over")
    expect(tariq.page.get_by_text("The visit is over. The desk can read")).to_be_visible()

    sam.page.reload()
    sam.press("Sign what was done")
    expect(sam.page.get_by_text("Signed", exact=True)).to_be_visible()
    assert violations(sam.page) == []
