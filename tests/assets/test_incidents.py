"""Incidents that name equipment by its tag, and what the register says of them."""

from __future__ import annotations

import pytest

from tests.api.desk import (
    ADVISORS_ON,
    CHECK,
    INCIDENTS,
    RESOLUTION,
    bring,
    check_refused,
    done,
    log,
    report,
    send,
)
from tests.assets.things import ASSETS, PAGES, added, plain, to
from tests.incidents.pages import text_of


def test_a_sheet_names_a_tag_and_brings_its_room(app):
    added(app, location="library")
    logged = report(app, asset="lap-001", location=None).json
    assert (logged["asset"], logged["location"]["key"]) == ("LAP-001", "library")
    # A room that was said stays: it has been carried there.
    assert report(app, asset="LAP-001").json["location"]["key"] == "ict-suite"
    one = f"{INCIDENTS}/{logged['number']}"
    assert done(app, "sam", "get", one).json["asset"] == "LAP-001"
    assert done(app, "sam", "get", f"{ASSETS}/LAP-001").json["incidents_open"] == 2


@pytest.mark.parametrize("tag", ["NOPE", "a/b", "OAK-1"])
def test_only_equipment_of_the_school(app, tag):
    send(app, "olga", "post", "/schools/oakfield/assets", {"tag": "OAK-1", "type": "phone"})
    check_refused(report(app, asset=tag), "asset")


def test_what_is_disposed_of_has_no_faults(app):
    added(app)
    path = log(app, asset="LAP-001")
    gone = {
        "reason": "Old", "disposed_on": "2026-01-12", "method": "sold", "wipe_evidence": "Wiped",
    }  # fmt: skip
    to(app, "LAP-001", "retired", who="ike", reason="Old")
    to(app, "LAP-001", "disposed", who="ike", **gone)
    check_refused(report(app, asset="LAP-001"), "asset")
    # What names it already keeps it.
    kept = send(app, "sam", "patch", path, {"asset": "LAP-001", "title": "Dark"}, If_Match="*")
    assert (kept.status_code, kept.json["asset"]) == (200, "LAP-001")


def test_it_is_mended_and_added_at_the_check(app):
    added(app)
    path = log(app)
    assert done(app, "sam", "get", path).json["asset"] is None
    checked = done(app, "sam", "put", f"{path}/check", {**CHECK, "asset": "LAP-001"}).json
    assert checked["asset"] == "LAP-001"
    check_refused(send(app, "sam", "put", f"{path}/check", {**CHECK, "asset": "NOPE"}), "asset")
    off = send(app, "sam", "patch", path, {"asset": None}, If_Match="*")
    assert off.json["asset"] is None


def test_lists_carry_it_and_are_narrowed_by_it(app):
    added(app)
    bring(app, "forwarded", asset="LAP-001")
    bring(app, "forwarded")
    for who, path in (("sam", INCIDENTS), ("mo", "/queue")):
        tags = [one["asset"] for one in done(app, who, "get", path).json["items"]]
        assert sorted(tags, key=str) == ["LAP-001", None]
        found = done(app, who, "get", f"{path}?asset=lap-001").json["items"]
        assert [one["asset"] for one in found] == ["LAP-001"]
        assert done(app, who, "get", f"{path}?asset=LAP-2").json["items"] == []


def test_its_page_lists_only_what_may_be_seen(sign_in, cast, app):
    added(app)
    log(app, asset="LAP-001", title="Dark screen")
    log(app, asset="LAP-001", title="A private matter", sensitive=True)
    sam, theo = (text_of(sign_in(who).get(f"{PAGES}/LAP-001")) for who in (cast.sam, cast.theo))
    assert "Dark screen" in sam and "A private matter" in sam
    assert "Dark screen" in theo and "A private matter" not in theo
    assert done(app, "theo", "get", f"{ASSETS}/LAP-001").json["incidents_open"] == 1


def test_the_sheet_says_what_the_equipment_had(sign_in, cast, app):
    added(app)
    path = bring(app, "resolved", asset="LAP-001", title="Battery swells", location="library")
    log(app, asset="LAP-001", title="Keys are missing", location="library")
    ravi = sign_in(cast.ravi)
    typed = {"type": "incident", "title": "It is broken", "asset": "LAP-001"}
    page = text_of(ravi.post("/st-marys/incidents/new/check", typed))
    assert "What this equipment had lately" in page
    assert "Battery swells" in page and "Keys are missing" in page
    assert "Rita" not in page
    # Whoever chooses the room is offered what stands in it.
    page = text_of(ravi.post("/st-marys/incidents/new/check", {**typed, "location": "ict-suite"}))
    assert '<option value="LAP-001">Laptop, Dell Latitude 3540</option>' in page
    assert path


def test_the_incident_leads_to_the_equipment_for_whoever_may_read_it(sign_in, cast, app):
    added(app)
    number = log(app, asset="LAP-001").rpartition("/")[2]
    here = f"/st-marys/incidents/{number}"
    assert f'href="{PAGES}/LAP-001"' in text_of(sign_in(cast.sam).get(here))
    rita = text_of(sign_in(cast.rita).get(here))
    assert "LAP-001" in rita and f'href="{PAGES}/LAP-001"' not in rita


def test_an_advisor_sees_which_equipment_it_is(app, ledger):
    ledger.rows(ADVISORS_ON)
    added(app)
    path = bring(app, "new", category="display", advice=True, asset="LAP-001")
    assert done(app, "pip", "get", path).json["asset"] == "LAP-001"


def test_the_same_equipment_elsewhere_is_asked_about_too(app):
    added(app)
    path = bring(app, "in_progress", asset="LAP-001")
    other = log(app, asset="LAP-001", location="library")
    apart = log(app, location="library", title="Something else")
    done(app, "tariq", "put", f"{path}/resolution", RESOLUTION)

    def kinds(of):
        return [one["kind"] for one in done(app, "sam", "get", f"{of}/timeline").json["items"]]

    assert "incident.still_broken_asked" in kinds(other)
    assert "incident.still_broken_asked" not in kinds(apart)


# --- makes and models ---


def test_makes_and_models_say_what_each_costs(sign_in, cast, app):
    for number in range(2):
        added(app, tag=f"L-{number}", serial=None)
    plain(app, "T-1", make="Apple", model="iPad")
    path = bring(app, "in_progress", asset="L-0")
    done(app, "tariq", "post", f"{path}/checks", {"check": "The lamp", "minutes": 20})
    done(app, "tariq", "post", f"{path}/checks", {"check": "The cable", "minutes": 5})
    done(app, "tariq", "post", f"{path}/worklog", {"minutes": 30})
    log(app, asset="L-1", sensitive=True)
    page = text_of(sign_in(cast.sam).get("/st-marys/makes-and-models"))
    row = page[page.index("Dell Latitude 3540") :].split("</tr>")[0]
    cells = [cell.split("<")[0] for cell in row.split('--numeric">')[1:]]
    # In the school, bought for, incidents, open, for each, minutes, for each.
    assert cells == ["2", "£1,098.00", "2", "2", "1.0", "55", "28"]
    assert page.index("Dell Latitude") < page.index("Apple iPad")
    theo = text_of(sign_in(cast.theo).get("/st-marys/makes-and-models?type=laptop"))
    assert "Apple" not in theo
    row = theo[theo.index("Dell Latitude 3540") :].split("</tr>")[0]
    assert row.split('--numeric">')[3].startswith("1<")
    assert sign_in(cast.rita).get("/st-marys/makes-and-models").status_code == 403
