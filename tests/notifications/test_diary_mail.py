"""The diary reminds people: once, in one mail a day, by day, and of nothing that is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app import clock
from tests.diary.test_api import DIARY, added, marked
from tests.diary.test_sources import contract, payment, put
from tests.notifications.conftest import Sink
from workers.housekeeping import do_once

Deliver = Callable[[], int]
# The last day to give notice is 30 April 2027.
THIRTY_BEFORE = "2027-03-31T07:30+00:00"


@pytest.fixture
def remind(app: Any, deliver: Deliver, at: Any) -> Callable[[str], bool]:
    """What the ticker and a worker do at that time; whether it was done at all."""

    def remind(when: str) -> bool:
        at(when)
        with app.app_context():
            is_done = do_once("remind_of_diary", clock.now())
        deliver()
        return is_done

    return remind


def test_one_mail_with_a_line_for_each(sink: Sink, remind, app, api, cast, ledger):
    put(app, ledger, contract(), contract(2, name="Telephones"))
    added(api, cast.sam, on="2027-04-07", at="09:30", title="Governors")
    added(api, cast.sam, on="2027-04-07", title="PAT", assignee="Theo Technician")
    assert remind(THIRTY_BEFORE)
    (mail,) = sink.to(cast.sam.email)
    assert mail.subject == "St Mary’s Primary School: 3 dates in the diary"
    assert "Wednesday 7 April 2027 at 09:30, in 7 days: Governors" in mail.plain
    for name in ("Broadband", "Telephones"):
        line = f"Friday 30 April 2027, in 30 days: Last day to give notice: {name}"
        assert line in mail.plain
    (other,) = sink.to(cast.theo.email)
    assert "PAT" in other.plain and "Governors" not in other.plain
    assert len(sink.taken) == 2


def test_never_twice(sink: Sink, remind, app, api, cast, ledger):
    put(app, ledger, contract())
    assert remind(THIRTY_BEFORE)
    assert not remind("2027-03-31T09:30+00:00"), "once a day"
    assert remind("2027-04-01T07:30+00:00")
    assert len(sink.taken) == 1
    assert remind("2027-04-23T07:30+00:00"), "seven days before"
    assert len(sink.taken) == 2


def test_what_was_missed_is_told_in_one_line(sink: Sink, remind, app, api, cast, ledger):
    """Entered five days before: thirty and seven days before are both over."""
    added(api, cast.sam, on="2027-04-05")
    assert remind(THIRTY_BEFORE)
    (mail,) = sink.taken
    assert mail.plain.count("Renew the insurance") == 1
    assert ledger.rows("SELECT days_before FROM diary_reminders ORDER BY 1") == [(7,), (30,)]


def test_neither_at_night_nor_at_the_weekend(sink: Sink, remind, app, api, cast, ledger):
    added(api, cast.sam, on="2027-04-05", remind_days_before=[7])
    for when in ("2027-03-31T03:00+00:00", "2027-04-03T10:00+00:00"):
        assert not remind(when)
    assert sink.taken == []


def test_not_of_what_is_done_or_over(sink: Sink, remind, app, api, cast, ledger):
    put(app, ledger, contract(state="draft"), payment(1, status="paid"))
    added(api, cast.sam, on="2027-04-05")
    assert marked(api, cast.sam, "2027-04-05", "done").status_code == 200
    added(api, cast.sam, on="2027-03-30", remind_days_before=[7])
    added(api, cast.sam, on="2027-04-05", remind_days_before=[])
    assert remind(THIRTY_BEFORE)
    assert sink.taken == []


def test_done_between_taking_and_sending(sink: Sink, app, api, cast, at, deliver, ledger):
    added(api, cast.sam, on="2027-04-05")
    at(THIRTY_BEFORE)
    with app.app_context():
        assert do_once("remind_of_diary", clock.now())
    assert marked(api, cast.sam, "2027-04-05", "done").status_code == 200
    deliver()
    assert sink.taken == []


def test_who_wants_no_mail_gets_none(sink: Sink, remind, app, api, cast, ledger):
    ledger.rows(
        "INSERT INTO mail_choices SELECT id, 'desk', 'off' FROM people WHERE email = %s",
        cast.sam.email,
    )
    added(api, cast.sam, on="2027-04-05")
    assert remind(THIRTY_BEFORE)
    assert sink.taken == []


def test_without_a_spoc_the_owner_of_the_desk_hears(sink: Sink, remind, api, cast, ledger):
    added(api, cast.sam, on="2027-04-05")
    ledger.rows("UPDATE memberships SET valid_to = '2027-03-01' WHERE name = 'Sam Spoc'")
    assert remind(THIRTY_BEFORE)
    assert [one.receivers for one in sink.taken] == [[cast.dora.email]]


def test_each_school_hears_of_its_own(sink: Sink, remind, api, cast):
    own = {"title": "Ours", "kind": "other", "on": "2027-04-05"}
    assert api(cast.olga).post("/schools/oakfield/diary", own).status_code == 201
    assert remind(THIRTY_BEFORE)
    assert [one.receivers for one in sink.taken] == [[cast.olga.email]]
    assert DIARY not in sink.taken[0].plain and "/oakfield/diary" in sink.taken[0].plain
