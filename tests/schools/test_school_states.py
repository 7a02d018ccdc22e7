"""Where a school stands: one table decides what may follow what."""

import itertools

import pytest

from app.schools.register_values import phase
from app.schools.rules import MAY_FOLLOW, Phase, State, may_become
from tenants.models import SCHOOL_STATES

ALLOWED = {
    ("invited", "onboarding"),
    ("invited", "left"),
    ("onboarding", "active"),
    ("onboarding", "leaving"),
    ("active", "suspended"),
    ("active", "leaving"),
    ("suspended", "active"),
    ("suspended", "leaving"),
    ("leaving", "left"),
}


@pytest.mark.parametrize(("state", "next_state"), list(itertools.product(SCHOOL_STATES, repeat=2)))
def test_what_may_follow_what(state, next_state):
    assert may_become(state, next_state) is ((state, next_state) in ALLOWED)


def test_the_table_names_every_state_of_the_database():
    assert tuple(State) == SCHOOL_STATES == tuple(MAY_FOLLOW)


@pytest.mark.parametrize("code", range(8))
def test_each_phase_has_the_registers_code(code):
    words = ["Not applicable", "Nursery", "Primary", "Middle deemed primary", "Secondary",
             "Middle deemed secondary", "16 plus", "All-through"]  # fmt: skip
    assert phase(str(code)) == phase(f"0{code}") == phase(words[code]) == Phase(words[code])
