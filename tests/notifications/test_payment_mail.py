"""Who hears of a payment: the ICT owner that it waits, whoever planned it what was decided."""

from __future__ import annotations

import pytest

from tests.payments.desk import brought, changed, moved, planned, scheduled

OWNER = "Ike Ictowner"


@pytest.fixture
def heard(sink, deliver):
    def heard(who) -> list[str]:
        """The subjects of what somebody got since they were last asked for."""
        deliver()
        found = [mail.subject.partition(": ")[2] for mail in sink.to(who.email)]
        sink.taken.clear()
        return found

    return heard


def test_the_owner_hears_that_it_waits_and_the_planner_what_was_decided(
    api, cast, sink, deliver, heard
):
    planned(api, cast.sam)
    deliver()
    (mail,) = sink.to(cast.ike.email)
    assert mail.subject == "St Mary’s Primary School: a payment waits for your approval"
    assert "Sam Spoc has planned a payment of £120.00" in mail.plain
    assert "Broadband" in mail.plain and "/st-marys/payments/to-approve" in mail.plain
    assert sink.to(cast.sam.email) == [] and sink.to(cast.dora.email) == []
    sink.taken.clear()
    brought(api, cast, "approved")
    deliver()
    (mail,) = sink.to(cast.sam.email)
    assert f"{OWNER} has approved the payment of £120.00" in mail.plain
    assert sink.to(cast.ike.email) == []
    sink.taken.clear()
    changed(api, cast.sam, 1, amount="200.00")
    assert heard(cast.ike) == ["a payment waits for your approval"]
    moved(api, cast.ike, "cancelled", reason="Too dear")
    deliver()
    (mail,) = sink.to(cast.sam.email)
    assert "Too dear" in mail.plain


def test_a_schedule_is_one_mail_each_way(api, cast, heard):
    scheduled(api, cast.sam, rhythm="monthly", first_on="2026-01-05", times=12)
    assert heard(cast.ike) == ["a payment waits for your approval"]
    api(cast.ike).put("/schools/st-marys/payments/schedules/1/approval")
    assert heard(cast.sam) == ["your payment is approved"]


def test_nobody_is_told_what_is_over_or_what_they_did(api, cast, heard):
    planned(api, cast.sam)
    moved(api, cast.sam, "cancelled", reason="Entered twice")
    assert heard(cast.ike) == [] and heard(cast.sam) == []


def test_who_switched_it_off_is_not_told(api, cast, ledger, heard):
    ledger.rows(
        "INSERT INTO mail_choices (person_id, topic, choice)"
        " SELECT id, 'approvals', 'off' FROM people WHERE name = %s",
        OWNER,
    )
    planned(api, cast.sam)
    assert heard(cast.ike) == []
