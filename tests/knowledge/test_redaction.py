"""What a text may give away: fixtures of what must be found, and of what must be left alone."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.knowledge.redaction import Known, findings, pieces

KNOWN = Known(
    names=("Rita Reporter", "Sam O’Brien", "Mrs Rose Okonkwo-Hill", "Li Wu", "Ann"),
    rooms=("Mrs Brown’s class", "Pod 7"),
    school=("St Mary’s Primary School", "STM", "st-marys"),
)
# fmt: off
FOUND = [
    ("Ask Rita Reporter for the key",               "name",   "Rita Reporter"),
    ("ask rita reporter for the key",               "name",   "rita reporter"),
    ("Okonkwo-Hill has a spare",                    "name",   "Okonkwo-Hill"),
    ("Sam O'Brien knows",                           "name",   "Sam O'Brien"),
    ("O’Brien’s laptop",                            "name",   "O’Brien"),
    ("Ann has it",                                  "name",   "Ann"),
    ("the board in Mrs Brown's class",              "room",   "Mrs Brown's class"),
    ("the board in mrs brown’s class",              "room",   "mrs brown’s class"),
    ("the trolley in Pod 7",                        "room",   "Pod 7"),
    ("as at St Mary's Primary School",              "school", "St Mary's Primary School"),
    ("see STM-412",                                 "school", "STM"),
    ("set it to 10.4.17.200",                       "ip",     "10.4.17.200"),
    ("the range 10.4.0.0/16 only",                  "ip",     "10.4.0.0/16"),
    ("fe80:0:0:1:2aa:ff:fe9a:4ca2 answers",         "ip",     "fe80:0:0:1:2aa:ff:fe9a:4ca2"),
    ("2001:db8::8a2e answers",                      "ip",     "2001:db8::8a2e"),
    ("unlock 00:1A:2B:3C:4D:5E first",              "ip",     "00:1A:2B:3C:4D:5E"),
    ("write to office@st-marys.example.sch.uk",     "email",  "office@st-marys.example.sch.uk"),
    ("ring 01245 123456",                           "phone",  "01245 123456"),
    ("ring 020 7946 0123 and ask",                  "phone",  "020 7946 0123"),
    ("ring +44 (0)1245 123456",                     "phone",  "+44 (0)1245 123456"),
    ("ring ext 214",                                "phone",  "ext 214"),
    ("open https://st-marys.example.org/login now", "url",    "https://st-marys.example.org/login"),
    ("open portal.oakfield.essex.sch.uk",           "url",    "portal.oakfield.essex.sch.uk"),
    ("serial 5CD1234XYZ on the label",              "serial", "5CD1234XYZ"),
    ("the key is VK7JG-NPHTM-C97JM-9MPGT",          "serial", "VK7JG-NPHTM-C97JM-9MPGT"),
    ("asset 20031547",                              "serial", "20031547"),
]
LEFT = [
    "Hold the source button for three seconds and choose HDMI 1.",
    "Open https://support.example.com/projectors and follow step 3.",
    "A rose is on the screen; annual updates run in 2026.",
    "Version 10.15.7 or newer, in rooms 1 to 12, from 08:30 to 15:30.",
    "Press Ctrl+Alt+F1, then type C: and choose A4.",
    "The pod has no power.",
    "Restart Windows 11 24H2.",
    "",
]
# fmt: on


@pytest.mark.parametrize(("text", "kind", "what"), FOUND)
def test_it_points_at_what_gives_somebody_away(text, kind, what):
    found = findings(text, KNOWN)
    assert [(one.kind, text[one.start : one.end]) for one in found] == [(kind, what)]


@pytest.mark.parametrize("text", LEFT)
def test_it_leaves_plain_advice_alone(text):
    assert [text[one.start : one.end] for one in findings(text, KNOWN)] == []


def test_two_that_overlap_are_one_place_to_look_at():
    text = "sam.o’brien@st-marys.example.sch.uk"
    found = findings(text, KNOWN)
    assert len(found) == 1 and found[0].end == len(text)


def test_names_with_signs_of_a_pattern_are_taken_literally():
    known = Known(names=("Jo (supply)", "A.*", "["))
    assert findings("nothing at all", known) == []
    assert [one.kind for one in findings("Jo (supply) is here", known)] == ["name"]


@given(st.text(max_size=300))
def test_the_pieces_are_the_text_and_nothing_breaks_it(text):
    parts = pieces(text, findings(text, KNOWN))
    assert "".join(part for _, part in parts) == text


@pytest.mark.parametrize("part", ["1-", "A1", "0 ", "a.", ":a", "A", "0", "a@", "www.", "A1-", "é"])
def test_no_text_takes_long(part):
    """A pattern that tries again at every letter took eight seconds for the first of these."""
    began = time.perf_counter()
    findings(part * (10_000 // len(part)), KNOWN)
    assert time.perf_counter() - began < 1
