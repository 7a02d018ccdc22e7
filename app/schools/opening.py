"""What other rooms put into a school that is being set up, such as its first locations.

They stand above this room, so they say it to us (`create_app`), and we call them.
"""

from __future__ import annotations

from collections.abc import Callable

_BEGINS_WITH: list[Callable[[], object]] = []


def begins_with(prepare: Callable[[], object]) -> None:
    """`prepare` is called inside each school that moves to onboarding. It may be called again."""
    if prepare not in _BEGINS_WITH:
        _BEGINS_WITH.append(prepare)


def prepare_school() -> None:
    """Runs inside the school."""
    for prepare in _BEGINS_WITH:
        prepare()
