"""Two reports of the same thing become one (S13): this one ends as a duplicate, and whoever
reported it follows the other from now on."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Table, literal, select
from sqlalchemy.dialects.postgresql import insert

from app.errors import Refused, wrong
from app.incidents import clocks, closing, turns
from app.incidents.beside import Follower
from app.incidents.chronicle import noted
from app.incidents.linking import children_of
from app.incidents.models import Incident
from app.incidents.naming import named, reference_of
from app.incidents.queries import check_reach
from app.incidents.rules import Status
from app.people.identity import Me
from tenants import current_school_id, db

_FOLLOWERS = cast(Table, Follower.__table__)


def merge(incident: Incident, *, by: Me, into: str) -> Incident:
    """Its clocks are cancelled, its files stay where they are, and both histories say so."""
    check_reach(by, "incident.merge", incident)
    turns.check_step(incident, "merge")
    other = named(into, by=by, field="into", to_change=True)
    _check_may(incident, other)
    at = max(turns.instant_for(incident), turns.instant_for(other))
    before = incident.status
    kept, gone = reference_of(other), reference_of(incident)
    incident.merged_into_id = other.id
    incident.resolution_type = "duplicate"
    incident.resolution_text = f"Reported twice. It goes on as {kept}."
    incident.resolved_at = at
    incident.follow_up_on = incident.follow_up_reason = None
    turns.move(incident, Status.RESOLVED, at)
    running = clocks.clocks_of(incident)
    clocks.cancel(running, at)
    clocks.wind(incident, running, at)
    _follow(incident, other)
    closing.ask_to_close(incident, at)
    other.updated_at = at
    noted(other, "incident.merged_in", at, by=by, after=gone)
    noted(incident, "incident.merged", at, by=by, before=before, after=kept)
    return other


def _check_may(incident: Incident, other: Incident) -> None:
    if other.id == incident.id:
        raise wrong("into", "That is this one itself. Name the one that stays.")
    if other.merged_into_id is not None:
        raise wrong("into", f"{reference_of(other)} was merged itself. Name the one that stays.")
    if not other.is_open:
        raise wrong("into", f"{reference_of(other)} is not open any more. Link them instead.")
    if _has_merged(incident):
        raise Refused("Others were merged into this one, so this is the one that stays.")
    if children_of(incident):
        raise Refused("Others are part of this one. Put those under the other one first.")
    # Whoever reported the one would read the other.
    if incident.is_sensitive or other.is_sensitive:
        raise Refused("A sensitive incident is not merged: others would come to read it.")


def _has_merged(incident: Incident) -> bool:
    wanted = select(Incident.id).where(Incident.merged_into_id == incident.id).limit(1)
    return db.session.scalar(wanted) is not None


def _follow(incident: Incident, other: Incident) -> None:
    """Its reporter and whoever followed it already. Twice is once."""
    school_id = current_school_id()
    names = ("school_id", "incident_id", "membership_id", "name", "said")
    followed: Any = select(
        literal(school_id),
        literal(other.id),
        Follower.membership_id,
        Follower.name,
        Follower.said,
    ).where(Follower.incident_id == incident.id, Follower.membership_id != (other.reporter_id or 0))
    db.session.execute(insert(_FOLLOWERS).from_select(names, followed).on_conflict_do_nothing())
    if incident.reporter_id is None or incident.reporter_id == other.reporter_id:
        return
    row = (school_id, other.id, incident.reporter_id, incident.reporter_name, incident.title)
    db.session.execute(
        insert(_FOLLOWERS).values(dict(zip(names, row, strict=True))).on_conflict_do_nothing()
    )
