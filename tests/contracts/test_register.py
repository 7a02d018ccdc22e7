"""The contract register through the API: added, found, changed in versions, removed."""

from __future__ import annotations

import pytest

from tests.contracts.registers import HERE, SUPPORT, added, change, signed, supplier

NOW = "2023-10-31T10:00Z"


def test_a_contract_says_when_it_ends_and_until_when_it_can_be_cancelled(api, at, cast):
    at(NOW)
    sam = api(cast.sam)
    key = supplier(sam)
    made = sam.post(HERE, {**SUPPORT, "supplier": key, "reference": "C-77", "scope": "Printers"})
    assert made.status_code == 201, made.json
    assert made.headers["Location"].endswith("/contracts/1") and made.headers["ETag"] == '"1"'
    found = sam.get(f"{HERE}/1").json
    assert found == made.json
    assert found["supplier"] == key and found["supplier_name"] == "Copy Ltd"
    assert (found["state"], found["annual_charge"]) == ("draft", "8850.00")
    assert found["current_term_end"] == "2024-07-31"
    assert found["last_notice_day"] == "2024-04-30"
    assert found["in_notice_period"] is False and found["expired"] is False


@pytest.mark.parametrize(
    ("on", "end", "notice", "late"),
    [
        ("2020-08-01", "2023-07-31", "2023-04-30", False),
        ("2023-05-01", "2023-07-31", "2023-04-30", True),
        ("2023-10-31", "2024-07-31", "2024-04-30", False),
        ("2019-01-01", "2023-07-31", "2023-04-30", False),
    ],
)
def test_on_any_day_that_is_asked_for(api, cast, on, end, notice, late):
    signed(api, cast)
    for path in (f"{HERE}/1?on={on}", f"{HERE}?on={on}"):
        answer = api(cast.sam).get(path).json
        found = answer["items"][0] if "items" in answer else answer
        assert (found["current_term_end"], found["last_notice_day"]) == (end, notice)
        assert found["in_notice_period"] is late


def test_what_renews_only_when_both_say_so_expires(api, at, cast):
    at(NOW)
    found = added(api(cast.sam), renewal="none", renewal_months=None, notice_months=None)
    assert found["expired"] is True and found["last_notice_day"] is None
    assert found["current_term_end"] == "2023-07-31"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"renewal_months": None}, "renewal_months"),
        ({"notice_days": 90}, "notice_days"),
        ({"initial_months": 0}, "initial_months"),
        ({"initial_months": 601}, "initial_months"),
        ({"initial_months": "36"}, "initial_months"),
        ({"start": "2020-13-01"}, "start"),
        ({"start": None}, "start"),
        ({"kind": "handshake"}, "kind"),
        ({"renewal": "sometimes"}, "renewal"),
        ({"annual_charge": 8850}, "annual_charge"),
        ({"annual_charge": "-1.00"}, "annual_charge"),
        ({"annual_charge": "99999999999.00"}, "annual_charge"),
        ({"charging_year": "lunar"}, "charging_year"),
        ({"hours_included": "many"}, "hours_included"),
        ({"hours_included": True}, "hours_included"),
        ({"visits_per_year": -1}, "visits_per_year"),
        ({"supplier": "nobody"}, "supplier"),
        ({"agreement": "nothing"}, "agreement"),
        ({"services": ["wi-fi"]}, "services"),
        ({"name": " "}, "name"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(api, cast, wrong, field):
    answer = api(cast.sam).post(HERE, {**SUPPORT, **wrong})
    assert answer.status_code == 422 and field in answer.json["errors"], answer.json
    assert api(cast.sam).get(HERE).json["items"] == []


def test_a_supplier_of_another_school_is_none_of_ours(api, cast):
    made = api(cast.olga).post("/schools/oakfield/suppliers", {"name": "Theirs", "kind": "company"})
    answer = api(cast.sam).post(HERE, {**SUPPORT, "supplier": made.json["key"]})
    assert answer.status_code == 422 and "supplier" in answer.json["errors"]


def test_who_reads_and_who_keeps_it(api, cast):
    added(api(cast.sam))
    change_body, version = {"notes": "x"}, {"If-Match": '"1"'}
    for player, read, write in (
        (cast.ike, 200, 403),
        (cast.dora, 200, 200),
        (cast.mo, 200, 403),
        (cast.theo, 403, 403),
        (cast.tariq, 403, 403),
        (cast.rita, 403, 403),
        (cast.ada, 403, 403),
        (cast.olga, 404, 404),
    ):
        program = api(player)
        assert program.get(f"{HERE}/1").status_code == read, player
        assert program.get(HERE).status_code == read, player
        assert program.patch(f"{HERE}/1", change_body, version).status_code == write, player
        if write != 200:
            assert program.post(HERE, SUPPORT).status_code == write, player
            assert program.delete(f"{HERE}/1").status_code == write, player


def test_the_la_manager_s_looking_is_written_down(api, cast, ledger):
    added(api(cast.sam))
    api(cast.mo).get(f"{HERE}/1")
    api(cast.mo).get(HERE)
    subjects = [row[0] for row in ledger.rows("SELECT subject FROM access_records ORDER BY at")]
    assert subjects == ["Contract 1", "Contracts"]


def test_a_supplier_reads_what_is_agreed_with_them_and_nothing_else(api, cast, ledger):
    sam = api(cast.sam)
    key = supplier(sam, "Sue’s firm", email="sue@supplier.example")
    signed(api, cast, supplier=key)
    signed(api, cast, name="Somebody else’s")
    added(sam, name="A draft with her", supplier=key)
    sue = api(cast.sue)
    assert sue.get(HERE).json["items"] == []
    assert sue.get(f"{HERE}/1").status_code == 404
    ledger.rows(
        "WITH made AS (INSERT INTO support_groups (school_id, key, name, kind, line, version)"
        " SELECT id, 'sues', 'Sues', 'supplier', 3, 1 FROM schools WHERE slug = 'st-marys'"
        " RETURNING school_id, id), member AS (INSERT INTO support_group_members SELECT"
        " made.school_id, made.id, m.id FROM made JOIN memberships m ON m.role = 'supplier'"
        " RETURNING group_id) UPDATE suppliers SET group_id = (SELECT group_id FROM member)"
        " RETURNING id"
    )
    assert [one["number"] for one in sue.get(HERE).json["items"]] == [1]
    assert sue.get(f"{HERE}/1").status_code == 200
    assert sue.get(f"{HERE}/2").status_code == 404
    assert sue.get(f"{HERE}/3").status_code == 404
    assert sue.get(f"{HERE}/1/files").json["items"] == []
    assert sue.get(f"{HERE}/1/versions").status_code == 200
    assert sue.put(f"{HERE}/1/termination", {"on": "2030-01-01", "reason": "x"}).status_code == 403


def test_a_draft_changes_freely_and_says_what_it_was(api, cast):
    sam = api(cast.sam)
    added(sam)
    assert sam.patch(f"{HERE}/1", {"notes": "x"}).status_code == 428
    assert sam.patch(f"{HERE}/1", {"notes": "x"}, {"If-Match": '"9"'}).status_code == 412
    answer = change(sam, 1, notice_months=6)
    assert answer.status_code == 200 and answer.json["notice_months"] == 6
    assert sam.get(f"{HERE}/1/versions").json["items"] == []
    last = sam.get(f"{HERE}/1/timeline").json["items"][0]
    assert (last["kind"], last["from"], last["to"]) == ("contract.changed", "3", "6")
    assert last["note"] == "Notice, in months"


def test_nothing_changed_is_nothing_written_down(api, cast):
    sam = api(cast.sam)
    added(sam)
    assert change(sam, 1, notice_months=3).status_code == 200
    assert len(sam.get(f"{HERE}/1/timeline").json["items"]) == 1


def test_what_a_change_leaves_must_make_sense_together(api, cast):
    sam = api(cast.sam)
    added(sam)
    assert change(sam, 1, notice_days=30).status_code == 422
    assert change(sam, 1, renewal_months=None).status_code == 422
    assert change(sam, 1, notice_days=30, notice_months=None).status_code == 200


def test_other_terms_of_one_in_force_make_a_version_from_a_day(api, at, cast):
    at(NOW)
    signed(api, cast)
    sam = api(cast.sam)
    refused = change(sam, 1, notice_months=6)
    assert refused.status_code == 422 and "reason" in refused.json["errors"]
    done = change(sam, 1, notice_months=6, reason="New price list", valid_from="2023-11-01")
    assert done.status_code == 200, done.json
    versions = sam.get(f"{HERE}/1/versions").json["items"]
    assert [(one["number"], one["valid_from"], one["changed"]) for one in versions] == [
        (2, "2023-11-01", ["notice_months"]),
        (1, "2020-08-01", []),
    ]
    assert versions[0]["reason"] == "New price list" and versions[0]["changed_by"] == "Sam Spoc"
    assert versions[1]["terms"]["notice_months"] == 3
    # What holds on a day is what was agreed for that day.
    for on, notice in (("2023-10-31", "2024-04-30"), ("2023-11-01", "2024-01-31")):
        assert sam.get(f"{HERE}/1?on={on}").json["last_notice_day"] == notice
    early = change(sam, 1, notice_months=1, reason="x", valid_from="2023-10-01")
    assert early.status_code == 422 and "valid_from" in early.json["errors"]


def test_how_it_is_kept_changes_without_a_version(api, cast):
    signed(api, cast)
    assert change(api(cast.sam), 1, notes="In the blue folder", name="Printers").status_code == 200
    assert len(api(cast.sam).get(f"{HERE}/1/versions").json["items"]) == 1


def test_a_draft_without_anything_goes_and_what_was_signed_stays(api, cast):
    sam = api(cast.sam)
    added(sam)
    assert sam.delete(f"{HERE}/1", headers={"If-Match": '"9"'}).status_code == 412
    assert sam.delete(f"{HERE}/1").status_code == 204
    assert sam.get(f"{HERE}/1").status_code == 404
    assert sam.delete(f"{HERE}/1").status_code == 404
    number = signed(api, cast)["number"]
    refused = sam.delete(f"{HERE}/{number}")
    assert refused.status_code == 409 and "Terminate" in refused.json["detail"]


def test_a_draft_that_covers_equipment_stays(api, cast, ledger):
    sam = api(cast.sam)
    added(sam)
    made = sam.post("/schools/st-marys/assets", {"tag": "P-1", "type": "printer", "contract": 1})
    assert made.status_code == 201, made.json
    refused = sam.delete(f"{HERE}/1")
    assert refused.status_code == 409 and "equipment" in refused.json["detail"]
    assert sam.get(f"{HERE}/1").json["assets"] == 1


def test_services_and_agreement_are_named_by_their_keys(api, cast):
    sam = api(cast.sam)
    wifi = sam.post(
        "/schools/st-marys/services",
        {"name": "Wi-Fi", "purpose": "Lessons", "used_by": "All", "criticality": "high"},
    )
    assert wifi.status_code == 201, wifi.json
    found = added(sam, services=[wifi.json["key"]], agreement="la-standard", hours_included=7.5)
    assert found["services"] == [wifi.json["key"]] and found["agreement"] == "la-standard"
    assert found["hours_included"] == 7.5
    assert [one["number"] for one in sam.get(f"{HERE}?service=wi-fi").json["items"]] == [1]
    assert change(sam, 1, services=[], agreement=None).json["services"] == []
    assert sam.get(f"{HERE}?service=wi-fi").json["items"] == []


def test_it_is_found_by_what_it_says_and_by_its_filters(api, cast):
    sam = api(cast.sam)
    key = supplier(sam)
    added(sam, name="Broadband", kind="subscription", scope="Fibre to the office")
    added(sam, name="Alarm", reference="ALM-9", supplier=key)
    signed(api, cast, name="Copier lease", kind="lease")

    def names(query):
        answer = sam.get(f"{HERE}?{query}")
        assert answer.status_code == 200, answer.json
        return [one["name"] for one in answer.json["items"]]

    assert names("") == ["Alarm", "Broadband", "Copier lease"]
    assert names("q=FIBRE") == ["Broadband"]
    assert names("q=alm-9") == ["Alarm"] and names("q=copy") == ["Alarm"]
    assert names("q=%25") == []
    assert names("state=active") == ["Copier lease"]
    assert names("kind=subscription") == ["Broadband"]
    assert names(f"supplier={key}") == ["Alarm"]
    assert names("supplier=nobody") == []
    assert sam.get(f"{HERE}?state=broken").status_code == 422
    assert sam.get(f"{HERE}?colour=red").status_code == 422
    first = sam.get(f"{HERE}?limit=2").json
    rest = sam.get(f"{HERE}?limit=2&after={first['next']}").json
    assert [one["name"] for one in (*first["items"], *rest["items"])] == names("")
    assert rest["next"] is None


def test_a_list_asks_as_often_for_many_as_for_two(api, cast, statements):
    sam, counts = api(cast.sam), []
    key = supplier(sam)
    for size in (2, 8):
        while len(sam.get(f"{HERE}?limit=100").json["items"]) < size:
            signed(api, cast, supplier=key, agreement="la-standard")
        statements.clear()
        sam.get(f"{HERE}?limit=100")
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 14, counts


def test_the_same_post_twice_is_one_contract(api, cast):
    sam, once = api(cast.sam), {"Idempotency-Key": "k"}
    answers = [sam.post(HERE, SUPPORT, once) for _ in range(2)]
    assert answers[0].json == answers[1].json
    assert len(sam.get(HERE).json["items"]) == 1
    assert sam.post(HERE, {**SUPPORT, "name": "Other"}, once).status_code == 422
