"""Who has a form of an incident open just now: "Jo is writing a reply" (S25).

Only in Valkey, for a minute, and only numbers: of the school, the incident and the membership. The
name comes from the database. Without Valkey nobody is shown, and nothing else is missing.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from app.incidents.models import Incident
from app.people.identity import Me
from app.people.models import LaMembership, Membership
from app.redis_away import MayBeAway
from tenants import db

SECONDS = 60
MOST_SHOWN = 5
_ANSWER_SECONDS = 0.1
_ONE = re.compile(rb"([ml])([1-9][0-9]{0,18})")


class Presence(MayBeAway):
    """A sorted set for each incident: who, and until when."""

    def __init__(self, url: str | None, prefix: str) -> None:
        super().__init__(url, _ANSWER_SECONDS)
        self._prefix = prefix

    def writes(self, incident: Incident, person: Me) -> None:
        key, who = self._key(incident), _who(person)
        if who is None:
            return

        def tell(redis: Any) -> None:
            with redis.pipeline(transaction=False) as pipe:
                pipe.zadd(key, {who: time.time() + SECONDS})
                pipe.expire(key, SECONDS)
                pipe.execute()

        self._ask(tell)

    def stops(self, incident: Incident, person: Me) -> None:
        """What was written has been sent."""
        key, who = self._key(incident), _who(person)
        if who is not None:
            self._ask(lambda redis: redis.zrem(key, who))

    def others(self, incident: Incident, person: Me) -> list[str]:
        """The names of those who write now; in the usual case nobody, without a statement."""
        key = self._key(incident)
        found = self._ask(lambda redis: redis.zrangebyscore(key, time.time(), "+inf"))
        here = [one for one in found or () if isinstance(one, bytes)]
        return _names([one for one in here if one.decode(errors="replace") != _who(person)])

    def _key(self, incident: Incident) -> str:
        return f"{self._prefix}:writing:{incident.school_id}:{incident.id}"


def _who(person: Me) -> str | None:
    if person.membership_ids:
        return f"m{min(person.membership_ids)}"
    return f"l{min(person.la_membership_ids)}" if person.la_membership_ids else None


def _names(texts: Sequence[bytes]) -> list[str]:
    """Read in the school acted in, so that a number of somewhere else finds nobody."""
    ids: dict[bytes, list[int]] = {b"m": [], b"l": []}
    for text in texts[:MOST_SHOWN]:
        if match := _ONE.fullmatch(text):
            ids[match[1]].append(int(match[2]))
    names: list[str] = []
    for model, kind in ((Membership, b"m"), (LaMembership, b"l")):
        if ids[kind]:
            wanted: Any = select(model.name).where(model.id.in_(ids[kind])).order_by(model.name)
            names += db.session.scalars(wanted)
    return names


def sentence(names: Sequence[str]) -> str:
    """ "" for nobody."""
    if not names:
        return ""
    if len(names) == 1:
        return f"{names[0]} is writing here just now."
    return f"{', '.join(names[:-1])} and {names[-1]} are writing here just now."
