"""Who walks, where to, and how two answers are compared."""

from __future__ import annotations

from typing import Any

from tests.cast import CAST
from tests.wall.routes import TYPED, Route, body_for, every_route
from tests.wall.world import MARK, without_changing_parts, words_of

AT_ST_MARYS = [one for one in CAST.everybody if one.school == "st-marys"]
ABSENT_SCHOOL, FOREIGN_SCHOOL, HOME = "no-such-school", "oakfield", "st-marys"
ABSENT_NUMBER, FOREIGN_NUMBER = "987654", "8"
ABSENT_KEY = "no-such-key"
FOREIGN_KEY = f"{MARK.lower()}-room"
# A parameter of a kind that is new gets a value that exists nowhere.
OTHER = "00000000-0000-7000-8000-000000000000"
# The number itself stands in some pages, and it is as long as it is.
_DIFFERING = {"Content-Length", "Date", "Set-Cookie", "X-Request-Id"}


class Asker:
    """One person, as a browser and as a program."""

    def __init__(self, app: Any, sign_in: Any, api: Any, player: Any) -> None:
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


def values_for(route: Route, **chosen: str) -> dict[str, str]:
    usual = {"school": HOME, "number": "1", "key": "ict-suite", "day": "2026-12-25"}
    known = {**usual, **chosen}
    return {name: known.get(name, _other(route, name)) for name in route.parameters}


def _other(route: Route, name: str) -> str:
    return ABSENT_NUMBER if f"<number:{name}>" in route.rule else OTHER


def said(response: Any) -> tuple[int, str]:
    return response.status_code, without_changing_parts(words_of(response))


def headers_of(response: Any, asked_for: str) -> list[tuple[str, str]]:
    """A header could tell what the body keeps to itself."""
    return sorted(
        (name, without_changing_parts(value).replace(f"/{asked_for}", "/·"))
        for name, value in response.headers
        if name not in _DIFFERING
    )


def routes_with(app: Any, *parameters: str) -> list[Route]:
    """Those with all these in the address. The walk never signs its own asker out."""
    return [
        one
        for one in every_route(app)
        if set(parameters) <= set(one.parameters) and "sign-out" not in one.rule
    ]


def rows_of_oakfield(app: Any) -> dict[str, int]:
    """How many it has in every table: a walk must not move one."""
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
