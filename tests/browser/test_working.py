"""Working on an incident in Chromium: a ready reply at the cursor, who writes, and pages that are
not reached by the list of routes alone."""

from __future__ import annotations

from tests.browser.conftest import NARROW, violations
from tests.incidents.pages import checked, forwarded, logged

HERE = "/st-marys/incidents"
API = f"/schools{HERE}"


def test_a_ready_reply_is_put_where_the_cursor_is_and_others_see_who_writes(
    open_as, api, cast, sign_in
):
    logged(api, cast)
    sam = sign_in(cast.sam)
    sam.get("/st-marys/ready/replies/new")
    sam.post("/st-marys/ready/replies/new", {"title": "Soon", "text": "{reference}: at three. "})
    dora = open_as(cast.dora, f"{HERE}/1")
    assert dora.locator("[data-presence]").is_hidden()
    page = open_as(cast.sam, f"{HERE}/1/notes")
    page.fill("#text", "Dear Rita,  bye")
    page.evaluate("document.getElementById('text').setSelectionRange(11, 11)")
    page.select_option("#reply", label="Soon")
    page.click("text=Use it")
    assert page.input_value("#text") == "Dear Rita, STM-1: at three. bye"
    # Typing here tells the server at once; Dora's page hears of both.
    with dora.expect_response(lambda answer: "presence?writes" in answer.url):
        dora.fill("#text", "Also me")
    dora.wait_for_selector("[data-presence]:not([hidden])")
    assert dora.inner_text("[data-presence]") == "Sam Spoc is writing here just now."
    page.reload()
    assert page.inner_text("[data-presence]") == "Dora Owner is writing here just now."


def test_pages_of_the_work_are_clean_and_fit_a_phone(open_as, api, cast):
    request = {"type": "request", "title": "A second screen"}
    checked(api, cast, **request)
    ask = {"why": "For the office", "cost": "1120.00", "needs_licence": True}
    assert api(cast.sam).post(f"{API}/1/approval", ask).status_code == 201
    for _ in range(2):
        forwarded(api, cast)
    api(cast.ravi).post(API, {"title": "Dark", "expected": "x", "happened": "y",
                              "location": "ict-suite"})  # fmt: skip
    assert api(cast.sam).put(f"{API}/3/parent", {"parent": "2"}).status_code == 200
    api(cast.sam).put(f"{API}/2/workaround", {"text": "Use the other one"})
    body = {"type": "permanent_fix", "text": "New lamp"}
    assert api(cast.tariq).put(f"{API}/2/resolution", body).status_code == 200
    wanted = (
        ("ike", "/st-marys/approvals", f"{HERE}/1/decision", f"{HERE}/1"),
        ("sam", f"{HERE}/2", f"{HERE}/3/checks?list=screen-no-picture", "/st-marys/ready"),
        ("rita", f"{HERE}/2", f"{HERE}/2/satisfaction"),
        ("ravi", f"{HERE}/4"),
    )
    wrong = []
    for who, *paths in wanted:
        page = open_as(getattr(cast, who), "/account", size=NARROW, bypass_csp=True)
        for path in paths:
            page.goto(path)
            assert page.title(), path
            wrong += [f"{who} {path}: {one}" for one in violations(page)]
            if page.evaluate("() => document.documentElement.scrollWidth") > NARROW[0]:
                wrong.append(f"{who} {path}: wider than {NARROW[0]} px")
    assert wrong == []
    page.click("text=It is still broken")
    assert "Whoever has it knows now" in page.inner_text("main")


def test_a_close_is_undone_with_the_button_beside_it(open_as, api, cast):
    number = forwarded(api, cast)
    body = {"type": "permanent_fix", "text": "New lamp"}
    api(cast.tariq).put(f"{API}/{number}/resolution", body)
    page = open_as(cast.sam, f"{HERE}/{number}")
    page.click("text=Close it")
    page.click("text=Undo")
    assert "is not closed: it is resolved, as before" in page.inner_text("main")
