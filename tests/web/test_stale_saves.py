"""Somebody else saved first: the page shows both texts, and sending it again puts mine in place."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from flask import Flask, render_template_string
from marshmallow import Schema, fields

from app.shapes import Day, Flag, Instant, Shape, Text, choice
from app.web.differences import Mark, differences
from app.web.forms import Form
from tests.incidents.pages import BROKEN, HERE, checked, logged, text_of, version_on

SHEET = f"{HERE}/1/sheet"


def saved_now(page: str) -> dict[str, str]:
    """What each field says is saved now, by the field's name."""
    found = {}
    for name, block in re.findall(
        r'<div class="govuk-inset-text desk-saved">.*?id="([a-z_]+)-saved">(.*?)</div>', page, re.S
    ):
        strong = re.search(r"Saved now: <strong>(.*?)</strong>", block, re.S)
        long = re.search(r'<p class="govuk-body desk-prose">(.*?)</p>', block, re.S)
        match = strong or long
        assert match, block
        found[name] = match[1]
        # A screen reader hears it with the field.
        assert re.search(rf'aria-describedby="[^"]*\b{name}-saved\b', page), name
    return found


# --- in use ---


def test_a_stale_sheet_shows_both_texts_and_can_be_sent_again(sign_in, cast, api):
    logged(api, cast)
    rita, sam = sign_in(cast.rita), sign_in(cast.sam)
    page = rita.get(SHEET)
    theirs = {
        **BROKEN,
        "version": version_on(page),
        "title": "Projector is dark",
        "location": "hall",
    }
    assert sam.post(SHEET, {**theirs, "happened": "It hums"}).status_code == 303
    mine = {**BROKEN, "version": version_on(page), "happened": "A green screen"}
    answer = rita.post(SHEET, mine)
    said = text_of(answer)
    assert answer.status_code == 412
    assert "Sam Spoc changed this on" in said
    assert "Nothing of yours has been saved yet" in said
    assert "stands under each answer that differs" in said
    assert saved_now(said) == {
        "title": "Projector is dark",
        "location": "Hall",
        "happened": "It hums",
    }
    assert "A green screen</textarea>" in said
    assert 'value="Projector shows no picture"' in said
    # Sending it again means "mine after all".
    again = rita.post(SHEET, {**mine, "version": version_on(answer)})
    assert again.status_code == 303
    assert "A green screen" in text_of(rita.get(SHEET))


def test_a_stale_page_with_mistakes_says_both(sign_in, cast, api):
    """A page with mistakes must not bring the newer version in silence."""
    logged(api, cast)
    rita, sam = sign_in(cast.rita), sign_in(cast.sam)
    old = version_on(rita.get(SHEET))
    assert sam.post(SHEET, {**BROKEN, "version": old, "happened": "It hums"}).status_code == 303
    answer = rita.post(SHEET, {**BROKEN, "version": old, "title": " "})
    assert answer.status_code == 412
    assert "Enter a title" in text_of(answer)
    assert saved_now(text_of(answer))["happened"] == "It hums"


def test_a_page_with_mistakes_keeps_the_version_it_began_with(sign_in, cast, api):
    logged(api, cast)
    rita, sam = sign_in(cast.rita), sign_in(cast.sam)
    old = version_on(rita.get(SHEET))
    mistaken = rita.post(SHEET, {**BROKEN, "version": old, "title": " "})
    assert mistaken.status_code == 422
    assert version_on(mistaken) == old
    assert sam.post(SHEET, {**BROKEN, "version": old, "happened": "It hums"}).status_code == 303
    mended = rita.post(SHEET, {**BROKEN, "version": version_on(mistaken)})
    assert mended.status_code == 412


def test_a_stale_check_shows_choices_as_people_read_them(sign_in, cast, api):
    checked(api, cast)
    sam, mo = sign_in(cast.sam), sign_in(cast.sam)
    address = f"{HERE}/1/check"
    old = version_on(sam.get(address))
    theirs = {"impact": "1", "urgency": "1", "category": "software", "version": old}
    assert mo.post(address, theirs).status_code == 303
    answer = sam.post(
        address, {"impact": "3", "urgency": "1", "category": "display", "version": old}
    )
    assert answer.status_code == 412
    now = saved_now(text_of(answer))
    assert set(now) == {"impact", "category"}
    assert now["category"] == "Program or app"
    assert now["impact"] not in ("1", "nothing")


def test_a_check_without_a_version_is_not_taken(sign_in, cast, api):
    checked(api, cast)
    answer = sign_in(cast.sam).post(
        f"{HERE}/1/check", {"impact": "3", "urgency": "1", "category": "display"}
    )
    assert answer.status_code == 412


def test_a_stale_room(sign_in, cast):
    sam, again = sign_in(cast.sam), sign_in(cast.sam)
    address = "/st-marys/locations/hall/change"
    old = version_on(sam.get(address))
    theirs = {"name": "Great Hall", "kind": "hall", "parent": "", "version": old}
    assert again.post(address, theirs).status_code == 303
    answer = sam.post(
        address, {"name": "Hall, left", "kind": "other", "parent": "library", "version": old}
    )
    said = text_of(answer)
    assert answer.status_code == 412
    assert "Sam Spoc changed this on" in said
    assert set(saved_now(said)) == {"name", "kind", "parent"}
    assert saved_now(said)["name"] == "Great Hall"
    assert saved_now(said)["parent"] == "nothing"
    mine = {"name": "Hall, left", "kind": "other", "parent": "", "version": version_on(answer)}
    assert sam.post(address, mine).status_code == 303


def test_a_stale_urn_and_code(sign_in, cast):
    ada = sign_in(cast.ada)
    address = "/authority/schools/st-marys/code"
    old = version_on(ada.get(address))
    assert ada.post(address, {"code": "MARY", "version": old}).status_code == 303
    answer = ada.post(address, {"code": "SMY", "version": old})
    assert answer.status_code == 412
    assert saved_now(text_of(answer)) == {"code": "MARY"}
    assert ada.post(address, {"code": "SMY", "version": version_on(answer)}).status_code == 303


# --- every kind of field ---


class Every(Shape):
    title = Text(100, metadata={"label": "Title"})
    words = Text(1000, is_long=True, allow_none=True, metadata={"label": "Words"})
    kind = choice({"a": "Apple", "b": "Pear"}, metadata={"kind": "radios"})
    picked = choice({"a": "Apple", "b": "Pear"}, allow_none=True)
    ticked = Flag(load_default=False, metadata={"label": "Ticked"})
    many = fields.List(
        fields.String(),
        metadata={"choices": [("x", "Ex"), ("y", "Why"), ("z", "Zed")]},
    )
    on = Day(allow_none=True)
    at = Instant(allow_none=True)
    password = fields.String(metadata={"kind": "password"})
    inner = fields.String(metadata={"kind": "hidden"})


EVERY_PAGE = """{% from "_macros.html" import field, error_summary, version %}
{{ error_summary(form) }}{{ version(form, 7) }}
{% for name in form.fields %}{{ field(form, name) }}{% endfor %}"""
TYPED = {
    "title": " Mine ",
    "words": "one two\r\nthree",
    "kind": "a",
    "picked": "b",
    "many": ["y", "x"],
    "on-day": "03",
    "on-month": "1",
    "on-year": "2026",
    "password": "correct horse",
    "inner": "i",
    "version": "3",
}


@pytest.fixture
def stale_page(small_app: Flask) -> Any:
    def draw(saved: dict[str, Any], shape: type[Schema] = Every, **typed: Any) -> str:
        with small_app.test_request_context("/", method="POST", data={**TYPED, **typed}):
            form = Form(shape)
            assert form.stale("Sam changed this.", saved, 7) == 412
            return render_template_string(EVERY_PAGE, form=form)

    return draw


def test_what_is_the_same_is_quiet(stale_page):
    page = stale_page(
        {
            "title": "Mine",
            "words": "one two\nthree",
            "kind": "a",
            "picked": "b",
            "ticked": None,
            "many": ["x", "y"],
            "on": Day().deserialize("2026-01-03"),
            "at": None,
            "password": "another",
            "inner": "j",
        }
    )
    assert saved_now(page) == {}
    assert "desk-saved" not in page
    assert "send again what is still needed" in page
    assert 'name="version" value="7"' in page


def test_what_differs_is_said_as_people_read_it(stale_page):
    page = stale_page(
        {
            "title": "<b>Theirs</b>",
            "words": "one three",
            "kind": "b",
            "picked": None,
            "ticked": True,
            "many": ["z"],
            "on": Day().deserialize("2026-02-03"),
            "at": Instant().deserialize("2026-07-03T23:05:00Z"),
        }
    )
    assert saved_now(page) == {
        "title": "&lt;b&gt;Theirs&lt;/b&gt;",
        "words": "one three",
        "kind": "Pear",
        "picked": "nothing",
        "ticked": "ticked",
        "many": "Zed",
        "on": "3 February 2026",
        "at": "4 July 2026, 0:05",
    }
    assert "correct horse" not in page
    assert 'value=" Mine "' in page


def test_fields_that_the_page_knows_nothing_of_are_left_alone(stale_page):
    assert set(saved_now(stale_page({"title": "Theirs"}))) == {"title"}


def test_the_difference_of_a_longer_text_is_marked_for_eyes_and_ears(stale_page):
    page = stale_page({"words": "one two four"})
    assert re.search(r"<ins><span[^>]*> added: </span>[^<]*three<span", page)
    assert re.search(r"<del><span[^>]*> removed: </span>[^<]*four<span", page)


# --- word by word ---


@pytest.mark.parametrize(
    ("before", "after", "pieces"),
    [
        ("", "", []),
        ("the same", "the same", [(Mark.SAME, "the same")]),
        ("", "new", [(Mark.ADDED, "new")]),
        ("old", "", [(Mark.REMOVED, "old")]),
        (
            "The lamp is dark.",
            "The lamp was dark.",
            [
                (Mark.SAME, "The lamp "),
                (Mark.REMOVED, "is"),
                (Mark.ADDED, "was"),
                (Mark.SAME, " dark."),
            ],
        ),
        ("a a", "a a a", [(Mark.SAME, "a a"), (Mark.ADDED, " a")]),
    ],
)
def test_differences(before, after, pieces):
    assert differences(before, after) == pieces


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("one two three", "three two one"),
        ("  leading", "leading\n\n"),
        ("größer 😀 ok", "größer 😀😀 ok!"),
        ("x " * 3000, "y " * 3000),
        ("a b " * 1200, "b a " * 1250),
    ],
)
def test_both_texts_can_be_read_off_the_pieces(before, after):
    started = time.perf_counter()
    pieces = differences(before, after)
    assert time.perf_counter() - started < 1
    assert "".join(text for mark, text in pieces if mark != Mark.ADDED) == before
    assert "".join(text for mark, text in pieces if mark != Mark.REMOVED) == after
