"""What becomes of a row whose task failed: again soon, again later, or given up.

A database that goes away is nobody's failure: the row stays as it was. Deadlocks and timeouts pass
by themselves. Everything else waits longer and longer, for three days of trying: a row that was
written long before it is due, or that waited while nobody worked, has all of them before it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy.exc import DBAPIError, OperationalError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.errors import what_went_wrong
from app.notifications.letters import Permanent, Temporary

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15))
LONGEST_PAUSE = timedelta(minutes=60)
GIVE_UP_AFTER = timedelta(hours=72)
# So many tries take three days, from the first one on.
MAX_TRIES = len(PAUSES) - (sum(PAUSES, timedelta()) - GIVE_UP_AFTER) // LONGEST_PAUSE
_SOON = timedelta(seconds=2)
_SOON_TRIES = 3
# Class 40: deadlock, serialisation. 55P03: a lock not given in time. 57014: a statement too long.
_PASSING = ("40", "55P03", "57014")
# The server is going, gone, or not yet there.
_GOING = ("57P0", "08")
# SQLAlchemy's own word for a transaction whose connection went away under it.
_NO_RECONNECT = "8s2b"


class Verdict(NamedTuple):
    said: str
    next_try_at: datetime | None  # None: given up


def verdict(error: Exception, attempts: int, now: datetime) -> Verdict:
    """`attempts` earlier ones."""
    said = what_failed(error)
    if isinstance(error, Permanent):
        return Verdict(said, None)
    if attempts < _SOON_TRIES and _code(error).startswith(_PASSING):
        return Verdict(said, now + _SOON)
    if attempts >= MAX_TRIES:
        return Verdict(said, None)
    return Verdict(said, next_try(attempts, now))


def next_try(attempts: int, now: datetime) -> datetime:
    """When to try again after so many earlier attempts: 1, 5, 15, then every 60 minutes."""
    return now + (PAUSES[attempts] if attempts < len(PAUSES) else LONGEST_PAUSE)


def what_failed(error: Exception) -> str:
    """Kind, the mail server's code, and place; never what somebody typed."""
    if isinstance(error, Permanent | Temporary):
        return f"{error.said}, {what_went_wrong(error)}"
    return what_went_wrong(error)


def is_lost(error: BaseException) -> bool:
    """Whether the database went away under it, directly or as the cause of what is raised."""
    seen: BaseException | None = error
    for _ in range(10):
        if seen is None:
            return False
        if isinstance(seen, PoolTimeout):
            return True
        if isinstance(seen, PendingRollbackError):
            return seen.code == _NO_RECONNECT
        if isinstance(seen, DBAPIError):
            is_mute = isinstance(seen, OperationalError) and not _code(seen)
            return seen.connection_invalidated or is_mute or _code(seen).startswith(_GOING)
        seen = seen.__cause__
    return False


def _code(error: BaseException) -> str:
    return getattr(getattr(error, "orig", None), "pgcode", None) or ""
