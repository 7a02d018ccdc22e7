"""Was it solved? One tap, and a line if somebody likes (S15)."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.errors import NotAllowed, Refused
from app.incidents import turns
from app.incidents.chronicle import noted
from app.incidents.followers import is_following
from app.incidents.models import Incident
from app.incidents.queries import can_reach, check_reach
from app.incidents.rules import Status
from app.later import later
from app.people.identity import Me

SOLVED, PARTLY, HARDLY, NOT = 5, 3, 2, 1
WORDS = {5: "Solved", 4: "Mostly solved", 3: "Partly solved", 2: "Hardly solved", 1: "Not solved"}
BUTTONS = ((SOLVED, "Yes, solved"), (PARTLY, "Partly"), (NOT, "No, not solved"))
MAY_CHANGE_FOR = timedelta(days=14)


def rate(incident: Incident, *, by: Me, score: int, comment: str | None = None) -> None:
    """Their own report; of whoever follows it counts only while its reporter has said nothing.
    What was said may be changed until two weeks after the close."""
    if not can_reach(by, "incident.rate", incident):
        _check_follower(incident, by)
    turns.check_step(incident, "rate")
    at = turns.instant_for(incident)
    if incident.closed_at is not None and at > incident.closed_at + MAY_CHANGE_FOR:
        raise Refused("It was closed more than two weeks ago. Report it again if it is not right.")
    if (incident.csat_score, incident.csat_comment) == (score, comment):
        return
    kept_it_open = incident.status == Status.RESOLVED and is_said_not_solved(incident)
    before = incident.csat_score
    incident.csat_score, incident.csat_comment, incident.csat_at = score, comment, at
    incident.updated_at = at
    noted(
        incident,
        "incident.rated",
        at,
        by=by,
        before=str(before) if before else None,
        after=str(score),
        note=comment,
    )
    if kept_it_open and not is_said_not_solved(incident):
        _let_it_close(incident, at)


def _let_it_close(incident: Incident, at: datetime) -> None:
    """Only their “no” kept it open, and its days may be over: asked for again, it closes then or
    waits for the rest of them."""
    assert incident.resolved_at is not None
    since = incident.resolved_at.isoformat()
    later("close_by_itself", at=at, incident_id=incident.id, resolved_at=since)


def is_said_not_solved(incident: Incident) -> bool:
    """One tap in the mail about this very resolution, whatever they pressed after it."""
    assert incident.resolved_at is not None
    score, said_at = incident.csat_score, incident.csat_at
    is_low = score is not None and score <= HARDLY
    return is_low and said_at is not None and said_at >= incident.resolved_at


def may_rate(incident: Incident, by: Me) -> bool:
    """For the page: the reporter. A follower comes by the link, which asks no statement here."""
    return can_reach(by, "incident.rate", incident)


def _check_follower(incident: Incident, by: Me) -> None:
    if not is_following(incident, by):
        check_reach(by, "incident.rate", incident)
        raise NotAllowed("Only whoever reported it says whether it was solved.")
    if incident.csat_score is not None:
        raise NotAllowed("Whoever reported it has said already whether it was solved.")
