"""People hear who is in charge now, once; and the desk's owner, when nobody covers it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from app import clock
from tests.incidents.pages import text_of, version_on
from tests.ledger import Ledger
from tests.notifications.conftest import Sink
from tests.reachability.test_pages import (
    HERE,
    absence,
    card_on,
    ids,
    key_of,
    make_deputy,
    set_week,
)
from workers.housekeeping import do_once, is_by_day

__all__ = ["ids", "key_of"]
Deliver = Callable[[], int]
WORKING = "2026-01-13T09:10+00:00"
TOLD = ("sam", "rita", "ravi", "dora", "ike", "theo", "sue", "tariq", "sasha")


@pytest.fixture
def run(app: Any) -> Callable[[str], bool]:
    def run(task: str) -> bool:
        with app.app_context():
            return do_once(task, clock.now())

    return run


def change_role(browser: Any, key: str, role: str) -> None:
    path = f"/st-marys/people/{key}"
    sent = {"role": role, "version": version_on(browser.get(path))}
    answer = browser.post(f"{path}/role", sent)
    assert answer.status_code == 303, answer.get_data(as_text=True)


def changes(ledger: Ledger) -> list[tuple[str, str]]:
    return ledger.rows(
        "SELECT from_value, to_value FROM events WHERE kind = 'school.spoc_changed' ORDER BY id"
    )


def test_several_changes_within_minutes_are_told_once(
    sink: Sink, deliver: Deliver, sign_in: Any, cast: Any, key_of: Any, at: Any, ledger: Ledger
) -> None:
    now = at(WORKING)
    dora = sign_in(cast.dora)
    change_role(dora, key_of("Sam"), "reporter")
    change_role(dora, key_of("Theo"), "spoc")
    change_role(dora, key_of("Theo"), "technician")
    change_role(dora, key_of("Rita"), "spoc")
    deliver()
    assert changes(ledger) == []
    at((now + timedelta(minutes=6)).isoformat())
    deliver()
    assert changes(ledger) == [("Sam Spoc", "Rita Reporter")]
    mails = [one for one in sink.taken if "ICT contact is now" in one.subject]
    told = sorted(one.receivers[0] for one in mails)
    assert told == sorted(getattr(cast, name).email for name in TOLD), "pupils are not written to"
    assert "Until now it was Sam Spoc." in mails[0].plain
    page = sign_in(cast.ravi).get("/st-marys/details")
    assert "is now Rita Reporter" in card_on(text_of(page))
    from app.reachability.queries import forget_desks

    forget_desks()
    at((now + timedelta(days=15)).isoformat())
    page = sign_in(cast.ravi).get("/st-marys/details")
    assert "is now" not in card_on(text_of(page))


def test_what_was_changed_back_is_not_told(
    sink: Sink, deliver: Deliver, sign_in: Any, cast: Any, key_of: Any, at: Any, ledger: Ledger
) -> None:
    now = at(WORKING)
    dora = sign_in(cast.dora)
    change_role(dora, key_of("Theo"), "spoc")
    change_role(dora, key_of("Theo"), "technician")
    at((now + timedelta(minutes=6)).isoformat())
    deliver()
    assert changes(ledger) == []
    assert not [one for one in sink.taken if "ICT contact" in one.subject]


def test_a_deputy_who_is_named_is_told_too(
    sink: Sink, deliver: Deliver, sign_in: Any, cast: Any, key_of: Any, at: Any, ledger: Ledger
) -> None:
    now = at(WORKING)
    ledger.rows("UPDATE memberships SET role = 'spoc' WHERE name = 'Rita Reporter' RETURNING 1")
    path = f"{HERE}/{key_of('Rita')}/deputy"
    dora = sign_in(cast.dora)
    assert dora.post(path, {"deputy_for": key_of("Rita")}).status_code == 422
    assert dora.post(path, {"deputy_for": key_of("Sam")}).status_code == 303
    at((now + timedelta(minutes=6)).isoformat())
    deliver()
    assert changes(ledger) == [("Rita Reporter and Sam Spoc", "Sam Spoc; deputy: Rita Reporter")]
    card = re.sub("<.*?>", "", text_of(dora.get(HERE)))
    assert "Sam Spoc, reachable now, until 17:00; deputy Rita Reporter" in card


def test_a_part_that_ends_by_itself_is_noticed_the_day_after_once(
    sink: Sink, deliver: Deliver, cast: Any, at: Any, ledger: Ledger, run: Any
) -> None:
    make_deputy(ledger)
    ledger.rows(
        "UPDATE memberships SET valid_to = '2026-01-12' WHERE name = 'Rita Reporter' RETURNING 1"
    )
    at("2026-01-12T12:00+00:00")
    assert run("notice_spocs")
    assert changes(ledger) == []
    at(WORKING)
    assert run("notice_spocs")
    assert changes(ledger) == [("Sam Spoc; deputy: Rita Reporter", "Sam Spoc")]
    ledger.rows("DELETE FROM periods RETURNING 1")
    assert run("notice_spocs")
    assert len(changes(ledger)) == 1


def test_one_mail_to_the_owner_about_each_day_that_nobody_covers(
    sink: Sink,
    deliver: Deliver,
    sign_in: Any,
    cast: Any,
    key_of: Any,
    at: Any,
    run: Any,
    ledger: Ledger,
) -> None:
    now = at(WORKING)
    sam = sign_in(cast.sam)
    set_week(sam, key_of("Sam"))
    assert run("warn_uncovered")
    deliver()
    assert sink.taken == []
    day = datetime(2026, 1, 15).date()
    sam.post(f"{HERE}/absences/new", absence(key_of("Sam"), day, day + timedelta(days=1)))
    for hour in range(1, 4):
        at((now + timedelta(hours=hour)).isoformat())
        assert run("warn_uncovered")
        deliver()
    (mail,) = sink.taken
    assert mail.receivers == [cast.dora.email]
    assert "nobody covers the ICT desk" in mail.subject
    assert "Thursday 15 January: 08:30 to 12:00, 13:00 to 15:30" in mail.plain
    assert "Friday 16 January" in mail.plain
    sam.post(
        f"{HERE}/absences/new",
        absence(key_of("Sam"), datetime(2026, 1, 19).date(), datetime(2026, 1, 19).date()),
    )
    at((now + timedelta(hours=5)).isoformat())
    assert run("warn_uncovered")
    deliver()
    assert len(sink.taken) == 2
    assert "Monday 19 January" in sink.taken[1].plain
    assert "Thursday" not in sink.taken[1].plain


@pytest.mark.parametrize(
    ("when", "is_time"),
    [
        ("2026-01-13T06:59+00:00", False),
        ("2026-01-13T07:00+00:00", True),
        ("2026-01-13T18:00+00:00", False),
        ("2026-01-17T12:00+00:00", False),
    ],
)
def test_it_is_looked_at_by_day(when: str, is_time: bool) -> None:
    assert is_by_day(datetime.fromisoformat(when)) is is_time
