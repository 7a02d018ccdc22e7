"""The API's description at /api/v1/openapi.json, and the same as a page that loads nothing else."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Blueprint, Flask, Response, current_app, render_template
from flask_smorest import Api
from marshmallow import fields

from app.door import is_hidden, permissions_of
from app.shapes import Shape

# What any operation may answer besides its own good answer (api.md, Manners).
_ALWAYS = {
    "401": "Not signed in, or the token is no longer good",
    "403": "The role, or a token that can only read, does not allow it",
    "422": "A field or parameter is wrong or unknown",
    "429": "Too many requests; see Retry-After",
    "503": "Busy or restarting; see Retry-After",
}
_BY_NEED = {
    "400": "The request cannot be understood",
    "404": "Absent, or not to be seen",
    "409": "The state does not allow it; `detail` says why",
    "412": "Changed by somebody else since; nothing was changed",
    "413": "Too big",
    "415": "Not of the content type that is asked for",
    "428": "If-Match is needed",
}


class Problem(Shape):
    """RFC 9457."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))
    gaps = fields.List(
        fields.String(), metadata={"description": "Who cannot be at the visit that was asked for"}
    )
    slots = fields.List(
        fields.Dict(keys=fields.String(), values=fields.String()),
        metadata={"description": "The next times for it (`starts_at`, `ends_at`)"},
    )


pages = Blueprint("api", __name__)


def init_app(app: Flask, api: Api) -> None:
    """After every resource is registered: complete the description and serve it."""
    api.spec.components.schema("Problem", schema=Problem)
    api.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    description = _complete(api.spec.to_dict(), _hidden(app))
    app.extensions["openapi"] = description
    app.extensions["openapi_json"] = orjson.dumps(description)
    app.register_blueprint(pages)


@pages.route("/api/v1/openapi.json")
def openapi() -> Response:
    response = Response(current_app.extensions["openapi_json"], mimetype="application/json")
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@pages.route("/api/v1/docs")
def docs() -> str:
    return render_template("api_docs.html", description=current_app.extensions["openapi"])


def _hidden(app: Flask) -> set[tuple[str, str]]:
    """(path, method) of what is not there for anybody without the permission."""
    return {
        (str(rule), method.lower())
        for rule in app.url_map.iter_rules()
        if "<" not in str(rule)
        for method in rule.methods or ()
        if is_hidden(permissions_of(app, rule.endpoint, method))
    }


def _complete(description: dict[str, Any], hidden: set[tuple[str, str]]) -> dict[str, Any]:
    """Sign-in, refusals and version headers, which every operation has alike."""
    description["security"] = [{"token": []}]
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            if method != "parameters":
                is_absent = "{" in path or (path, method) in hidden
                _complete_operation(path, method, operation, may_be_absent=is_absent)
    return description


def _complete_operation(
    path: str, method: str, operation: dict[str, Any], *, may_be_absent: bool
) -> None:
    operation["operationId"] = _name(path, method)
    responses = operation["responses"]
    responses.pop("default", None)
    if "201" in responses:
        responses["201"]["headers"] = {
            "Location": {
                "description": "Where it is now",
                "required": True,
                "schema": {"type": "string"},
            }
        }
    statuses = dict(_ALWAYS)
    if may_be_absent:
        statuses["404"] = _BY_NEED["404"]
    if method != "get":
        statuses["409"] = _BY_NEED["409"]
    needs_version = method == "patch" or "Needs If-Match" in _said(operation)
    is_of_one = "{number}" in path or "{key}" in path
    if method != "get" and (is_of_one or needs_version):
        statuses["412"] = _BY_NEED["412"]
        _add_header(operation, "If-Match", "The ETag of what you read")
    if needs_version:
        statuses["428"] = _BY_NEED["428"]
    if "requestBody" in operation:
        statuses |= {one: _BY_NEED[one] for one in ("400", "413", "415")}
    if method == "post":
        _add_header(operation, "Idempotency-Key", "Send it again with the same body, as you like")
    for status, words in sorted(statuses.items()):
        responses[status] = _problem(words)


def _said(operation: dict[str, Any]) -> str:
    return f"{operation.get('summary', '')} {operation.get('description', '')}"


def _name(path: str, method: str) -> str:
    """`put_schools_school_incidents_number_check`: what a client made from this calls it."""
    parts = path.removeprefix("/api/v1/").split("/")
    return "_".join([method, *(part.strip("{}") for part in parts)])


def _problem(words: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": words,
        "content": {"application/problem+json": {"schema": schema}},
    }


def _add_header(operation: dict[str, Any], name: str, words: str) -> None:
    operation.setdefault("parameters", []).append(
        {
            "in": "header",
            "name": name,
            "description": words,
            "schema": {"type": "string", "maxLength": 255},
        }
    )
