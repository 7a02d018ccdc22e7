"""A list on a page: its filters from the address, its rows by keyset, and the links around it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from flask import request, url_for
from marshmallow import Schema, ValidationError

from app.api.manners import make_cursor, read_cursor
from app.door import me
from app.keyset import Page

PAGE_SIZE = 50


class Filters(NamedTuple):
    given: dict[str, str]  # as they stand in the address
    asked: dict[str, Any]  # as a query reads them; empty where they make no sense
    errors: list[str]


class Listed(NamedTuple):
    rows: list[Any]
    next_url: str | None
    first_url: str | None  # on every page but the first


def read_filters(shape: type[Schema]) -> Filters:
    """What does not concern the list is left alone: an address may carry more."""
    loader = shape()
    asked_for = {field.data_key or name for name, field in loader.load_fields.items()}
    given = {
        name: text.strip()
        for name, text in request.args.items()
        if name in asked_for and name not in ("limit", "after") and text.strip()
    }
    try:
        asked = loader.load(given)
    except ValidationError as wrong:
        said = [str(one) for found in wrong.messages_dict.values() for one in _flat(found)]
        return Filters(given, {}, said)
    return Filters(given, {key: asked[key] for key in asked if key not in ("limit", "after")}, [])


def listed(
    name: str,
    filters: Filters,
    fetch: Callable[[dict[str, Any], list[Any] | None, int], Page],
    *,
    size: int = PAGE_SIZE,
) -> Listed:
    """The page of `name` that the address asks for; `fetch(filters, after, limit)`."""
    school = me().school
    scope = f"{name} page {school.slug if school else ''} {sorted(filters.given.items())}"
    after = read_cursor(scope, request.args.get("after"))
    page = fetch(filters.asked, after, size)
    here: dict[str, Any] = {**(request.view_args or {}), **filters.given}
    return Listed(
        page.rows,
        url_for(str(request.endpoint), **here, after=make_cursor(scope, page.place))
        if page.place
        else None,
        url_for(str(request.endpoint), **here) if after else None,
    )


def _flat(found: Any) -> list[Any]:
    return found if isinstance(found, list) else [found]
