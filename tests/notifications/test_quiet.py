"""Mail waits until its receiver is at work, but for what cannot wait."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from tests.incidents.pages import HERE, checked, logged
from tests.ledger import Ledger
from tests.notifications.conftest import Sink
from tests.schools.test_settings import put

Deliver = Callable[[], int]
# A Tuesday evening; the school opens on Wednesday at eight.
EVENING, MORNING, LATE = (
    "2026-01-13T19:42+00:00",
    "2026-01-14T08:00+00:00",
    "2026-01-14T07:59+00:00",
)


@pytest.fixture
def quiet(api: Any, cast: Any) -> None:
    assert put(api(cast.dora), {"channels": ["web"]}).status_code == 200


def waiting(ledger: Ledger) -> list[datetime]:
    rows = ledger.rows(
        "SELECT next_try_at FROM outbox WHERE task = 'send_mail' AND done_at IS NULL"
    )
    return sorted(at for (at,) in rows)


def test_at_night_the_receipt_comes_and_the_desk_hears_in_the_morning(
    sink: Sink, deliver: Deliver, api: Any, cast: Any, at: Any, quiet: None, ledger: Ledger
) -> None:
    at(EVENING)
    logged(api, cast)
    deliver()
    assert [one.receivers for one in sink.taken] == [[cast.rita.email]]
    assert waiting(ledger) == [datetime.fromisoformat(MORNING)]
    at(LATE)
    deliver()
    assert len(sink.taken) == 1
    at(MORNING)
    deliver()
    assert len(sink.to(cast.sam.email)) == 1


def test_the_weekend_and_bank_holidays_are_quiet_too(
    sink: Sink, deliver: Deliver, api: Any, cast: Any, at: Any, quiet: None, ledger: Ledger
) -> None:
    at("2026-05-01T17:00+01:00")  # a Friday at closing time; the Monday is a bank holiday
    logged(api, cast)
    deliver()
    (when,) = waiting(ledger)
    assert when == datetime.fromisoformat("2026-05-05T08:00+01:00")


def test_what_stops_the_whole_school_wakes_people(
    sink: Sink, deliver: Deliver, api: Any, cast: Any, at: Any, quiet: None, ledger: Ledger
) -> None:
    at(EVENING)
    number = checked(api, cast)
    body = {"impact": 1, "urgency": 1, "category": "network"}
    assert api(cast.sam).put(f"/schools{HERE}/{number}/check", body).status_code == 200
    body = {"to": "first_line", "note": "Nothing works"}
    answer = api(cast.sam).post(f"/schools{HERE}/{number}/escalation", body)
    assert answer.status_code == 200, answer.text
    deliver()
    assert len(sink.to(cast.tariq.email)) == 1


def test_the_las_people_have_the_las_hours(
    sink: Sink, deliver: Deliver, api: Any, cast: Any, at: Any, quiet: None, ledger: Ledger
) -> None:
    at("2026-01-13T16:00+00:00")
    number = checked(api, cast)
    deliver()
    sink.taken.clear()
    at(EVENING)
    body = {"to": "first_line", "note": "Tried another cable"}
    assert api(cast.sam).post(f"/schools{HERE}/{number}/escalation", body).status_code == 200
    deliver()
    assert sink.to(cast.tariq.email) == []
    assert waiting(ledger) == [datetime.fromisoformat(MORNING)]
    at(MORNING)
    deliver()
    assert len(sink.to(cast.tariq.email)) == 1


def test_in_open_hours_nothing_waits(
    sink: Sink, deliver: Deliver, api: Any, cast: Any, at: Any, quiet: None
) -> None:
    at("2026-01-13T09:10+00:00")
    logged(api, cast)
    deliver()
    assert len(sink.taken) == 2


# Each with when somebody reads it: the next morning but for weekends and bank holidays.
HOLIDAYS = [
    ("2026-07-29T19:42+01:00", "2026-07-30T08:00+01:00"),  # in summer, on a Wednesday evening
    ("2026-07-31T19:42+01:00", "2026-08-03T08:00+01:00"),
    ("2026-08-05T10:00+01:00", "2026-08-05T10:00+01:00"),
    ("2026-04-02T17:00+01:00", "2026-04-07T08:00+01:00"),  # Easter is in the holidays
    ("2026-02-12T19:42+00:00", "2026-02-13T08:00+00:00"),  # the last day before half term
    ("2026-05-01T17:00+01:00", "2026-05-05T08:00+01:00"),  # a long weekend is waited for
]


@pytest.mark.parametrize(("logged_at", "read_at"), HOLIDAYS)
def test_nobody_waits_through_the_holidays(
    sink: Sink,
    deliver: Deliver,
    api: Any,
    cast: Any,
    at: Any,
    quiet: None,
    ledger: Ledger,
    logged_at: str,
    read_at: str,
) -> None:
    at(logged_at)
    logged(api, cast)
    deliver()
    when = waiting(ledger) or [datetime.fromisoformat(logged_at)]
    assert when == [datetime.fromisoformat(read_at)]


@pytest.mark.parametrize("is_said", [True, False])
def test_a_school_that_wants_no_quiet_or_has_said_no_hours_has_none(
    sink: Sink, deliver: Deliver, api: Any, cast: Any, at: Any, is_said: bool
) -> None:
    if is_said:
        body = {"channels": ["web"], "is_quiet_when_closed": False}
        assert put(api(cast.dora), body).status_code == 200
    at(EVENING)
    logged(api, cast)
    deliver()
    assert len(sink.taken) == 2
