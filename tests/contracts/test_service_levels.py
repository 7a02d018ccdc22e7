"""The LA's packs: read by its lines, written by manager and administrator, never edited."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from app.contracts.presets import EXAMPLES
from app.contracts.rules import LA_STANDARD, pack_from_json

PATH = "/service_levels"
PACK: dict[str, Any] = {**LA_STANDARD, "name": "Gold"}


def changed(**more: Any) -> dict[str, Any]:
    pack = deepcopy(PACK)
    pack["targets"]["P1"] = {"response_minutes": 15, "resolution_working_days": 1}
    return {**pack, **more}


@pytest.fixture
def gold(api, cast, at) -> str:
    at("2026-01-13T09:00:00+00:00")
    answer = api(cast.mo).post(PATH, {**PACK, "reason": "Asked for"})
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == f"/api/v1{PATH}/gold"
    return str(answer.json["key"])


def test_a_pack_answers_its_key_and_comes_back_as_it_was_sent(api, cast, gold):
    found = api(cast.tariq).get(f"{PATH}/{gold}")
    assert found.headers["ETag"] == '"1"'
    assert {name: found.json[name] for name in ("targets", "pause_reasons", "kind", "name")} == {
        name: PACK[name] for name in ("targets", "pause_reasons", "kind", "name")
    }
    assert found.json["calendar"]["week"]["mon"] == [["08:00", "17:00"]]
    assert (found.json["version"], found.json["valid_from"]) == (1, "2026-01-13")
    assert (found.json["default"], found.json["example"]) == (False, False)


def test_the_list_pages_and_names_each_with_its_newest_version(api, cast, gold, statements):
    tariq = api(cast.tariq)
    first = tariq.get(f"{PATH}?limit=2").json
    keys, after = [one["key"] for one in first["items"]], first["next"]
    while after:
        page = tariq.get(f"{PATH}?limit=2&after={after}").json
        keys += [one["key"] for one in page["items"]]
        after = page["next"]
    assert set(keys) == {"la-standard", "desk-standard", "gold", *EXAMPLES}
    assert len(keys) == len(set(keys))
    statements.clear()
    tariq.get(f"{PATH}?limit=50")
    assert len([one for one in statements if "la_agreement" in one]) == 2


def test_a_change_is_a_new_version_from_a_day(api, cast, gold):
    mo = api(cast.mo)
    answer = mo.put(f"{PATH}/{gold}", changed(valid_from="2026-02-01"), {"If-Match": '"1"'})
    assert answer.status_code == 200, answer.text
    versions = [(one["version"], one["valid_from"]) for one in answer.json["versions"]]
    assert versions == [(2, "2026-02-01"), (1, "2026-01-13")]
    assert answer.json["versions"][1]["targets"] == PACK["targets"]
    stale = mo.put(f"{PATH}/{gold}", changed(valid_from="2026-03-01"), {"If-Match": '"1"'})
    assert stale.status_code == 412
    same = mo.post(f"{PATH}/{gold}/versions", changed(valid_from="2026-03-01"))
    assert same.status_code == 409


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"valid_from": "2026-01-12"}, "valid_from"),
        ({"valid_from": "2026-01-13"}, "valid_from"),  # the day of version 1
        ({"valid_from": "2026-02-01", "kind": "ola"}, "kind"),
        ({"valid_from": "2026-02-01", "for_open": True}, "for_open"),
        ({"valid_from": "2026-02-01", "targets": {}}, "targets"),
        ({"valid_from": "2026-02-01", "targets": {"P9": {"response_minutes": 3}}}, "targets"),
        ({"valid_from": "2026-02-01", "calendar": {"week": {"mon": "all day"}}}, "calendar"),
        ({"valid_from": "2026-02-01", "pause_reasons": ["awaiting_godot"]}, "pause_reasons"),
        ({"valid_from": "2026-02-30"}, "valid_from"),
        ({"valid_from": "2026-02-01", "name": "\x00"}, "name"),
        ({"valid_from": "2026-02-01", "colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_is_said_by_field(api, cast, gold, is_unchanged, change, field):
    answer = api(cast.mo).put(f"{PATH}/{gold}", changed(**change))
    assert answer.status_code == 422, answer.text
    assert all(name.startswith(field) for name in answer.json["errors"]), answer.json
    assert is_unchanged()


def test_the_history_of_the_la_says_who_and_from_when(api, cast, gold, ledger):
    api(cast.mo).put(f"{PATH}/{gold}", changed(valid_from="2026-02-01", reason="Too slow"))
    lines = ledger.rows("SELECT kind, actor, to_value, note FROM la_events ORDER BY id")
    assert lines[-2:] == [
        ("pack.added", "Mo Manager", "Gold", "from 2026-01-13; Asked for"),
        ("pack.version_added", "Mo Manager", "2", "from 2026-02-01; Too slow"),
    ]


def test_the_examples_can_be_copied_and_nothing_else(api, cast, at):
    at("2026-01-13T09:00:00+00:00")
    mo = api(cast.mo)
    for key, terms in EXAMPLES.items():
        assert pack_from_json(terms)
        found = mo.get(f"{PATH}/{key}").json
        assert found["example"] and not found["default"]
        assert mo.put(f"{PATH}/{key}", changed(valid_from="2026-02-01")).status_code == 409
    choice = {"kind": "sla", "agreement": "example-moray"}
    answer = api(cast.sam).post("/schools/st-marys/agreement_choices", choice)
    assert list(answer.json["errors"]) == ["agreement"]


def test_moray_is_as_its_page_says(api, cast):
    targets = api(cast.mo).get(f"{PATH}/example-moray").json["targets"]
    assert targets["P1"] == {"response_minutes": 30, "resolution_minutes": 360}
    assert targets["P3"] == {"response_minutes": 120, "resolution_minutes": 720}


# --- the pages ---


def test_the_manager_makes_a_pack_from_an_example_on_the_page(sign_in, cast, at, api):
    at("2026-01-13T09:00:00+00:00")
    mo = sign_in(cast.mo)
    page = mo.get("/service-levels/new?from=example-one-it").get_data(as_text=True)
    assert "08:00–16:30" in page
    form = {**TYPED, "name": "Ours", "kind": "sla", "p1_response": "1 h", "fri": "08:00-16:30"}
    answer = mo.post("/service-levels/new", form)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    found = api(cast.mo).get(f"{PATH}/ours").json
    assert found["targets"] == {"P1": {"response_minutes": 60}}
    assert found["calendar"]["week"]["fri"] == [["08:00", "16:30"]]
    assert "Ours" in mo.get("/service-levels").get_data(as_text=True)


TYPED = {
    "mon": "08:00-17:00",
    "valid_from-day": "13",
    "valid_from-month": "1",
    "valid_from-year": "2026",
    "bank_holidays": "true",
}


def test_a_page_with_mistakes_keeps_what_was_typed(sign_in, cast, gold):
    mo = sign_in(cast.mo)
    form = {**TYPED, "name": "Gold", "mon": "from eight", "p1_response": "soon", "version": "1"}
    answer = mo.post(f"/service-levels/{gold}/change", form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "from eight" in page and 'value="soon"' in page


def test_a_stale_page_is_told_so(sign_in, cast, api, gold):
    mo = sign_in(cast.mo)
    api(cast.ada).put(f"{PATH}/{gold}", changed(valid_from="2026-02-01"))
    form = {**TYPED, "name": "Gold", "p1_response": "1 h", "version": "1"}
    answer = mo.post(f"/service-levels/{gold}/change", form)
    assert answer.status_code == 412
    assert "Ada Admin changed this" in answer.get_data(as_text=True)


def test_lines_read_and_do_not_write(sign_in, cast, gold):
    tariq = sign_in(cast.tariq)
    page = tariq.get(f"/service-levels/{gold}").get_data(as_text=True)
    assert "Monday" in page and "Write a new version" not in page
    assert tariq.get(f"/service-levels/{gold}/change").status_code == 404
    assert sign_in(cast.sam).get("/service-levels").status_code == 404


def test_see_what_moves_shows_the_form_again_with_what_was_typed(
    sign_in, cast, api, gold, is_unchanged
):
    mo = sign_in(cast.mo)
    mo.get(f"/service-levels/{gold}/change")
    is_unchanged.start()
    form = {**TYPED, "name": "Silver", "p1_response": "1 h", "version": "1"}
    form |= {"valid_from-day": "14"}
    answer = mo.post(f"/service-levels/{gold}/preview", form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200, page
    assert "No open incident would get another promised time" in page
    assert 'value="Silver"' in page and f'action="/service-levels/{gold}/change"' in page
    assert is_unchanged()
