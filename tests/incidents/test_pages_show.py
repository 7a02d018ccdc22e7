"""One incident: what stands on it, whose turn it is, the one obvious next step, and its cost."""

import re

from tests.incidents.pages import HERE, checked, forwarded, logged, resolved, text_of

ONE = f"{HERE}/1"
REOPEN = "It is not right: reopen it"


def next_step(page: str) -> str:
    found = re.search(r"Next step</h2>.*?<(?:a|button)[^>]*>([^<]+)</", page, re.S)
    return found[1].strip() if found else ""


def test_each_person_has_one_obvious_next_step(sign_in, cast, api):
    for make in (logged, checked, forwarded, resolved):
        make(api, cast)
    # fmt: off
    wanted = {
        #         logged             checked                 forwarded     resolved
        "rita":  ("Add a note",      "Add a note",           "Add a note", REOPEN),
        "sam":   ("Check the sheet", "Forward it to the LA", "Add a note", "Close it"),
        "tariq": ("",                "",                     "Take it",    "Add a note"),
    }
    # fmt: on
    for name, steps in wanted.items():
        browser = sign_in(getattr(cast, name))
        found = tuple(next_step(text_of(browser.get(f"{HERE}/{n}"))) for n in (1, 2, 3, 4))
        assert found == steps, name


def test_taking_is_one_press_and_then_resolving_is_next(sign_in, cast, api):
    forwarded(api, cast)
    tariq = sign_in(cast.tariq)
    page = tariq.get(ONE).get_data(as_text=True)
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    answer = tariq.post(f"{ONE}/assignment", {"person": "me", "version": version[1]})
    assert answer.status_code == 303
    assert next_step(text_of(tariq.get(ONE))) == "Resolve it"


def test_it_says_whose_turn_it_is_and_what_was_promised(sign_in, cast, api, at):
    at("2026-01-13T09:10+00:00")
    forwarded(api, cast)
    page = text_of(sign_in(cast.rita).get(ONE))
    assert "Waiting for <strong>first-line support</strong> since" in page
    assert (
        "With LA first line, waiting to be taken. They will answer before Tue 13 Jan, 10:10."
        in page
    )
    assert "First answer from the LA" in page
    assert "Whose turn it was" in page


def test_a_late_promise_says_so(sign_in, cast, api, at):
    at("2026-01-13T09:10+00:00")
    logged(api, cast)
    at("2026-01-14T09:10+00:00")
    page = text_of(sign_in(cast.rita).get(ONE))
    assert "It is late: it was due Tue 13 Jan, 10:10." in page
    assert '<strong class="desk-due--over">late</strong>' in page


def test_hostile_text_stays_text(sign_in, cast, api):
    hostile = "<script>alert(1)</script>{{ 7*7 }}"
    logged(api, cast, title=hostile, happened=hostile)
    page = sign_in(cast.rita).get(ONE).get_data(as_text=True)
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}" in page


def test_la_staff_leave_a_record_of_looking(sign_in, cast, api):
    forwarded(api, cast)
    sign_in(cast.tariq).get(ONE)
    page = text_of(sign_in(cast.sam).get("/st-marys/access"))
    assert "Tariq Firstline" in page
    assert "STM-1" in page


def test_a_sensitive_one_is_not_there_for_others(sign_in, cast, api):
    logged(api, cast, sensitive=True)
    assert sign_in(cast.rita).get(ONE).status_code == 200
    assert sign_in(cast.sam).get(ONE).status_code == 200
    for player in (cast.ravi, cast.theo, cast.tariq, cast.mo, cast.olga):
        assert sign_in(player).get(ONE).status_code == 404, player.name


def test_a_foreign_one_looks_like_one_that_does_not_exist(sign_in, cast, api):
    logged(api, cast)
    olga = sign_in(cast.olga)
    assert olga.get(ONE).get_data() == olga.get("/oakfield/incidents/99").get_data()


def test_a_long_history_is_paged(sign_in, cast, api):
    logged(api, cast)
    sam = api(cast.sam)
    for place in range(101):
        sam.post(f"/schools{ONE}/notes", {"text": f"Line {place}."})
    browser = sign_in(cast.sam)
    page = text_of(browser.get(ONE))
    assert "Line 98." in page
    assert "Line 100." not in page
    following = page.split('rel="next" href="')[1].split('"')[0]
    assert "Line 100." in text_of(browser.get(following))


def test_one_incident_costs_few_statements(sign_in, cast, api, statements):
    forwarded(api, cast)
    for player in (cast.rita, cast.sam, cast.tariq):
        browser = sign_in(player)
        browser.get(ONE)
        statements.clear()
        assert browser.get(ONE).status_code == 200
        asked = [one for one in statements if not one.startswith("SET LOCAL")]
        assert len(asked) <= 8, (player.name, asked)


def test_a_breach_says_what_was_promised(app, api, cast, sign_in, at):
    from app.incidents.clocks import decide_overdue
    from app.incidents.models import Incident
    from tenants import School, acting_in, administering, db

    at("2026-01-13T09:00+00:00")
    logged(api, cast)
    at("2026-01-13T16:30+00:00")
    with app.app_context():
        with administering("the school of the test"):
            school = db.session.query(School.id).filter_by(slug="st-marys").scalar()
        with acting_in(school):
            decide_overdue(db.session.query(Incident.id).scalar())
            db.session.commit()
    page = sign_in(cast.sam).get("/st-marys/incidents/1").get_data(as_text=True)
    assert "A promised time has passed: First answer from the school’s desk" in page
