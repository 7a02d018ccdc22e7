"""Make, replace and end labels. One thing has one label that opens something."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app import clock
from app.errors import NotThere, Refused
from app.history.actions import record
from app.labels.models import Label
from app.labels.queries import Printed, Thing, active_label, active_labels, ids_of
from app.labels.rules import MOST_AT_ONCE, new_token
from app.people.identity import Me
from tenants import db


def make_labels(things: Sequence[Thing], *, by: Me) -> list[Printed]:
    """For printing: what has none gets one, the rest keep theirs. One event for all of them."""
    if len(things) > MOST_AT_ONCE:
        raise Refused(
            f"That is more than {MOST_AT_ONCE} labels. Choose a room, a type or fewer tags."
        )
    at, known = clock.now(), active_labels(things)
    found = [Printed(known.get(ids_of(one)) or _new(one, by, at), one) for one in things]
    for one in found:
        one.label.printed_at = at
    db.session.flush()
    if found:
        record(
            "labels.printed",
            subject_kind="label",
            subject_id=found[0].label.id,
            at=at,
            by=by,
            to_value=str(len(found)),
            note=f"New ones: {len(found) - len(known)}",
            visibility="internal",
        )
    return found


def replace_label(thing: Thing, *, by: Me) -> Label:
    """The old one opens nothing from now on, wherever it sticks."""
    at = clock.now()
    if (old := active_label(thing, to_change=True)) is not None:
        _end(old, by, at)
    new = _new(thing, by, at)
    db.session.flush()
    _tell("label.replaced" if old else "label.made", thing, new, by, at)
    return new


def end_label(thing: Thing, *, by: Me) -> None:
    """Lost or copied: it opens nothing any more. Twice is once."""
    old = active_label(thing, to_change=True)
    if old is None:
        raise NotThere
    at = clock.now()
    _end(old, by, at)
    db.session.flush()
    _tell("label.ended", thing, old, by, at)


def _new(thing: Thing, by: Me, at: datetime) -> Label:
    asset_id, location_id = ids_of(thing)
    label = Label(
        token=new_token(),
        asset_id=asset_id,
        location_id=location_id,
        made_by=by.name,
        created_at=at,
    )
    db.session.add(label)
    return label


def _end(label: Label, by: Me, at: datetime) -> None:
    label.ended_at, label.ended_by = at, by.name
    # Before the new one is written: only one of them may be good.
    db.session.flush()


def _tell(kind: str, thing: Thing, label: Label, by: Me, at: datetime) -> None:
    """On the thing's own history."""
    record(
        kind,
        subject_kind="asset" if thing.asset is not None else "location",
        subject_id=label.asset_id or label.location_id or 0,
        at=at,
        by=by,
        to_value=thing.name,
        visibility="internal",
    )
