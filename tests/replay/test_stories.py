"""How many of sixty schools each story happens to, and what nobody tries in vain."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from app.demo.years import doings, houses, stories


@pytest.mark.parametrize(
    ("happens", "many"),
    [
        (stories.is_with_failing, 12),
        (stories.has_bad_model, 10),
        (stories.is_in_outage, 40),
        (stories.has_all, 2),
        (stories.has_advisors, 32),
    ],
)
def test_of_sixty_schools(happens: Callable[[int], bool], many: int) -> None:
    assert sum(map(happens, range(60))) == many


def test_where_people_are_shown_round_there_is_enough_to_see() -> None:
    shown = [place for place in range(60) if stories.has_all(place)]
    assert all(stories.has_advisors(place) for place in shown)
    assert all(houses.pupils_of(place, "Primary") >= 400 for place in shown)


@pytest.mark.parametrize("is_in_time", [True, False])
def test_nobody_reopens_what_was_resolved_too_long_ago(
    is_in_time: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    reopened = []
    monkeypatch.setattr(doings.work, "may_still_reopen", lambda incident, at: is_in_time)
    monkeypatch.setattr(doings.work, "reopen", lambda incident, **_: reopened.append(incident))
    one: Any = SimpleNamespace(incident="INC", reporter=None)
    doings.reopen(one)
    assert reopened == (["INC"] if is_in_time else [])
