"""The problem log on its pages: promoted, given, found out, closed; without scripts."""

from __future__ import annotations

from tests.problems_log.test_api import FOUND, INCIDENTS, PROBLEMS, SAID, brought, incident, logged

LOG = "/st-marys/problems"
HOSTILE = '"><script>alert(1)</script>{{ 7 * 7 }}'


def test_logged_before_there_are_incidents(sign_in, cast):
    browser = sign_in(cast.sam)
    browser.get(f"{LOG}/new")
    said = {**SAID, "raised_from": "monitoring", "impact": "2", "priority": "P3"}
    answer = browser.post(f"{LOG}/new", said)
    assert answer.status_code == 303 and answer.location.endswith(f"{LOG}/1")
    page = browser.get(LOG).text
    assert "STM-P1" in page and SAID["title"] in page
    again = browser.post(f"{LOG}/new", {**said, "title": ""})
    assert again.status_code == 422 and SAID["description"] in again.text


def test_promoted_with_the_way_to_work_meanwhile_in_the_same_form(api, sign_in, cast):
    number = incident(api, cast, workaround=False)
    browser = sign_in(cast.sam)
    assert (
        f"/st-marys/incidents/{number}/problem" in browser.get(f"/st-marys/incidents/{number}").text
    )
    path = f"/st-marys/incidents/{number}/problem"
    form = browser.get(path).text
    assert "How can people work meanwhile?" in form
    version = form.split('name="version" value="')[1].split('"')[0]
    said = {"title": "Lamps die", "description": "Three this month", "version": version}
    bare = browser.post(path, said)
    assert bare.status_code == 409 and "Three this month" in bare.text
    assert api(cast.sam).get(PROBLEMS).json["items"] == [], "what was begun is undone"
    done = browser.post(path, {**said, "workaround": "Use the hall"})
    assert done.status_code == 303 and done.location.endswith(f"{LOG}/1")
    assert "Hangs on" in browser.get(f"/st-marys/incidents/{number}").text
    assert browser.post(f"{path}/removal").status_code == 303
    assert "Hangs on" not in browser.get(f"/st-marys/incidents/{number}").text


def test_of_a_sensitive_sheet_nothing_is_copied_into_a_problem(api, sign_in, cast):
    """More people read problems than may read that sheet."""
    number = incident(api, cast)
    path = f"/st-marys/incidents/{number}/problem"
    plain = sign_in(cast.sam).get(path).text
    assert 'value="Projector shows no picture"' in plain
    program = api(cast.sam)
    tag = {"If-Match": program.get(f"/schools/st-marys/incidents/{number}").headers["ETag"]}
    there = f"/schools/st-marys/incidents/{number}"
    assert program.patch(there, {"sensitive": True}, tag).status_code == 200
    form = sign_in(cast.sam).get(path).text
    assert 'value="Projector shows no picture"' not in form
    assert "A blue screen" not in form


def test_a_second_incident_goes_to_the_problem_that_there_is(api, sign_in, cast):
    logged(api, cast.sam, raised_from="review")
    number = incident(api, cast)
    browser = sign_in(cast.sam)
    path = f"/st-marys/incidents/{number}/problem"
    form = browser.get(path).text
    assert "STM-P1: The Wi-Fi drops at noon" in form and "work meanwhile?" not in form
    version = form.split('name="version" value="')[1].split('"')[0]
    assert browser.post(path, {"problem": "1", "version": version}).status_code == 303
    assert f"STM-{number}" in browser.get(f"{LOG}/1").text


def test_the_warning_about_open_incidents_is_answered_on_the_page(api, sign_in, cast):
    number = incident(api, cast)
    api(cast.sam).put(f"{INCIDENTS}/{number}/assignment", {"person": "Theo Technician"})
    logged(api, cast.sam, raised_from="review")
    browser = sign_in(cast.dora)
    form = browser.get(f"{LOG}/1/state?to=assigned").text
    assert "Theo Technician" in form and 'name="anyway"' not in form
    said = {"state": "assigned", "resolver": "Theo Technician", "version": "1"}
    warned = browser.post(f"{LOG}/1/state", said)
    assert warned.status_code == 409 and "1 open incident" in warned.text
    assert 'name="anyway"' in warned.text
    assert browser.post(f"{LOG}/1/state", {**said, "anyway": "true"}).status_code == 303
    assert "Theo Technician" in browser.get(f"{LOG}/1").text


def test_found_out_planned_and_resolved_step_by_step(api, sign_in, cast):
    brought(api, cast, "assigned")
    browser = sign_in(cast.theo)
    form = browser.get(f"{LOG}/1/state?to=known_error").text
    assert "The cause" in form
    half = browser.post(f"{LOG}/1/state", {"state": "known_error", "cause": "Loop", "version": "2"})
    assert half.status_code == 422 and "Loop" in half.text
    said = {"state": "known_error", **FOUND, "version": "2"}
    assert browser.post(f"{LOG}/1/state", said).status_code == 303
    late = browser.post(f"{LOG}/1/state", said)
    assert late.status_code in (409, 412)
    page = browser.get(f"{LOG}/1").text
    assert "Known error" in page and FOUND["workaround"] in page


def test_a_step_that_is_too_late_or_unknown_leads_back(api, sign_in, cast):
    logged(api, cast.sam, raised_from="review")
    browser = sign_in(cast.dora)
    for to in ("closed", "nonsense", ""):
        answer = browser.get(f"{LOG}/1/state?to={to}")
        assert answer.status_code == 303, to
    assert browser.post(f"{LOG}/1/state", {"state": "nonsense"}).status_code == 303


def test_two_who_write_it_up_see_both_texts(api, sign_in, cast):
    made = logged(api, cast.sam, raised_from="review")
    browser = sign_in(cast.theo)
    browser.get(f"{LOG}/1/change")
    tag = {"If-Match": made.headers["ETag"]}
    api(cast.sam).patch(f"{PROBLEMS}/1", {"title": "Wi-Fi at noon"}, tag)
    said = {**SAID, "title": "Wi-Fi at lunch", "version": "1"}
    late = browser.post(f"{LOG}/1/change", said)
    assert late.status_code == 412
    assert (
        "Wi-Fi at noon" in late.text and "Wi-Fi at lunch" in late.text and "Sam Spoc" in late.text
    )


def test_a_known_error_becomes_an_article(api, sign_in, cast):
    brought(api, cast, "assigned", "known_error")
    browser = sign_in(cast.theo)
    page = browser.get(f"{LOG}/1/article").text
    assert FOUND["workaround"] in page and 'value="known_error" checked' in page
    assert 'action="/st-marys/articles/new"' in page


def test_hostile_words_are_only_words(api, sign_in, cast):
    logged(
        api, cast.sam, raised_from="review", title=HOSTILE, description=HOSTILE, affected=HOSTILE
    )
    for path in (LOG, f"{LOG}/1", f"{LOG}/1/change", f"{LOG}/1/state?to=assigned"):
        page = sign_in(cast.dora).get(path)
        assert page.status_code == 200, path
        assert "<script>alert" not in page.text and "&lt;script&gt;" in page.text, path


def test_reporters_and_suppliers_see_no_problem_log(api, sign_in, cast):
    logged(api, cast.sam, raised_from="review")
    for who in (cast.rita, cast.pip, cast.sue):
        assert sign_in(who).get(LOG).status_code == 403
        assert sign_in(who).get(f"{LOG}/1").status_code == 403
    assert sign_in(cast.olga).get(f"{LOG}/1").status_code == 404
