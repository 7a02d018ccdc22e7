"""What becomes of a contract: signed, terminated, closed, renewed, followed by another."""

from __future__ import annotations

import pytest

from tests.contracts.registers import HERE, added, change, signed

NOW = "2023-10-31T10:00Z"
ENDS = {"renewal": "express", "renewal_months": 12}
STOP = {"on": "2024-07-31", "reason": "Too dear"}


def kinds(program, number=1):
    found = program.get(f"{HERE}/{number}/timeline").json["items"]
    return [one["kind"].partition(".")[2] for one in found]


def test_the_ict_owner_signs_and_nobody_else(api, at, cast):
    at(NOW)
    added(api(cast.sam))
    for player in (cast.sam, cast.dora, cast.mo, cast.rita):
        assert api(player).put(f"{HERE}/1/signature").status_code == 403
    assert api(cast.olga).put(f"{HERE}/1/signature").status_code == 404
    ike = api(cast.ike)
    assert ike.put(f"{HERE}/1/signature", headers={"If-Match": '"9"'}).status_code == 412
    done = ike.put(f"{HERE}/1/signature")
    assert done.status_code == 200, done.json
    assert (done.json["state"], done.json["signed_by"]) == ("active", "Ike Ictowner")
    assert done.json["signed_at"] == "2023-10-31T10:00:00Z"
    again = ike.put(f"{HERE}/1/signature")
    assert again.status_code == 409 and "signed already" in again.json["detail"]
    (first,) = ike.get(f"{HERE}/1/versions").json["items"]
    assert first["valid_from"] == "2020-08-01" and first["terms"]["annual_charge"] == "8850.00"
    assert kinds(ike) == ["signed", "added"]


@pytest.mark.parametrize("step", ["termination", "ending", "renewal"])
def test_a_draft_goes_no_further_than_its_signature(api, cast, step):
    sam = api(cast.sam)
    added(sam)
    ask = sam.post if step == "renewal" else sam.put
    answer = ask(f"{HERE}/1/{step}", {"termination": STOP, "renewal": {}}.get(step))
    assert answer.status_code == 409 and "signed" in answer.json["detail"]


def test_it_is_terminated_once_with_a_day_and_a_reason(api, at, cast):
    at(NOW)
    signed(api, cast)
    sam = api(cast.sam)
    assert sam.put(f"{HERE}/1/termination", {"on": "2024-07-31"}).status_code == 422
    early = sam.put(f"{HERE}/1/termination", {**STOP, "on": "2019-07-31"})
    assert early.status_code == 422 and "on" in early.json["errors"]
    done = sam.put(f"{HERE}/1/termination", {**STOP, "on": "2024-03-15"}).json
    assert (done["state"], done["ended_on"]) == ("terminated", "2024-03-15")
    assert done["end_reason"] == "Too dear" and done["last_notice_day"] is None
    # It holds until that day.
    assert done["current_term_end"] == "2024-03-15" and done["expired"] is False
    assert sam.get(f"{HERE}/1?on=2024-03-16").json["expired"] is True
    assert sam.put(f"{HERE}/1/termination", STOP).status_code == 409
    # What it was stays what it was; only how it is kept can be mended.
    assert change(sam, 1, notice_months=1, reason="x").status_code == 409
    assert change(sam, 1, notes="Copy in the safe").status_code == 200
    assert kinds(sam) == ["changed", "terminated", "signed", "added"]


def test_what_has_run_out_is_closed_and_what_runs_is_not(api, at, cast):
    at(NOW)
    signed(api, cast)
    signed(api, cast, **ENDS)
    sam = api(cast.sam)
    runs = sam.put(f"{HERE}/1/ending")
    assert runs.status_code == 409 and "31 July 2024" in runs.json["detail"]
    done = sam.put(f"{HERE}/2/ending")
    assert done.status_code == 200, done.json
    assert (done.json["state"], done.json["ended_on"]) == ("ended", "2023-07-31")
    assert sam.put(f"{HERE}/2/ending").status_code == 409


def test_an_express_renewal_holds_for_longer(api, at, cast):
    at("2023-05-02T10:00Z")
    signed(api, cast, **ENDS)
    sam = api(cast.sam)
    done = sam.post(f"{HERE}/1/renewal", {"annual_charge": "9000.00", "reason": "Agreed by mail"})
    assert done.status_code == 201, done.json
    assert done.headers["Location"].endswith("/contracts/1")
    assert (done.json["renewed_until"], done.json["annual_charge"]) == ("2024-07-31", "9000.00")
    # This term still ends when it did.
    assert done.json["current_term_end"] == "2023-07-31"
    later = sam.get(f"{HERE}/1?on=2023-08-01").json
    assert later["current_term_end"] == "2024-07-31" and later["last_notice_day"] == "2024-04-30"
    again = sam.post(f"{HERE}/1/renewal", {"months": 6})
    assert again.json["renewed_until"] == "2025-01-31"
    versions = sam.get(f"{HERE}/1/versions").json["items"]
    assert [one["valid_from"] for one in versions] == ["2024-08-01", "2023-08-01", "2020-08-01"]
    assert kinds(sam)[:2] == ["renewed", "renewed"]


def test_what_says_no_months_must_be_told_how_many(api, cast):
    signed(api, cast, renewal="none", renewal_months=None)
    sam = api(cast.sam)
    assert "months" in sam.post(f"{HERE}/1/renewal").json["errors"]
    assert sam.post(f"{HERE}/1/renewal", {"months": 12}).status_code == 201


def test_what_renews_itself_is_not_renewed_by_hand(api, cast):
    signed(api, cast)
    answer = api(cast.sam).post(f"{HERE}/1/renewal", {"months": 12})
    assert answer.status_code == 409 and "renews itself" in answer.json["detail"]


def test_a_successor_begins_the_day_after_and_replaces_it_when_signed(api, at, cast):
    at(NOW)
    signed(api, cast)
    sam, ike = api(cast.sam), api(cast.ike)
    made = sam.post(f"{HERE}/1/renewal", {"successor": True, "annual_charge": "7000.00"})
    assert made.status_code == 201 and made.headers["Location"].endswith("/contracts/2")
    following = made.json
    assert (following["state"], following["predecessor"]) == ("draft", 1)
    assert (following["start"], following["annual_charge"]) == ("2024-08-01", "7000.00")
    assert following["name"] == "Printer support" and following["notice_months"] == 3
    twice = sam.post(f"{HERE}/1/renewal", {"successor": True})
    assert twice.status_code == 409 and "2" in twice.json["detail"]
    assert sam.get(f"{HERE}/1").json["state"] == "active"
    assert ike.put(f"{HERE}/2/signature").status_code == 200
    before = sam.get(f"{HERE}/1").json
    assert (before["state"], before["ended_on"]) == ("superseded", "2024-07-31")
    assert kinds(sam)[:2] == ["superseded", "succeeded"]


def test_who_may_end_and_renew_it(api, cast):
    signed(api, cast)
    asked = (("put", "termination", STOP), ("put", "ending", None), ("post", "renewal", {}))
    for method, step, body in asked:
        for player, status in ((cast.rita, 403), (cast.theo, 403), (cast.olga, 404)):
            answer = getattr(api(player), method)(f"{HERE}/1/{step}", body)
            assert answer.status_code == status, (player, step)
    assert api(cast.ike).post(f"{HERE}/1/renewal", {}).status_code == 403
    assert api(cast.ike).put(f"{HERE}/1/termination", STOP).status_code == 200
