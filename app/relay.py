"""What the relay may see of both outboxes: which rows are due, of which school, and since when.

It signs in as a role that can read those columns and no others (tenants/policies.py). Connections
are not pooled: workers fork, and a forked child must not inherit one.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Engine, NullPool, create_engine, text

from config import BadSetting, Settings

_CONNECT_SECONDS = 2
# So many rows of one school at a time: a school with thousands of them keeps nobody waiting.
SHARE = 50

# From school to school along the index, never through the thousands of rows of one of them.
_DUE = text(
    """
    WITH RECURSIVE waiting AS (
        (SELECT school_id FROM outbox WHERE done_at IS NULL AND failed_at IS NULL
         ORDER BY school_id LIMIT 1)
        UNION ALL
        SELECT (SELECT school_id FROM outbox
                WHERE done_at IS NULL AND failed_at IS NULL AND school_id > waiting.school_id
                ORDER BY school_id LIMIT 1)
        FROM waiting WHERE waiting.school_id IS NOT NULL
    )
    SELECT school_id, id FROM (
        SELECT due.* FROM waiting CROSS JOIN LATERAL (
            SELECT school_id, id, next_try_at, row_number() OVER (ORDER BY next_try_at, id) AS place
            FROM outbox
            WHERE outbox.school_id = waiting.school_id AND done_at IS NULL AND failed_at IS NULL
                  AND next_try_at <= :now
            ORDER BY next_try_at, id LIMIT :share
        ) AS due
        UNION ALL
        SELECT * FROM (
            SELECT NULL::int, id, next_try_at,
                   row_number() OVER (ORDER BY next_try_at, id) AS place
            FROM door_outbox
            WHERE done_at IS NULL AND failed_at IS NULL AND next_try_at <= :now
            ORDER BY next_try_at, id LIMIT :share
        ) AS at_the_door
    ) AS every ORDER BY place, next_try_at, id LIMIT :most
    """
)
_OLDEST = text(
    """
    WITH RECURSIVE waiting AS (
        (SELECT school_id FROM outbox WHERE done_at IS NULL AND failed_at IS NULL
         ORDER BY school_id LIMIT 1)
        UNION ALL
        SELECT (SELECT school_id FROM outbox
                WHERE done_at IS NULL AND failed_at IS NULL AND school_id > waiting.school_id
                ORDER BY school_id LIMIT 1)
        FROM waiting WHERE waiting.school_id IS NOT NULL
    )
    SELECT min(next_try_at) FROM (
        SELECT (SELECT next_try_at FROM outbox
                WHERE outbox.school_id = waiting.school_id AND done_at IS NULL
                      AND failed_at IS NULL AND next_try_at <= :now
                ORDER BY next_try_at LIMIT 1) AS next_try_at
        FROM waiting
        UNION ALL
        SELECT min(next_try_at) FROM door_outbox
        WHERE done_at IS NULL AND failed_at IS NULL AND next_try_at <= :now
    ) AS every
    """
)


class Due(NamedTuple):
    """One row. `school_id` is None for what stands at the front door."""

    school_id: int | None
    id: UUID


def relay_engine(settings: Settings) -> Engine:
    """The relay's own way in. Each statement is a transaction: nothing is ever written here."""
    if settings.relay_url is None:
        raise BadSetting("DATABASE_RELAY_URL is not set: the worker and the ticker need it.")
    return create_engine(
        settings.relay_url,
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
        connect_args={"connect_timeout": _CONNECT_SECONDS, "application_name": "deskbell-relay"},
    )


def due_rows(connection: Connection, now: datetime, limit: int, share: int = SHARE) -> list[Due]:
    """What is due: the longest waiting of each school first, then the second of each, and so on."""
    rows = connection.execute(_DUE, {"now": now, "share": share, "most": limit})
    return [Due(school_id, row_id) for school_id, row_id in rows]


def waiting_seconds(connection: Connection, now: datetime) -> float | None:
    """How long the oldest due row has been waiting; None when nothing is due."""
    oldest = connection.scalar(_OLDEST, {"now": now})
    return None if oldest is None else (now - oldest).total_seconds()
