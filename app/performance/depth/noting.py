"""What the LA's manager says of a model of equipment: buy it again, watch it, avoid it [N16]."""

from __future__ import annotations

from sqlalchemy import select

from app import clock
from app.history.actions import record_at_la
from app.people.identity import Me
from app.performance.depth.models import LaModelNote
from app.performance.depth.reliability import VERDICT_WORDS, key_of
from tenants import db


def note_of(kind: str, make: str, model: str, *, to_change: bool = False) -> LaModelNote | None:
    kind, make_key, model_key = key_of(kind, make, model)
    wanted = select(LaModelNote).where(
        LaModelNote.type == kind,
        LaModelNote.make_key == make_key,
        LaModelNote.model_key == model_key,
    )
    return db.session.scalar(wanted.with_for_update() if to_change else wanted)


def say(kind: str, make: str, model: str, *, verdict: str, note: str | None, by: Me) -> LaModelNote:
    """The same once more is no change and leaves no trace."""
    found, now = note_of(kind, make, model, to_change=True), clock.now()
    before = None
    if found is None:
        _, make_key, model_key = key_of(kind, make, model)
        found = LaModelNote(type=kind, make_key=make_key, model_key=model_key, created_at=now)
        found.make, found.model = " ".join(make.split()), " ".join(model.split())
        db.session.add(found)
    elif (found.verdict, found.note) == (verdict, note):
        return found
    else:
        before = VERDICT_WORDS[found.verdict]
    found.verdict, found.note = verdict, note
    found.written_by, found.updated_at = by.own_name, now
    db.session.flush()
    record_at_la(
        "model.noted",
        f"{found.make} {found.model}".strip(),
        at=now,
        by=by,
        from_value=before,
        to_value=VERDICT_WORDS[verdict],
        note=note,
    )
    return found
