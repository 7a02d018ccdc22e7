"""News of the equipment, once a working day: what was added, what is overdue, what waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app import clock
from tests.api.desk import done
from tests.assets.things import ASSETS, added, plain, to
from tests.notifications.conftest import Sink
from workers.housekeeping import do_once

TUESDAY, WEDNESDAY, MONDAY = (f"2026-01-{day}T07:30+00:00" for day in (13, 14, 19))


@pytest.fixture
def tell(app: Any, deliver: Callable[[], int], at: Any) -> Callable[[str], bool]:
    def tell(when: str) -> bool:
        at(when)
        with app.app_context():
            is_done = do_once("tell_of_assets", clock.now())
        deliver()
        return is_done

    return tell


def test_the_spoc_hears_of_what_was_added(sink: Sink, tell, app, cast, at):
    at("2026-01-12T10:00+00:00")
    added(app)
    for number in range(3):
        plain(app, f"T-{number}", make="Apple", model="iPad")
    assert tell(TUESDAY)
    (mail,) = sink.to(cast.sam.email)
    assert mail.subject == "St Mary’s Primary School: news of the equipment"
    assert "LAP-001: Laptop, Dell Latitude 3540" in mail.plain
    assert "3 × Tablet, Apple iPad" in mail.plain
    # One mail, nobody else, never twice, and nothing on a day without news.
    assert len(sink.taken) == 1
    assert not tell(TUESDAY)
    assert tell(WEDNESDAY) and len(sink.taken) == 1


def test_what_is_overdue_is_told_the_day_after_and_on_mondays(sink: Sink, tell, app, cast, at):
    at("2026-01-08T10:00+00:00")
    added(app)
    loan = {"borrower": "Class 4B", "due_on": "2026-01-12"}
    done(app, "sam", "post", f"{ASSETS}/LAP-001/loan", loan)
    sink.taken.clear()
    tell(TUESDAY)
    tell("2026-01-15T07:30+00:00")
    assert len(sink.taken) == 1
    assert "LAP-001: Class 4B, due on 12 January 2026" in sink.to(cast.sam.email)[0].plain
    tell(MONDAY)
    assert len(sink.taken) == 2
    done(app, "sam", "delete", f"{ASSETS}/LAP-001/loan")
    tell("2026-01-26T07:30+00:00")
    assert len(sink.taken) == 2


def test_the_ict_owner_hears_what_waits_for_them(sink: Sink, tell, app, cast, at):
    at("2026-01-12T10:00+00:00")
    added(app)
    to(app, "LAP-001", "retired", reason="Old")
    tell(TUESDAY)
    (mail,) = sink.to(cast.ike.email)
    assert "LAP-001, asked by Sam Spoc: Old" in mail.plain
    assert "New in the register" not in mail.plain


def test_retiring_frees_its_licences_once_nobody_can_undo_it(deliver, app, at, ledger):
    at("2026-01-13T09:00+00:00")
    added(app)
    licence = {
        "product": "Word", "metric": "device", "quantity": 5, "start": "2025-09-01",
        "end": "2026-08-31",
    }  # fmt: skip
    number = done(app, "sam", "post", "/schools/st-marys/licences", licence).json["number"]
    path = f"/schools/st-marys/licences/{number}"
    given = {"asset": "LAP-001", "from": "2025-09-01"}
    done(app, "sam", "post", f"{path}/allocations", given)
    to(app, "LAP-001", "retired", who="ike", reason="Old")
    at("2026-01-13T09:00:05+00:00")
    deliver()
    assert ledger.rows("SELECT to_day FROM licence_allocations") == [(None,)]
    at("2026-01-13T09:00:20+00:00")
    deliver()
    [(until,)] = ledger.rows("SELECT to_day FROM licence_allocations")
    assert until is not None
