"""Reporting a problem, asking for something, drafts, and my reports."""

from tests.incidents.pages import BROKEN, HERE, logged, text_of


def test_rita_reports_and_hears_what_happens_next(sign_in, cast):
    rita = sign_in(cast.rita)
    assert "Report a problem" in text_of(rita.get(f"{HERE}/new"))
    answer = rita.post(f"{HERE}/new", BROKEN)
    assert (answer.status_code, answer.location) == (303, f"{HERE}/1")
    page = text_of(rita.get(f"{HERE}/1"))
    assert (
        "STM-1 has been logged. The school’s desk will look at it. They will answer before" in page
    )
    assert "A blue screen" in page
    assert "STM-1: Projector shows no picture" in text_of(rita.get(f"{HERE}/mine"))


def test_mistakes_keep_everything_that_was_typed(sign_in, cast):
    rita = sign_in(cast.rita)
    typed = {**BROKEN, "title": "", "location": "", "happened": "It smells <burnt> & hums"}
    answer = rita.post(f"{HERE}/new", typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "<title>Error: Report a problem" in page
    assert '<a href="#title">Enter a title</a>' in page
    assert "It smells &lt;burnt&gt; &amp; hums</textarea>" in page
    assert rita.get(f"{HERE}/1").status_code == 404


def test_an_incident_needs_its_answers_and_its_room(sign_in, cast):
    answer = sign_in(cast.rita).post(f"{HERE}/new", {"type": "incident", "title": "Broken"})
    assert answer.status_code == 422
    for link in ("#expected", "#happened", "#location"):
        assert f'<a href="{link}">' in answer.get_data(as_text=True)


def test_a_request_asks_less(sign_in, cast):
    rita = sign_in(cast.rita)
    page = text_of(rita.get(f"{HERE}/new?type=request"))
    assert "Ask for something" in page
    assert "What have you checked?" not in page
    answer = rita.post(f"{HERE}/new", {"type": "request", "title": "A second screen"})
    assert answer.status_code == 303
    assert "a request" in text_of(rita.get(f"{HERE}/1"))


def test_a_reporter_cannot_log_in_another_name(sign_in, cast):
    rita = sign_in(cast.rita)
    assert "Who reported it?" not in text_of(rita.get(f"{HERE}/new"))
    answer = rita.post(f"{HERE}/new", {**BROKEN, "reporter_name": "Ravi Reporter"})
    assert answer.status_code == 422
    assert "Only the service desk can set this" in text_of(answer)


def test_the_desk_logs_for_somebody_else_and_checks_in_the_same_step(sign_in, cast):
    sam = sign_in(cast.sam)
    assert "Who reported it?" in text_of(sam.get(f"{HERE}/new"))
    more = {"reporter_name": "The caretaker", "channel": "phone"}
    check = {"category": "display", "impact": "2", "urgency": "1"}
    assert sam.post(f"{HERE}/new", {**BROKEN, **more, **check}).status_code == 303
    page = text_of(sam.get(f"{HERE}/1"))
    assert "The caretaker" in page
    assert "logged by Sam Spoc" in page
    assert "Forward it to the LA" in page


def test_a_draft_is_kept_offered_again_and_forgotten_when_it_is_sent(sign_in, cast):
    rita = sign_in(cast.rita)
    half = {"type": "incident", "title": "Half a title", "happened": "It’s Mrs O'Hara's printer"}
    assert rita.post(f"{HERE}/draft", half).status_code == 303
    page = text_of(rita.get(f"{HERE}/new"))
    assert "This is your draft from" in page
    assert 'value="Half a title"' in page
    assert "It’s Mrs O'Hara's printer</textarea>" in page
    assert "This is your draft" not in text_of(sign_in(cast.ravi).get(f"{HERE}/new"))
    assert 'name="from_draft" value="yes"' in page
    mistake = rita.post(f"{HERE}/new", {**BROKEN, "title": "", "from_draft": "yes"})
    assert 'name="from_draft" value="yes"' in text_of(mistake)
    rita.post(f"{HERE}/new", {**BROKEN, "from_draft": "yes"})
    assert "This is your draft" not in text_of(rita.get(f"{HERE}/new"))


def test_a_draft_can_be_thrown_away(sign_in, cast):
    rita = sign_in(cast.rita)
    rita.post(f"{HERE}/draft", {"type": "request", "title": "A trolley"})
    assert "Ask for something" in text_of(rita.get(f"{HERE}/new"))
    assert rita.post(f"{HERE}/draft/removal").status_code == 303
    assert "This is your draft" not in text_of(rita.get(f"{HERE}/new"))


def test_a_draft_refuses_what_a_database_cannot_hold(sign_in, cast):
    rita = sign_in(cast.rita)
    answer = rita.post(f"{HERE}/draft", {"title": "nul \0 byte"})
    assert answer.status_code == 422
    assert rita.post(f"{HERE}/draft", {"happened": "x" * 100_001}).status_code == 422


def test_the_same_form_twice_logs_once(sign_in, cast):
    rita = sign_in(cast.rita)
    sheet = {**BROKEN, "submission_id": "one-form"}
    first, second = rita.post(f"{HERE}/new", sheet), rita.post(f"{HERE}/new", sheet)
    assert first.location == second.location == f"{HERE}/1"
    assert rita.get(f"{HERE}/2").status_code == 404


def test_my_reports_say_in_plain_english_how_it_stands(sign_in, cast, api, at):
    at("2026-01-13T09:10+00:00")
    number = logged(api, cast)
    api(cast.sam).post(f"/schools{HERE}/{number}/return", {"missing": "Which projector?"})
    page = text_of(sign_in(cast.rita).get(f"{HERE}/mine"))
    assert "Back with you: the desk needs to know more." in page


def test_my_reports_are_mine_only_and_page_by_place(sign_in, cast, api):
    for place in range(26):
        logged(api, cast, title=f"Number {place}")
    rita = sign_in(cast.rita)
    page = text_of(rita.get(f"{HERE}/mine"))
    assert "Number 25" in page
    assert "Number 0<" not in page
    following = page.split('rel="next" href="')[1].split('"')[0]
    assert "Number 0<" in text_of(rita.get(following))
    assert "You have not reported anything yet" in text_of(sign_in(cast.ravi).get(f"{HERE}/mine"))


def test_the_administrator_may_not_report_and_olga_is_not_there(sign_in, cast):
    assert sign_in(cast.ada).get(f"{HERE}/new").status_code == 403
    assert sign_in(cast.olga).get(f"{HERE}/new").status_code == 404
    assert sign_in(cast.olga).post(f"{HERE}/draft", {"title": "x"}).status_code == 404
