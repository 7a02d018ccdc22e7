"""What the relay may see of the outbox: which rows are due, of which school, and since when.

It signs in as a role that can read those columns and no others (tenants/policies.py). Connections
are not pooled: workers fork, and a forked child must not inherit one.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, Engine, NullPool, create_engine, func, select

from app.later import Outbox
from config import BadSetting, Settings

_CONNECT_SECONDS = 2


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


def due_rows(connection: Connection, now: datetime, limit: int) -> list[tuple[int, UUID]]:
    """School and id of what is due, the longest waiting first."""
    rows = connection.execute(
        select(Outbox.school_id, Outbox.id)
        .where(Outbox.done_at.is_(None), Outbox.failed_at.is_(None), Outbox.next_try_at <= now)
        .order_by(Outbox.next_try_at, Outbox.school_id, Outbox.id)
        .limit(limit)
    )
    return [(school_id, row_id) for school_id, row_id in rows]


def waiting_seconds(connection: Connection, now: datetime) -> float | None:
    """How long the oldest due row has been waiting; None when nothing is due."""
    oldest = connection.scalar(
        select(func.min(Outbox.next_try_at)).where(
            Outbox.done_at.is_(None), Outbox.failed_at.is_(None), Outbox.next_try_at <= now
        )
    )
    return None if oldest is None else (now - oldest).total_seconds()
