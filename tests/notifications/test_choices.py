"""Now, once a day, or not at all: what a person chose decides, and the summary comes once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from app import clock
from tests.incidents.pages import HERE, logged, resolved
from tests.ledger import Ledger
from tests.notifications.conftest import Sink
from workers.housekeeping import do_once, is_morning

Deliver = Callable[[], int]


def choose(sign_in: Any, who: Any, **chosen: str) -> None:
    browser = sign_in(who)
    browser.get("/account/mail")
    assert browser.post("/account/mail", chosen).status_code == 303


def test_what_is_off_is_not_sent_and_what_is_not_stays(
    sink: Sink, deliver: Deliver, api: Any, cast: Any, sign_in: Any
) -> None:
    choose(sign_in, cast.sam, reports="now", desk="off", work="now")
    logged(api, cast)
    deliver()
    assert [one.receivers for one in sink.taken] == [[cast.rita.email]]


def test_the_page_shows_what_was_chosen_and_only_what_concerns_them(
    app: Flask, cast: Any, sign_in: Any, ledger: Ledger
) -> None:
    browser = sign_in(cast.rita)
    page = browser.get("/account/mail").get_data(as_text=True)
    assert 'name="reports"' in page
    assert 'name="desk"' not in page
    choose(sign_in, cast.rita, reports="digest")
    page = browser.get("/account/mail").get_data(as_text=True)
    assert 'value="digest" checked' in page
    kinds = ledger.rows("SELECT kind FROM sign_in_events WHERE kind LIKE 'mail%%'")
    assert kinds == [("mail_choices_changed",)]


@pytest.mark.parametrize("chosen", [{}, {"reports": "sometimes"}])
def test_a_choice_that_there_is_not_is_refused(
    cast: Any, sign_in: Any, ledger: Ledger, chosen: dict[str, str]
) -> None:
    browser = sign_in(cast.rita)
    browser.get("/account/mail")
    assert browser.post("/account/mail", chosen).status_code == 422
    assert ledger.rows("SELECT 1 FROM mail_choices") == []


def test_one_summary_a_day_and_then_nothing_is_left(
    app: Flask, sink: Sink, deliver: Deliver, api: Any, cast: Any, sign_in: Any, ledger: Ledger
) -> None:
    choose(sign_in, cast.rita, reports="digest")
    choose(sign_in, cast.sam, reports="now", desk="digest", work="now")
    resolved(api, cast)
    logged(api, cast)
    deliver()
    sink.taken.clear()
    noon = datetime(2026, 1, 13, 12, tzinfo=UTC)
    assert done(app, noon)
    assert not done(app, noon + timedelta(hours=2))
    deliver()
    (mail,) = sink.to(cast.rita.email)
    assert len(sink.to(cast.sam.email)) == 1
    for said in ("STM-1 received: ", "STM-1 resolved: ", "STM-2 received: "):
        assert said in mail.plain
    assert f"http://localhost{HERE}/2" in mail.plain
    assert ledger.rows("SELECT 1 FROM digest_entries") == []
    assert done(app, noon + timedelta(days=1))
    deliver()
    assert len(sink.taken) == 2, "who has nothing to read gets nothing"


def done(app: Flask, now: datetime) -> bool:
    with app.app_context():
        return do_once("send_digests", now)


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        ("2026-01-13T06:59:59Z", False),
        ("2026-01-13T07:00:00Z", True),
        ("2026-07-14T05:59:59Z", False),
        ("2026-07-14T06:00:00Z", True),  # summer time
        ("2026-01-17T12:00:00Z", False),  # Saturday
        ("2026-01-18T12:00:00Z", False),
        ("2026-01-19T23:59:00Z", True),
    ],
)
def test_it_comes_at_seven_in_london_on_weekdays(app: Flask, instant: str, expected: bool) -> None:
    now = datetime.fromisoformat(instant)
    assert is_morning(now) == expected
    assert done(app, now) == expected


def test_a_summary_that_could_not_be_sent_keeps_its_entries(
    app: Flask, sink: Sink, deliver: Deliver, api: Any, cast: Any, sign_in: Any, ledger: Ledger
) -> None:
    choose(sign_in, cast.rita, reports="digest")
    logged(api, cast)
    deliver()
    done(app, datetime(2026, 1, 13, 12, tzinfo=UTC))
    sink.stop()
    deliver()
    assert len(ledger.rows("SELECT 1 FROM digest_entries")) == 1
    sink.start()
    at_once(ledger)
    deliver()
    assert len(sink.to(cast.rita.email)) == 1
    assert ledger.rows("SELECT 1 FROM digest_entries") == []


def at_once(ledger: Ledger) -> None:
    ledger.rows("UPDATE outbox SET next_try_at = %s WHERE done_at IS NULL", clock.now())
