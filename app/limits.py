"""So many requests in ten seconds for a person, a school, an address; nobody else notices (F20).

Ten sliding seconds, counted in Redis so that all processes count together; per process while it is
away. What was refused a moment ago is refused again without asking anybody: neither Redis nor the
database, because a flood is made of refusals.
"""

from __future__ import annotations

import hashlib
import math
import threading
import time
from typing import Any, NamedTuple

from flask import Flask, current_app, g, request
from redis import ConnectionPool, Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from app import door, metrics, sessions
from app.errors import DeskError
from app.people import rules
from app.people.identity import Me
from config import Settings

# Short: a flood would spend a minute's share before anybody stopped it.
WINDOW_SECONDS = 10

PERSON, SCHOOL, ADDRESS = "person", "school", "address"
_EXEMPT = frozenset({"health.alive", "health.ready", "metrics.scrape"})
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_PATIENCE_SECONDS = 0.1
_REST_SECONDS = 5.0
# So long a refusal is repeated without counting again.
_REFUSED_FOR = 1.0
_LARGEST = 20_000
_KNOWN_SECONDS = 300.0
_A_WHOLE_SCHOOL = 5
_OF_A_WHOLE_SCHOOL = frozenset(
    {
        "people.sign_in",
        "people.sign_out",
        "second_factor.sign_in",
        "second_factor.sign_in_challenge",
    }
)


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

    def seconds_until_under(self, often: int, into: float) -> int:
        """0 if this request is within the limit, otherwise when the next one will be. The window
        before counts for the part of it that the last sixty seconds still reach into."""
        left = WINDOW_SECONDS - into
        if self.now + self.before * left / WINDOW_SECONDS <= often:
            return 0
        if self.now > often:
            # Only in the next window, when this one is fading.
            fades_in = WINDOW_SECONDS * (1 - often / self.now)
            return max(1, math.ceil(left + fades_in))
        needed = (often - self.now) / self.before * WINDOW_SECONDS
        return max(1, math.ceil(left - needed))


class Limiter:
    def __init__(self, redis_url: str | None, prefix: str) -> None:
        self._prefix = prefix
        self._here = _Here()
        self._refused = _Refused()
        self._counted_ahead = _Ahead()
        self._rest_until = 0.0
        self._redis: Any = None
        if redis_url:
            self._redis = Redis(
                connection_pool=ConnectionPool.from_url(
                    redis_url,
                    socket_timeout=_PATIENCE_SECONDS,
                    socket_connect_timeout=_PATIENCE_SECONDS,
                    retry=Retry(NoBackoff(), 0),
                    max_connections=16,
                )
            )

    def check(self, *limits: Limit) -> None:
        """Count a request for each of them, in one round trip if any. Raises TooMany."""
        for limit in limits:
            self.check_refused(limit)
        now, into = divmod(time.time(), WINDOW_SECONDS)
        window = int(now)
        due = [limit for limit in limits if not self._counted_ahead.take(limit.key, window)]
        if not due:
            return
        for limit, counts in zip(due, self._count(due, window), strict=True):
            if seconds := counts.seconds_until_under(limit.often, into):
                self._refused.add(limit.key, seconds)
                # What is refused does not count, or a flood would keep its school out for longer.
                self._count([limit], window, -1)
                self._refuse(limit, seconds)
            self._counted_ahead.put(limit.key, window, limit.share - 1)

    def check_refused(self, limit: Limit) -> None:
        """Only whether it was refused a moment ago. Raises TooMany."""
        if seconds := self._refused.seconds(limit.key):
            self._refuse(limit, seconds)

    def _refuse(self, limit: Limit, seconds: int) -> None:
        metrics.rate_limited(limit.kind)
        raise TooMany(min(seconds, WINDOW_SECONDS))

    def _count(self, limits: list[Limit], window: int, sign: int = 1) -> list[Counts]:
        if self._redis is not None and time.monotonic() >= self._rest_until:
            try:
                return self._count_in_redis(limits, window, sign)
            except (RedisError, OSError, ValueError, TypeError):
                # Away, slow, or what stands there is not what we put there (A58).
                self._rest_until = time.monotonic() + _REST_SECONDS
        return [self._here.more(limit.key, window, sign * limit.share) for limit in limits]

    def _count_in_redis(self, limits: list[Limit], window: int, sign: int) -> list[Counts]:
        pipe = self._redis.pipeline(transaction=False)
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

    def add(self, key: str, seconds: int) -> None:
        now = time.monotonic()
        if len(self._until) >= _LARGEST:
            self._until = {}
        self._until[key] = (now + min(_REFUSED_FOR, seconds), now + seconds)

    def seconds(self, key: str) -> int:
        if not self._until:
            return 0
        repeated_until, until = self._until.get(key, (0.0, 0.0))
        now = time.monotonic()
        return max(1, math.ceil(until - now)) if now < repeated_until else 0


# --- at the door ---


class Known(NamedTuple):
    """Whose a credential is, as far as limits go; learned by a statement, good for a while."""

    limits: tuple[Limit, ...]
    until: float


def init_app(app: Flask) -> None:
    """Before the door: whoever asks too often costs no statement. `count_people` comes after it."""
    settings: Settings = app.config["SETTINGS"]
    app.extensions["limiter"] = Limiter(settings.redis_url, settings.role_prefix)
    app.extensions["known_credentials"] = {}
    app.before_request(_before_anybody_is_known)


def count_people(app: Flask) -> None:
    app.before_request(_count_person)


def limiter() -> Limiter:
    found: Limiter = current_app.extensions["limiter"]
    return found


def _before_anybody_is_known() -> None:
    g.must_count_person = False
    if request.endpoint in _EXEMPT:
        return
    settings: Settings = current_app.config["SETTINGS"]
    g.asker = asker = (_credential(), str((request.view_args or {}).get("school", "")))
    known = _known().get(asker)
    if known is not None and known.until > time.monotonic():
        limiter().check(*known.limits)
    elif asker[0] is not None:
        g.must_count_person = True
        limiter().check(Limit("credential", asker[0], settings.requests_per_person))
    if request.method not in _READING and (asker[0] is None or request.endpoint in door.PUBLIC):
        limiter().check(_of_address(settings))


def _count_person() -> None:
    """Once it is known who asks; from then on their credential says it before the door.

    A school's share is used by its own people only: neither LA staff nor strangers can use it up.
    """
    person: Me | None = g.get("me")
    if person is None or not g.must_count_person:
        return
    settings: Settings = current_app.config["SETTINGS"]
    limits = [Limit(PERSON, str(person.person_id), settings.requests_per_person)]
    if person.school is not None and person.membership_ids:
        limits.append(Limit(SCHOOL, str(person.school.id), settings.requests_per_school))
    if len(_known()) >= _LARGEST:
        _known().clear()
    _known()[g.asker] = Known(tuple(limits), time.monotonic() + _KNOWN_SECONDS)
    limiter().check(*limits)


def _known() -> dict[tuple[str | None, str], Known]:
    found: dict[tuple[str | None, str], Known] = current_app.extensions["known_credentials"]
    return found


def _credential() -> str | None:
    """What opens the door, as a hash: it must be of no use to whoever reads Redis."""
    if door.is_api():
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        found = secret.strip() if scheme.lower() == "bearer" else None
    else:
        found = sessions.secret_of_request()
    return hashlib.sha256(found.encode(errors="replace")).hexdigest()[:32] if found else None


def _of_address(settings: Settings) -> Limit:
    """A whole school signs in from one address on the same morning; signing in has a throttle of
    its own (people/throttle.py)."""
    is_of_school = request.endpoint in _OF_A_WHOLE_SCHOOL or request.endpoint not in door.PUBLIC
    often = settings.requests_per_address * (_A_WHOLE_SCHOOL if is_of_school else 1)
    key = current_app.config["SECRET_KEY"]
    whose = rules.trace(key, "limit", rules.network(request.remote_addr or "")).hex()[:32]
    return Limit("school's address" if is_of_school else ADDRESS, whose, often)
