"""What the registers lack: each check finds it, and stops finding it once it is mended."""

from __future__ import annotations

import pytest

SCHOOL = "/schools/st-marys"
CONTRACT = {"name": "Broadband", "kind": "subscription", "start": "2025-09-01",
            "initial_months": 12, "renewal": "tacit", "renewal_months": 12}  # fmt: skip


def _lacks(api, cast):
    items = api(cast.sam).get(f"{SCHOOL}/data_quality").json["items"]
    return {one["check"]: one for one in items}


def _made(api, who, path, body):
    answer = api(who).post(f"{SCHOOL}/{path}", json=body)
    assert answer.status_code == 201, answer.text
    return answer


def test_equipment_without_a_room(api, cast):
    made = _made(api, cast.sam, "assets", {"tag": "L-1", "type": "laptop"})
    assert _lacks(api, cast)["assets_without_room"]["examples"] == ["L-1"]
    put = {"If-Match": made.headers["ETag"]}
    mended = api(cast.sam).patch(f"{SCHOOL}/assets/L-1", json={"location": "hall"}, headers=put)
    assert mended.status_code == 200
    assert _lacks(api, cast)["assets_without_room"]["count"] == 0


def test_a_room_without_equipment(api, cast):
    before = _lacks(api, cast)["rooms_without_assets"]["count"]
    _made(api, cast.sam, "assets", {"tag": "L-1", "type": "laptop", "location": "hall"})
    assert _lacks(api, cast)["rooms_without_assets"]["count"] == before - 1


def test_a_licence_that_is_over(api, cast):
    licence = {"product": "Paint", "metric": "device", "quantity": 1, "start": "2020-01-01",
               "allocations": [{"count": 3, "from": "2020-01-01"}]}  # fmt: skip
    _made(api, cast.sam, "licences", licence)
    found = _lacks(api, cast)["licences_over"]
    assert (found["count"], found["examples"]) == (1, ["Paint: 2 too few"])


def test_a_contract_without_document_or_notice(api, cast):
    number = _made(api, cast.sam, "contracts", CONTRACT).json["number"]
    assert _lacks(api, cast)["contracts_without_notice"]["count"] == 0, "a draft is not in force"
    signed = api(cast.ike).put(f"{SCHOOL}/contracts/{number}/signature")
    assert signed.status_code == 200, signed.text
    found = _lacks(api, cast)
    assert found["contracts_without_notice"]["examples"] == ["Broadband"]
    assert found["contracts_without_document"]["examples"] == ["Broadband"]


def test_a_supplier_nobody_can_reach(api, cast):
    _made(api, cast.sam, "suppliers", {"name": "Lamps Ltd", "kind": "company"})
    assert _lacks(api, cast)["suppliers_without_contact"]["examples"] == ["Lamps Ltd"]


def test_a_school_with_one_spoc_has_no_deputy(api, cast):
    found = _lacks(api, cast)
    assert (found["no_deputy"]["count"], found["no_ict_owner"]["count"]) == (1, 0)


@pytest.mark.parametrize("page", ["overview", "data-quality", "first-steps", "search?q=hall"])
def test_the_pages_open(sign_in, cast, page):
    assert sign_in(cast.sam).get(f"/st-marys/{page}").status_code == 200


def test_a_school_that_the_la_has_not_opened_is_told_so(sign_in, cast, ledger):
    sam = sign_in(cast.sam)
    assert "has not opened your desk" not in sam.get("/st-marys/first-steps").text
    ledger.rows("UPDATE schools SET status = 'invited' WHERE slug = 'st-marys' RETURNING id")
    assert "has not opened your desk" in sam.get("/st-marys/first-steps").text


def test_every_link_of_the_page_leads_somewhere(api, sign_in, cast):
    _made(api, cast.sam, "assets", {"tag": "L 1#2", "type": "laptop"})
    _made(api, cast.sam, "suppliers", {"name": "Lamps Ltd", "kind": "company"})
    number = _made(api, cast.sam, "contracts", CONTRACT).json["number"]
    api(cast.ike).put(f"{SCHOOL}/contracts/{number}/signature")
    from app.reports import words

    sam = sign_in(cast.sam)
    for address in ("data-quality", "first-steps", "search?q=L"):
        assert sam.get(f"/st-marys/{address}").status_code == 200
    with sam.client.application.test_request_context("/st-marys/overview"):
        from flask import url_for

        places = [
            url_for(said.endpoint, school="st-marys", **said.values)
            for said in (*words.LACKS.values(), *words.STEPS.values())
        ]
    assert {sam.get(place).status_code for place in places} == {200}
