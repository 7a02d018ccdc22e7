"""Who is counted, and where: before the door by what they carry and where they come from, behind it
by who they are.

Whoever has been let in lately is known by their credential and costs no statement. A made-up one
is new each time, so what opens nothing counts for its address.
"""

from __future__ import annotations

import hashlib
import time
from typing import NamedTuple

from flask import Flask, Response, current_app, g, request

from app import door, sessions
from app.limits.counting import Limit, Limiter
from app.limits.in_hand import InHand
from app.people import rules
from app.people.identity import Me
from config import Settings

PERSON, SCHOOL, CREDENTIAL, ADDRESS = "person", "school", "credential", "address"
# Other kinds of an address, so that one does not use up another's share.
OF_A_SCHOOL, MISSES = "school's address", "misses of an address"
PAGES, PAGES_WITH_A_COOKIE = "pages of an address", "pages of an address with a cookie"
# How many times REQUESTS_PER_ADDRESS. A whole school signs in from one address on the same morning,
# and each of its browsers comes with a cookie that ended overnight; signing in has a throttle of
# its own (people/throttle.py). Pages for anybody cost little, but to find whose a cookie is, is a
# statement there too.
_TIMES = {ADDRESS: 1, OF_A_SCHOOL: 5, MISSES: 5, PAGES: 50, PAGES_WITH_A_COOKIE: 10}
_EXEMPT = frozenset({"health.alive", "health.ready", "metrics.scrape"})
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
# While every thread is at work a school has this part of its share. A flood that begins would else
# spend ten seconds of it in one, and the others would wait behind that.
_PART_WHILE_FULL = 5
_KNOWN_SECONDS = 300.0
_MOST_KNOWN = 20_000
_OF_A_WHOLE_SCHOOL = frozenset(
    {
        "people.sign_in",
        "people.sign_out",
        "second_factor.sign_in",
        "second_factor.sign_in_challenge",
    }
)


class Known(NamedTuple):
    """Whose a credential is, as far as limits go; learned by a statement, good for a while."""

    limits: tuple[Limit, ...]
    until: float


def init_app(app: Flask) -> None:
    """Before the door: whoever asks too often costs no statement. `count_people` comes after it."""
    settings: Settings = app.config["SETTINGS"]
    app.extensions["limiter"] = Limiter(settings.redis_url, settings.role_prefix)
    app.extensions["known_credentials"] = {}
    app.extensions["in_hand"] = InHand(settings.web_threads)
    app.before_request(_before_anybody_is_known)
    app.after_request(_count_miss)


def count_people(app: Flask) -> None:
    app.before_request(_count_person)


def limiter() -> Limiter:
    found: Limiter = current_app.extensions["limiter"]
    return found


def limits_of_request() -> tuple[list[Limit], list[Limit]]:
    """What this request is counted for before anybody is known, and before that what it only must
    not have been refused for. Nothing is counted here: early.py asks for it too."""
    credential = _credential()
    g.must_count_person = False
    g.asker = (credential, str((request.view_args or {}).get("school", "")))
    known = _known().get(g.asker)
    refused: list[Limit] = []
    limits: list[Limit] = []
    if known is not None and known.until > time.monotonic():
        limits += known.limits
    elif credential is not None and not _is_for_anybody():
        g.must_count_person = True
        # Who was let in before is not turned away for what others at their address make up.
        if known is None:
            refused.append(_of_address(MISSES))
        limits.append(Limit(CREDENTIAL, credential, _settings().requests_per_person))
    if (kind := _kind_of_address(has_credential=credential is not None)) is not None:
        limits.append(_of_address(kind))
    return refused, limits


def is_exempt() -> bool:
    return request.endpoint in _EXEMPT


def _before_anybody_is_known() -> None:
    g.must_count_person = g.is_nobody = False
    if is_exempt():
        return
    refused, limits = limits_of_request()
    g.is_turned_away = True
    for limit in refused:
        limiter().check_refused(limit)
    limiter().check(*_as_it_is(limits))
    g.is_turned_away = False


def _kind_of_address(*, has_credential: bool) -> str | None:
    """As what this request counts for its address, if at all."""
    if request.method in _READING:
        if not has_credential:
            return PAGES
        is_stranger = g.asker not in _known()
        return PAGES_WITH_A_COOKIE if is_stranger and _is_for_anybody() else None
    if has_credential and not _is_for_anybody():
        return None
    is_of_school = request.endpoint in _OF_A_WHOLE_SCHOOL or request.endpoint not in door.PUBLIC
    return OF_A_SCHOOL if is_of_school else ADDRESS


def _is_for_anybody() -> bool:
    """Nobody is identified for it; what is not there is the same to all."""
    return request.endpoint is None or request.endpoint in door.PUBLIC


def _count_person() -> None:
    """Once it is known who asks; from then on their credential says it before the door.

    A school's share is used by its own people only: neither LA staff nor strangers can use it up.
    """
    person: Me | None = g.get("me")
    if person is None or not g.must_count_person:
        return
    settings = _settings()
    limits = [Limit(PERSON, str(person.person_id), settings.requests_per_person)]
    if person.school is not None and person.membership_ids:
        limits.append(Limit(SCHOOL, str(person.school.id), settings.requests_per_school))
    if len(_known()) >= _MOST_KNOWN:
        _known().clear()
    _known()[g.asker] = Known(tuple(limits), time.monotonic() + _KNOWN_SECONDS)
    limiter().check(*_as_it_is(limits))


def _as_it_is(limits: list[Limit]) -> list[Limit]:
    """The limits of this moment."""
    in_hand: InHand = current_app.extensions["in_hand"]
    if not in_hand.is_full:
        return limits
    return [
        one._replace(often=max(1, one.often // _PART_WHILE_FULL)) if one.kind == SCHOOL else one
        for one in limits
    ]


def _count_miss(response: Response) -> Response:
    """A cookie or token that opened nothing: it has cost a statement, and the next is another."""
    if g.get("is_nobody") and g.asker[0] is not None:
        _known().pop(g.asker, None)
        limiter().note(_of_address(MISSES))
    return response


def _settings() -> Settings:
    found: Settings = current_app.config["SETTINGS"]
    return found


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


def _of_address(kind: str) -> Limit:
    key = current_app.config["SECRET_KEY"]
    whose = rules.trace(key, "limit", rules.network(request.remote_addr or "")).hex()[:32]
    return Limit(kind, whose, _settings().requests_per_address * _TIMES[kind])
