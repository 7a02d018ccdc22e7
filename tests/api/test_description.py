"""The API's description says what the code does, and nothing is missing from it."""

from __future__ import annotations

import re
from typing import Any

import pytest
import schemathesis

from app.door import PUBLIC
from tests.wall.routes import every_route

DESCRIPTION = "/api/v1/openapi.json"


@pytest.fixture(scope="module")
def description(_app) -> dict[str, Any]:
    found: dict[str, Any] = _app.test_client().get(DESCRIPTION).json
    return found


def operations(description: dict[str, Any]) -> dict[tuple[str, str], Any]:
    return {
        (path, method): operation
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
        if method != "parameters"
    }


def test_it_is_valid_openapi_3_1(_app, description):
    assert description["openapi"].startswith("3.1")
    schemathesis.openapi.from_wsgi(DESCRIPTION, _app).validate()


def test_every_route_is_described_and_nothing_else(_app, description):
    routes = set()
    for rule in _app.url_map.iter_rules():
        if rule.rule.startswith("/api/") and rule.endpoint not in PUBLIC:
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
            routes |= {(path, one.lower()) for one in (rule.methods or set()) - {"HEAD", "OPTIONS"}}
    assert set(operations(description)) == routes


def test_operations_have_names_of_their_own(description):
    names = [operation["operationId"] for operation in operations(description).values()]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z_]+", name) for name in names)


def test_every_operation_says_in_words_what_it_does(description):
    for place, operation in operations(description).items():
        assert operation["summary"].endswith("."), place


def test_every_operation_says_how_it_refuses(app, description):
    # The LA's own do not exist for anybody without its permission (door.py), also without a name.
    of_the_la = {
        (one.rule, one.method.lower())
        for one in every_route(app)
        if any(action.startswith("authority.") for action in one.permissions)
    }
    for (path, method), operation in operations(description).items():
        statuses = set(operation["responses"])
        assert {"401", "403", "422", "429", "503"} <= statuses
        assert ("404" in statuses) == ("{" in path or (path, method) in of_the_la)
        if "requestBody" in operation:
            assert {"400", "413", "415"} <= statuses
        if method == "patch":
            assert {"412", "428"} <= statuses
        if "201" in statuses:
            assert operation["responses"]["201"]["headers"]["Location"]["required"]
        for status in statuses - {"200", "201", "202", "204"}:
            content = operation["responses"][status]["content"]
            assert list(content) == ["application/problem+json"]


def test_bodies_and_answers_say_that_nothing_else_belongs_to_them(description):
    for name, schema in description["components"]["schemas"].items():
        assert schema["additionalProperties"] is False, name


def test_anybody_may_read_it_and_the_page_loads_nothing_from_elsewhere(app):
    client = app.test_client()
    assert client.get(DESCRIPTION).mimetype == "application/json"
    page = client.get("/api/v1/docs")
    assert page.status_code == 200
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert addresses
    elsewhere = [one for one in addresses if "//" in one and "gov.uk" not in one]
    assert not [one for one in elsewhere if f'src="{one}"' in page.text]
    assert not re.findall(r'<link[^>]+href="https?://', page.text)
