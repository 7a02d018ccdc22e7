"""Visits and hours of a charging year: drawn by hand and by visits, and what that says [S18]."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from app.contracts.balance_rules import Budget, Drawn, finding, monthly
from tests.contracts.registers import HERE, PAGES, added, signed, supplier
from tests.incidents.pages import text_of

NOW = "2026-10-01T10:00Z"
FIRST, LAST = date(2026, 4, 1), date(2027, 3, 31)
INCLUDES = {"start": "2026-04-01", "visits_per_year": 10, "hours_included": 20}


# fmt: off
#  included  used  on            what is said
SAID = [
    (20, 0,  "2026-10-01", "0 of 20 visits used (0 %). They are enough until 31 March 2027 at"
                           " this pace."),
    (20, 10, "2026-10-01", "10 of 20 visits used (50 %). They are enough until 31 March 2027 at"
                           " this pace."),
    (20, 16, "2026-10-01", "16 of 20 visits used (80 %). At this pace they are used up on"
                           " 16 November 2026."),
    (20, 20, "2026-10-01", "20 of 20 visits used (100 %): nothing is left until 31 March 2027."),
    (20, 22, "2026-10-01", "22 of 20 visits used (110 %): 2 more than the contract includes."),
    (0,  1,  "2026-10-01", "1 visits used; none are included."),
    (0,  0,  "2026-10-01", "No visits included."),
]
# fmt: on


@pytest.mark.parametrize(("included", "used", "on", "said"), SAID)
def test_one_sentence_says_whether_it_lasts(included, used, on, said):
    budget = Budget(Decimal(included), Decimal(used))
    assert finding(budget, None, FIRST, LAST, date.fromisoformat(on)) == said


@pytest.mark.parametrize(("used", "low"), [(15, False), (16, True), (20, True), (0, False)])
def test_it_warns_at_four_fifths(used, low):
    assert Budget(Decimal(20), Decimal(used)).is_low is low


def test_a_month_s_end_says_what_was_left():
    drawn = [Drawn(date(2026, 4, 30), 2, Decimal(1)), Drawn(date(2026, 6, 1), 1, Decimal(4))]
    rows = monthly(Budget(Decimal(10), Decimal(3)), drawn, FIRST, LAST, date(2026, 6, 15), True)
    assert [(one["month"].month, one["used"], one["left"]) for one in rows] == [
        (4, 2, 8),
        (5, 0, 8),
        (6, 1, 7),
    ]


def test_what_is_written_down_is_drawn_and_can_be_taken_back(api, at, cast):
    at(NOW)
    signed(api, cast, **INCLUDES)
    sam, uses = api(cast.sam), f"{HERE}/1/uses"
    body = {"on": "2026-09-30", "visits": 1, "hours": 1.5, "note": "Server room"}
    made = sam.post(uses, body)
    assert made.status_code == 201, made.json
    assert made.json == {**body, "number": 1, "noted_by": "Sam Spoc"}
    assert sam.get(f"{uses}/1").json == made.json
    # The financial year before is another budget.
    assert sam.post(uses, {"on": "2026-03-31", "visits": 5}).status_code == 201
    found = sam.get(f"{HERE}/1/balance").json
    assert (found["first_day"], found["last_day"]) == ("2026-04-01", "2027-03-31")
    assert found["visits"] == {"included": 10, "used": 1, "left": 9, "is_low": False}
    assert found["hours"] == {"included": 20, "used": 1.5, "left": 18.5, "is_low": False}
    before = sam.get(f"{HERE}/1/balance?on=2026-03-31").json
    assert before["visits"]["used"] == 5
    assert [one["number"] for one in sam.get(uses).json["items"]] == [1, 2]
    assert sam.delete(f"{uses}/1").status_code == 204
    assert sam.delete(f"{uses}/1").status_code == 404
    assert sam.get(f"{HERE}/1/balance").json["visits"]["used"] == 0
    kinds = [one["kind"] for one in sam.get(f"{HERE}/1/timeline").json["items"]]
    assert kinds[:3] == ["contract.undrawn", "contract.drawn", "contract.drawn"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"on": "2026-09-30"}, 422),
        ({"on": "2026-10-02", "visits": 1}, 422),
        ({"visits": 1}, 422),
        ({"on": "2026-09-30", "hours": -1}, 422),
        ({"on": "2026-09-30", "visits": 1, "minutes": 5}, 422),
    ],
)
def test_what_was_not_drawn_is_not_written_down(api, at, cast, body, status):
    at(NOW)
    signed(api, cast, **INCLUDES)
    assert api(cast.sam).post(f"{HERE}/1/uses", body).status_code == status


def test_who_draws_and_what_has_no_balance(api, at, cast):
    at(NOW)
    added(api(cast.sam))
    assert api(cast.sam).get(f"{HERE}/1/balance").status_code == 404
    use = {"on": "2026-09-30", "visits": 1}
    assert api(cast.sam).post(f"{HERE}/1/uses", use).status_code == 409
    signed(api, cast, **INCLUDES)
    for player, read, write in ((cast.ike, 200, 403), (cast.rita, 403, 403), (cast.olga, 404, 404)):
        assert api(player).get(f"{HERE}/2/balance").status_code == read
        assert api(player).post(f"{HERE}/2/uses", use).status_code == write


def test_the_visits_of_its_supplier_are_counted_once(api, at, cast, ledger):
    """The LA's visits draw on the contract with the LA: of two the older one in the register."""
    at(NOW)
    sam = api(cast.sam)
    la = supplier(sam, "Our LA", kind="la")
    for _ in range(2):
        signed(api, cast, supplier=la, **INCLUDES)
    signed(api, cast, name="Somebody else’s", **INCLUDES)
    ledger.rows(
        "INSERT INTO visits (school_id, number, kind, state, starts_at, ends_at, la_membership_id,"
        " visitor_name, booked_by, arrived_at, left_at, version) SELECT s.id, n, 'regular',"
        " CASE WHEN n < 3 THEN 'done' ELSE 'cancelled' END, t, t + interval '2 hours', m.id,"
        " m.name, 'Sam', t, t + interval '90 minutes', 1 FROM schools s, la_memberships m,"
        " generate_series(1, 3) n, LATERAL (SELECT timestamptz '2026-09-01T09:00Z' + n * interval"
        " '1 day' AS t) d WHERE s.slug = 'st-marys' AND m.role = 'la_first_line' RETURNING id"
    )
    first = sam.get(f"{HERE}/1/balance").json
    assert first["visits"]["used"] == 2 and first["hours"]["used"] == 3
    for number in (2, 3):
        assert sam.get(f"{HERE}/{number}/balance").json["visits"]["used"] == 0


def test_the_page_shows_a_table_a_picture_and_a_warning(api, sign_in, at, cast):
    at(NOW)
    signed(api, cast, **INCLUDES)
    sam = sign_in(cast.sam)
    page = sam.get(f"{PAGES}/1/uses")
    assert page.status_code == 200
    form = {"on-day": "30", "on-month": "9", "on-year": "2026", "visits": "8", "hours": "0"}
    assert sam.post(f"{PAGES}/1/uses", {**form, "version": "2"}).status_code == 303
    shown = sam.get(f"{PAGES}/1").get_data(as_text=True)
    assert "<svg" in shown and "Nearly used up." in shown and "8 of 10 visits used" in shown
    assert "September 2026" in shown
    wrong = sam.post(f"{PAGES}/1/uses", {**form, "visits": "0", "version": "2"})
    assert wrong.status_code == 422 and "Enter visits or hours" in text_of(wrong)
    back = {"version": "2"}
    assert sam.post(f"{PAGES}/1/uses/1/removal", back).status_code == 303
    assert "Nearly used up." not in sam.get(f"{PAGES}/1").get_data(as_text=True)
