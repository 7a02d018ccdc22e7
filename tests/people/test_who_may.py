"""The page is drawn from the table that decides."""

from __future__ import annotations

import html

import pytest

from app.people import who_may
from app.people.rules import REACH_WORDS, ROLE_NAMES
from app.permissions import RULES, WORDS, Reach, Role


def test_every_permission_has_words_and_a_place():
    assert set(WORDS) == set(RULES)
    shown = [what for _, lines in who_may.of_everybody() for what, _ in lines]
    assert sorted(shown) == sorted(WORDS.values())


def test_every_role_and_reach_has_words():
    assert set(ROLE_NAMES) == set(Role)
    assert set(REACH_WORDS) == set(Reach) - {Reach.NONE}


def test_each_line_names_exactly_those_who_may():
    lines = dict(line for _, lines in who_may.of_everybody() for line in lines)
    for action, row in RULES.items():
        named = {name for _, names in lines[WORDS[action]] for name in names.split(", ")}
        able = {ROLE_NAMES[role] for role, found in zip(Role, row, strict=True) if found}
        assert named == able, action


@pytest.mark.parametrize("role", list(Role))
def test_a_role_sees_what_it_may(app, role):
    page = html.unescape(app.test_client().get(f"/who-may-do-what?role={role}").text)
    for action, row in RULES.items():
        is_allowed = bool(row[list(Role).index(role)])
        assert (f">{WORDS[action]}<" in page) is is_allowed, action


def test_anybody_may_read_it_and_an_unknown_role_shows_all(app):
    page = app.test_client().get("/who-may-do-what?role=<script>").text
    assert "<script>alert" not in page and "Close an incident" in page
