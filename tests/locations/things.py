"""A thing in a room, written without the asset register's own pages."""

from __future__ import annotations

from typing import Any


def an_asset(ledger: Any, tag: str, room: str) -> None:
    ledger.rows(
        "INSERT INTO assets (school_id, tag, type, make, status, location_id, own_fields,"
        " created_by, version) SELECT school_id, %s, 'laptop', '', 'in_use', id, '{}', 'Sam', 1"
        " FROM locations WHERE key = %s AND school_id ="
        " (SELECT id FROM schools WHERE slug = 'st-marys')",
        tag,
        room,
    )
