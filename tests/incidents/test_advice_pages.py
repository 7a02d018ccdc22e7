"""Tech Advisors on pages, without JavaScript: ask, help, accept, go past it, countersign."""

from __future__ import annotations

import pytest

from tests.api.desk import ADVISORS_ON
from tests.incidents.pages import BROKEN, HERE, text_of, version_on

SECRETS = {"available_when": "After four in Maple", "contact_detail": "extension 2147"}
SHEET = {**BROKEN, "category": "display", "advice": "true", **SECRETS}
ONE = f"{HERE}/1"


@pytest.fixture
def switched_on(ledger, at):
    ledger.rows(ADVISORS_ON)
    return at("2026-01-13T09:10+00:00")


def asked(sign_in, cast):
    rita = sign_in(cast.rita)
    form = text_of(rita.get(f"{HERE}/new"))
    assert "Ask a Tech Advisor first" in form
    assert "Projector, board or screen; Printer or copier" in form
    assert rita.post(f"{HERE}/new", SHEET).status_code == 303
    return rita


def test_an_advisor_helps_and_the_reporter_says_that_it_works(sign_in, cast, switched_on):
    rita, pip = asked(sign_in, cast), sign_in(cast.pip)
    page = text_of(rita.get(ONE))
    assert "It waits for a Tech Advisor." in page
    assert "Go to the desk now" in page and "It works now" not in page

    waiting = text_of(pip.get("/st-marys/advice"))
    assert BROKEN["title"] in waiting
    assert pip.get(ONE).headers["Location"].endswith(f"{ONE}/advice")
    sheet = pip.get(f"{ONE}/advice")
    for secret in ("Rita", "2147", "Maple"):
        assert secret not in text_of(sheet) + waiting, secret
    assert "Are both ends of the cable pushed in?" in text_of(sheet)
    assert "Lamp hours and error light" not in text_of(sheet)
    pip.post(f"{ONE}/advice/taking")
    sheet = pip.get(f"{ONE}/advice")
    empty = pip.post(
        f"{ONE}/advice", {"version": version_on(sheet), "checks": "screen-no-picture:2"}
    )
    assert empty.status_code == 422
    assert 'value="screen-no-picture:2" checked' in text_of(empty)
    said = {"version": version_on(empty), "tried": "Press Source", "checks": "screen-no-picture:2"}
    assert pip.post(f"{ONE}/advice", said).status_code == 303

    page = text_of(rita.get(ONE))
    assert "Pip Advisor advises:" in page and "Press Source" in page
    assert rita.post(f"{ONE}/advice/acceptance").status_code == 303
    assert "How it was resolved" in text_of(rita.get(ONE))
    assert pip.get(f"{ONE}/advice").status_code == 404
    assert BROKEN["title"] in text_of(pip.get("/st-marys/advice/record"))
    assert "100.0 %" in text_of(sign_in(cast.sam).get("/st-marys/advisors"))


def test_one_press_goes_past_the_advisors(sign_in, cast, switched_on):
    rita = asked(sign_in, cast)
    assert rita.post(f"{ONE}/advice/pass-on").status_code == 303
    page = text_of(rita.get(ONE))
    assert "The school’s desk will look at it." in page
    assert "Passed on to the desk" in page
    again = rita.post(f"{ONE}/advice/pass-on")
    assert "has been" in text_of(rita.get(again.headers["Location"])) or again.status_code == 303


def test_an_advisor_passes_on_what_was_tried(sign_in, cast, switched_on):
    asked(sign_in, cast)
    pip = sign_in(cast.pip)
    gone = pip.post(f"{ONE}/advice/pass-on", {"tried": "Two cables"})
    assert gone.headers["Location"].endswith("/st-marys/advice")
    assert "Nobody waits for help." in text_of(pip.get("/st-marys/advice"))
    assert "Two cables" in text_of(sign_in(cast.sam).get(ONE))


def test_a_pupil_reads_what_it_means_and_an_adult_countersigns(sign_in, cast, switched_on, ledger):
    ledger.rows("UPDATE people SET kind = 'pupil' WHERE name = 'Pip Advisor'")
    rita, pip, sam = asked(sign_in, cast), sign_in(cast.pip), sign_in(cast.sam)
    assert "Your school has asked you and your parents." in text_of(pip.get("/st-marys/advice"))
    version = version_on(pip.get(f"{ONE}/advice"))
    pip.post(f"{ONE}/advice", {"version": version, "tried": "Press Source"})
    rita.post(f"{ONE}/advice/acceptance")
    page = text_of(sam.get("/st-marys/advisors"))
    assert "Countersign: this is right" in page and "0.0 %" in page
    assert sam.post(f"{ONE}/advice/countersignature").status_code == 303
    page = text_of(sam.get("/st-marys/advisors?from=2026-01-01&to=2026-01-31"))
    assert "Nothing that a pupil solved waits for you." in page and "100.0 %" in page
    assert sam.get("/st-marys/advisors?from=nonsense").status_code == 200


def test_nothing_is_offered_where_there_are_no_advisors(sign_in, cast, ledger):
    assert "Ask a Tech Advisor first" not in text_of(sign_in(cast.rita).get(f"{HERE}/new"))
    ledger.rows(ADVISORS_ON)
    assert "Ask a Tech Advisor first" not in text_of(sign_in(cast.sam).get(f"{HERE}/new"))
    request = text_of(sign_in(cast.rita).get(f"{HERE}/new?type=request"))
    assert "Ask a Tech Advisor first" not in request


def test_who_switches_them_on_is_said(sign_in, cast):
    assert "ICT owner can switch them on" in text_of(sign_in(cast.sam).get("/st-marys/advisors"))
    assert "/st-marys/settings" in text_of(sign_in(cast.dora).get("/st-marys/advisors"))


def test_the_pages_are_for_those_who_may(sign_in, cast, switched_on):
    asked(sign_in, cast)
    ravi, theo, olga = sign_in(cast.ravi), sign_in(cast.theo), sign_in(cast.olga)
    assert ravi.get("/st-marys/advice").status_code == 403
    assert ravi.get("/st-marys/advisors").status_code == 403
    assert theo.get(f"{ONE}/advice").status_code == 403
    assert olga.get(f"{ONE}/advice").status_code == 404
    assert sign_in(cast.sam).get("/st-marys/advice").status_code == 403
    for where in ("", "/notes", "/print"):
        answer = sign_in(cast.pip).get(f"{ONE}{where}")
        assert answer.status_code in (303, 403, 404), where
