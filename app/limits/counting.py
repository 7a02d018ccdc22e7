"""Counting requests: ten sliding seconds in Redis, so that all processes count together; per
process while it is away.

What was refused a moment ago is refused again without asking anybody: neither Redis nor the
database, because a flood is made of refusals.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterable
from typing import Any, NamedTuple

from app import logs, metrics
from app.errors import DeskError
from app.redis_away import MayBeAway

# Short: a flood would spend a minute's share before anybody stopped it.
WINDOW_SECONDS = 10

_PATIENCE_SECONDS = 0.1
# So long a refusal is repeated without counting again, at most. It ends the moment one more fits:
# were all refused for a second, those that fit by then would come at once and take every thread.
_REFUSED_FOR = 1.0
_SHORTEST = 0.05
_LARGEST = 20_000


class TooMany(DeskError):
    """A limit is reached."""

    status = 429

    def __init__(self, seconds: int) -> None:
        unit = "second" if seconds == 1 else "seconds"
        super().__init__(f"Too many requests. Try again in {seconds} {unit}.")
        self.seconds = seconds


class Limit(NamedTuple):
    """What is counted (a kind and something that cannot be turned back) and how often it may be."""

    kind: str
    whose: str
    often: int

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.whose}"

    @property
    def share(self) -> int:
        """So many are counted at once, before they come: nobody minds a hundredth, and Redis is
        asked by one request in several."""
        return max(1, self.often // 100)


class Counts(NamedTuple):
    """One window's and the one's before."""

    now: int
    before: int

    def seconds_until_under(self, often: int, into: float) -> float:
        """0 if this request is within the limit, otherwise when the next one will be. The window
        before counts for the part of it that the last ten seconds still reach into."""
        left = WINDOW_SECONDS - into
        if self.now + self.before * left / WINDOW_SECONDS <= often:
            return 0.0
        if self.now > often:
            # Only in the next window, when this one is fading.
            return left + WINDOW_SECONDS * (1 - often / self.now)
        needed = (often - self.now) / self.before * WINDOW_SECONDS
        return max(_SHORTEST, left - needed)


def whole(seconds: float) -> int:
    """As it is said: never too early, and no longer than a window."""
    return min(max(1, math.ceil(seconds)), WINDOW_SECONDS)


class Limiter(MayBeAway):
    def __init__(self, redis_url: str | None, prefix: str) -> None:
        super().__init__(redis_url, _PATIENCE_SECONDS)
        self._prefix = prefix
        self._here = _Here()
        self._refused = _Refused()
        self._counted_ahead = _Ahead()

    def check(self, *limits: Limit) -> None:
        """Count a request for each of them, in one round trip if any. Raises TooMany."""
        for limit in limits:
            self.check_refused(limit)
        now, into = divmod(time.time(), WINDOW_SECONDS)
        window = int(now)
        due = [limit for limit in limits if not self._counted_ahead.take(limit.key, window)]
        if not due:
            return
        counted = zip(due, self._count(due, window), strict=True)
        over = [
            (limit, seconds)
            for limit, counts in counted
            if (seconds := counts.seconds_until_under(limit.often, into))
        ]
        if over:
            for limit, seconds in over:
                self._refused.add(limit.key, seconds)
            # What is refused does not count, for nobody: or a flood would keep its school out for
            # longer, and a school's flood its people.
            self._count(due, window, -1)
            self._refuse(*over[0])
        for limit in due:
            self._counted_ahead.put(limit.key, window, limit.share - 1)

    def note(self, limit: Limit) -> None:
        """Count what has been answered already: only the next one can be refused for it."""
        now, into = divmod(time.time(), WINDOW_SECONDS)
        window = int(now)
        if self._counted_ahead.take(limit.key, window):
            return
        counts = self._count([limit], window)[0]
        if seconds := counts.seconds_until_under(limit.often - 1, into):
            self._refused.add(limit.key, seconds)
        self._counted_ahead.put(limit.key, window, limit.share - 1)

    def check_refused(self, limit: Limit) -> None:
        """Only whether it was refused a moment ago. Raises TooMany."""
        if seconds := self._refused.seconds(limit.key):
            self._refuse(limit, seconds)

    @property
    def is_refusing(self) -> bool:
        """Whether anybody at all was refused a moment ago."""
        return self._refused.is_any

    @property
    def repeats(self) -> Repeats:
        return self._refused.repeats

    def refused_again(self, limits: Iterable[Limit]) -> tuple[Limit, int] | None:
        """The first of them that was refused a moment ago, and the seconds that are left."""
        for limit in limits:
            if seconds := self._refused.seconds(limit.key):
                return limit, whole(seconds)
        return None

    def _refuse(self, limit: Limit, seconds: float) -> None:
        metrics.rate_limited(limit.kind)
        raise TooMany(whole(seconds))

    def _count(self, limits: list[Limit], window: int, sign: int = 1) -> list[Counts]:
        found = self._ask(lambda redis: self._count_in_redis(redis, limits, window, sign))
        if found is not None:
            return found
        return [self._here.more(limit.key, window, sign * limit.share) for limit in limits]

    def _count_in_redis(
        self, redis: Any, limits: list[Limit], window: int, sign: int
    ) -> list[Counts]:
        pipe = redis.pipeline(transaction=False)
        for limit in limits:
            name = f"{self._prefix}:limit:{limit.key}"
            pipe.set(f"{name}:{window}", 0, ex=2 * WINDOW_SECONDS, nx=True)
            pipe.incrby(f"{name}:{window}", sign * limit.share)
            pipe.get(f"{name}:{window - 1}")
        found = pipe.execute()
        return [
            Counts(max(0, int(now)), max(0, int(before or 0)))
            for now, before in zip(found[1::3], found[2::3], strict=True)
        ]


class _Here:
    """The same counters in this process: those of this window and of the one before."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._window = 0
        self._now: dict[str, int] = {}
        self._before: dict[str, int] = {}

    def more(self, key: str, window: int, how_many: int) -> Counts:
        with self._lock:
            if window != self._window:
                self._before = self._now if window == self._window + 1 else {}
                self._now, self._window = {}, window
            if key not in self._now and len(self._now) >= _LARGEST:
                self._now.pop(next(iter(self._now)))
            self._now[key] = self._now.get(key, 0) + how_many
            return Counts(self._now[key], self._before.get(key, 0))


class _Ahead:
    """Requests of this window that were counted before they came."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._window = 0
        self._left: dict[str, int] = {}

    def take(self, key: str, window: int) -> bool:
        with self._lock:
            if window != self._window:
                self._left, self._window = {}, window
            left = self._left.pop(key, 0)
            if left > 1:
                self._left[key] = left - 1
            return left > 0

    def put(self, key: str, window: int, how_many: int) -> None:
        with self._lock:
            if how_many and window == self._window and len(self._left) < _LARGEST:
                self._left[key] = self._left.get(key, 0) + how_many


class _Refused:
    """Who was refused within the last second, and when they may come again."""

    def __init__(self) -> None:
        self._until: dict[str, tuple[float, float]] = {}
        self._latest = 0.0
        self.repeats = Repeats()

    @property
    def is_any(self) -> bool:
        return time.monotonic() < self._latest

    def add(self, key: str, seconds: float) -> None:
        now = time.monotonic()
        if len(self._until) >= _LARGEST:
            self._until = {}
        repeated_until = now + min(_REFUSED_FOR, seconds)
        self._until[key] = (repeated_until, now + seconds)
        self._latest = max(self._latest, repeated_until)

    def seconds(self, key: str) -> float:
        """0 if it is to be counted again."""
        if not self._until:
            return 0.0
        repeated_until, until = self._until.get(key, (0.0, 0.0))
        now = time.monotonic()
        return until - now if now < repeated_until else 0.0


class Repeats:
    """How often was refused again (early.py) since that was told of. One line tells of them all,
    so they have its id."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._times: dict[str, int] = {}
        self._began = 0.0
        self._id = ""

    def add(self, kind: str) -> str:
        with self._lock:
            if not self._times:
                self._began, self._id = time.monotonic(), logs.new_id()
            self._times[kind] = self._times.get(kind, 0) + 1
            return self._id

    def due(self, every: float) -> tuple[str, dict[str, int]]:
        """Their id and how many of each kind, once and when it is time; otherwise nothing."""
        if not self._times:
            return "", {}
        with self._lock:
            if time.monotonic() - self._began < every:
                return "", {}
            times, self._times = self._times, {}
            return self._id, times
