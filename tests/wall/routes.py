"""Every route as the app itself lists it, and a request for it that would work at home.

Nothing here names a route: a new one is walked without anyone touching this file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from flask import Flask

from app.door import PUBLIC, permissions_of

# One value for every field a form or a body may ask for; schemas take what they know.
TYPED = {
    "title": "Walked",
    "expected": "It works",
    "happened": "It does not",
    "location": "ict-suite",
    "type": "incident",
    "missing": "Which room?",
    "reason": "Because",
    "note": "Tried it",
    "to": "first_line",
    "text": "A note",
    "visibility": "public",
    "check": "Cable",
    "person": "me",
    "impact": "2",
    "urgency": "2",
    "category": "hardware",
    "name": "A walked room",
    "kind": "classroom",
    "version": "1",
}
OF_FORMAT = {"date-time": "2026-01-13T09:10:00Z", "date": "2026-01-13"}


@dataclass(frozen=True)
class Route:
    rule: str
    method: str
    endpoint: str
    permissions: tuple[str, ...]
    parameters: tuple[str, ...]

    @property
    def is_api(self) -> bool:
        return self.rule.startswith("/api/")

    def path(self, **values: str) -> str:
        return re.sub(r"<(?:[^:<>]+:)?([a-z_]+)>", lambda found: values[found.group(1)], self.rule)

    def __str__(self) -> str:
        return f"{self.method} {self.rule}"


def every_route(app: Flask) -> list[Route]:
    found = []
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
            permissions = (
                () if rule.endpoint in PUBLIC else permissions_of(app, rule.endpoint, method)
            )
            found.append(
                Route(rule.rule, method, rule.endpoint, permissions, tuple(sorted(rule.arguments)))
            )
    return found


def body_for(app: Flask, route: Route) -> dict[str, Any] | None:
    """What the description says the operation needs; None when it takes no JSON."""
    schema = _content_of(app, route).get("application/json", {}).get("schema")
    return schema and _sample(schema, app.extensions["openapi"]["components"]["schemas"])


def takes_files(app: Flask, route: Route) -> bool:
    return "multipart/form-data" in _content_of(app, route)


def query_words(app: Flask, route: Route) -> set[str]:
    """What may stand after the question mark, as the description of the API has it."""
    parameters = _operation_of(app, route).get("parameters", ())
    return {one["name"] for one in parameters if one.get("in") == "query"}


def _content_of(app: Flask, route: Route) -> dict[str, Any]:
    found: dict[str, Any] = _operation_of(app, route).get("requestBody", {}).get("content", {})
    return found


def _operation_of(app: Flask, route: Route) -> dict[str, Any]:
    template = re.sub(r"<(?:[^:<>]+:)?([a-z_]+)>", r"{\1}", route.rule)
    found: dict[str, Any] = app.extensions["openapi"]["paths"].get(template, {})
    operation: dict[str, Any] = found.get(route.method.lower()) or {}
    return operation


def _sample(schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    if "$ref" in schema:
        return _sample(schemas[schema["$ref"].rsplit("/", 1)[-1]], schemas)
    if "enum" in schema:
        return next(one for one in schema["enum"] if one is not None)
    kinds = schema.get("type", "object")
    kind = kinds if isinstance(kinds, str) else kinds[0]
    if kind == "object":
        properties = schema.get("properties", {})
        wanted = set(schema.get("required", ())) | (set(properties) & set(TYPED) - {"type"})
        return {
            name: _known(name, inner, schemas)
            for name, inner in properties.items()
            if name in wanted and name != "version"
        }
    if kind == "array":
        return []
    if kind in ("integer", "number"):
        return schema.get("minimum", 1)
    if kind == "boolean":
        return False
    return OF_FORMAT.get(schema.get("format", ""), "Walked")


def _known(name: str, schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    is_plain_text = schema.get("type") in ("string", ["string", "null"]) and "enum" not in schema
    if is_plain_text and name in TYPED and schema.get("format") is None:
        return TYPED[name]
    return _sample(schema, schemas)
