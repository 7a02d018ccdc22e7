"""A school's own agreements: written by its desk, signed by the ICT owner, chosen, ended."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from app.contracts.rules import LA_STANDARD, OLA_STANDARD
from app.incidents.suppliers import contracts
from tenants import acting_in
from tests.api.desk import BROKEN

HERE = "/schools/st-marys"
PATH, CHOICES = f"{HERE}/agreements", f"{HERE}/agreement_choices"
DESK: dict[str, Any] = {**OLA_STANDARD, "name": "Our desk"}


def faster(**more: Any) -> dict[str, Any]:
    pack = deepcopy(DESK)
    pack["targets"]["P2"] = {"resolution_minutes": 90}
    return {**pack, "valid_from": "2026-02-01", **more}


@pytest.fixture(autouse=True)
def _monday(at) -> None:
    at("2026-01-12T09:00:00+00:00")


@pytest.fixture
def draft(api, cast) -> str:
    answer = api(cast.sam).post(PATH, DESK)
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == f"/api/v1{PATH}/own-our-desk"
    return f"{PATH}/{answer.json['key']}"


@pytest.fixture
def signed(api, cast, draft) -> str:
    assert api(cast.ike).put(f"{draft}/signature").status_code == 200
    return draft


def in_force(api: Any, cast: Any) -> set[str]:
    """Of the clocks of a sheet that is handed in now."""
    number = api(cast.rita).post(f"{HERE}/incidents", BROKEN).json["number"]
    clocks = api(cast.sam).get(f"{HERE}/incidents/{number}/clocks").json["items"]
    return {one["agreement"] for one in clocks}


def test_it_is_a_draft_until_the_ict_owner_signs(api, cast, draft):
    found = api(cast.dora).get(draft).json
    assert (found["state"], found["newest"], found["versions"]) == ("draft", None, [])
    assert (found["proposal"]["by"], found["proposal"]["valid_from"]) == ("Sam Spoc", "2026-01-12")
    for who in (cast.sam, cast.dora, cast.theo, cast.mo, cast.rita):
        assert api(who).put(f"{draft}/signature").status_code == 403
    signed = api(cast.ike).put(f"{draft}/signature").json
    assert (signed["state"], signed["signed_by"]) == ("active", "Ike Ictowner")
    assert (signed["newest"]["version"], signed["newest"]["made_by"]) == (1, "Sam Spoc")
    assert signed["proposal"] is None
    assert api(cast.ike).put(f"{draft}/signature").status_code == 409


def test_only_what_is_signed_can_be_chosen_and_then_it_counts(api, cast, draft):
    choice = {"kind": "ola", "agreement": "own-our-desk"}
    refused = api(cast.sam).post(CHOICES, choice)
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["agreement"])
    api(cast.ike).put(f"{draft}/signature")
    assert in_force(api, cast) == {"desk-standard"}
    chosen = api(cast.sam).post(CHOICES, choice)
    assert chosen.status_code == 201
    assert chosen.json["valid_from"] == "2026-01-12"
    assert in_force(api, cast) == {"own-our-desk"}


def test_a_choice_counts_from_its_day_and_the_last_one_for_a_day_holds(api, cast, at, signed):
    dora = api(cast.dora)
    later = {"kind": "ola", "agreement": "own-our-desk", "valid_from": "2026-01-14"}
    assert dora.post(CHOICES, later).status_code == 201
    assert in_force(api, cast) == {"desk-standard"}
    at("2026-01-14T09:00:00+00:00")
    assert in_force(api, cast) == {"own-our-desk"}
    back = {**later, "agreement": "desk-standard"}
    assert dora.post(CHOICES, back).status_code == 201
    assert in_force(api, cast) == {"desk-standard"}
    listed = dora.get(CHOICES).json["items"]
    assert [(one["agreement"], one["chosen_by"]) for one in listed] == [
        ("desk-standard", "Dora Owner")
    ]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "sla"}, "agreement"),
        ({"agreement": "no-such"}, "agreement"),
        ({"agreement": "own-no-such"}, "agreement"),
        ({"agreement": "la-standard"}, "agreement"),
        ({"valid_from": "2026-01-11"}, "valid_from"),
        ({"valid_from": "2026-01-13", "for_open": True}, "for_open"),
        ({"kind": "uc"}, "kind"),
    ],
)
def test_a_choice_that_cannot_be(api, cast, signed, is_unchanged, change, field):
    body = {"kind": "ola", "agreement": "own-our-desk", **change}
    is_unchanged.start()
    answer = api(cast.sam).post(CHOICES, body)
    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])
    assert is_unchanged()


def test_other_terms_wait_to_be_signed_and_begin_on_their_day(api, cast, at, signed):
    api(cast.sam).post(CHOICES, {"kind": "ola", "agreement": "own-our-desk"})
    assert api(cast.sam).put(signed, faster()).status_code == 200
    found = api(cast.sam).get(signed).json
    assert (found["state"], found["proposal"]["valid_from"]) == ("active", "2026-02-01")
    assert found["newest"]["version"] == 1
    api(cast.ike).put(f"{signed}/signature")
    versions = api(cast.sam).get(signed).json["versions"]
    assert [(one["version"], one["valid_from"]) for one in versions] == [
        (2, "2026-02-01"),
        (1, "2026-01-12"),
    ]
    assert versions[1]["targets"] == DESK["targets"]


def test_what_is_signed_late_begins_on_the_day_it_is_signed(api, cast, at, signed):
    api(cast.sam).put(signed, faster())
    at("2026-03-02T09:00:00+00:00")
    signature = api(cast.ike).put(f"{signed}/signature").json
    assert signature["newest"]["valid_from"] == "2026-03-02"


def test_a_proposal_can_be_written_anew_and_taken_back(api, cast, signed):
    sam = api(cast.sam)
    sam.put(signed, faster())
    sam.put(signed, faster(valid_from="2026-02-09"))
    assert sam.get(signed).json["proposal"]["valid_from"] == "2026-02-09"
    assert sam.delete(f"{signed}/proposal").json["proposal"] is None
    assert sam.delete(f"{signed}/proposal").status_code == 409
    unchanged = {**DESK, "valid_from": "2026-02-09"}
    assert sam.put(signed, unchanged).status_code == 409


def test_it_cannot_end_while_the_school_goes_by_it(api, cast, at, signed):
    ike = api(cast.ike)
    api(cast.sam).post(CHOICES, {"kind": "ola", "agreement": "own-our-desk"})
    assert ike.put(f"{signed}/ending").status_code == 409
    at("2026-01-13T09:00:00+00:00")
    api(cast.sam).post(CHOICES, {"kind": "ola", "agreement": "desk-standard"})
    ended = ike.put(f"{signed}/ending", {"on": "2026-01-20"})
    assert (ended.json["state"], ended.json["ended_on"]) == ("ended", "2026-01-20")
    assert api(cast.sam).put(signed, faster()).status_code == 409
    answer = api(cast.sam).post(CHOICES, {"kind": "ola", "agreement": "own-our-desk"})
    assert answer.status_code in (409, 422)


def test_a_stale_change_is_refused(api, cast, draft):
    sam = api(cast.sam)
    etag = sam.get(draft).headers["ETag"]
    sam.put(draft, faster(), {"If-Match": etag})
    assert sam.put(draft, faster(), {"If-Match": etag}).status_code == 412
    assert api(cast.ike).put(f"{draft}/signature", None, {"If-Match": etag}).status_code == 412


def test_two_of_one_name_have_keys_of_their_own(api, cast, draft):
    assert api(cast.sam).post(PATH, DESK).json["key"] == "own-our-desk-2"


def test_another_school_sees_and_changes_nothing(api, cast, signed, is_unchanged):
    olga = api(cast.olga)
    for school in ("st-marys", "oakfield"):
        there = signed.replace("st-marys", school)
        assert olga.get(there).status_code == 404
        assert olga.put(there, faster()).status_code == 404
    choice = {"kind": "ola", "agreement": "own-our-desk"}
    answer = olga.post("/schools/oakfield/agreement_choices", choice)
    assert list(answer.json["errors"]) == ["agreement"]


def test_the_list_pages(api, cast, statements):
    sam = api(cast.sam)
    for number in range(5):
        sam.post(PATH, {**DESK, "name": f"Desk {number}"})
    names, after = [], None
    while True:
        page = sam.get(f"{PATH}?limit=2{f'&after={after}' if after else ''}").json
        names += [one["name"] for one in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert names == [f"Desk {number}" for number in range(5)]
    statements.clear()
    sam.get(PATH)
    assert len([one for one in statements if "agreement" in one]) == 2


def test_every_step_is_in_the_history(api, cast, signed, ledger):
    api(cast.sam).put(signed, faster())
    api(cast.sam).delete(f"{signed}/proposal")
    api(cast.sam).post(CHOICES, {"kind": "ola", "agreement": "own-our-desk"})
    lines = ledger.rows("SELECT kind, actor FROM events WHERE kind LIKE 'agreement.%%' ORDER BY id")
    assert lines == [
        ("agreement.written", "Sam Spoc"),
        ("agreement.signed", "Ike Ictowner"),
        ("agreement.proposed", "Sam Spoc"),
        ("agreement.withdrawn", "Sam Spoc"),
        ("agreement.chosen", "Sam Spoc"),
    ]


# --- the pages, without JavaScript ---

TYPED = {
    "name": "Term time desk",
    "kind": "ola",
    "mon": "08:30-12:30, 13:30-16:30",
    "fri": "08:30-16:00",
    "bank_holidays": "true",
    "term_time_only": "true",
    "p1_response": "30 min",
    "p1_resolution": "1 working day",
    "p1_on_site": "4 h",
    "pause_reasons": ["awaiting_user", "agreed_visit"],
    "on_site_needs_school_open": "true",
    "valid_from-day": "12",
    "valid_from-month": "1",
    "valid_from-year": "2026",
}
PAGES = "/st-marys/agreements"


def test_an_agreement_from_writing_to_choosing_on_the_pages(sign_in, api, cast):
    sam, ike = sign_in(cast.sam), sign_in(cast.ike)
    assert sam.post(f"{PAGES}/new", TYPED).status_code == 303
    one = f"{PAGES}/own-term-time-desk"
    assert "Sign it" not in sam.get(one).get_data(as_text=True)
    page = ike.get(one).get_data(as_text=True)
    assert "Sign it" in page and "08:30–12:30, 13:30–16:30" in page
    assert ike.post(f"{one}/signature", {"version": "1"}).status_code == 303
    choice = {
        "chosen": "ola:own-term-time-desk",
        "valid_from-day": "12",
        "valid_from-month": "1",
        "valid_from-year": "2026",
    }
    assert "own-term-time-desk" in sam.get(PAGES).get_data(as_text=True)
    assert sam.post(f"{PAGES}/choice", choice).status_code == 303
    assert "the school’s own" in sam.get(PAGES).get_data(as_text=True)
    terms = api(cast.sam).get(f"{PATH}/own-term-time-desk").json["newest"]
    assert terms["targets"]["P1"] == {
        "response_minutes": 30,
        "on_site_minutes": 240,
        "resolution_working_days": 1,
    }
    assert terms["calendar"]["term_time_only"]
    assert terms["pause_reasons"] == ["awaiting_user", "agreed_visit"]


def test_what_was_typed_is_kept_beside_the_mistakes(sign_in, cast):
    sam = sign_in(cast.sam)
    answer = sam.post(f"{PAGES}/new", {**TYPED, "mon": "half past eight", "p1_on_site": "soon"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "half past eight" in page and 'value="soon"' in page
    assert "Enter opening and closing times" in page


def test_see_what_moves_before_proposing_and_choosing(sign_in, api, cast, signed, is_unchanged):
    in_force(api, cast)
    sam = sign_in(cast.sam)
    page = sam.get(PAGES)
    is_unchanged.start()
    body = {
        "chosen": "ola:own-our-desk",
        "valid_from-day": "12",
        "valid_from-month": "1",
        "valid_from-year": "2026",
    }
    page = sam.post(f"{PAGES}/choice/preview", body)
    assert page.status_code == 200
    assert "No open incident would get another promised time" in page.get_data(as_text=True)
    changed = {**TYPED, "version": "2", "p2_resolution": "90 min", "for_open": "true"}
    changed |= {"valid_from-day": "13"}
    page = sam.post(f"{PAGES}/own-our-desk/preview", changed)
    assert page.status_code == 422
    assert 'value="90 min"' in page.get_data(as_text=True)
    assert is_unchanged()


def test_the_choice_page_says_what_would_move(sign_in, api, cast):
    """With targets that differ, for what is open too."""
    api(cast.rita).post(f"{HERE}/incidents", BROKEN)
    key = api(cast.sam).post(PATH, faster(valid_from="2026-01-12")).json["key"]
    api(cast.ike).put(f"{PATH}/{key}/signature")
    body = {
        "chosen": f"ola:{key}",
        "for_open": "true",
        "valid_from-day": "12",
        "valid_from-month": "1",
        "valid_from-year": "2026",
    }
    sam = sign_in(cast.sam)
    page = sam.post(f"{PAGES}/choice/preview", body).get_data(as_text=True)
    assert "STM-1" in page and "Mon 12 Jan, 17:00" in page and "Mon 12 Jan, 10:30" in page
    assert sam.post(f"{PAGES}/choice", body).status_code == 303


def test_suppliers_have_agreements_too(api, cast):
    body = {**LA_STANDARD, "name": "Lamps Ltd", "kind": "uc"}
    assert api(cast.sam).post(PATH, body).json["kind"] == "uc"


def test_a_suppliers_contract_that_has_ended_starts_no_clock(api, cast, app, ledger):
    lamps = {**DESK, "name": "Lamps", "kind": "uc"}
    key = api(cast.sam).post(PATH, lamps).json["key"]
    assert api(cast.ike).put(f"{PATH}/{key}/signature").status_code == 200
    assert api(cast.ike).put(f"{PATH}/{key}/ending", {"on": "2026-01-14"}).status_code == 200
    school_id = ledger.rows("SELECT id FROM schools WHERE slug = 'st-marys'")[0][0]
    with app.app_context(), acting_in(school_id):
        there = [f"own:{key}" in contracts(date(2026, 1, day)) for day in (13, 14)]
    assert there == [True, False]


def test_a_choice_before_many_later_ones_is_answered(api, cast, ledger):
    ledger.rows(
        """INSERT INTO agreement_choices
               (school_id, id, kind, valid_from, la_agreement_id, chosen_by)
           SELECT s.id, 1000 + n, 'sla', date '2026-02-01' + n, a.id, 'Sam'
             FROM schools s, la_agreements a, generate_series(1, 120) n
            WHERE s.slug = 'st-marys' AND a.key = 'la-standard'"""
    )
    answer = api(cast.sam).post(CHOICES, {"kind": "sla", "agreement": "la-standard"})
    assert (answer.status_code, answer.json["valid_from"]) == (201, "2026-01-12")
