"""The API's description at /api/v1/openapi.json, and the same as a page that loads nothing else."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Blueprint, Flask, Response, current_app, render_template
from flask_smorest import Api
from marshmallow import fields

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


pages = Blueprint("api", __name__)


def init_app(app: Flask, api: Api) -> None:
    """After every resource is registered: complete the description and serve it."""
    api.spec.components.schema("Problem", schema=Problem)
    api.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    description = _complete(api.spec.to_dict())
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


def _complete(description: dict[str, Any]) -> dict[str, Any]:
    """Sign-in, refusals and version headers, which every operation has alike."""
    description["security"] = [{"token": []}]
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            if method != "parameters":
                _complete_operation(path, method, operation)
    return description


def _complete_operation(path: str, method: str, operation: dict[str, Any]) -> None:
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
    if "{" in path:
        statuses["404"] = _BY_NEED["404"]
    if method != "get":
        statuses["409"] = _BY_NEED["409"]
    if method != "get" and ("{number}" in path or "{key}" in path):
        statuses["412"] = _BY_NEED["412"]
        _add_header(operation, "If-Match", "The ETag of what you read")
    if method == "patch":
        statuses["428"] = _BY_NEED["428"]
    if "requestBody" in operation:
        statuses |= {one: _BY_NEED[one] for one in ("400", "413", "415")}
    if method == "post":
        _add_header(operation, "Idempotency-Key", "Send it again with the same body, as you like")
    for status, words in sorted(statuses.items()):
        responses[status] = _problem(words)


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
