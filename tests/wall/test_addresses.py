"""What the walk does not ask: addresses without a school in them.

A page that looks something up over all schools would show it to a stranger.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.wall.routes import Route, every_route
from tests.wall.walk import AT_ST_MARYS, FOREIGN_KEY, OTHER, rows_of_oakfield
from tests.wall.world import FOREIGN_NUMBERS, MARK, words_of


def _addresses(app: Any) -> list[tuple[Route, str]]:
    """Each route without a school, with every number and key that Oakfield has."""
    found = []
    for route in every_route(app):
        if not route.parameters or "school" in route.parameters or not route.permissions:
            continue
        for number in FOREIGN_NUMBERS:
            values = {one: _value(route, one, number) for one in route.parameters}
            path = route.path(**values)
            if (route, path) not in found:
                found.append((route, path))
    return found


def _value(route: Route, parameter: str, number: int) -> str:
    if f"<uuid:{parameter}>" in route.rule:
        return OTHER
    return str(number) if f"<number:{parameter}>" in route.rule else FOREIGN_KEY


@pytest.mark.parametrize("player", AT_ST_MARYS, ids=lambda one: one.role)
def test_no_number_or_key_opens_another_schools(app, oakfield, asker, player):
    before = rows_of_oakfield(app)
    person = asker(player)
    addresses = _addresses(app)
    assert addresses
    for route, path in addresses:
        answer = person.ask(route, path)
        assert answer.status_code < 500, str(route)
        assert MARK.lower() not in words_of(answer).replace(FOREIGN_KEY, "").lower(), str(route)
    assert rows_of_oakfield(app) == before
