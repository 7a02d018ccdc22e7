"""Advice asked of the LA's team (R92): a request that needs no check by the school's own desk."""

from __future__ import annotations

from app import clock
from app.contracts.rules import Kind
from app.incidents import assigning, clocks, rules, triage, turns
from app.incidents.actions import check_school, save_new
from app.incidents.chronicle import noted
from app.incidents.models import Incident
from app.people.identity import Me

_LEVEL = 3  # advice: one person asks, and it can wait


def ask_la(*, by: Me, title: str, text: str) -> Incident:
    """In the LA's queue at once; the LA's clock starts now, the school's desk has none."""
    at = clock.now()
    check_school(by)
    membership = by.membership_for("incident.ask_la")
    incident = Incident(
        type="request",
        status=rules.Status.QUEUED,
        line=0,
        highest_line=0,
        priority_history=[],
        title=title,
        expected=text,
        category="other",
        impact=_LEVEL,
        urgency=_LEVEL,
        is_advice_request=True,
        is_sensitive=False,
        must_be_present=False,
        reporter_id=membership,
        reporter_name=by.name,
        logged_by=by.name,
        logged_at=at,
        reported_at=at,
        checked_at=at,
        updated_at=at,
        owner_id=membership,
        owner_name=by.name,
    )
    triage.put_with_la_first_line(incident, at)
    triage.set_priority(incident, at)
    turn = turns.begin(incident, at)
    started = clocks.start(incident, Kind.SLA, at)
    clocks.wind(incident, started, at)
    save_new(incident, turn, started)
    noted(incident, "incident.logged", at, by=by, after=incident.status)
    assigning.tell(incident, at)
    return incident
