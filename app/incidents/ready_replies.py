"""Replies that the desk keeps ready, the school's own and the LA's. `{reference}` in one becomes
the incident's own; nothing else is filled in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from app import clock
from app.errors import NotThere, Refused, wrong
from app.history.actions import record, record_at_la
from app.incidents.beside import CannedReply, LaCannedReply
from app.people.identity import Me
from tenants import db

AnyReply = CannedReply | LaCannedReply
REFERENCE = "{reference}"
_KINDS: dict[str, type[AnyReply]] = {"own": CannedReply, "la": LaCannedReply}


def offered(category: str | None = None) -> list[AnyReply]:
    """Those of the category first."""
    found: list[AnyReply] = []
    for model in (CannedReply, LaCannedReply):
        wanted: Any = select(model).where(model.is_archived.is_(False)).order_by(model.title)
        found += db.session.scalars(wanted.limit(100))
    return sorted(found, key=lambda one: one.category != category)


def filled(one: AnyReply, reference: str) -> str:
    return one.text.replace(REFERENCE, reference)


def token_of(one: AnyReply) -> str:
    """How a form names one of either kind."""
    return f"{'own' if isinstance(one, CannedReply) else 'la'}-{one.id}"


def by_token(token: str) -> AnyReply | None:
    kind, _, number = token.partition("-")
    model: Any = _KINDS.get(kind)
    if model is None or not (number.isascii() and number.isdecimal() and len(number) < 10):
        return None
    wanted = select(model).where(model.id == int(number), model.is_archived.is_(False))
    found: AnyReply | None = db.session.scalar(wanted)
    return found


# --- keeping them ---


def all_of_school() -> Sequence[CannedReply]:
    return db.session.scalars(select(CannedReply).order_by(CannedReply.title).limit(200)).all()


def all_of_la() -> Sequence[LaCannedReply]:
    return db.session.scalars(select(LaCannedReply).order_by(LaCannedReply.title).limit(200)).all()


def kept(number: int, *, at_la: bool = False) -> AnyReply:
    """Raises NotThere."""
    model: Any = LaCannedReply if at_la else CannedReply
    found: AnyReply | None = db.session.scalar(
        select(model).where(model.id == number).with_for_update()
    )
    if found is None:
        raise NotThere
    return found


def add(*, by: Me, at_la: bool = False, **said: Any) -> AnyReply:
    model: Any = LaCannedReply if at_la else CannedReply
    _check(model, said, 0)
    one: AnyReply = model(**said, updated_at=clock.now())
    db.session.add(one)
    db.session.flush()
    _record("reply.added", one, by)
    return one


def change(one: AnyReply, *, by: Me, **said: Any) -> None:
    _check(type(one), said, one.id)
    one.title, one.text, one.category = said["title"], said["text"], said.get("category")
    _touch(one)
    _record("reply.changed", one, by)


def archive(one: AnyReply, *, by: Me, is_archived: bool) -> None:
    if one.is_archived == is_archived:
        raise Refused("It is like that already.")
    one.is_archived = is_archived
    _touch(one)
    _record("reply.archived" if is_archived else "reply.restored", one, by)


def _check(model: Any, said: dict[str, Any], own_id: int) -> None:
    taken = select(model.id).where(model.title == said["title"], model.id != own_id)
    if db.session.scalar(taken) is not None:
        raise wrong("title", "There is a reply of this title already.")
    left = said["text"].replace(REFERENCE, "")
    if "{" in left or "}" in left:
        raise wrong("text", "Only {reference} is filled in. Write the rest as it shall be read.")


def _touch(one: AnyReply) -> None:
    one.version += 1
    one.updated_at = clock.now()
    db.session.flush()


def _record(kind: str, one: AnyReply, by: Me) -> None:
    at = clock.now()
    if isinstance(one, CannedReply):
        record(kind, subject_kind="reply", subject_id=one.id, at=at, by=by, to_value=one.title)
    else:
        record_at_la(kind, one.title, at=at, by=by, to_value=one.title)
