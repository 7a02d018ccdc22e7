"""The table that tells a state from events, on the one rule that is more than a table."""

from __future__ import annotations

import pytest

from tests.replay.explain import state_of

LOGGED, TAKEN = ("incident.logged", "new", None, True), ("incident.taken", "Sam", None, False)
ANSWERED = ("incident.noted", None, "Still the same.", True)


@pytest.mark.parametrize(
    ("reason", "state"), [("awaiting_user", "in_progress"), ("awaiting_site_access", "on_hold")]
)
def test_an_answer_ends_the_wait_for_it_and_no_other(reason: str, state: str) -> None:
    held = ("incident.held", "on_hold", reason, False)
    assert state_of([LOGGED, TAKEN, held, ANSWERED]) == state
