"""The words of what hangs on a supplier: no database."""

from __future__ import annotations

import pytest

from app.suppliers.rules import SPECIALITIES, hangs_words, sorted_specialities


@pytest.mark.parametrize(
    ("tables", "has_incidents", "words"),
    [
        (set(), False, ""),
        ({"contracts"}, False, "contracts"),
        ({"contracts", "assets"}, False, "equipment and contracts"),
        ({"payments", "payment_schedules"}, False, "payments"),
        ({"assets", "contracts", "licences"}, True, "equipment, contracts, licences and incidents"),
        (set(), True, "incidents"),
        ({"something_new"}, False, "history"),
    ],
)
def test_what_hangs_on_a_supplier_is_said(tables, has_incidents, words):
    assert hangs_words(tables, has_incidents) == words


def test_specialities_stand_in_one_order_and_once():
    assert sorted_specialities(["wifi", "whiteboard", "wifi"]) == ["whiteboard", "wifi"]
    assert set(sorted_specialities(SPECIALITIES)) == set(SPECIALITIES)
