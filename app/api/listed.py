"""A list of the API (api.md): items, and a cursor to go on with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response

from app.api.manners import make_cursor, read_cursor
from app.api.reply import reply
from app.door import me
from app.keyset import Page


def listed(
    name: str,
    args: dict[str, Any],
    fetch: Callable[[dict[str, Any], list[Any] | None, int], Page],
    shown: Callable[[list[Any]], list[dict[str, Any]]],
) -> Response:
    """`fetch(filters, after, limit)`; `shown` draws all rows of the page at once, so that it may
    look things up for all of them in one statement. A cursor is good for these filters only."""
    filters = {key: value for key, value in args.items() if key not in ("limit", "after")}
    school = me().school
    scope = f"{name} api {school.slug if school else ''} {sorted(filters.items(), key=str)}"
    page = fetch(filters, read_cursor(scope, args.get("after")), args["limit"])
    cursor = make_cursor(scope, page.place) if page.place else None
    return reply({"items": shown(page.rows), "next": cursor})
