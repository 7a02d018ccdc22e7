"""What the sheet says back before it is sent: prompts, completeness, the same room, ways out."""

import pytest

from app.incidents import prompts
from tests.api.desk import BROKEN, INCIDENTS, done, log, send
from tests.incidents.pages import HERE, text_of

PRINTER = {
    "type": "incident",
    "title": "Printer does nothing",
    "expected": "The worksheet comes out",
    "happened": "The printer in the office blinks and nothing comes out",
    "location": "office",
}
FULL = {
    **PRINTER,
    "checked": "Plugs and cables, off and on",
    "reproducible": "yes",
    "last_worked": "Monday",
    "seen_before": "no",
    "available_when": "After 15:30",
}


def suggestions(app, who="rita", **sheet):
    return done(app, who, "post", f"{INCIDENTS}/suggestions", sheet).json


def test_a_full_sheet_is_complete_and_an_empty_one_is_not():
    assert prompts.completeness(FULL) == (100, ())
    score, missing = prompts.completeness({"type": "incident"})
    assert (score, len(missing)) == (0, 9)


@pytest.mark.parametrize(
    ("change", "loses"),
    [
        ({"checked": None}, 15),
        ({"happened": "broken"}, 12),  # too short counts half
        ({"available_when": None}, 10),
        ({"seen_before": ""}, 5),
    ],
)
def test_each_answer_has_its_weight(change, loses):
    score, missing = prompts.completeness({**FULL, **change})
    assert 100 - score in (loses, loses + 1)
    assert len(missing) == 1


def test_chips_count_as_well_as_words_about_when():
    sheet = {**FULL, "available_when": None, "meet_periods": [["mon", "15:15", "17:00"]]}
    assert prompts.completeness(sheet).score == 100


def test_a_request_is_asked_less():
    asked = {"type": "request", "title": "A second screen", "location": "office"}
    assert prompts.completeness(asked).score == 40
    assert prompts.prompts_for(asked) == []


@pytest.mark.parametrize("kind", sorted(prompts.PROMPTS))
def test_every_kind_has_its_own_questions(kind):
    found = prompts.prompts_for({"type": "incident", "category": kind})
    assert len(found) >= 3
    others = {q.question for other, qs in prompts.PROMPTS.items() if other != kind for q in qs}
    assert not others.intersection(found)


def test_every_category_has_questions():
    from app.schools.categories import CATEGORY_WORDS

    assert set(prompts.PROMPTS) == set(CATEGORY_WORDS)


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ("The printer is jammed", "print"),
        ("No wifi in the hall", "network"),
        ("Projector is dark", "display"),
        ("I forgot my password", "account"),
        ("The laptop does not charge", "hardware"),
        ("Web filter let a bad page through", "safeguarding_filtering"),
        ("It appears dark", None),
    ],
)
def test_the_kind_is_told_by_its_words(told, kind):
    assert prompts.kind_of({"title": told}) == kind


def test_what_is_answered_is_not_asked_again():
    asked = prompts.prompts_for(PRINTER)
    assert "Was there paper in it?" in asked
    answered = {**PRINTER, "checked": "There is paper, and a colleague cannot print either"}
    left = prompts.prompts_for(answered)
    assert "Was there paper in it?" not in left
    assert "Can somebody else print to it?" not in left
    assert len(left) == len(asked) - 2


@pytest.mark.parametrize(
    ("sheet", "level"),
    [
        ({"title": "One mouse"}, None),
        ({"title": "One mouse", "class_stopped": True}, (2, 1)),
        ({"title": "No internet in the whole school"}, (1, None)),
        ({"title": "No internet in every classroom", "class_stopped": True}, (1, 1)),
    ],
)
def test_the_sheet_suggests_impact_and_urgency(sheet, level):
    found = prompts.suggested_level(sheet)
    assert (found and found[:2]) == level


def test_a_program_hears_the_same(app):
    found = suggestions(app, **PRINTER, class_stopped=True)
    assert found["category"] == "print"
    assert "Was there paper in it?" in found["prompts"]
    assert found["completeness"]["score"] == 60
    assert "What you have checked already" in found["completeness"]["missing"]
    assert (found["impact"], found["urgency"]) == (2, 1)
    assert found["same_room"] == found["past_faults"] == []


def test_nothing_is_kept_of_what_was_only_asked(app):
    suggestions(app, **PRINTER)
    assert done(app, "sam", "get", INCIDENTS).json["items"] == []


def test_the_same_room_offers_what_is_open_and_nothing_of_who(app):
    log(app)
    log(app, sensitive=True, title="A matter of safeguarding")
    log(app, location="library")
    found = suggestions(app, "ravi", location="ict-suite")["same_room"]
    assert [one["title"] for one in found] == [BROKEN["title"]]
    assert (found[0]["own"], found[0]["following"]) == (False, False)
    assert set(found[0]) == {"number", "reference", "title", "reported_at", "following", "own"}
    assert suggestions(app, "rita", location="ict-suite")["same_room"][0]["own"] is True


def test_what_the_room_had_lately(app):
    path = log(app)
    done(app, "rita", "put", f"{path}/self_cure")
    found = suggestions(app, "ravi", location="ict-suite")
    assert found["same_room"] == []
    assert found["past_faults"][0]["title"] == BROKEN["title"]
    assert found["past_faults"][0]["resolution_type"] == "resolved_itself"


def test_another_school_s_room_of_the_same_name_says_nothing(app):
    log(app)
    olga = send(app, "olga", "post", "/schools/oakfield/incidents/suggestions",
                {"location": "ict-suite"})  # fmt: skip
    assert olga.json["same_room"] == []


def test_the_button_shows_it_without_a_script_and_keeps_what_was_typed(sign_in, cast):
    rita = sign_in(cast.rita)
    typed = {**PRINTER, "title": "", "meet_periods": ["mon 15:15 17:00", "fri 12:00 13:00"]}
    answer = rita.post(f"{HERE}/new/check", typed)
    page = text_of(answer)
    assert answer.status_code == 200
    assert "It would help to know" in page
    assert "Was there paper in it?" in page
    assert "% complete" in page
    assert "blinks and nothing comes out</textarea>" in page
    assert 'value="fri 12:00 13:00" checked' in page
    assert "There is a problem" not in page
    assert rita.get(f"{HERE}/1").status_code == 404


def test_the_form_can_be_sent_after_the_check(sign_in, cast):
    import re

    rita = sign_in(cast.rita)
    looked = rita.post(f"{HERE}/new/check", {**PRINTER, "submission_id": "one-form"})
    key = re.search(r'name="submission_id" value="([^"]+)"', text_of(looked))[1]
    assert key != "one-form"
    again = rita.post(f"{HERE}/new/check", {**PRINTER, "submission_id": "one-form"})
    assert again.status_code == 200
    assert rita.post(f"{HERE}/new", {**PRINTER, "submission_id": key}).location == f"{HERE}/1"


def test_the_script_gets_the_part_alone(sign_in, cast):
    rita = sign_in(cast.rita)
    answer = rita.post(f"{HERE}/new/check", PRINTER, headers={"HX-Request": "true"})
    part = text_of(answer)
    assert part.lstrip().startswith('<div id="before"')
    assert "Was there paper in it?" in part
    assert "<html" not in part


def test_hostile_text_in_a_title_stays_text_in_what_is_offered(app, sign_in, cast):
    log(app, title="<script>alert(1)</script>")
    answer = sign_in(cast.ravi).post(f"{HERE}/new/check", {**PRINTER, "location": "ict-suite"})
    page = answer.get_data(as_text=True)
    assert "<script>alert(1)" not in page
    assert "It is the same: add me to it" in page


def test_a_room_that_cannot_be_one_is_no_mistake_here(sign_in, cast):
    rita = sign_in(cast.rita)
    for room in ("nul\0", "x" * 5000, "Zoë’s"):
        answer = rita.post(f"{HERE}/new/check", {**PRINTER, "location": room})
        assert answer.status_code == 200, room


def test_the_empty_form_costs_few_statements(sign_in, cast, statements):
    rita = sign_in(cast.rita)
    rita.get(f"{HERE}/new")
    statements.clear()
    assert rita.get(f"{HERE}/new").status_code == 200
    asked = [one for one in statements if not one.startswith("SET LOCAL")]
    assert len(asked) <= 5, asked


def test_the_check_page_says_how_complete_it_is_and_suggests(app, sign_in, cast):
    log(app, class_stopped=True)
    page = text_of(sign_in(cast.sam).get(f"{HERE}/1/check"))
    assert "The sheet is 60% complete" in page or "% complete." in page
    assert "A class is stopped." in page
    assert 'name="impact" type="radio" value="2" checked' in page
    assert 'name="urgency" type="radio" value="1" checked' in page


def test_detail_says_how_complete_it_is(app):
    path = log(app)
    shown = done(app, "rita", "get", path).json
    assert 0 < shown["completeness"]["score"] < 100
    assert shown["completeness"]["missing"]


OUTAGE = {
    "kind": "outage",
    "title": "The internet is down",
    "text": "The provider works on it",
    "category": "network",
    "starts_at": "2026-01-13T08:00:00Z",
    "ends_at": "2026-01-13T16:00:00Z",
}


def announced(app, **more):
    return done(app, "sam", "post", "/schools/st-marys/announcements", {**OUTAGE, **more}).json


def test_an_outage_that_fits_is_asked_about_and_me_too_needs_no_report(app, sign_in, cast, at):
    at("2026-01-13T08:00+00:00")
    announced(app)
    at("2026-01-13T09:00+00:00")
    found = suggestions(app, title="No internet in the hall")
    assert [one["title"] for one in found["announcements"]] == ["The internet is down"]
    assert suggestions(app, title="Printer jams")["announcements"] == []
    rita = sign_in(cast.rita)
    rita.post(f"{HERE}/draft", {"type": "incident", "title": "No internet"})
    part = rita.post(f"{HERE}/new/check", {"title": "No internet"}, headers={"HX-Request": "true"})
    assert "Is it this? The internet is down" in text_of(part)
    assert 'value="school-1"' in text_of(part)
    assert rita.post(f"{HERE}/new/announced", {"announcement": "school-1"}).status_code == 303
    page = text_of(rita.get(f"{HERE}/mine"))
    assert "The desk knows that you are hit too" in page
    assert "This is your draft" not in text_of(rita.get(f"{HERE}/new"))
    assert rita.get(f"{HERE}/1").status_code == 404


@pytest.mark.parametrize("which", ["school-99", "la-1", "school-1 ", "", "school-x"])
def test_me_too_to_nothing_is_not_there(sign_in, cast, which):
    answer = sign_in(cast.rita).post(f"{HERE}/new/announced", {"announcement": which})
    assert answer.status_code == 404


def test_what_is_over_or_for_the_desk_alone_is_not_asked_about(app, at):
    at("2026-01-13T08:00+00:00")
    announced(app, audience="desk")
    announced(app, title="Over soon", ends_at="2026-01-13T08:30:00Z")
    at("2026-01-13T09:00+00:00")
    assert suggestions(app, title="No internet")["announcements"] == []
    told = suggestions(app, "sam", title="No internet")["announcements"]
    assert [one["title"] for one in told] == ["The internet is down"]


ARTICLE = {
    "title": "Printer blinks and prints nothing",
    "kind": "known_error",
    "symptoms": "The printer blinks, nothing comes out",
    "text": "Open tray 2 and close it again.",
    "category": "print",
}


def known(app, **more):
    articles = "/schools/st-marys/articles"
    made = done(app, "sam", "post", articles, {**ARTICLE, **more}).json
    path = f"{articles}/{made['number']}"
    done(app, "sam", "patch", path, {"state": "published"}, If_Match="*")
    return made["reference"]


def test_an_article_that_solved_it_ends_the_draft_with_thanks(app, sign_in, cast):
    reference = known(app)
    found = suggestions(app, **PRINTER)["known"]
    assert [one["reference"] for one in found] == [reference]
    rita = sign_in(cast.rita)
    rita.post(f"{HERE}/draft", PRINTER)
    part = rita.post(f"{HERE}/new/check", PRINTER, headers={"HX-Request": "true"})
    assert "Open tray 2 and close it again." in text_of(part)
    assert rita.post(f"{HERE}/new/solved", {"article": reference}).status_code == 303
    assert "Your draft is gone" in text_of(rita.get(f"{HERE}/mine"))
    assert "This is your draft" not in text_of(rita.get(f"{HERE}/new"))
    assert rita.get(f"{HERE}/1").status_code == 404
    assert done(app, "sam", "get", "/schools/st-marys/articles/1").json["helped"] == 1


def test_an_article_for_the_desk_helps_no_reporter(app, sign_in, cast):
    reference = known(app, audience="desk")
    assert suggestions(app, **PRINTER)["known"] == []
    assert len(suggestions(app, "sam", **PRINTER)["known"]) == 1
    answer = sign_in(cast.rita).post(f"{HERE}/new/solved", {"article": reference})
    assert answer.status_code == 422
