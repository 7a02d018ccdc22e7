"""Sheets to the millimetre, tokens, and whose address is the school's."""

from __future__ import annotations

import pytest

from app.labels.rules import (
    A4_HEIGHT,
    A4_WIDTH,
    SHEETS,
    is_at,
    laid_out,
    looks_like_a_token,
    new_token,
    shared_domain,
)


@pytest.mark.parametrize(
    ("key", "holds", "width", "height"), [("l7162", 16, 99.1, 33.9), ("l7163", 14, 99.1, 38.1)]
)
def test_a_sheet_is_what_the_maker_says_and_fills_a4_evenly(key, holds, width, height):
    sheet = SHEETS[key]
    assert (sheet.holds, sheet.width, sheet.height) == (holds, width, height)
    right = sheet.left + (sheet.columns - 1) * sheet.across + sheet.width
    bottom = sheet.top + (sheet.rows - 1) * sheet.down + sheet.height
    assert A4_WIDTH - right == pytest.approx(sheet.left, abs=0.01)
    assert A4_HEIGHT - bottom == pytest.approx(sheet.top, abs=0.01)


@pytest.mark.parametrize(
    ("many", "start", "sheets", "gone"),
    [(1, 1, 1, 0), (14, 1, 1, 0), (15, 1, 2, 0), (14, 2, 2, 1), (1, 14, 1, 13), (2, 14, 2, 13)],
)
def test_labels_begin_at_the_first_free_place(many, start, sheets, gone):
    found = laid_out(list(range(many)), SHEETS["l7163"], start)
    assert len(found) == sheets
    cells = [cell for page in found for cell in page]
    assert cells == [None] * gone + list(range(many))
    assert all(len(page) <= 14 for page in found)


def test_a_token_is_eighty_bits_and_never_the_same():
    tokens = {new_token() for _ in range(200)}
    assert len(tokens) == 200
    assert all(looks_like_a_token(one) for one in tokens)
    # Sixteen letters of an alphabet of 32: five bits each.
    assert {len(one) for one in tokens} == {16}


@pytest.mark.parametrize("text", ["", "a", "a" * 15, "a" * 17, "A" * 16, "a1" * 8, "a\x00" * 8])
def test_what_is_no_token_never_reaches_the_database(text):
    assert not looks_like_a_token(text)


@pytest.mark.parametrize(
    ("emails", "domain"),
    [
        (["a@st-marys.example", "b@ST-MARYS.example"], "st-marys.example"),
        (["a@st-marys.example", "b@oakfield.example"], None),
        (["a@gmail.com", "b@gmail.com"], None),
        (["a@st-marys.example"], None),
        ([], None),
    ],
)
def test_a_domain_counts_where_everybody_shares_it(emails, domain):
    assert shared_domain(emails) == domain


@pytest.mark.parametrize(
    ("email", "is_it"),
    [
        ("mrs.brown@st-marys.example", True),
        ("pupil@year6.St-Marys.example", True),
        ("a@not-st-marys.example", False),
        ("a@st-marys.example.evil.test", False),
        ('"a@st-marys.example"@evil.test', False),
    ],
)
def test_an_address_is_at_the_school_or_not(email, is_it):
    assert is_at(email, "st-marys.example") is is_it
