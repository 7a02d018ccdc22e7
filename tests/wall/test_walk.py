"""No route shows, changes or hints at another school's records, whoever asks and however.

The oracle is equality: a foreign thing answers byte for byte as one that does not exist; and a
school's own pages are the same whether or not the other school has anything at all.
"""

from __future__ import annotations

from typing import Any

import pytest

from app import clock
from app.permissions import Role, may
from tests.wall.routes import Route, every_route, query_words
from tests.wall.walk import (
    ABSENT_KEY,
    ABSENT_NUMBER,
    ABSENT_SCHOOL,
    AT_ST_MARYS,
    FOREIGN_KEY,
    FOREIGN_NUMBER,
    FOREIGN_SCHOOL,
    Asker,
    headers_of,
    routes_with,
    rows_of_oakfield,
    said,
    values_for,
)
from tests.wall.world import MARK, fill_oakfield, words_of


@pytest.mark.parametrize("player", AT_ST_MARYS, ids=lambda one: one.role)
def test_a_foreign_school_is_like_one_that_does_not_exist(app, oakfield, asker, player):
    before = rows_of_oakfield(app)
    person = asker(player)
    routes = routes_with(app, "school")
    assert len(routes) > 40
    for route in routes:
        number_and_key = {"number": FOREIGN_NUMBER, "key": FOREIGN_KEY}
        foreign, absent = (
            person.ask(route, route.path(**values_for(route, school=school, **number_and_key)))
            for school in (FOREIGN_SCHOOL, ABSENT_SCHOOL)
        )
        assert said(foreign) == said(absent), str(route)
        of_foreign, of_absent = (
            headers_of(foreign, FOREIGN_SCHOOL),
            headers_of(absent, ABSENT_SCHOOL),
        )
        assert of_foreign == of_absent, str(route)
        assert foreign.status_code == 404, f"{route} answered {foreign.status_code}"
        assert MARK.lower() not in words_of(foreign).lower(), str(route)
    assert rows_of_oakfield(app) == before


@pytest.mark.parametrize("player", AT_ST_MARYS, ids=lambda one: one.role)
@pytest.mark.parametrize(
    ("parameter", "foreign", "absent"),
    [("number", FOREIGN_NUMBER, ABSENT_NUMBER), ("key", FOREIGN_KEY, ABSENT_KEY)],
)
def test_a_foreign_number_at_home_is_like_one_that_does_not_exist(
    app, oakfield, asker, player, parameter, foreign, absent
):
    person = asker(player)
    for route in routes_with(app, "school", parameter):
        theirs = person.ask(route, route.path(**values_for(route, **{parameter: foreign})))
        nobodys = person.ask(route, route.path(**values_for(route, **{parameter: absent})))
        assert theirs.status_code == nobodys.status_code, str(route)
        texts = [
            said(answer)[1].replace(f"/{value}", "/·")
            for answer, value in ((theirs, foreign), (nobodys, absent))
        ]
        assert texts[0] == texts[1], str(route)
        assert headers_of(theirs, foreign) == headers_of(nobodys, absent), str(route)
        is_allowed = any(may([Role(player.role)], one) for one in route.permissions)
        # The LA's own pages do not exist for anybody else, also where they are about a school.
        is_hidden = any(one.startswith("authority.") for one in route.permissions)
        expected = 404 if is_allowed or is_hidden else 403
        assert theirs.status_code == expected, f"{route} answered {theirs.status_code}"


# Asked together: a filter that reached another school would find something with any of the others.
_LEADING_ELSEWHERE = {"q": MARK, "school": FOREIGN_SCHOOL, "limit": "100"}


@pytest.mark.parametrize("player", AT_ST_MARYS, ids=lambda one: one.role)
def test_home_is_the_same_whatever_the_other_school_has(app, api, asker, cast, player, at):
    """Counts, searches, choices, numbers: nothing of a page depends on another school's rows."""
    at(clock.now().isoformat())  # what a page says of time passed must not differ either
    sheet = {"title": "Ours", "expected": "a", "happened": "b", "location": "ict-suite"}
    assert api(cast.rita).post("/schools/st-marys/incidents", sheet).status_code == 201
    person = asker(player)
    # Whatever is written the first time (a draft, a last-seen) is written by this.
    asked = [one for route in _gets(app) for one in _queries(app, person, route)]
    before = [_look(person, one) for one in asked]
    fill_oakfield(api, cast)
    for one, then in zip(asked, before, strict=True):
        now = _look(person, one)
        assert then == now, f"{one[0]} {one[2]}"
        words = now[1].replace(f"q={MARK}", "").replace(f'value="{MARK}"', "")
        assert MARK not in words, f"{one[0]} {one[2]}"


Question = tuple[Route, str, str]


def _gets(app: Any) -> list[Route]:
    # How often tokens may be guessed does depend on how often they were (tests/labels).
    return [
        one
        for one in every_route(app)
        if one.method == "GET" and "health" not in one.endpoint and "<token>" not in one.rule
    ]


def _queries(app: Any, person: Asker, route: Route) -> list[Question]:
    """Bare and with everything that could lead elsewhere: all of it at once where that is taken,
    or one by one where one of them is refused, which would hide what the others do."""
    path = route.path(**values_for(route))
    # The API refuses what it has no word for.
    taken = query_words(app, route) & set(_LEADING_ELSEWHERE) if route.is_api else set()
    words = [f"{one}={_LEADING_ELSEWHERE[one]}" for one in sorted(taken or _LEADING_ELSEWHERE)]
    together = f"?{'&'.join(words)}"
    is_taken = person.ask(route, path, together).status_code < 400
    is_open = is_taken or person.ask(route, path).status_code < 400
    has_words = bool(taken) or not route.is_api
    if is_taken or not is_open or not has_words:
        return [(route, path, ""), (route, path, together)]
    one_by_one = [(route, path, f"?{one}") for one in words]
    for one in one_by_one:
        person.ask(*one)
    return [(route, path, ""), *one_by_one]


def _look(person: Asker, asked: Question) -> tuple[int, str]:
    return said(person.ask(*asked))


@pytest.mark.parametrize("player", AT_ST_MARYS, ids=lambda one: one.role)
def test_a_foreign_cursor_opens_nothing(app, api, oakfield, asker, cast, player):
    theirs = api(cast.olga).get("/schools/oakfield/incidents?limit=2").json["next"]
    person = asker(player)
    for route in routes_with(app, "school"):
        if route.method != "GET":
            continue
        answer = person.ask(route, route.path(**values_for(route)), f"?after={theirs}")
        assert answer.status_code < 500, str(route)
        assert MARK.lower() not in words_of(answer).lower(), str(route)


def test_nobody_signed_in_gets_nowhere(app, oakfield):
    client = app.test_client()
    for route in every_route(app):
        if not route.permissions:
            continue
        path = route.path(**values_for(route, school=FOREIGN_SCHOOL, number=FOREIGN_NUMBER))
        answer = client.open(path, method=route.method)
        assert answer.status_code in (401, 302, 400), f"{route} answered {answer.status_code}"
        assert MARK.lower() not in words_of(answer).lower(), str(route)


def test_the_la_administrator_reads_no_casework(app, oakfield, asker, cast):
    person = asker(cast.ada)
    for route in every_route(app):
        if route.method != "GET":
            continue
        values = values_for(route, school=FOREIGN_SCHOOL, number=FOREIGN_NUMBER, key=FOREIGN_KEY)
        answer = person.ask(route, route.path(**values))
        # Nobody drains the outbox here, and this one rightly says so after a minute.
        assert answer.status_code < 500 or "/readyz" in str(route), str(route)
        assert MARK not in words_of(answer), str(route)


def test_every_route_says_its_permission_or_stands_in_the_public_list(app):
    open_to_all = [str(one) for one in every_route(app) if not one.permissions]
    # Four are a supplier's, who has no account: the key in the address is looked up by its hash.
    # Two are of a scanned label, whose token is looked up; one is a diary's, read by programs.
    assert len(open_to_all) < 30, open_to_all
