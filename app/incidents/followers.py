"""Hit by it too: a follower reads an incident as its reporter does and hears what they hear.

Only what the sheet may offer can be followed: open, and never a sensitive one.
"""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from app import clock
from app.errors import NotAllowed, Refused
from app.incidents.beside import Follower
from app.incidents.chronicle import noted
from app.incidents.models import Incident
from app.incidents.queries import get_incident
from app.incidents.rules import refusal
from app.incidents.same_place import may_be_offered
from app.incidents.turns import reference
from app.people.identity import Me
from tenants import current_school_id, db


def offered(number: int, by: Me) -> Incident:
    """What may be followed, locked. Raises NotThere for what this person may not even see."""
    found = db.session.scalar(
        select(Incident).where(Incident.number == number, *may_be_offered()).with_for_update()
    )
    if found is not None:
        return found
    # Somebody who may read it anyway hears why not; to the others it does not exist.
    incident = get_incident(by, number)
    assert by.school is not None
    if incident.is_sensitive:
        raise Refused("A sensitive incident cannot be followed.")
    raise Refused(refusal(reference(by.school.code, number), incident.status, "follow"))


def follow(incident: Incident, *, by: Me, said: str | None = None) -> None:
    """“Me too” to what was `offered`. Doing it twice is the same as once."""
    membership = by.membership_for("incident.follow")
    if membership is None:
        raise NotAllowed("Only people of the school can be added to it.")
    if incident.reporter_id in by.membership_ids:
        raise Refused("You reported this yourself, so you hear of it already.")
    added = db.session.scalar(
        insert(Follower)
        .values(
            school_id=current_school_id(),
            incident_id=incident.id,
            membership_id=membership,
            name=by.name,
            said=said,
        )
        .on_conflict_do_nothing()
        .returning(Follower.id)
    )
    if added is not None:
        _noted(incident, "incident.followed", by, said)


def unfollow(incident: Incident, *, by: Me) -> None:
    """Not hit by it any more, or it was another thing. Their own only; twice is once."""
    gone = db.session.scalars(
        delete(Follower)
        .where(
            Follower.school_id == current_school_id(),
            Follower.incident_id == incident.id,
            Follower.membership_id.in_(by.membership_ids),
        )
        .returning(Follower.id)
    ).all()
    if gone:
        _noted(incident, "incident.unfollowed", by, None)


def is_following(incident: Incident, person: Me) -> bool:
    if not person.membership_ids:
        return False
    wanted = select(Follower.id).where(
        Follower.incident_id == incident.id, Follower.membership_id.in_(person.membership_ids)
    )
    return db.session.scalar(wanted.limit(1)) is not None


def _noted(incident: Incident, kind: str, by: Me, said: str | None) -> None:
    """Among staff: the reporter need not know who else."""
    at = max(clock.now(), incident.updated_at)
    noted(incident, kind, at, by=by, note=said, visibility="internal")
