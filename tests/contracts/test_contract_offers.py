"""Contracts that the LA offers: kept at the LA, taken by a school at the charge of its phase."""

from __future__ import annotations

import pytest

from tests.contracts.registers import HERE
from tests.incidents.pages import text_of

OFFERS = "/contract_offers"
OFFER = {
    "name": "ICT support",
    "kind": "sla",
    "summary": "Second line by telephone and on site",
    "start": "2026-04-01",
    "initial_months": 12,
    "renewal": "tacit",
    "renewal_months": 12,
    "notice_months": 6,
    "charges": {"Primary": "2750.00", "Secondary": "8850.00", "": "4000.00"},
    "agreement": "la-standard",
    "visits_per_year": 20,
}
FORM = {
    **{name: value for name, value in OFFER.items() if name not in ("charges", "start")},
    "start-day": "1",
    "start-month": "4",
    "start-year": "2026",
    "charging_year": "financial",
    "charge_primary": "2750.00",
    "charge_others": "4000",
    "open": "true",
}


def offered(api, cast, **more):
    answer = api(cast.mo).post(OFFERS, {**OFFER, **more})
    assert answer.status_code == 201, answer.json
    return answer.json["key"]


def phase(ledger, said):
    ledger.rows("UPDATE schools SET phase = %s WHERE slug = 'st-marys' RETURNING id", said)


def test_the_la_offers_and_changes_it(api, cast):
    mo = api(cast.mo)
    made = mo.post(OFFERS, OFFER)
    assert made.status_code == 201, made.json
    assert made.headers["Location"].endswith("/contract_offers/ict-support")
    found = mo.get(f"{OFFERS}/ict-support").json
    assert found == made.json and found["charges"]["Primary"] == "2750.00" and found["open"]
    assert found["agreement"] == "la-standard"
    assert mo.post(OFFERS, OFFER).status_code == 422
    assert mo.patch(f"{OFFERS}/ict-support", {"open": False}).status_code == 428
    assert (
        mo.patch(f"{OFFERS}/ict-support", {"open": False}, {"If-Match": '"9"'}).status_code == 412
    )
    done = mo.patch(f"{OFFERS}/ict-support", {"open": False}, {"If-Match": '"1"'})
    assert done.json["open"] is False and done.json["version"] == 2
    assert [one["key"] for one in mo.get(OFFERS).json["items"]] == ["ict-support"]
    assert mo.get(f"{OFFERS}/nothing").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"charges": {"Kindergarten": "1.00"}}, "charges"),
        ({"charges": {"Primary": 1}}, "charges.Primary.value"),
        ({"agreement": "nothing"}, "agreement"),
        ({"renewal_months": None}, "renewal_months"),
        ({"name": "New"}, "name"),
        ({"summary": None}, "summary"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(api, cast, wrong, field):
    answer = api(cast.ada).post(OFFERS, {**OFFER, **wrong})
    assert answer.status_code == 422 and field in answer.json["errors"], answer.json


def test_only_the_la_offers(api, cast):
    """Pages of the LA's office do not exist for anybody else."""
    key = offered(api, cast)
    for player in (cast.sam, cast.tariq, cast.sasha, cast.rita):
        assert api(player).get(OFFERS).status_code == 404
        assert api(player).post(OFFERS, OFFER).status_code == 404
        assert api(player).get(f"{OFFERS}/{key}/schools").status_code == 404


@pytest.mark.parametrize(
    ("of", "charge"),
    [("Primary", "2750.00"), ("Secondary", "8850.00"), ("Nursery", "4000.00"), (None, "4000.00")],
)
def test_a_school_takes_it_at_the_charge_of_its_phase(api, cast, ledger, of, charge):
    phase(ledger, of)
    key = offered(api, cast)
    sam = api(cast.sam)
    (here,) = sam.get("/schools/st-marys/contract_offers").json["items"]
    assert here["key"] == key and here["annual_charge"] == charge
    made = sam.post(HERE, {"offer": key})
    assert made.status_code == 201, made.json
    found = made.json
    assert (found["state"], found["annual_charge"], found["offer"]) == ("draft", charge, key)
    assert found["scope"] == OFFER["summary"] and found["agreement"] == "la-standard"
    assert (found["renewal"], found["notice_months"]) == ("tacit", 6)
    assert found["visits_per_year"] == 20
    (la,) = sam.get("/schools/st-marys/suppliers?kind=la").json["items"]
    assert found["supplier"] == la["key"]


def test_it_is_taken_once_and_only_while_it_is_offered(api, cast):
    key = offered(api, cast)
    sam = api(cast.sam)
    assert sam.post(HERE, {"offer": "nothing"}).status_code == 422
    first = sam.post(HERE, {"offer": key, "name": "LA support", "start": "2026-09-01"})
    assert (first.json["name"], first.json["start"]) == ("LA support", "2026-09-01")
    again = sam.post(HERE, {"offer": key})
    assert again.status_code == 409 and "contract 1" in again.json["detail"]
    api(cast.mo).patch(f"{OFFERS}/{key}", {"open": False}, {"If-Match": '"1"'})
    assert sam.get("/schools/st-marys/contract_offers").json["items"] == []
    assert api(cast.olga).post(HERE, {"offer": key}).status_code == 404
    closed = api(cast.olga).post("/schools/oakfield/contracts", {"offer": key})
    assert closed.status_code == 422 and "offer" in closed.json["errors"]


def test_the_la_sees_which_schools_took_it_and_until_when_they_can_leave(api, cast, at):
    at("2026-05-01T10:00Z")
    key = offered(api, cast)
    for player, school in ((cast.sam, "st-marys"), (cast.olga, "oakfield")):
        assert api(player).post(f"/schools/{school}/contracts", {"offer": key}).status_code == 201
    found = api(cast.mo).get(f"{OFFERS}/{key}/schools").json["items"]
    assert sorted((one["school"], one["number"], one["last_notice_day"]) for one in found) == [
        ("oakfield", 1, "2026-09-30"),
        ("st-marys", 1, "2026-09-30"),
    ]
    # What a school took stays as it took it.
    api(cast.mo).patch(f"{OFFERS}/{key}", {"notice_months": 3}, {"If-Match": '"1"'})
    assert api(cast.sam).get(f"{HERE}/1").json["notice_months"] == 6


def test_the_same_by_page(sign_in, cast, ledger):
    phase(ledger, None)
    mo, sam = sign_in(cast.mo), sign_in(cast.sam)
    assert "Nothing is offered yet" in text_of(mo.get("/contract-offers"))
    assert mo.get("/contract-offers/new").status_code == 200
    assert mo.post("/contract-offers/new", {**FORM, "name": ""}).status_code == 422
    assert mo.post("/contract-offers/new", FORM).status_code == 303
    assert "ICT support" in text_of(mo.get("/contract-offers"))
    offers = text_of(sam.get("/st-marys/contracts/from-the-la"))
    assert "ICT support" in offers and "£4,000.00 a year" in offers
    assert sam.post("/st-marys/contracts/from-the-la", {}).status_code == 422
    taken = sam.post("/st-marys/contracts/from-the-la", {"offer": "ict-support"})
    assert taken.status_code == 303 and taken.headers["Location"].endswith("/contracts/1")
    assert sam.post("/st-marys/contracts/from-the-la", {"offer": "ict-support"}).status_code == 409
    page = text_of(mo.get("/contract-offers/ict-support"))
    assert "St Mary" in page and "£2,750.00" in page
    change = mo.get("/contract-offers/ict-support/change")
    assert 'value="2750.00"' in change.get_data(as_text=True)
    stale = mo.post("/contract-offers/ict-support/change", {**FORM, "version": "9"})
    assert stale.status_code == 412 and "changed this" in text_of(stale)
    less = {name: value for name, value in FORM.items() if name != "open"}
    assert (
        mo.post("/contract-offers/ict-support/change", {**less, "version": "1"}).status_code == 303
    )
    assert "No longer offered" in text_of(mo.get("/contract-offers"))
    assert sam.get("/contract-offers").status_code == 404
