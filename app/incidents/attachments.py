"""The files of an incident: who sees them, what they hang on, and taking one away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update

from app.errors import NotAllowed, NotThere, wrong
from app.files.intake import FIELD, Brought, write_down
from app.files.models import Attachment
from app.files.rules import FILES_AN_INCIDENT, SENTENCES, Refusal
from app.history.models import VISIBILITIES
from app.incidents import turns
from app.incidents.chronicle import noted
from app.incidents.models import Incident
from app.incidents.queries import can_reach, check_reach, visibilities
from app.incidents.rules import STEPS
from app.people.identity import Me
from app.permissions import Reach
from tenants import db

# More than an incident holds, so that a list of them is whole.
_MOST = 500


def may_see_files(person: Me, incident: Incident) -> bool:
    """Of an incident that they may see."""
    reaches = person.reach("incident.view_files")
    if reaches - {Reach.OWN}:
        return True
    return Reach.OWN in reaches and incident.reporter_id in person.membership_ids


def files_of(incident: Incident, person: Me, *, part: str | None = None) -> list[Attachment]:
    """Those that the person may open, the oldest first."""
    if not may_see_files(person, incident):
        return []
    wanted = select(Attachment).where(*_seen(incident, person))
    if part is not None:
        wanted = wanted.where(Attachment.part == part)
    return list(db.session.scalars(wanted.order_by(Attachment.id).limit(_MOST)))


def get_file(incident: Incident, person: Me, key: UUID | None) -> Attachment:
    """Foreign, removed, internal and absent ones are the same: not there."""
    if key is None or not may_see_files(person, incident):
        raise NotThere
    wanted = select(Attachment).where(*_seen(incident, person), Attachment.id == key)
    found = db.session.scalar(wanted)
    if found is None:
        raise NotThere
    return found


def link(incident: Incident, brought: Brought, *, by: Me, **belonging: Any) -> None:
    """Hang them on the incident, once and by whoever brought them. `belonging`: part, visibility,
    and the note or check they came with. The caller holds the incident and writes the event."""
    if not brought:
        return
    if not by.may("incident.attach"):
        raise NotAllowed("Your role does not allow files here.")
    _check_room(incident, len(brought))
    belonging["incident_id"] = incident.id
    if brought.waiting:
        taken = db.session.execute(
            update(Attachment)
            .where(
                Attachment.school_id == incident.school_id,
                Attachment.id.in_(brought.waiting),
                Attachment.person_id == by.person_id,
                Attachment.is_waiting(),
                Attachment.removed_at.is_(None),
            )
            .values(**belonging)
            .returning(Attachment.id)
            .execution_options(synchronize_session=False)
        ).all()
        if len(taken) != len(set(brought.waiting)):
            raise wrong(FIELD, SENTENCES[Refusal.GONE])
    write_down(brought.fresh, **belonging)


def check_add(incident: Incident, count: int, *, by: Me, visibility: str) -> None:
    """Whether so many files may be added; also before anything of them is kept."""
    check_reach(by, "incident.attach", incident)
    if visibility != "public":
        _check_visibility(by, visibility, incident)
    turns.check_step(incident, "note")
    _check_room(incident, count)


def add(incident: Incident, brought: Brought, *, by: Me, visibility: str = "public") -> None:
    """Files by themselves, on the sheet."""
    check_add(incident, len(brought), by=by, visibility=visibility)
    at = turns.instant_for(incident)
    names = ", ".join(row["name"] for row in brought.fresh)
    link(incident, brought, by=by, part="sheet", visibility=visibility)
    noted(incident, "incident.file_added", at, by=by, note=names or None, visibility=visibility)


def remove(incident: Incident, attachment: Attachment, *, by: Me) -> None:
    """It is no longer shown; its content goes in the night, unless another file is the same."""
    if not may_remove(by, incident, attachment):
        raise NotAllowed("Only the service desk, or whoever brought it, removes a file.")
    turns.check_step(incident, "note")
    at = turns.instant_for(incident)
    attachment.removed_at, attachment.removed_by = at, by.name
    noted(
        incident,
        "incident.file_removed",
        at,
        by=by,
        note=attachment.name,
        visibility=attachment.visibility,
    )


def may_remove(person: Me, incident: Incident, attachment: Attachment) -> bool:
    """The desk any; a reporter what they brought themselves."""
    if not can_reach(person, "incident.remove_file", incident):
        return False
    is_own = attachment.person_id == person.person_id
    return is_own or Reach.SCHOOL in person.reach("incident.remove_file")


def removable(person: Me, incident: Incident, files: Sequence[Attachment]) -> set[UUID]:
    """The keys beside which the page offers it; a finished incident keeps its files."""
    if incident.status not in STEPS["note"][0]:
        return set()
    return {one.id for one in files if may_remove(person, incident, one)}


def by_note(files: Sequence[Attachment]) -> dict[tuple[datetime | None, int | None], list[Any]]:
    """Which files hang on which note of the timeline."""
    found: dict[tuple[datetime | None, int | None], list[Any]] = {}
    for one in files:
        if one.part == "note":
            found.setdefault((one.event_at, one.event_id), []).append(one)
    return found


def by_check(files: Sequence[Attachment]) -> dict[int | None, list[Attachment]]:
    found: dict[int | None, list[Attachment]] = {}
    for one in files:
        if one.part == "check":
            found.setdefault(one.check_id, []).append(one)
    return found


def _check_visibility(by: Me, visibility: str, incident: Incident) -> None:
    if visibility not in VISIBILITIES or not by.may("incident.note_internal"):
        raise NotAllowed("Your role does not allow files that the reporter cannot see.")
    check_reach(by, "incident.note_internal", incident)


def _seen(incident: Incident, person: Me) -> tuple[ColumnElement[bool], ...]:
    return (
        Attachment.school_id == incident.school_id,
        Attachment.incident_id == incident.id,
        Attachment.removed_at.is_(None),
        Attachment.visibility.in_(visibilities(person)),
    )


def _check_room(incident: Incident, count: int) -> None:
    if _count(incident) + count > FILES_AN_INCIDENT:
        raise wrong(FIELD, SENTENCES[Refusal.FULL])


def _count(incident: Incident) -> int:
    wanted = select(func.count()).where(
        Attachment.school_id == incident.school_id,
        Attachment.incident_id == incident.id,
        Attachment.removed_at.is_(None),
    )
    return db.session.scalar(wanted) or 0
