"""The steps as pages: the whole story, who may, what is refused, and what is never lost."""

from tests.incidents.pages import (
    BROKEN,
    HERE,
    checked,
    forwarded,
    logged,
    resolved,
    text_of,
    version_on,
)

ONE = f"{HERE}/1"
CHECK = {"impact": "2", "urgency": "1", "category": "display"}


def press(browser, path, data=None):
    """Open the form, then send it as a page would, with its version."""
    page = browser.get(path)
    assert page.status_code == 200, (path, page.status_code)
    answer = browser.post(path, {"version": version_on(page), **(data or {})})
    assert answer.status_code == 303, text_of(answer)
    return text_of(browser.get(answer.location))


def test_the_whole_story_in_pages(sign_in, cast):
    rita, sam, tariq = sign_in(cast.rita), sign_in(cast.sam), sign_in(cast.tariq)
    rita.post(f"{HERE}/new", BROKEN)
    assert "STM-1 is checked and in the call log." in press(sam, f"{ONE}/check", CHECK)
    note = {"to": "first_line", "note": "Tried another cable"}
    assert "STM-1 has been passed on." in press(sam, f"{ONE}/escalation", note)
    assert "Tariq Firstline" in press(tariq, f"{ONE}/assignment", {"person": "me"})
    press(tariq, f"{ONE}/hold", {"reason": "awaiting_parts"})
    press(tariq, f"{ONE}/resumption")
    press(tariq, f"{ONE}/resolution", {"type": "permanent_fix", "text": "New lamp"})
    assert "New lamp" in text_of(rita.get(ONE))
    page = press(sam, f"{ONE}/closure")
    assert "STM-1 is closed." in page
    assert "It has come back: report it again" in page


def test_return_complete_and_hand_in_again(sign_in, cast, api):
    logged(api, cast)
    sam, rita = sign_in(cast.sam), sign_in(cast.rita)
    press(sam, f"{ONE}/return", {"missing": "Which projector is it?"})
    page = rita.get(f"{ONE}/sheet")
    assert "Which projector is it?" in text_of(page)
    sheet = {**BROKEN, "title": "Projector by the window", "version": version_on(page)}
    del sheet["type"]
    assert rita.post(f"{ONE}/sheet", {**sheet, "hand_in": "yes"}).status_code == 303
    shown = text_of(rita.get(ONE))
    assert "Projector by the window" in shown
    assert "To be checked" in shown


def test_self_cure_reopen_and_cancel(sign_in, cast, api):
    logged(api, cast)
    rita = sign_in(cast.rita)
    press(rita, f"{ONE}/self-cure", {"text": "It came back on"})
    assert "Being worked on" in press(rita, f"{ONE}/reopening", {"reason": "Dark again"})
    logged(api, cast)
    assert "Cancelled" in press(rita, f"{HERE}/2/cancellation", {"reason": "Wrong room"})


def test_escalate_and_hand_back(sign_in, cast, api):
    forwarded(api, cast)
    tariq, sasha = sign_in(cast.tariq), sign_in(cast.sasha)
    press(tariq, f"{ONE}/escalation", {"to": "second_line", "note": "Needs an engineer"})
    page = press(sasha, f"{ONE}/hand-back", {"reason": "It is the cable after all"})
    assert "Handed back from LA second line to LA first line" in page


def test_the_spoc_gives_it_to_somebody(sign_in, cast, api):
    checked(api, cast)
    sam = sign_in(cast.sam)
    assert "Theo Technician" in text_of(sam.get(f"{ONE}/assignment"))
    press(sam, f"{ONE}/assignment", {"person": "Theo Technician"})
    assert "Assigned to" in text_of(sam.get(ONE))


def test_a_stale_form_keeps_the_words_and_says_who_was_quicker(sign_in, cast, api):
    forwarded(api, cast)
    tariq = sign_in(cast.tariq)
    before = version_on(tariq.get(f"{ONE}/resolution"))
    api(cast.sam).put(f"/schools{ONE}/check", {"impact": 1, "urgency": 1, "category": "display"})
    typed = {"type": "workaround", "text": "Moved to the hall", "version": before}
    answer = tariq.post(f"{ONE}/resolution", typed)
    page = text_of(answer)
    assert answer.status_code == 412
    assert "Sam Spoc changed this on" in page
    assert "Moved to the hall</textarea>" in page
    # The page has the new version: sending it again does it.
    again = tariq.post(f"{ONE}/resolution", {**typed, "version": version_on(answer)})
    assert again.status_code == 303


def test_a_stale_sheet_changes_nothing(sign_in, cast, api):
    logged(api, cast)
    rita = sign_in(cast.rita)
    sheet = {**BROKEN, "title": "Another title", "version": "99"}
    assert rita.post(f"{ONE}/sheet", sheet).status_code == 412
    del sheet["version"]
    answer = rita.post(f"{ONE}/sheet", sheet)
    assert answer.status_code == 412
    assert 'value="Another title"' in text_of(answer)
    assert "Projector shows no picture" in text_of(rita.get(ONE))


def test_what_the_state_forbids_is_refused_with_the_words_kept(sign_in, cast, api):
    resolved(api, cast)
    tariq = sign_in(cast.tariq)
    answer = tariq.post(f"{ONE}/resolution", {"type": "workaround", "text": "Kept words"})
    page = text_of(answer)
    assert answer.status_code == 409
    assert "STM-1 is resolved. Reopen it if it is not right." in page
    assert "Kept words</textarea>" in page


def test_a_form_of_a_step_that_is_over_leads_to_the_incident(sign_in, cast, api):
    resolved(api, cast)
    sam = sign_in(cast.sam)
    answer = sam.get(f"{ONE}/check")
    assert (answer.status_code, answer.location) == (303, ONE)
    assert "STM-1 is resolved. Reopen it if it is not right." in text_of(sam.get(ONE))


def test_mistakes_are_said_at_their_field(sign_in, cast, api):
    logged(api, cast)
    sam = sign_in(cast.sam)
    answer = sam.post(f"{ONE}/return", {"missing": "  "})
    assert answer.status_code == 422
    assert '<a href="#missing">Say what is missing</a>' in text_of(answer)
    version = version_on(sam.get(f"{ONE}/check"))
    override = {**CHECK, "priority": "P1", "priority_reason": "", "version": version}
    answer = sam.post(f"{ONE}/check", override)
    assert answer.status_code == 422
    assert '<a href="#priority_reason">' in text_of(answer)


def test_an_internal_note_is_unmistakable_and_never_reaches_the_reporter(sign_in, cast, api):
    forwarded(api, cast)
    sam, rita = sign_in(cast.sam), sign_in(cast.rita)
    sam.post(f"{ONE}/notes", {"text": "She always unplugs it", "visibility": "internal"})
    sam.post(f"{ONE}/notes", {"text": "We are on it", "visibility": "public"})
    for_sam, for_rita = text_of(sam.get(ONE)), text_of(rita.get(ONE))
    assert "desk-entry--internal desk-entry--note" in for_sam
    assert "Internal: staff only" in for_sam
    assert "She always unplugs it" not in for_rita
    assert "We are on it" in for_rita


def test_a_reporter_cannot_write_an_internal_note(sign_in, cast, api):
    forwarded(api, cast)
    rita = sign_in(cast.rita)
    assert "Only desk and LA see it" not in text_of(rita.get(f"{ONE}/notes"))
    answer = rita.post(f"{ONE}/notes", {"text": "Hidden", "visibility": "internal"})
    assert answer.status_code == 403
    assert "Hidden</textarea>" in text_of(answer)


def test_the_diagnostics_sheet(sign_in, cast, api):
    forwarded(api, cast)
    tariq = sign_in(cast.tariq)
    line = {"check": "Lamp hours", "outcome": "4,000", "minutes": "10"}
    assert tariq.post(f"{ONE}/checks", line).status_code == 303
    assert "Lamp hours" in text_of(tariq.get(f"{ONE}/checks"))
    assert tariq.post(f"{ONE}/checks", {"check": ""}).status_code == 422
    assert sign_in(cast.rita).get(f"{ONE}/checks").status_code == 403


STEPS = (
    "check", "return", "assignment", "escalation", "hand-back", "hold", "resumption",
    "resolution", "self-cure", "reopening", "closure", "cancellation", "sheet", "notes", "checks",
)  # fmt: skip


def test_olga_and_ravi_find_nothing_there(sign_in, cast, api):
    forwarded(api, cast)
    olga, ravi = sign_in(cast.olga), sign_in(cast.ravi)
    for step in STEPS:
        # 403 only where the role lacks the permission in its own school.
        for browser, path, said in (
            (olga, f"{ONE}/{step}", (404,)),
            (olga, f"/oakfield/incidents/1/{step}", (404, 403)),
            (ravi, f"{ONE}/{step}", (404, 403)),
        ):
            for answer in (browser.get(path), browser.post(path, {"text": "x", "reason": "x"})):
                assert answer.status_code in said, path
                assert "Projector" not in text_of(answer)


def test_the_administrator_has_no_business_there(sign_in, cast, api):
    forwarded(api, cast)
    ada = sign_in(cast.ada)
    for step in STEPS:
        assert ada.get(f"{ONE}/{step}").status_code == 403
        assert ada.post(f"{ONE}/{step}").status_code == 403


def test_every_form_of_every_stage_opens_or_says_why_not(sign_in, cast, api):
    for make in (logged, checked, forwarded, resolved):
        make(api, cast)
    for player in (cast.sam, cast.tariq, cast.mo, cast.rita, cast.theo, cast.ike, cast.sue):
        browser = sign_in(player)
        for path in (f"{HERE}/{number}/{step}" for number in (1, 2, 3, 4) for step in STEPS):
            assert browser.get(path).status_code in (200, 303, 403, 404), (player.name, path)


def test_every_next_step_that_is_offered_can_be_opened(sign_in, cast, api):
    """A button that leads to a refusal is a lie."""
    for make in (logged, checked, forwarded, resolved):
        make(api, cast)
    for player in (cast.sam, cast.tariq, cast.mo, cast.rita, cast.theo, cast.ike, cast.dora):
        browser = sign_in(player)
        for number in (1, 2, 3, 4):
            page = browser.get(f"{HERE}/{number}")
            if page.status_code == 404:
                continue
            for part in text_of(page).split(f'href="{HERE}/{number}/')[1:]:
                path = f"{HERE}/{number}/{part.split(chr(34))[0]}"
                assert browser.get(path).status_code == 200, (player.name, path)
