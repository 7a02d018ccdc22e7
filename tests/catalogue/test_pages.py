"""The service catalogue and critical dates as pages."""

from __future__ import annotations

from tests.api.desk import done, log
from tests.catalogue.test_critical_dates import DATES, OFSTED, SATS, written
from tests.catalogue.test_services import SERVICES, wifi
from tests.incidents.pages import text_of, version_on

LIST, CRITICAL = "/st-marys/services", "/st-marys/critical-dates"


def test_a_new_catalogue_begins_with_the_usual_services(app, sign_in, cast):
    sam, rita = sign_in(cast.sam), sign_in(cast.rita)
    assert "Begin with the usual ones" in text_of(sam.get(LIST))
    assert "has not written the catalogue yet" in text_of(rita.get(LIST))
    assert "Wi-Fi" in text_of(sam.get(f"{LIST}/presets"))
    assert sam.post(f"{LIST}/presets", {}).status_code == 422
    assert sam.post(f"{LIST}/presets", {"names": ["Wi-Fi", "Backups"]}).status_code == 303
    page = text_of(rita.get(LIST))
    assert "Wi-Fi" in page
    assert "Open incidents" not in page
    # What is there already is not offered again.
    assert 'value="Wi-Fi"' not in sam.get(f"{LIST}/presets").text


def test_a_service_is_added_and_changed(app, sign_in, cast):
    sam = sign_in(cast.sam)
    said = {"name": "Wi-Fi", "purpose": "Laptops", "used_by": "Everybody", "criticality": "low"}
    answer = sam.post(f"{LIST}/new", {**said, "seasons": "summer: high"})
    assert answer.status_code == 422
    assert "“summer: high” cannot be read" in text_of(answer)
    said |= {"seasons": "1 May to 30 June: high", "supported": "true"}
    assert sam.post(f"{LIST}/new", said).status_code == 303
    page = sam.get(f"{LIST}/wi-fi/change")
    assert "1 May to 30 June: high" in text_of(page)
    change = {**said, "name": "Wireless", "version": "9"}
    assert sam.post(f"{LIST}/wi-fi/change", change).status_code == 412
    change["version"] = version_on(page)
    assert sam.post(f"{LIST}/wi-fi/change", change).status_code == 303
    assert "Wireless has been changed." in text_of(sam.get(f"{LIST}/wi-fi"))
    assert sign_in(cast.rita).get(f"{LIST}/wi-fi/change").status_code == 403
    assert sign_in(cast.olga).get(f"{LIST}/wi-fi").status_code == 404


def test_parts_are_added_and_removed(app, sign_in, cast):
    wifi(app)
    sam = sign_in(cast.sam)

    def add(kind, what):
        version = version_on(sam.get(f"{LIST}/wi-fi"))
        return sam.post(f"{LIST}/wi-fi/parts", {"kind": kind, "what": what, "version": version})

    assert add("words", "The controller").status_code == 303
    for kind, what, said in (
        ("licence", "five", "Give the number of the licence"),
        ("contract", "7", "There is no contract number 7"),
        ("asset", "NO-1", "There is no equipment with the tag NO-1"),
    ):
        answer = add(kind, what)
        assert answer.status_code == 422
        assert said in text_of(answer)
    removal = f"{LIST}/wi-fi/parts/1/removal"
    assert sam.post(removal, {"version": "9"}).status_code == 412
    assert sam.post(removal, {"version": version_on(sam.get(f"{LIST}/wi-fi"))}).status_code == 303
    assert done(app, "sam", "get", f"{SERVICES}/wi-fi").json["parts"] == []


def test_one_with_incidents_leads_to_them_and_is_archived(app, sign_in, cast):
    wifi(app)
    log(app, service="wi-fi", title="Dark board")
    log(app, title="Something else")
    sam = sign_in(cast.sam)
    page = sam.get(f"{LIST}/wi-fi")
    assert "1 open" in text_of(page)
    found = text_of(sam.get("/st-marys/incidents?service=wi-fi&open=true"))
    assert "Dark board" in found
    assert "Something else" not in found
    said = {"version": version_on(page)}
    refused = sam.post(f"{LIST}/wi-fi/removal", said)
    assert refused.status_code == 409
    assert "Archive it instead" in text_of(refused)
    assert sam.post(f"{LIST}/wi-fi/archive", {**said, "archived": "true"}).status_code == 303
    assert "Wi-Fi</a>" not in text_of(sam.get(LIST))
    # The sheet that names it keeps it.
    assert "Wi-Fi (no longer offered)" in text_of(sam.get("/st-marys/incidents/1/sheet"))
    wifi(app, name="Wrong")
    version = version_on(sam.get(f"{LIST}/wrong"))
    assert sam.post(f"{LIST}/wrong/removal", {"version": version}).status_code == 303
    assert sam.get(f"{LIST}/wrong").status_code == 404


def test_the_sheet_asks_for_the_service_where_there_are_any(app, sign_in, cast):
    rita = sign_in(cast.rita)
    assert 'name="service"' not in rita.get("/st-marys/incidents/new").text
    wifi(app)
    assert 'name="service"' in rita.get("/st-marys/incidents/new").text
    sheet = {"type": "incident", "title": "Dark", "expected": "a", "happened": "b"}
    sheet |= {"location": "hall", "service": "wi-fi"}
    assert rita.post("/st-marys/incidents/new", sheet).status_code == 303
    assert "Wi-Fi" in text_of(rita.get("/st-marys/incidents/1"))


def test_the_check_suggests_the_whole_school_and_says_why(app, sign_in, cast):
    wifi(app, criticality="high")
    log(app, service="wi-fi", impact=3)
    page = text_of(sign_in(cast.sam).get("/st-marys/incidents/1/check"))
    assert "Wi-Fi is a service of high criticality" in page
    assert '<option value="1" selected>' in page or 'value="1" checked' in page


def test_a_critical_date_is_written_down_moved_and_cancelled(app, sign_in, cast):
    sam = sign_in(cast.sam)
    assert "No date is written down yet" in text_of(sam.get(CRITICAL))
    said = {"title": "SATs", "kind": "tests", "raises_priority": "true"}
    days = {
        f"{name}-{part}": value
        for name in ("first_day", "last_day")
        for part, value in (("day", "11"), ("month", "5"), ("year", "2026"))
    }
    assert sam.post(f"{CRITICAL}/new", said).status_code == 422
    assert sam.post(f"{CRITICAL}/new", {**said, **days}).status_code == 303
    shown = done(app, "sam", "get", f"{DATES}/1").json
    assert (shown["raises_priority"], shown["freezes_changes"]) == (True, False)
    assert "11 May 2026" in text_of(sam.get(CRITICAL))
    change = {**said, **days, "last_day-day": "14", "version": "9"}
    assert sam.post(f"{CRITICAL}/1/change", change).status_code == 412
    change["version"] = version_on(sam.get(f"{CRITICAL}/1/change"))
    assert sam.post(f"{CRITICAL}/1/change", change).status_code == 303
    page = sam.get(f"{CRITICAL}/1")
    assert "11 May to 14 May 2026" in text_of(page)
    off = {"version": version_on(page), "cancelled": "true"}
    assert sam.post(f"{CRITICAL}/1/cancellation", {**off, "version": "9"}).status_code == 412
    assert sam.post(f"{CRITICAL}/1/cancellation", off).status_code == 303
    assert "SATs</a>" not in text_of(sam.get(CRITICAL))


def test_critical_dates_are_for_the_desk_and_the_la(app, sign_in, cast):
    written(app, OFSTED)
    for who in (cast.rita, cast.theo, cast.pip):
        browser = sign_in(who)
        for path in (CRITICAL, f"{CRITICAL}/1", f"{CRITICAL}.csv"):
            assert browser.get(path).status_code == 403
        assert "Critical dates" not in browser.get(LIST).text
    assert "Ofsted is here" in text_of(sign_in(cast.mo).get(f"{CRITICAL}/1"))
    written(app, SATS)
    lines = sign_in(cast.sam).get(f"{CRITICAL}.csv?kind=tests").text.splitlines()
    assert len(lines) == 2
