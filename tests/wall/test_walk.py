"""No route shows, changes or hints at another school's records, whoever asks and however.

The oracle is equality: a foreign thing answers byte for byte as one that does not exist; and a
school's own pages are the same whether or not the other school has anything at all.
"""

from __future__ import annotations

from typing import Any

import pytest

from app import clock
from app.permissions import Role, may
from tests.cast import CAST, Player
from tests.wall.routes import TYPED, Route, body_for, every_route
from tests.wall.world import MARK, fill_oakfield, without_changing_parts, words_of

AT_ST_MARYS = [one for one in CAST.everybody if one.school == "st-marys"]
ABSENT_SCHOOL, FOREIGN_SCHOOL, HOME = "no-such-school", "oakfield", "st-marys"
ABSENT_NUMBER, FOREIGN_NUMBER = "987654", "8"
ABSENT_KEY = "no-such-key"
FOREIGN_KEY = f"{MARK.lower()}-room"
# A parameter of a kind that is new gets a value that exists nowhere.
OTHER = "00000000-0000-7000-8000-000000000000"


class Asker:
    """One person, as a browser and as a program."""

    def __init__(self, app: Any, sign_in: Any, api: Any, player: Player) -> None:
        self._app = app
        self._browser = sign_in(player)
        self._api = api(player)

    def ask(self, route: Route, path: str, query: str = "") -> Any:
        if route.is_api:
            body = body_for(self._app, route)
            call = getattr(self._api, route.method.lower())
            headers = {"If-Match": "*"} if route.method != "GET" else {}
            return call(path.removeprefix("/api/v1") + query, body, headers)
        if route.method == "GET":
            return self._browser.get(path + query)
        return self._browser.post(path + query, dict(TYPED))


@pytest.fixture
def asker(app, sign_in, api):
    return lambda player: Asker(app, sign_in, api, player)


def _values(route: Route, **chosen: str) -> dict[str, str]:
    usual = {"school": HOME, "number": "1", "key": "ict-suite", "day": "2026-12-25"}
    known = {**usual, **chosen}
    return {name: known.get(name, _other(route, name)) for name in route.parameters}


def _other(route: Route, name: str) -> str:
    return ABSENT_NUMBER if f"<number:{name}>" in route.rule else OTHER


def _say(response: Any) -> tuple[int, str]:
    return response.status_code, without_changing_parts(words_of(response))


def _routes(app: Any, *parameters: str) -> list[Route]:
    """Those with all these in the address. The walk never signs its own asker out."""
    return [
        one
        for one in every_route(app)
        if set(parameters) <= set(one.parameters) and "sign-out" not in one.rule
    ]


def _snapshot(app: Any) -> dict[str, int]:
    """How many rows Oakfield has in every table: a walk must not move one."""
    from sqlalchemy import text

    from tenants import School, acting_in, administering, db
    from tenants.policies import RIGHTS, school_column

    with app.app_context():
        with administering("looking at the walked school"):
            school = db.session.query(School.id).filter_by(slug=FOREIGN_SCHOOL).scalar()
        with acting_in(school):
            return {
                table: db.session.scalar(text(f"SELECT count(*) FROM {table}")) or 0
                for table, rights in RIGHTS.items()
                if school_column(table) == "school_id" and "S" in rights[0]
            }


@pytest.mark.parametrize("player", AT_ST_MARYS, ids=lambda one: one.role)
def test_a_foreign_school_is_like_one_that_does_not_exist(app, api, asker, cast, player):
    fill_oakfield(api, cast)
    before = _snapshot(app)
    person = asker(player)
    routes = _routes(app, "school")
    assert len(routes) > 40
    for route in routes:
        number_and_key = {"number": FOREIGN_NUMBER, "key": FOREIGN_KEY}
        foreign, absent = (
            person.ask(route, route.path(**_values(route, school=school, **number_and_key)))
            for school in (FOREIGN_SCHOOL, ABSENT_SCHOOL)
        )
        assert _say(foreign) == _say(absent), str(route)
        assert foreign.status_code == 404, f"{route} answered {foreign.status_code}"
        assert MARK.lower() not in words_of(foreign).lower(), str(route)
    assert _snapshot(app) == before


@pytest.mark.parametrize("player", AT_ST_MARYS, ids=lambda one: one.role)
@pytest.mark.parametrize(
    ("parameter", "foreign", "absent"),
    [("number", FOREIGN_NUMBER, ABSENT_NUMBER), ("key", FOREIGN_KEY, ABSENT_KEY)],
)
def test_a_foreign_number_at_home_is_like_one_that_does_not_exist(
    app, api, asker, cast, player, parameter, foreign, absent
):
    fill_oakfield(api, cast)
    person = asker(player)
    for route in _routes(app, "school", parameter):
        theirs = person.ask(route, route.path(**_values(route, **{parameter: foreign})))
        nobodys = person.ask(route, route.path(**_values(route, **{parameter: absent})))
        said = [
            _say(answer)[1].replace(f"/{value}", "/·")
            for answer, value in ((theirs, foreign), (nobodys, absent))
        ]
        assert theirs.status_code == nobodys.status_code, str(route)
        assert said[0] == said[1], str(route)
        is_allowed = any(may([Role(player.role)], one) for one in route.permissions)
        # The LA's own pages do not exist for anybody else, also where they are about a school.
        is_hidden = any(one.startswith("authority.") for one in route.permissions)
        expected = 404 if is_allowed or is_hidden else 403
        assert theirs.status_code == expected, f"{route} answered {theirs.status_code}"


@pytest.mark.parametrize("player", AT_ST_MARYS, ids=lambda one: one.role)
def test_home_is_the_same_whatever_the_other_school_has(app, api, asker, cast, player, at):
    """Counts, searches, choices, numbers: nothing of a page depends on another school's rows."""
    at(clock.now().isoformat())  # what a page says of time passed must not differ either
    sheet = {"title": "Ours", "expected": "a", "happened": "b", "location": "ict-suite"}
    assert api(cast.rita).post("/schools/st-marys/incidents", sheet).status_code == 201
    person = asker(player)
    # How often tokens may be guessed does depend on how often they were (tests/labels).
    gets = [
        one
        for one in every_route(app)
        if one.method == "GET" and "health" not in one.endpoint and "<token>" not in one.rule
    ]
    queries = ("", f"?q={MARK}", "?school=oakfield", "?limit=100")
    asked = [(one, one.path(**_values(one)), query) for one in gets for query in queries]

    def look() -> list[tuple[int, str]]:
        return [_say(person.ask(*one)) for one in asked]

    look()  # whatever is written the first time (a draft, a last-seen) is written
    without = look()
    fill_oakfield(api, cast)
    for one, before, now in zip(asked, without, look(), strict=True):
        assert before == now, f"{one[0]} {one[2]}"
        said = now[1].replace(f"q={MARK}", "").replace(f'value="{MARK}"', "")
        assert MARK not in said, str(one[0])


@pytest.mark.parametrize("player", AT_ST_MARYS, ids=lambda one: one.role)
def test_a_foreign_cursor_opens_nothing(app, api, asker, cast, player):
    fill_oakfield(api, cast)
    theirs = api(cast.olga).get("/schools/oakfield/incidents?limit=2").json["next"]
    person = asker(player)
    for route in _routes(app, "school"):
        if route.method != "GET":
            continue
        answer = person.ask(route, route.path(**_values(route)), f"?after={theirs}")
        assert answer.status_code < 500, str(route)
        assert MARK.lower() not in words_of(answer).lower(), str(route)


def test_nobody_signed_in_gets_nowhere(app, api, cast):
    fill_oakfield(api, cast)
    client = app.test_client()
    for route in every_route(app):
        if not route.permissions:
            continue
        path = route.path(**_values(route, school=FOREIGN_SCHOOL, number=FOREIGN_NUMBER))
        answer = client.open(path, method=route.method)
        assert answer.status_code in (401, 302, 400), f"{route} answered {answer.status_code}"
        assert MARK.lower() not in words_of(answer).lower(), str(route)


def test_the_la_administrator_reads_no_casework(app, api, asker, cast):
    fill_oakfield(api, cast)
    person = asker(cast.ada)
    for route in every_route(app):
        if route.method != "GET":
            continue
        values = _values(route, school=FOREIGN_SCHOOL, number=FOREIGN_NUMBER, key=FOREIGN_KEY)
        answer = person.ask(route, route.path(**values))
        assert answer.status_code < 500, str(route)
        assert MARK not in words_of(answer), str(route)


def test_every_route_says_its_permission_or_stands_in_the_public_list(app):
    open_to_all = [str(one) for one in every_route(app) if not one.permissions]
    # Four are a supplier's, who has no account: the key in the address is looked up by its hash.
    # Two are of a scanned label, whose token is looked up; one is a diary's, read by programs.
    assert len(open_to_all) < 30, open_to_all
