"""Each person's day in short, clicked through in Chromium, each ending with axe: a teacher on a
phone, the SPOC at the office PC, the ICT owner, an advisor, a technician, a supplier by link."""

from __future__ import annotations

import re
from datetime import timedelta

from playwright.sync_api import expect

from app import clock
from tests.api.desk import ADVISORS_ON, RESOLUTION, done
from tests.browser.conftest import LAPTOP, PHONE, violations
from tests.browser.test_story import Hand
from tests.incidents.pages import HERE, forwarded, logged
from tests.incidents.supply import a_supplier, address_on, with_supplier

API = f"/schools{HERE}"


def ended(hand: Hand) -> None:
    """A day ends on a page that axe finds nothing on and that is not cut off."""
    page = hand.page
    assert violations(page) == [], page.url
    width = page.evaluate("() => document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"], page.url


def test_a_teacher_on_a_phone(open_as, api, cast):
    logged(api, cast, title="The board is dark already")
    ravi = Hand(open_as(cast.ravi, f"{HERE}/new", size=PHONE, bypass_csp=True, has_touch=True))
    page, said = ravi.page, ravi.page.locator("#before")
    ravi.write("What is the problem, in a few words?", "Nothing is printed")
    ravi.write("What did you expect to happen?", "Thirty sheets for the class")
    ravi.write("What happened?", "The printer blinks")
    expect(said.get_by_text("Was there paper in it?")).to_be_visible()
    ravi.write("What happened?", "The printer blinks, though there is paper in it")
    expect(said.get_by_text("Was there paper in it?")).to_have_count(0)
    ravi.choose("Where is it?", "ICT suite")
    ravi.press("Send to the desk")
    expect(page.locator("main")).to_contain_text("STM-2")
    # The next one has been reported already: one tap, and no second sheet.
    page.goto(f"{HERE}/new")
    ravi.choose("Where is it?", "ICT suite")
    expect(said.get_by_text("The board is dark already")).to_be_visible()
    said.get_by_role("button", name="It is the same: add me to it").first.click()
    expect(page.get_by_text("You are added to STM-1")).to_be_visible()

    for who, method, path, body in (
        (cast.sam, "put", "check", {"impact": 3, "urgency": 2, "category": "print"}),
        (cast.sam, "put", "resolution", {**RESOLUTION, "text": "The tray was open"}),
    ):
        answer = getattr(api(who), method)(f"{API}/2/{path}", body)
        assert answer.status_code < 300, answer.text
    page.goto(f"{HERE}/mine")
    ravi.press("STM-2: Nothing is printed", "link")
    expect(page.locator("main")).to_contain_text("The tray was open")
    ravi.press("Yes, solved")
    expect(page.get_by_text("You have said: Solved")).to_be_visible()
    ended(ravi)


def test_the_spoc_at_the_office_pc_and_the_ict_owner(open_as, api, cast):
    logged(api, cast, title="The board is dark", class_stopped=True, pupils_affected=28)
    logged(api, cast, type="request", title="A second screen")
    sam = Hand(open_as(cast.sam, "/st-marys/desk", size=LAPTOP, bypass_csp=True))
    page = sam.page
    sam.press("The board is dark", "link")
    sam.press("Check the sheet")
    expect(page.get_by_text(re.compile(r"The sheet is \d+% complete"))).to_be_visible()
    expect(page.get_by_text("Suggested below, for you to decide:")).to_be_visible()
    sam.choose("What kind of thing is it?", "Projector, board or screen")
    sam.tick("A class, an office or several people")
    sam.tick("Work has stopped and there is no other way")
    sam.press("Check the sheet")
    sam.press("Forward it to the LA")
    sam.write("What was tried so far?", "Another cable")
    sam.press("Forward it to the LA")
    expect(page.locator("main")).to_contain_text("passed on")

    page.goto(f"{HERE}/2")
    sam.press("Check the sheet")
    sam.choose("What kind of thing is it?", "Projector, board or screen")
    sam.tick("One person")
    sam.tick("It can wait")
    sam.press("Check the sheet")
    sam.press("Ask for approval", "link")
    sam.write("What is needed, and what for?", "For the office")
    sam.write("What does it cost, in pounds?", "120.00")
    page.locator("main form .govuk-button").first.click()
    expect(page.get_by_text("Approval is asked for by Sam Spoc:")).to_be_visible()
    ike = Hand(open_as(cast.ike, "/st-marys/approvals", size=LAPTOP, bypass_csp=True))
    expect(ike.page.get_by_text("£120.00")).to_be_visible()
    ike.press("Approve or reject it")
    ike.tick("Approve it")
    ike.press("Approve or reject it")
    expect(ike.page.locator("main")).to_contain_text("Approved")
    ended(ike)

    assert api(cast.tariq).put(f"{API}/1/resolution", RESOLUTION).status_code == 200
    page.goto(f"{HERE}/1")
    sam.press("Close it")
    sam.press("Undo")
    expect(page.get_by_text("is not closed: it is resolved, as before")).to_be_visible()
    sam.press("Close it")
    expect(page.get_by_text("Closed. If it comes back, report it again.")).to_be_visible()
    ended(sam)


def test_an_advisor_between_two_lessons(app, open_as, ledger, cast):
    ledger.rows(ADVISORS_ON)
    sheet = {"title": "No picture", "expected": "The lesson", "happened": "A blue screen"}
    sheet |= {"type": "incident", "location": "ict-suite", "category": "display", "advice": True}
    done(app, "rita", "post", API, sheet)
    pip = Hand(open_as(cast.pip, "/", size=PHONE, bypass_csp=True))
    pip.press("No picture", "link")
    pip.press("I help with this one")
    pip.tick("Is the right input chosen?")
    pip.write("What did you try, and what should they do?", "Press Source until the board shows")
    pip.press("This should solve it")
    rita = Hand(open_as(cast.rita, f"{HERE}/1", size=PHONE))
    rita.press("It works now")
    expect(rita.page.get_by_role("heading", name="How it was resolved")).to_be_visible()
    pip.page.goto("/st-marys/advice/record")
    expect(pip.page.get_by_text("No picture")).to_be_visible()
    ended(pip)


def test_a_technician_in_the_queue_and_on_a_visit(open_as, api, cast):
    forwarded(api, cast)
    tariq = Hand(open_as(cast.tariq, "/queue", size=LAPTOP, bypass_csp=True))
    page = tariq.page
    tariq.press("Projector shows no picture", "link")
    tariq.press("Take it")
    page.goto("/st-marys/visits/new")
    # Nobody is there on a Sunday: the gap is named, and three times are proposed.
    sunday = clock.today() + timedelta(days=13 - clock.today().weekday())
    for part, value in (("day", sunday.day), ("month", sunday.month), ("year", sunday.year)):
        page.fill(f"#starts_at-{part}", str(value))
    page.fill("#starts_at-time", "10:00")
    tariq.press("Book it")
    expect(page.get_by_role("alert")).to_be_visible()
    proposed = page.get_by_role("button", name=re.compile(" to [0-9]{2}:[0-9]{2}"))
    expect(proposed).to_have_count(3)
    proposed.first.click()
    expect(page.get_by_text(re.compile("The visit on .* is booked"))).to_be_visible()

    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    tariq.press("Write down the arrival")
    tariq.press("Write down what was done")
    tariq.tick("Done")
    tariq.write("Minutes", "20")
    tariq.press("Save what was done")
    tariq.press("The visit is over")
    expect(page.get_by_text("The visit is over. The desk can read")).to_be_visible()
    ended(tariq)


def test_a_supplier_by_link(app, chromium, live, sign_in, cast):
    with_supplier(app, a_supplier(app, sign_in, cast))
    link = address_on(sign_in(cast.sam).get(f"{HERE}/1/supplier-links"))
    options = {"viewport": {"width": PHONE[0], "height": PHONE[1]}, "bypass_csp": True}
    with chromium.new_context(base_url=live, **options) as context:
        lamps = Hand(context.new_page())
        lamps.page.goto(link)
        lamps.write("Your own reference", "L-77")
        lamps.write("Your note", "The lamp is ordered")
        lamps.press("Send it")
        lamps.tick("It is done")
        lamps.write("Your note", "A new lamp is in")
        lamps.press("Send it")
        expect(lamps.page.get_by_text("Says that it is done")).to_be_visible()
        ended(lamps)
