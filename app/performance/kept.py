"""Answers about every school of a very large authority. To look at 24,000 schools takes the worker
half a minute, so a page shows what is kept, says of when it is, and notes that it was asked for.

A question is a plain mapping that goes to JSON, of nothing that depends on who asks. Under "end" it
has the first day that no longer belongs to its period.
"""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple, cast

from sqlalchemy import Table, and_, delete, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from app import clock
from app.errors import what_went_wrong
from app.performance.models_kept import KeptAnswer
from tenants import School, across_schools, administering, db, reads_every_school

log = logging.getLogger("deskbell.figures")

# Of so many schools everything is worked out while somebody waits; of more it is kept.
FEW_ENOUGH = 300
SUPPORTED: Final = ("onboarding", "active", "suspended", "leaving")
# How old an answer becomes: of a period that still changes, and of one that is over.
OPEN_FOR, CLOSED_FOR = timedelta(hours=1), timedelta(hours=24)
_SETTLES_AFTER = timedelta(days=8)
_ASKED_LATELY, _FORGOTTEN_AFTER = timedelta(days=7), timedelta(days=30)
# What the night put down and nobody has asked for; of a period that runs that is one a day.
_UNASKED_FORGOTTEN_AFTER = timedelta(days=2)
_ANOTHER_TRY = _NOTED_ONCE_IN = timedelta(hours=1)
_REASON = "answers about the whole authority"
_KEPT = cast(Table, KeptAnswer.__table__)
_ONE_AT_A_TIME = text("SELECT pg_try_advisory_xact_lock(hashtext('la_kept_answers'))")
# It reads every school and thinks about it for longer than a page may.
_MAY_TAKE_LONG = text(
    "SET LOCAL statement_timeout = '10min'; SET LOCAL idle_in_transaction_session_timeout = '30min'"
)
Question = Mapping[str, Any]
Maker = Callable[[Question], Any]


class Kept(NamedTuple):
    """`answer` is plain JSON."""

    answer: Any
    made_at: datetime


def how_many_schools() -> int:
    """That are supported."""
    wanted = select(func.count()).select_from(School).where(School.status.in_(SUPPORTED))
    with _reading():
        return int(db.session.scalar(wanted) or 0)


def is_vast() -> bool:
    """Whether the authority has too many schools to look at all of them for a page."""
    some = select(School.id).where(School.status.in_(SUPPORTED)).limit(FEW_ENOUGH + 1).subquery()
    with _reading():
        return int(db.session.scalar(select(func.count()).select_from(some)) or 0) > FEW_ENOUGH


def kept(kind: str, question: Question) -> Kept | None:
    """What is kept of it; None until the worker has made it. That somebody asked is noted."""
    key = _key_of(kind, question)
    wanted = select(_KEPT.c.answer, _KEPT.c.made_at, _KEPT.c.asked_at).where(_KEPT.c.key == key)
    with _reading():
        found = db.session.execute(wanted).first()
    now = clock.now()
    if found is None or found.asked_at is None or found.asked_at <= now - _NOTED_ONCE_IN:
        _note_asked(kind, question, now)
    if found is None or found.made_at is None:
        return None
    return Kept(found.answer, found.made_at)


def want(kind: str, questions: Iterable[Question]) -> None:
    """To be made anew although nobody has asked; the usual ones, each night."""
    now = clock.now()
    rows = [_row(kind, one, now) for one in questions]
    if not rows:
        return
    wanted = insert(_KEPT).on_conflict_do_update(
        index_elements=["key"], set_={"is_wanted": True, "due_at": now}
    )
    with administering(_REASON):
        db.session.execute(wanted, sorted(rows, key=lambda one: str(one["key"])))


def make_due(makers: Mapping[str, Maker], *, seconds: float, commit: Callable[[], None]) -> int:
    """For the worker: make what is due, each in a transaction of its own, and begin none after so
    many seconds; returns how many were tried. Another worker meanwhile finds nothing to do."""
    until, tried = time.monotonic() + seconds, 0
    with administering(_REASON):
        while (time.monotonic() < until) and db.session.scalar(_ONE_AT_A_TIME):
            due = _next_due(makers, clock.now())
            if due is None:
                break
            db.session.execute(_MAY_TAKE_LONG)
            _make(due, makers[due.kind])
            commit()
            tried += 1
    return tried


def forget(now: datetime) -> None:
    """What nobody has asked for this long."""
    asked = func.coalesce(_KEPT.c.asked_at, _KEPT.c.made_at)
    unasked = and_(_KEPT.c.asked_at.is_(None), _KEPT.c.made_at < now - _UNASKED_FORGOTTEN_AFTER)
    with administering(_REASON):
        db.session.execute(delete(_KEPT).where(or_(asked < now - _FORGOTTEN_AFTER, unasked)))


def due_after(question: Question, made_at: datetime) -> datetime:
    """When it is to be made anew. Of days that are only just over much is still entered late."""
    end = question.get("end")
    is_open = end is None or date.fromisoformat(end) > clock.today() - _SETTLES_AFTER
    return made_at + (OPEN_FOR if is_open else CLOSED_FOR)


def _next_due(kinds: Iterable[str], now: datetime) -> Any:
    """What was never made first, the newest question first; of the others the one that is longest
    due, as long as anybody looks at it."""
    wanted = (
        select(_KEPT.c.id, _KEPT.c.kind, _KEPT.c.question)
        .where(
            _KEPT.c.kind.in_(list(kinds)),
            _KEPT.c.due_at <= now,
            or_(_KEPT.c.is_wanted, _KEPT.c.asked_at > now - _ASKED_LATELY),
        )
        .order_by(
            _KEPT.c.made_at.is_not(None),
            _KEPT.c.made_at,
            _KEPT.c.asked_at.desc().nulls_last(),
            _KEPT.c.id,
        )
        .limit(1)
    )
    return db.session.execute(wanted).first()


def _make(due: Any, maker: Maker) -> None:
    began = time.monotonic()
    try:
        with db.session.begin_nested():
            answer = maker(due.question)
    except Exception as error:
        # What was made before stays; whatever is wrong, the next question is not held up by it.
        log.error("Kept answer %s (%s): %s", due.id, due.kind, what_went_wrong(error))
        found: dict[str, Any] = {"due_at": clock.now() + _ANOTHER_TRY}
    else:
        made_at = clock.now()
        found = {
            "answer": answer,
            "made_at": made_at,
            "seconds": round(time.monotonic() - began, 3),
            "due_at": due_after(due.question, made_at),
            "is_wanted": False,
        }
    db.session.execute(update(_KEPT).where(_KEPT.c.id == due.id).values(**found))


def _note_asked(kind: str, question: Question, now: datetime) -> None:
    """A page is not refused because this cannot be written."""
    noted = insert(_KEPT).on_conflict_do_update(index_elements=["key"], set_={"asked_at": now})
    try:
        with administering(_REASON), db.session.begin_nested():
            db.session.execute(noted, {**_row(kind, question, now), "asked_at": now})
    except DBAPIError as error:
        log.warning("Could not note what was asked: %s", type(error.orig).__name__)


def _reading() -> AbstractContextManager[object]:
    if reads_every_school():
        return nullcontext()
    return across_schools("answers about the whole authority")


def _row(kind: str, question: Question, now: datetime) -> dict[str, Any]:
    return {
        "key": _key_of(kind, question),
        "kind": kind,
        "question": dict(question),
        "due_at": now,
        "is_wanted": True,
    }


def _key_of(kind: str, question: Question) -> str:
    said = json.dumps([kind, question], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()
