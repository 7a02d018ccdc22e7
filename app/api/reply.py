"""Answers of the API: bytes made once, without a second pass through a schema."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response

from app.api.manners import etag


def reply(
    body: Any, status: int = 200, *, version: int | None = None, location: str | None = None
) -> Response:
    response = Response(orjson.dumps(body), status, mimetype="application/json")
    if version is not None:
        response.headers["ETag"] = etag(version)
    if location is not None:
        response.headers["Location"] = location
    return response
