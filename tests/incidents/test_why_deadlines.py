"""“Why this deadline?”: a sentence, a picture and a table of every promised time."""

from __future__ import annotations

import re

from tests.api.desk import HOLD, bring, done, log


def test_a_paused_clock_says_what_counted_and_what_did_not(app, at, sign_in, cast):
    at("2026-01-16T16:00:00+00:00")
    path = bring(app, "in_progress")
    at("2026-01-16T16:30:00+00:00")
    done(app, "tariq", "put", f"{path}/hold", HOLD)
    at("2026-01-19T09:00:00+00:00")
    done(app, "tariq", "delete", f"{path}/hold")
    page = sign_in(cast.sam).get("/st-marys/incidents/1/deadlines").text
    said = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    # P2: 480 minutes. 30 on Friday, then 90 of the pause are open, so 450 from Monday 09:00 on.
    assert "8 h of open time from Fri 16 Jan" in said
    assert re.search(r"with 1 h 30 min paused: due Mon 19 Jan.{0,6} 16:30\.", said), said
    assert "paused, 30 min" in said and "paused, 1 h" in said
    assert "closed: weekend" in said and "closed: outside hours" in said
    drawn = page.count('<svg class="desk-why"')
    assert drawn == 4 == page.count("stretch by stretch</caption>")
    api = done(app, "sam", "get", f"{path}/deadlines").json["clocks"]
    told = {(one["kind"], one["metric"]): one for one in api}
    assert told["sla", "resolution"]["due_at"] == "2026-01-19T16:30:00Z"
    assert told["sla", "resolution"]["paused_seconds"] == 90 * 60
    assert told["sla", "response"]["state"] == "met"


def test_what_was_missed_says_so_and_stays_as_it_was_decided(app, at, sign_in, cast):
    at("2026-01-13T09:00:00+00:00")
    path = log(app)
    done(app, "sam", "get", path)
    at("2026-01-13T12:00:00+00:00")
    done(app, "sam", "put", f"{path}/check", {"impact": 2, "urgency": 1, "category": "display"})
    page = sign_in(cast.rita).get("/st-marys/incidents/1/deadlines").text
    assert "First answer from the school’s desk" in page
    assert "late" in page
    whole = {"opening": {"tue": [["10:00", "11:00"]]}}
    done(app, "sam", "put", "/schools/st-marys/calendar", whole)
    api = done(app, "sam", "get", f"{path}/deadlines").json["clocks"]
    response = next(one for one in api if one["metric"] == "response")
    assert (response["state"], response["due_at"]) == ("breached", "2026-01-13T10:00:00Z")


def test_the_incident_links_to_it_and_others_do_not_see_it(app, sign_in, cast):
    log(app)
    sam = sign_in(cast.sam)
    assert "/st-marys/incidents/1/deadlines" in sam.get("/st-marys/incidents/1").text
    assert sign_in(cast.ravi).get("/st-marys/incidents/1/deadlines").status_code == 404
    assert sign_in(cast.olga).get("/st-marys/incidents/1/deadlines").status_code == 404


def test_one_that_was_called_off_is_not_measured(app, sign_in, cast):
    bring(app, "cancelled")
    page = sign_in(cast.sam).get("/st-marys/incidents/1/deadlines").text
    assert "Not measured" in page
    assert '<svg class="desk-why"' not in page
