"""Payments through the API: planned, approved by somebody else, ordered, invoiced, paid."""

from __future__ import annotations

import pytest

from tests.payments.desk import PAYMENTS, SAID, brought, changed, moved, planned, scheduled


def test_a_payment_is_planned_with_what_it_is_for(api, cast):
    api(cast.sam).post("/schools/st-marys/suppliers", {"name": "Lines Ltd", "kind": "company"})
    made = planned(api, cast.sam, supplier="lines-ltd", cost_code="E19", notes="By direct debit")
    assert made.headers["Location"].endswith(f"{PAYMENTS}/1")
    body = made.json
    assert (body["amount"], body["vat"], body["gross"]) == ("100.00", "20.00", "120.00")
    assert (body["status"], body["supplier"], body["planned_by"]) == (
        "planned",
        "lines-ltd",
        "Sam Spoc",
    )
    assert [one["number"] for one in body["payments"]] == [1]


def test_a_weekend_or_bank_holiday_becomes_the_next_working_day(api, cast):
    made = planned(api, cast.sam, due_on="2026-04-03").json
    assert (made["due_on"], made["scheduled_on"]) == ("2026-04-07", "2026-04-03")
    later = changed(api, cast.sam, 1, due_on="2026-12-26").json
    assert (later["due_on"], later["scheduled_on"]) == ("2026-12-29", "2026-12-26")


def test_a_monthly_schedule(api, cast):
    made = scheduled(api, cast.sam, rhythm="monthly", first_on="2026-01-31", times=4)
    assert made == ["2026-02-02", "2026-03-02", "2026-03-31", "2026-04-30"]
    one = api(cast.sam).get(f"{PAYMENTS}/2").json
    assert (one["scheduled_on"], one["schedule"], one["amount"]) == ("2026-02-28", 1, "100.00")
    assert len(api(cast.sam).get(f"{PAYMENTS}?schedule=1").json["items"]) == 4


def test_a_termly_schedule_goes_by_the_calendar(api, cast):
    made = scheduled(api, cast.sam, rhythm="termly", first_on="2026-09-02", times=3)
    assert made == ["2026-09-02", "2027-01-05", "2027-04-12"]
    until = scheduled(api, cast.sam, rhythm="termly", first_on="2025-09-01", last_on="2026-07-31")
    assert until == ["2025-09-03", "2026-01-05", "2026-04-13"]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"due_on": None}, "due_on"),
        ({"schedule": {"rhythm": "once", "first_on": "2026-03-02"}}, "due_on"),
        ({"amount": "0.00"}, "amount"),
        ({"amount": "-5.00"}, "amount"),
        ({"amount": 5}, "amount"),
        ({"amount": "5.001"}, "amount"),
        ({"contract": 7}, "contract"),
        ({"licence": 7}, "licence"),
        ({"asset": "LAP-9"}, "asset"),
        ({"change": 7}, "change"),
        ({"supplier": "nobody"}, "supplier"),
        ({"status": "paid"}, "status"),
        ({"due_on": "tomorrow"}, "due_on"),
    ],
)
def test_what_makes_no_sense_is_said_by_field(api, cast, said, field):
    body = {name: value for name, value in {**SAID, **said}.items() if value is not None}
    refused = api(cast.sam).post(PAYMENTS, body)
    assert refused.status_code == 422 and set(refused.json["errors"]) == {field}
    assert api(cast.sam).get(PAYMENTS).json["items"] == []


@pytest.mark.parametrize(
    "schedule",
    [
        {"rhythm": "monthly", "first_on": "2026-03-02"},
        {"rhythm": "monthly", "first_on": "2026-03-02", "times": 2, "last_on": "2026-09-01"},
        {"rhythm": "monthly", "first_on": "2026-03-02", "last_on": "2026-03-01"},
        {"rhythm": "monthly", "first_on": "2026-03-02", "last_on": "2099-03-01"},
        {"rhythm": "termly", "first_on": "2090-09-01", "times": 3},
        {"rhythm": "yearly", "first_on": "2026-03-02", "times": "3"},
        {"rhythm": "yearly", "first_on": "2026-03-02", "times": 121},
        {"rhythm": "weekly", "first_on": "2026-03-02", "times": 3},
        {"rhythm": "yearly", "times": 3},
    ],
)
def test_a_schedule_that_makes_no_sense(api, cast, schedule):
    body = {"description": "Broadband", "amount": "100.00", "schedule": schedule}
    refused = api(cast.sam).post(PAYMENTS, body)
    assert refused.status_code == 422, refused.text
    assert all(name.startswith("schedule.") for name in refused.json["errors"])


def test_from_planned_to_paid(api, cast, at):
    at("2026-03-10T09:00Z")
    planned(api, cast.sam)
    approved = brought(api, cast, "approved").json
    assert (approved["approved_by"], approved["overdue"]) == ("Ike Ictowner", True)
    moved(api, cast.sam, "ordered", order_ref="PO-7", on="2026-03-09")
    moved(api, cast.sam, "invoiced", invoice_ref="INV-3")
    paid = moved(api, cast.sam, "paid").json
    assert (paid["order_ref"], paid["invoice_ref"]) == ("PO-7", "INV-3")
    assert (paid["ordered_on"], paid["paid_on"]) == ("2026-03-09", "2026-03-10")
    assert paid["overdue"] is False
    kinds = [one["kind"] for one in api(cast.sam).get(f"{PAYMENTS}/1/timeline").json["items"]]
    assert kinds == [
        "payment.paid",
        "payment.invoiced",
        "payment.ordered",
        "payment.approved",
        "payment.planned",
    ]


# fmt: off
ALLOWED = {
    "planned":   {"approved", "cancelled"},
    "approved":  {"ordered", "cancelled"},
    "ordered":   {"invoiced", "cancelled"},
    "invoiced":  {"paid", "cancelled"},
    "paid":      set(),
    "cancelled": set(),
}
WAYS = {
    "planned": (), "approved": ("approved",), "ordered": ("approved", "ordered"),
    "invoiced": ("approved", "ordered", "invoiced"),
    "paid": ("approved", "ordered", "invoiced", "paid"), "cancelled": ("cancelled",),
}
# fmt: on


@pytest.mark.parametrize("status", WAYS)
def test_only_the_next_step(api, cast, status):
    planned(api, cast.sam)
    if WAYS[status]:
        brought(api, cast, *WAYS[status])
    for wanted in ("approved", "ordered", "invoiced", "paid", "cancelled"):
        if wanted not in ALLOWED[status]:
            who = cast.ike if wanted == "approved" else cast.sam
            refused = moved(api, who, wanted, reason="x")
            assert refused.status_code == 409, (status, wanted)
    assert moved(api, cast.sam, "planned").status_code == 422


def test_nothing_is_ordered_before_it_is_approved(api, cast):
    planned(api, cast.sam)
    refused = moved(api, cast.sam, "ordered")
    assert refused.status_code == 409
    assert refused.json["detail"] == (
        "It is planned. Nothing is ordered before the ICT owner has approved it."
    )


def test_only_the_ict_owner_approves_and_orders_nothing(api, cast):
    planned(api, cast.sam)
    for who in (cast.sam, cast.dora):
        assert moved(api, who, "approved").status_code == 403
    assert moved(api, cast.ike, "approved").status_code == 200
    assert moved(api, cast.ike, "ordered").status_code == 403
    assert api(cast.ike).post(PAYMENTS, SAID).status_code == 403


def also_ict_owner(ledger) -> None:
    ledger.rows(
        "INSERT INTO memberships (school_id, person_id, name, role, valid_from, version)"
        " SELECT school_id, person_id, name, 'ict_owner', valid_from, 1 FROM memberships"
        " WHERE name = 'Sam Spoc'"
    )


def test_nobody_approves_what_they_planned_themselves(api, cast, ledger):
    also_ict_owner(ledger)
    planned(api, cast.sam)
    refused = moved(api, cast.sam, "approved")
    assert refused.status_code == 403 and "somebody else" in refused.json["detail"]
    planned(api, cast.dora)
    assert changed(api, cast.sam, 2, amount="9000.00").status_code == 200
    refused = moved(api, cast.sam, "approved", 2)
    assert refused.status_code == 403, "whoever says how much has planned it"
    planned(api, cast.dora)
    assert changed(api, cast.sam, 3, notes="x").status_code == 200
    assert moved(api, cast.sam, "approved", 3).status_code == 200


def test_another_sum_after_approval_waits_again(api, cast):
    planned(api, cast.sam)
    brought(api, cast, "approved", "ordered")
    assert changed(api, cast.sam, 1, notes="By card").json["status"] == "ordered"
    anew = changed(api, cast.sam, 1, amount="130.00").json
    assert (anew["status"], anew["approved_by"], anew["ordered_on"]) == ("planned", None, None)
    event = api(cast.sam).get(f"{PAYMENTS}/1/timeline").json["items"][0]
    assert (event["kind"], event["from"], event["to"]) == (
        "payment.planned_anew",
        "Amount: 100.00",
        "Amount: 130.00",
    )
    assert moved(api, cast.sam, "ordered").status_code == 409
    refused = api(cast.sam).delete(f"{PAYMENTS}/1")
    assert refused.status_code == 409 and "Cancel it" in refused.json["detail"]


@pytest.mark.parametrize("status", ["paid", "cancelled"])
def test_what_is_finished_stays_as_it_is(api, cast, status):
    planned(api, cast.sam)
    brought(api, cast, *WAYS[status])
    assert changed(api, cast.sam, 1, amount="1.00").status_code == 409
    assert api(cast.sam).delete(f"{PAYMENTS}/1").status_code == 409


def test_a_reason_to_cancel_and_no_day_in_the_future(api, cast):
    planned(api, cast.sam)
    refused = moved(api, cast.ike, "cancelled")
    assert refused.status_code == 422 and "reason" in refused.json["errors"]
    assert moved(api, cast.ike, "approved", on="2199-01-01").status_code == 422
    assert moved(api, cast.ike, "cancelled", reason="Too dear").json["reason"] == "Too dear"


def test_nothing_is_paid_for_a_change_that_nobody_approved(api, cast, ledger):
    change = {
        "title": "New Wi-Fi",
        "reason": "new_need",
        "description": "More of it",
        "cost": "900.00",
        "contracts_affected": "none",
    }
    made = api(cast.sam).post("/schools/st-marys/changes", change)
    assert made.status_code == 201, made.text
    refused = api(cast.sam).post(PAYMENTS, {**SAID, "change": 1})
    assert refused.status_code == 409 and "not approved yet" in refused.json["detail"]
    ledger.rows("UPDATE changes SET state = 'approved_to_proceed'")
    assert planned(api, cast.sam, change=1).json["change"] == 1


def test_versions_and_removal(api, cast):
    planned(api, cast.sam)
    path = f"{PAYMENTS}/1"
    assert api(cast.sam).patch(path, {"notes": "x"}).status_code == 428
    assert api(cast.sam).patch(path, {"notes": "x"}, {"If-Match": '"9"'}).status_code == 412
    stale = api(cast.ike).put(f"{path}/status", {"status": "approved"}, {"If-Match": '"9"'})
    assert stale.status_code == 412
    assert api(cast.sam).delete(path).status_code == 204
    assert api(cast.sam).get(path).status_code == 404


def test_who_may_and_who_does_not_see_it(api, cast):
    planned(api, cast.sam)
    for path in ("", "/1", "/year", "/1/timeline"):
        assert api(cast.olga).get(PAYMENTS + path).status_code == 404
        for who in (cast.rita, cast.theo, cast.tariq, cast.mo, cast.sue):
            assert api(who).get(PAYMENTS + path).status_code == 403
        for who in (cast.sam, cast.dora, cast.ike):
            assert api(who).get(PAYMENTS + path).status_code == 200
    assert api(cast.olga).get("/schools/oakfield/payments/1").status_code == 404


def test_the_list_is_narrowed_and_paged(api, cast, at, statements):
    at("2026-03-10T09:00Z")
    planned(api, cast.sam, description="Old", due_on="2026-02-02", cost_code="E19")
    planned(api, cast.sam, description="Today", due_on="2026-03-10")
    planned(api, cast.sam, description="Next", due_on="2026-04-01", cost_code="E20")
    brought(api, cast, "approved", number=3)

    def found(query):
        answer = api(cast.sam).get(f"{PAYMENTS}?{query}")
        assert answer.status_code == 200, answer.text
        return [one["description"] for one in answer.json["items"]]

    assert found("") == ["Old", "Today", "Next"]
    assert found("overdue=true") == ["Old"] and found("overdue=false") == ["Today", "Next"]
    assert found("from=2026-03-10&to=2026-04-01") == ["Today", "Next"]
    assert found("cost_code=E19") == ["Old"] and found("status=approved") == ["Next"]
    assert found("q=e20") == ["Next"]
    first = api(cast.sam).get(f"{PAYMENTS}?limit=2").json
    rest = api(cast.sam).get(f"{PAYMENTS}?limit=2&after={first['next']}").json
    assert [one["description"] for one in rest["items"]] == ["Next"] and rest["next"] is None
    statements.clear()
    found("limit=1")
    few = len(statements)
    statements.clear()
    found("limit=100")
    assert len(statements) == few <= 6
    assert api(cast.sam).get(f"{PAYMENTS}?from=soon").status_code == 422


def test_the_sums_of_a_year(api, cast):
    for due_on, amount, vat, code in (
        ("2026-04-01", "0.10", "0.02", "E19"),
        ("2027-03-31", "0.20", None, "E19"),
        ("2026-12-01", "33.33", "6.67", "E20"),
        ("2026-08-03", "5.00", None, None),
        ("2026-03-31", "1000.00", None, "E19"),
        ("2027-04-01", "1000.00", None, "E19"),
    ):
        planned(api, cast.sam, due_on=due_on, amount=amount, vat=vat, cost_code=code)
    planned(api, cast.sam, due_on="2026-12-01", amount="77.00", cost_code="E19")
    brought(api, cast, "cancelled", number=7)
    brought(api, cast, "approved", number=3)
    year = api(cast.ike).get(f"{PAYMENTS}/year?year=2026&kind=financial").json
    assert (year["first_day"], year["last_day"]) == ("2026-04-01", "2027-03-31")
    sums = {one["cost_code"]: (one["net"], one["vat"], one["gross"]) for one in year["items"]}
    assert sums == {
        "E19": ("0.30", "0.02", "0.32"),
        "E20": ("33.33", "6.67", "40.00"),
        None: ("5.00", "0.00", "5.00"),
    }
    total = year["total"]
    assert (total["net"], total["vat"], total["gross"]) == ("38.63", "6.69", "45.32")
    assert total["payments"] == 4
    assert total["by_status"]["approved"]["gross"] == "40.00"
    assert total["by_status"]["planned"]["gross"] == "5.32"
    academic = api(cast.ike).get(f"{PAYMENTS}/year?year=2025&kind=academic").json
    assert academic["total"]["net"] == "1005.10"
    assert api(cast.ike).get(f"{PAYMENTS}/year?kind=lunar").status_code == 422


def test_a_whole_schedule_is_approved_or_stopped(api, cast):
    scheduled(api, cast.sam, rhythm="monthly", first_on="2026-01-05", times=3)
    path = f"{PAYMENTS}/schedules/1"
    assert api(cast.sam).put(f"{path}/approval").status_code == 403
    done = api(cast.ike).put(f"{path}/approval")
    assert {one["status"] for one in done.json["payments"]} == {"approved"}
    assert api(cast.ike).put(f"{path}/approval").status_code == 409
    brought(api, cast, "ordered")
    stopped = api(cast.sam).put(f"{path}/stop", {"reason": "We left them"})
    assert [one["status"] for one in stopped.json["payments"]] == [
        "ordered",
        "cancelled",
        "cancelled",
    ]
    assert api(cast.sam).put(f"{path}/stop", {"reason": "We left them"}).status_code == 409
    assert api(cast.olga).get(path).status_code == 404
