"""Slows guessing down without locking anybody out for good.

Ten tries in five minutes for one account, wherever they come from, and a hundred wrong ones from
one address: a whole school sits behind one. Counted in Redis; per process when it is away. A try
is counted before the password is looked at, so that a hundred at once are not one.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any

from app.redis_away import MayBeAway

WINDOW_SECONDS = 300
PER_ACCOUNT, PER_ADDRESS = 10, 100

# A sign-in may wait so long for Redis.
_PATIENCE_SECONDS = 0.1
_LARGEST = 20_000

# A counter that has run out meanwhile must not come back without its end.
_ONE_LESS = "if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('DECR', KEYS[1]) end"


@dataclass(frozen=True)
class Tries:
    """How many there were in this window, this one included."""

    of_account: int
    of_address: int

    @property
    def is_account_over(self) -> bool:
        return self.of_account > PER_ACCOUNT

    @property
    def is_address_over(self) -> bool:
        return self.of_address > PER_ADDRESS

    @property
    def is_over(self) -> bool:
        return self.is_account_over or self.is_address_over

    @property
    def is_first_over(self) -> bool:
        return self.of_account == PER_ACCOUNT + 1 or self.of_address == PER_ADDRESS + 1


class Throttle(MayBeAway):
    def __init__(self, redis_url: str | None, prefix: str) -> None:
        super().__init__(redis_url, _PATIENCE_SECONDS)
        self._prefix = prefix
        self._here = _Here()

    def begin(self, account: bytes, address: bytes) -> Tries:
        """Count a try. One that the account's limit stops does not count for the address: nobody
        can use it up for a school by hammering one account."""
        of_account = self._one_more(account)
        if of_account > PER_ACCOUNT:
            return Tries(of_account, 0)
        return Tries(of_account, self._one_more(address))

    def forgive(self, account: bytes, address: bytes) -> None:
        """The password was right: the account starts afresh, and the address has not failed."""

        def at_redis(redis: Any) -> bool:
            pipe = redis.pipeline(transaction=False)
            pipe.delete(self._key(account))
            pipe.eval(_ONE_LESS, 1, self._key(address))
            pipe.execute()
            return True

        if self._ask(at_redis) is None:
            self._here.forget(account)
            self._here.one_less(address)

    def _one_more(self, what: bytes) -> int:
        def at_redis(redis: Any) -> int:
            pipe = redis.pipeline(transaction=False)
            pipe.set(self._key(what), 0, ex=WINDOW_SECONDS, nx=True)
            pipe.incr(self._key(what))
            return int(pipe.execute()[1])

        found: int | None = self._ask(at_redis)
        return self._here.one_more(what) if found is None else found

    def _key(self, what: bytes) -> str:
        return f"{self._prefix}:tries:{what.hex()}"


class _Here:
    """The same counters in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[bytes, tuple[int, float]] = {}

    def one_more(self, what: bytes) -> int:
        now = time.monotonic()
        with self._lock:
            if len(self._counts) >= _LARGEST:
                self._make_room(now)
            count, until = self._counts.get(what, (0, 0.0))
            if until <= now:
                count, until = 0, now + WINDOW_SECONDS
            self._counts[what] = (count + 1, until)
            return count + 1

    def one_less(self, what: bytes) -> None:
        with self._lock:
            count, until = self._counts.get(what, (0, 0.0))
            if count:
                self._counts[what] = (count - 1, until)

    def forget(self, what: bytes) -> None:
        with self._lock:
            self._counts.pop(what, None)

    def _make_room(self, now: float) -> None:
        """Drop what has run out, or else the older half."""
        left = {key: one for key, one in self._counts.items() if one[1] > now}
        newest = sorted(left.items(), key=lambda item: item[1][1])[-_LARGEST // 2 :]
        self._counts = dict(newest)
