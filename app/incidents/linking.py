"""What belongs together: links, and parent and child. Always within one school."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import delete, func, or_, select

from app.errors import DeskError, Refused, wrong
from app.incidents import turns
from app.incidents.beside import IncidentLink
from app.incidents.chronicle import noted
from app.incidents.models import Incident
from app.incidents.naming import named, reference_of
from app.incidents.queries import check_reach, visible_to
from app.incidents.rules import Status
from app.people.identity import Me
from tenants import db

MOST_CHILDREN = 50
# After these there is something to show beside an incident, so that the usual page asks nothing.
KINDS = frozenset(
    {
        "incident.linked",
        "incident.unlinked",
        "incident.parent_set",
        "incident.child_added",
        "incident.merged_in",
    }
)


class Beside(NamedTuple):
    """Another incident, and what it is to this one."""

    number: int
    title: str
    status: str
    what: str

    @property
    def is_link(self) -> bool:
        return self.what in _LINKED.values()

    @property
    def is_parent(self) -> bool:
        return self.what == _PART_OF

    @property
    def is_part(self) -> bool:
        return self.what == _HAS_PART


def link(incident: Incident, *, by: Me, to: str, kind: str = "related") -> Incident:
    """Both histories say so. `came_back`: this one is the other, which has come back."""
    check_reach(by, "incident.link", incident)
    turns.check_step(incident, "link")
    other = named(to, by=by, field="to")
    _check_other(incident, other, "to")
    if _found(incident, other) is not None:
        raise Refused(f"They are linked already, this one and {reference_of(other)}.")
    join(incident, other, kind, by=by)
    return other


def join(incident: Incident, other: Incident, kind: str, *, by: Me) -> None:
    """The row and the two lines of history, where it has been checked already."""
    db.session.add(
        IncidentLink(incident_id=incident.id, other_id=other.id, kind=kind, linked_by=by.name)
    )
    db.session.flush()
    at = turns.instant_for(incident)
    for one, its_other in ((incident, other), (other, incident)):
        noted(
            one,
            "incident.linked",
            at,
            by=by,
            before=kind,
            after=reference_of(its_other),
            visibility=_visibility(its_other),
        )


def unlink(incident: Incident, *, by: Me, other: str) -> None:
    check_reach(by, "incident.link", incident)
    turns.check_step(incident, "link")
    found = named(other, by=by, field="other")
    if _found(incident, found) is None:
        raise Refused("They are not linked.")
    ids = (incident.id, found.id)
    db.session.execute(
        delete(IncidentLink).where(
            IncidentLink.incident_id.in_(ids), IncidentLink.other_id.in_(ids)
        ),
        execution_options={"synchronize_session": False},
    )
    at = turns.instant_for(incident)
    for one, its_other in ((incident, found), (found, incident)):
        noted(
            one,
            "incident.unlinked",
            at,
            by=by,
            after=reference_of(its_other),
            visibility=_visibility(its_other),
        )


def set_parent(incident: Incident, *, by: Me, parent: str) -> Incident:
    """It is part of a larger one. One level only, so there is never a loop."""
    check_reach(by, "incident.link", incident)
    turns.check_step(incident, "link")
    above = named(parent, by=by, field="parent", to_change=True)
    _check_other(incident, above, "parent")
    turns.check_step(above, "link")
    if above.parent_id is not None:
        raise wrong("parent", f"{reference_of(above)} is part of another one itself. Choose that.")
    if children_of(incident):
        raise Refused(
            "Others are part of this one, so it cannot be part of another. Put those there first."
        )
    # What is written to the whole would reach those who read a part.
    if above.is_sensitive != incident.is_sensitive:
        raise wrong("parent", "One of them is sensitive and the other is not.")
    at = turns.instant_for(incident)
    incident.parent_id, incident.updated_at = above.id, at
    noted(incident, "incident.parent_set", at, by=by, after=reference_of(above))
    noted(above, "incident.child_added", at, by=by, after=reference_of(incident))
    return above


def drop_parent(incident: Incident, *, by: Me) -> None:
    check_reach(by, "incident.link", incident)
    turns.check_step(incident, "link")
    if incident.parent_id is None:
        raise Refused("It is not part of another one.")
    at = turns.instant_for(incident)
    above = db.session.get_one(Incident, (incident.school_id, incident.parent_id))
    incident.parent_id, incident.updated_at = None, at
    noted(incident, "incident.parent_left", at, by=by, before=reference_of(above))
    noted(above, "incident.child_left", at, by=by, before=reference_of(incident))


def children_of(incident: Incident) -> Sequence[int]:
    """The numbers of its parts."""
    wanted = select(Incident.number).where(Incident.parent_id == incident.id)
    return db.session.scalars(wanted.order_by(Incident.number).limit(MOST_CHILDREN)).all()


def count_children(incident: Incident, *, is_open: bool) -> int:
    """Those that are open, or those that are resolved and not closed yet."""
    state = Incident.is_open if is_open else Incident.status == Status.RESOLVED
    wanted = select(func.count()).where(Incident.parent_id == incident.id, state)
    return db.session.scalar(wanted) or 0


def to_children(incident: Incident, step: Callable[[Incident], object], *, by: Me) -> int:
    """The same for each of its parts that may take the step now; returns for how many it was
    done. What one refuses is left as it is, and that one's own page says why."""
    wanted = (
        select(Incident)
        .where(
            Incident.parent_id == incident.id,
            # What is said of a sensitive one is not for those who read a part that is not.
            Incident.is_sensitive == incident.is_sensitive,
            visible_to(by),
        )
        .order_by(Incident.number)
        .limit(MOST_CHILDREN)
        .with_for_update()
    )
    done = 0
    for child in db.session.scalars(wanted).all():
        try:
            with db.session.begin_nested():
                step(child)
                db.session.flush()
            done += 1
        except DeskError:
            continue
    return done


def beside(incident: Incident, person: Me) -> list[Beside]:
    """What it is linked with, part of, or merged with, as far as the person may see it."""
    links = db.session.execute(
        select(IncidentLink.incident_id, IncidentLink.other_id, IncidentLink.kind).where(
            or_(IncidentLink.incident_id == incident.id, IncidentLink.other_id == incident.id)
        )
    ).all()
    words = {
        (other if one == incident.id else one): _LINKED[kind, one == incident.id]
        for one, other, kind in links
    }
    named_here = {*words, incident.parent_id, incident.merged_into_id} - {None}
    wanted: Any = select(
        Incident.id,
        Incident.number,
        Incident.title,
        Incident.status,
        Incident.parent_id,
        Incident.merged_into_id,
    ).where(
        or_(
            Incident.id.in_(named_here),
            Incident.parent_id == incident.id,
            Incident.merged_into_id == incident.id,
        ),
        visible_to(person),
    )
    rows = db.session.execute(wanted.order_by(Incident.number).limit(MOST_CHILDREN)).all()
    return [Beside(row.number, row.title, row.status, _what(incident, row, words)) for row in rows]


_PART_OF, _HAS_PART = "Part of", "Has this part"
_LINKED = {  # kind, whether it was said of this one
    ("related", True): "Related",
    ("related", False): "Related",
    ("came_back", True): "This one is a return of",
    ("came_back", False): "Came back as",
}


def _what(incident: Incident, row: Any, words: dict[int, str]) -> str:
    if row.id == incident.merged_into_id:
        return "Merged into"
    if row.id == incident.parent_id:
        return _PART_OF
    if row.merged_into_id == incident.id:
        return "Reported twice, merged into this"
    return _HAS_PART if row.parent_id == incident.id else words[row.id]


def _found(incident: Incident, other: Incident) -> IncidentLink | None:
    ids = (incident.id, other.id)
    return db.session.scalar(
        select(IncidentLink).where(
            IncidentLink.incident_id.in_(ids), IncidentLink.other_id.in_(ids)
        )
    )


def _check_other(incident: Incident, other: Incident, field: str) -> None:
    if other.id == incident.id:
        raise wrong(field, "That is this one itself. Name another.")


def _visibility(other: Incident) -> str:
    """That there is a sensitive one is not for a reporter to read."""
    return "internal" if other.is_sensitive else "public"
