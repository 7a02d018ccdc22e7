"""Suppliers through the API."""

from __future__ import annotations

import pytest

from tests.api.desk import SCHOOL, bring, done, send

SUPPLIERS = f"{SCHOOL}/suppliers"
LAMPS = {
    "name": "Lamps & Söhne Ltd",
    "kind": "company",
    "specialities": ["audio_visual", "whiteboard"],
    "contact_name": "Lena Lampe",
    "email": "help@lamps.example",
    "phone": "01632 960001",
    "website": "https://lamps.example/help",
    "support_route": "Ring before ten.\nSay the account number.",
    "account_number": "STM-0042",
    "education_experience": "Forty schools in the county",
    "framework": "Everything ICT",
    "rating": 4,
    "notes": "Ask for the night rate",
}
HANGING = {
    "contracts": "INSERT INTO contracts (school_id, number, name, kind, state, start,"
    " initial_months, renewal, charging_year, supplier_id, created_by, version)"
    " SELECT school_id, 1, 'Lamp care', 'maintenance', 'draft', '2026-01-01', 12, 'none',"
    " 'financial', id, 'Sam', 1 FROM suppliers",
    "licences": "INSERT INTO licences (school_id, number, product, metric, quantity, state, start,"
    " auto_renew, notice_days, home_use, curriculum, supplier_id, created_by, version)"
    " SELECT school_id, 1, 'LampOS', 'device', 30, 'active', '2026-01-01', false, 90, false, false,"
    " id, 'Sam', 1 FROM suppliers",
    "equipment": "INSERT INTO assets (school_id, tag, type, make, status, own_fields, supplier_id,"
    " created_by, version)"
    " SELECT school_id, 'STM-1', 'projector', 'Lumen', 'in_use', '{}', id, 'Sam', 1 FROM suppliers",
}


def made(app, **facts):
    return done(app, "sam", "post", SUPPLIERS, {"name": "Lamps Ltd", **facts}).json


def timeline(app, key):
    return done(app, "sam", "get", f"{SUPPLIERS}/{key}/timeline").json["items"]


def test_a_supplier_with_everything_that_is_known(app):
    answer = done(app, "sam", "post", SUPPLIERS, LAMPS)
    assert answer.status_code == 201
    assert answer.json["key"] == "lamps-sohne-ltd"
    whole = {**LAMPS, "specialities": ["whiteboard", "audio_visual"]}
    assert {name: answer.json[name] for name in whole} == whole
    assert (answer.json["group"], answer.json["archived"]) == (None, False)
    there = answer.headers["Location"].removeprefix("/api/v1")
    assert done(app, "theo", "get", there).json == answer.json
    assert done(app, "tariq", "get", there).json == answer.json


def test_a_name_is_enough_and_taken_once(app, is_unchanged):
    assert made(app)["kind"] == "company"
    is_unchanged.start()
    again = send(app, "sam", "post", SUPPLIERS, {"name": " lamps LTD "})
    assert list(again.json["errors"]) == ["name"]
    assert is_unchanged()
    assert made(app, name="💡")["key"] == "supplier"
    assert made(app, name="New")["key"] == "new-2"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("kind", "shop"),
        ("specialities", ["whiteboard", "magic"]),
        ("specialities", "whiteboard"),
        ("email", "no address"),
        ("phone", "ring us"),
        ("website", "javascript:alert(1)"),
        ("website", "lamps.example"),
        ("rating", 0),
        ("rating", 6),
        ("rating", "4"),
        ("group", "technicians"),
        ("group", "no-such-group"),
        ("colour", "red"),
    ],
)
def test_what_makes_no_sense_is_refused(app, field, value, is_unchanged):
    refused = send(app, "sam", "post", SUPPLIERS, {"name": "Lamps Ltd", field: value})
    assert refused.status_code == 422
    assert field in str(refused.json["errors"])
    assert is_unchanged()


def test_a_change_says_what_changed(app):
    made(app)
    path = f"{SUPPLIERS}/lamps-ltd"
    assert send(app, "sam", "patch", path, {"rating": 2}).status_code == 428
    assert send(app, "sam", "patch", path, {"rating": 2}, If_Match='"7"').status_code == 412
    change = {"name": "Lumen Ltd", "rating": 2, "specialities": ["wifi"]}
    changed = done(app, "dora", "patch", path, change, If_Match='"1"').json
    assert {name: changed[name] for name in change} == change
    assert (changed["key"], changed["version"]) == ("lamps-ltd", 2)
    same = done(app, "sam", "patch", path, change, If_Match='"2"').json
    assert same["version"] == 2
    first, last = timeline(app, "lamps-ltd")
    assert (first["kind"], first["from"], first["to"]) == (
        "supplier.changed",
        "Lamps Ltd",
        "Lumen Ltd",
    )
    assert first["note"] == "name, specialities, rating"
    assert (last["kind"], last["to"]) == ("supplier.added", "Lamps Ltd")


@pytest.mark.parametrize(
    ("filters", "there"),
    [
        ("", {"lamps-ltd", "our-la"}),
        ("kind=la", {"our-la"}),
        ("speciality=wifi", {"our-la"}),
        ("speciality=wifi&kind=company", set()),
        ("q=lamps", {"lamps-ltd"}),
        ("q=LENA+lamps", {"lamps-ltd"}),
        ("q=lena+nobody", set()),
        ("q=%25", set()),
        ("archived=true", {"lamps-ltd", "our-la", "gone"}),
    ],
)
def test_the_list_is_narrowed(app, filters, there):
    made(app, contact_name="Lena Lampe")
    made(app, name="Our LA", kind="la", specialities=["wifi", "broadband"])
    made(app, name="Gone")
    done(app, "sam", "patch", f"{SUPPLIERS}/gone", {"archived": True}, If_Match="*")
    found = done(app, "ike", "get", f"{SUPPLIERS}?{filters}").json["items"]
    assert {one["key"] for one in found} == there


def test_the_list_pages_in_few_statements(app, statements):
    for name in "CAB":
        made(app, name=name)
    statements.clear()
    first = done(app, "sam", "get", f"{SUPPLIERS}?limit=2").json
    assert len(statements) <= 5, statements
    assert [one["name"] for one in first["items"]] == ["A", "B"]
    rest = done(app, "sam", "get", f"{SUPPLIERS}?limit=2&after={first['next']}").json
    assert ([one["name"] for one in rest["items"]], rest["next"]) == (["C"], None)
    other = send(app, "sam", "get", f"{SUPPLIERS}?limit=2&kind=la&after={first['next']}")
    assert other.status_code == 422


@pytest.mark.parametrize("what", HANGING)
def test_a_supplier_with_something_hanging_on_it_is_archived(app, ledger, what, is_unchanged):
    made(app)
    ledger.rows(HANGING[what])
    is_unchanged.start()
    refused = send(app, "sam", "delete", f"{SUPPLIERS}/lamps-ltd")
    assert refused.status_code == 409
    assert f"Lamps Ltd has {what}. Archive it" in refused.json["detail"]
    assert is_unchanged()
    done(app, "sam", "patch", f"{SUPPLIERS}/lamps-ltd", {"archived": True}, If_Match="*")
    assert timeline(app, "lamps-ltd")[0]["kind"] == "supplier.archived"


def test_one_that_never_did_anything_is_removed_once(app):
    made(app)
    assert send(app, "sam", "delete", f"{SUPPLIERS}/lamps-ltd").status_code == 204
    assert send(app, "sam", "delete", f"{SUPPLIERS}/lamps-ltd").status_code == 404


# --- incidents go to them ---


def test_a_group_is_made_from_the_address_and_gets_incidents(app):
    made(app, email="help@lamps.example", phone="01632 960001")
    linked = done(app, "sam", "post", f"{SUPPLIERS}/lamps-ltd/group").json
    assert linked["group"] == "lamps-ltd"
    assert timeline(app, "lamps-ltd")[0]["kind"] == "supplier.linked"
    path = bring(app, "second")
    body = {"to": "supplier", "group": "lamps-ltd", "note": "The lamp is dark"}
    assert done(app, "sasha", "post", f"{path}/escalation", body).json["group"] == "Lamps Ltd"
    refused = send(app, "sam", "delete", f"{SUPPLIERS}/lamps-ltd")
    assert "Lamps Ltd has incidents." in refused.json["detail"]


def test_a_group_needs_an_address_and_is_made_once(app, is_unchanged):
    made(app)
    is_unchanged.start()
    refused = send(app, "sam", "post", f"{SUPPLIERS}/lamps-ltd/group")
    assert refused.status_code == 409
    assert "e-mail address" in refused.json["detail"]
    assert is_unchanged()
    done(app, "sam", "patch", f"{SUPPLIERS}/lamps-ltd", {"email": "a@lamps.example"}, If_Match="*")
    # The ICT owner keeps suppliers, not the school's lines.
    assert send(app, "ike", "post", f"{SUPPLIERS}/lamps-ltd/group").status_code == 403
    done(app, "sam", "post", f"{SUPPLIERS}/lamps-ltd/group")
    assert send(app, "sam", "post", f"{SUPPLIERS}/lamps-ltd/group").status_code == 409


def test_a_group_of_that_name_is_used_again_and_a_link_is_undone(app):
    made(app, email="help@lamps.example")
    path = f"{SUPPLIERS}/lamps-ltd"
    done(app, "sam", "post", f"{path}/group")
    alone = done(app, "sam", "patch", path, {"group": None}, If_Match="*").json
    assert alone["group"] is None
    assert timeline(app, "lamps-ltd")[0]["from"] == "Lamps Ltd"
    assert done(app, "sam", "post", f"{path}/group").json["group"] == "lamps-ltd"
    other = made(app, name="Lumen Ltd", group="lamps-ltd")
    assert other["group"] == "lamps-ltd"


def test_another_schools_suppliers_are_not_there(app, is_unchanged):
    made(app)
    is_unchanged.start()
    path = f"{SUPPLIERS}/lamps-ltd"
    for method, where, body in (
        ("get", "", None),
        ("patch", "", {"rating": 1}),
        ("delete", "", None),
        ("post", "/group", None),
        ("get", "/timeline", None),
    ):
        assert send(app, "olga", method, path + where, body).status_code == 404
        assert send(app, "rita", method, path + where, body).status_code == 403
    own = "/schools/oakfield/suppliers"
    assert send(app, "olga", "get", f"{own}/lamps-ltd").status_code == 404
    assert done(app, "olga", "get", own).json["items"] == []
    assert is_unchanged()
    refused = send(app, "olga", "post", own, {"name": "Oak Ltd", "group": "lamps-ltd"})
    assert list(refused.json["errors"]) == ["group"]
