"""For a step that builds an index on a table with rows in it, while everybody goes on working."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context, op

from migrations import LOCK_TIMEOUT_MS


@contextmanager
def concurrently() -> Iterator[None]:
    """Outside a transaction, as CONCURRENTLY asks; alone in its step, because it is not undone.

    Such a build waits for transactions, with a lock that keeps nobody waiting, so it may wait long.
    """
    lock_timeout_ms = int(context.config.attributes.get("lock_timeout_ms", LOCK_TIMEOUT_MS))
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        yield
        op.execute(f"SET lock_timeout = {lock_timeout_ms}")
