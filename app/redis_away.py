"""Redis as somebody who may be away: asked with little patience, and left alone after a failure.

Nothing may depend on it: no page, no write. What stands in it is not believed either.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from redis import ConnectionPool, Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

# After a failure, so that its absence slows no page.
REST_SECONDS = 5.0

Said = TypeVar("Said")


class MayBeAway:
    """What asks Redis, and can do without. `patience` in seconds for each answer."""

    def __init__(self, url: str | None, patience: float) -> None:
        self._rest_until = 0.0
        self._redis: Any = None
        if url:
            self._redis = Redis(
                connection_pool=ConnectionPool.from_url(
                    url,
                    socket_timeout=patience,
                    socket_connect_timeout=patience,
                    retry=Retry(NoBackoff(), 0),
                    max_connections=16,
                )
            )

    def _ask(self, call: Callable[[Any], Said]) -> Said | None:
        """What `call` makes of Redis; None while it is away or says what nobody of us put there
        (reliability.md A58)."""
        if self._redis is None or time.monotonic() < self._rest_until:
            return None
        try:
            return call(self._redis)
        except (RedisError, OSError, ValueError, TypeError):
            self._rest_until = time.monotonic() + REST_SECONDS
            return None
