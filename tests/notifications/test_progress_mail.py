"""Who hears of changes and of what is put in place (R89)."""

from __future__ import annotations

import pytest

from tests.api.desk import done
from tests.progress.test_changes import ASKED, CHANGES, PLANS, WAY, step
from tests.progress.test_implementations import ALL, WIFI


@pytest.fixture(autouse=True)
def _in_school_hours(at):
    at("2026-05-12T10:00:00+00:00")


def heard(sink, deliver):
    """(whom, subject) of what went out since, in no order."""
    before = len(sink.taken)
    deliver()
    return sorted(
        (mail.receivers[0].partition("@")[0], mail.subject.partition(": ")[2])
        for mail in sink.taken[before:]
    )


def test_who_hears_of_a_change(app, sink, deliver):
    done(app, "theo", "post", CHANGES, {**ASKED, **PLANS})
    told = {}
    for who, state, more in WAY:
        answer = step(app, who, state, **more)
        assert answer.status_code == 200, answer.text
        told[state] = heard(sink, deliver)
    assert told == {
        "submitted": [("ike", "a change waits for your approval")],
        "approved_to_proceed": [("theo", "your change may be prepared")],
        "prepared": [("ike", "a change is prepared")],
        "approved_to_implement": [("theo", "your change may be implemented")],
        "implementing": [],
        "implemented": [("sam", "a change is done")],
        "closed": [],
    }
    last = sink.taken[-1]
    assert "A new file server" in last.plain
    assert "It runs" in last.plain.splitlines()
    assert "/st-marys/changes/1" in last.plain


def test_whoever_does_it_does_not_hear_of_it(app, sink, deliver):
    done(app, "sam", "post", ALL, WIFI)
    done(app, "sam", "patch", f"{ALL}/1", {"status": "done"}, If_Match="*")
    assert heard(sink, deliver) == []
    done(app, "theo", "post", ALL, {**WIFI, "summary": "All rooms"})
    done(app, "theo", "patch", f"{ALL}/2", {"status": "done"}, If_Match="*")
    assert heard(sink, deliver) == [("sam", "something new is in place")]
    assert "All rooms" in sink.taken[-1].plain


def test_what_has_been_decided_since_is_not_asked_for_any_more(app, sink, deliver):
    done(app, "sam", "post", CHANGES, ASKED)
    assert step(app, "sam", "submitted").status_code == 200
    assert step(app, "ike", "rejected", note="Not this year").status_code == 200
    assert heard(sink, deliver) == [("sam", "your change is rejected")]
    assert "Not this year" in sink.taken[-1].plain.splitlines()
