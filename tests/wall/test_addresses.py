"""What the walk does not ask: addresses without a school in them, and the headers of an answer.

A page that looks something up over all schools would show it to a stranger; a header could tell
what the body keeps to itself.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.wall.routes import Route, every_route
from tests.wall.test_walk import (
    ABSENT_NUMBER,
    ABSENT_SCHOOL,
    AT_ST_MARYS,
    FOREIGN_KEY,
    FOREIGN_NUMBER,
    FOREIGN_SCHOOL,
    OTHER,
    Asker,
    _routes,
    _snapshot,
    _values,
)
from tests.wall.world import FOREIGN_NUMBERS, MARK, fill_oakfield, without_changing_parts, words_of

# The number itself stands in some pages, and it is as long as it is.
DIFFERING = {"Content-Length", "Date", "Set-Cookie", "X-Request-Id"}


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
def test_no_number_or_key_opens_another_schools(app, api, sign_in, cast, player):
    fill_oakfield(api, cast)
    before = _snapshot(app)
    person = Asker(app, sign_in, api, player)
    addresses = _addresses(app)
    assert addresses
    for route, path in addresses:
        answer = person.ask(route, path)
        assert answer.status_code < 500, str(route)
        assert MARK.lower() not in words_of(answer).replace(FOREIGN_KEY, "").lower(), str(route)
    assert _snapshot(app) == before


@pytest.mark.parametrize("player", AT_ST_MARYS[:3], ids=lambda one: one.email.split("@")[0])
def test_no_header_tells_a_foreign_thing_from_one_that_does_not_exist(
    app, api, sign_in, cast, player
):
    fill_oakfield(api, cast)
    person = Asker(app, sign_in, api, player)
    for route in _routes(app, "school"):
        pairs = [({"school": FOREIGN_SCHOOL}, {"school": ABSENT_SCHOOL})]
        if "number" in route.parameters:
            pairs.append(({"number": FOREIGN_NUMBER}, {"number": ABSENT_NUMBER}))
        for foreign, absent in pairs:
            said = [
                _headers(person.ask(route, route.path(**_values(route, **chosen))), chosen)
                for chosen in (foreign, absent)
            ]
            assert said[0] == said[1], str(route)


def _headers(answer: Any, chosen: dict[str, str]) -> list[tuple[str, str]]:
    (asked,) = chosen.values()
    return sorted(
        (name, without_changing_parts(value).replace(f"/{asked}", "/·"))
        for name, value in answer.headers
        if name not in DIFFERING
    )
