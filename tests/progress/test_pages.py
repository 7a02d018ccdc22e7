"""Changes, implementations and progress as pages."""

from __future__ import annotations

from tests.api.desk import done
from tests.incidents.pages import text_of, version_on
from tests.progress.test_changes import ASKED, CHANGES, asked, brought, step
from tests.progress.test_implementations import ALL, CABLES, WIFI

LIST, IN_PLACE = "/st-marys/changes", "/st-marys/implementations"


def test_a_change_is_asked_for_written_up_and_approved(app, sign_in, cast):
    sam = sign_in(cast.sam)
    assert "No change has been asked for" in text_of(sam.get(LIST))
    draft = {"title": "A server", "description": "Full", "reason": "new_need"}
    assert sam.post(f"{LIST}/new", draft).status_code == 303
    page = sam.get(f"{LIST}/1/state?state=submitted")
    answer = sam.post(f"{LIST}/1/state", {"state": "submitted", "version": version_on(page)})
    assert answer.status_code == 422
    assert "Say what can go wrong" in text_of(answer)
    page = sam.get(f"{LIST}/1/change")
    said = {**ASKED, "reason": "new_need", "version": version_on(page)}
    assert sam.post(f"{LIST}/1/change", {**said, "version": "9"}).status_code == 412
    assert sam.post(f"{LIST}/1/change", said).status_code == 303
    version = version_on(sam.get(f"{LIST}/1/state?state=submitted"))
    assert (
        sam.post(f"{LIST}/1/state", {"state": "submitted", "version": version}).status_code == 303
    )
    ike = sign_in(cast.ike)
    assert "STM-C1: A new file server" in text_of(ike.get("/st-marys/progress"))
    version = version_on(ike.get(f"{LIST}/1/state?state=rejected"))
    refused = ike.post(f"{LIST}/1/state", {"state": "rejected", "version": version})
    assert refused.status_code == 422
    assert '<a href="#note">Say why</a>' in text_of(refused)
    said = {"state": "rejected", "version": version, "note": "Not this year"}
    assert ike.post(f"{LIST}/1/state", said).status_code == 303
    assert "Not this year" in text_of(sam.get(f"{LIST}/1"))


def test_a_technician_writes_only_what_is_open_to_them(app, sign_in, cast):
    asked(app)
    for who, state in (("sam", "submitted"), ("ike", "approved_to_proceed")):
        assert step(app, who, state).status_code == 200
    theo = sign_in(cast.theo)
    page = theo.get(f"{LIST}/1/change")
    assert 'name="test_plan"' in page.text
    assert 'name="title"' not in page.text
    said = {"test_plan": "On Saturday", "version": version_on(page)}
    assert theo.post(f"{LIST}/1/change", said).status_code == 303
    shown = done(app, "theo", "get", f"{CHANGES}/1").json
    assert (shown["test_plan"], shown["title"]) == ("On Saturday", ASKED["title"])


def test_nothing_is_open_any_more(app, sign_in, cast):
    brought(app, "closed")
    sam = sign_in(cast.sam)
    assert "Change what is written" not in text_of(sam.get(f"{LIST}/1"))
    version = version_on(sam.get(f"{LIST}/1/change"))
    assert sam.post(f"{LIST}/1/change", {"urgent": "true", "version": version}).status_code == 409


def test_an_implementation_and_its_milestones(app, sign_in, cast):
    theo = sign_in(cast.theo)
    sam = sign_in(cast.sam)
    assert "Nothing is being put in place" in text_of(sam.get(IN_PLACE))
    assert sam.post(f"{IN_PLACE}/new", {**WIFI, "origin": "plan"}).status_code == 303
    page = sam.get(f"{IN_PLACE}/1/milestone")
    said = {"name": "Cables laid", "due_on-day": "10", "due_on-month": "5", "due_on-year": "2020"}
    assert theo.post(f"{IN_PLACE}/1/milestone", said).status_code == 412
    assert (
        sam.post(f"{IN_PLACE}/1/milestone", {**said, "version": version_on(page)}).status_code
        == 303
    )
    page = text_of(sign_in(cast.ike).get("/st-marys/progress"))
    assert "0% (0 of 1)" in page
    assert "Late" in page
    page = sam.get(f"{IN_PLACE}/1")
    refused = sam.post(f"{IN_PLACE}/1/status", {"status": "done", "version": version_on(page)})
    assert refused.status_code == 409
    assert "has not been reached" in text_of(refused)
    page = sam.get(f"{IN_PLACE}/1/milestone?place=1")
    said |= {"place": "1", "remove": "yes", "version": version_on(page)}
    assert sam.post(f"{IN_PLACE}/1/milestone", said).status_code == 303
    page = sam.get(f"{IN_PLACE}/1/change")
    said = {**WIFI, "title": "Wi-Fi everywhere", "origin": "plan", "version": version_on(page)}
    assert sam.post(f"{IN_PLACE}/1/change", said).status_code == 303
    version = version_on(sam.get(f"{IN_PLACE}/1"))
    assert (
        sam.post(f"{IN_PLACE}/1/status", {"status": "done", "version": version}).status_code == 303
    )
    assert "Wi-Fi everywhere" not in text_of(sign_in(cast.ike).get("/st-marys/progress"))


def test_lists_as_files(app, sign_in, cast):
    asked(app)
    done(app, "sam", "post", ALL, {**WIFI, "milestones": [CABLES]})
    ike = sign_in(cast.ike)
    assert "STM-C1,A new file server,Draft" in ike.get(f"{LIST}.csv").text
    assert "STM-C1" not in ike.get(f"{LIST}.csv?open=false").text
    assert "Wi-Fi in the new building" in ike.get(f"{IN_PLACE}.csv?open=true").text
    for where in (LIST, IN_PLACE):
        assert ike.get(f"{where}.xlsx").data[:2] == b"PK"
        assert ike.get(f"{where}.csv?open=maybe").status_code == 422
