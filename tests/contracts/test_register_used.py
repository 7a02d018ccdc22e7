"""What other rooms do with a contract's number: an incident goes to its supplier, a deadline is
worked out by its agreement."""

from __future__ import annotations

import pytest

from tests.api.desk import bring, done, send
from tests.contracts.registers import signed, supplier
from tests.incidents.supply import a_contract, a_supplier

PREVIEW = "/schools/st-marys/deadlines/preview"
AT = {"priority": "P2", "started_at": "2026-01-13T09:00:00Z"}
TO_SUPPLIER = {"to": "supplier", "note": "The lamp is dark"}


@pytest.fixture(autouse=True)
def _tuesday(at):
    at("2026-01-13T09:00+00:00")


@pytest.fixture
def contract(app, api, sign_in, cast):
    """In force, with a supplier whose group takes incidents."""
    group = a_supplier(app, sign_in, cast)
    a_contract(app, "lamps-quick", response=15)
    key = supplier(api(cast.sam), "Lamps Limited", group=group)
    return signed(api, cast, supplier=key, agreement="lamps-quick")


@pytest.mark.parametrize("named", ["1", 1])
def test_an_incident_goes_to_the_supplier_of_the_contract_that_is_named(app, contract, named):
    path = bring(app, "second")
    found = done(app, "sasha", "post", f"{path}/escalation", {**TO_SUPPLIER, "contract": named})
    assert (found.json["line"], found.json["group"]) == (3, "Lamps Ltd")
    # What counts is what this contract promises, not what the group usually goes by.
    clocks = done(app, "sam", "get", f"{path}/clocks").json["items"]
    response = next(
        one for one in clocks if one["agreement"] == "lamps-quick" and one["metric"] == "response"
    )
    assert response["target_seconds"] == 15 * 60


def test_a_contract_that_cannot_take_it_is_said_at_its_field(app, api, cast, contract):
    path = bring(app, "second")
    signed(api, cast, name="Nobody’s")
    lonely = supplier(api(cast.sam), "Lonely Ltd")
    signed(api, cast, name="Lonely", supplier=lonely)
    send(
        app,
        "sam",
        "put",
        "/schools/st-marys/contracts/1/termination",
        {"on": "2026-01-14", "reason": "Dear"},
    )
    for number, said in (
        ("1", "is not in force"),
        ("2", "names no supplier"),
        ("3", "has no group that takes incidents yet"),
        ("99", "no contract of that number"),
        ("9" * 40, "no contract of that number"),
        ("la-nothing", "no supplier’s contract of that key"),
    ):
        body = {**TO_SUPPLIER, "contract": number}
        answer = send(app, "sasha", "post", f"{path}/escalation", body)
        assert answer.status_code == 422, (number, answer.json)
        assert said in answer.json["errors"]["contract"][0]


def test_a_contract_only_goes_to_the_supplier_s_line(app, contract):
    path = bring(app, "queued")
    body = {"to": "first_line", "note": "n", "contract": "1"}
    answer = send(app, "sam", "post", f"{path}/escalation", body)
    assert answer.status_code == 422 and "contract" in answer.json["errors"]


@pytest.mark.parametrize("named", ["1", 1])
def test_a_deadline_by_the_agreement_of_a_contract(api, cast, contract, named):
    found = api(cast.sam).post(PREVIEW, {**AT, "contract": named})
    assert found.status_code == 200, found.json
    by_key = api(cast.sam).post(PREVIEW, {**AT, "agreement": "lamps-quick"})
    assert found.json == by_key.json
    assert found.json["clocks"][0]["target_seconds"] == 15 * 60


def test_a_deadline_by_no_contract(api, cast, contract):
    sam = api(cast.sam)
    signed(api, cast, name="Without an agreement")
    for body in (
        {"contract": "2"},
        {"contract": "77"},
        {"contract": "1", "agreement": "lamps-quick"},
    ):
        answer = sam.post(PREVIEW, {**AT, **body})
        assert answer.status_code == 422 and "contract" in answer.json["errors"], body
