"""Addresses of an incident's steps, made once and not for each row."""

from __future__ import annotations

from functools import cache

from flask import url_for

from app.incidents.queue_rows import address_of


@cache
def tail_of(page: str) -> str:
    """What follows an incident’s own address; asked for each row it costs more than the row."""
    return url_for(f"incidents.{page}", school="x", number=1).removeprefix(address_of("x", 1))
