"""What goes out about an incident: plain values, the same for page, JSON and export."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app import clock
from app.calendar_days import AnyCalendar
from app.contracts.queries import agreement_of
from app.history.models import Event
from app.incidents import clocks as clock_actions
from app.incidents import sheet_quality, solved_by
from app.incidents.models import NEVER, Clock, DiagnosticCheck, Incident, Turn
from app.incidents.of_service import shown_service
from app.incidents.on_asset import tag_of
from app.incidents.queries import followers_of, room_of
from app.incidents.rules import FINISHED, SHEET
from app.incidents.turn_strip import seconds_of
from app.incidents.turns import reference, turns_of
from app.people.identity import SchoolName
from app.shapes import instant
from tenants import db

_SHEET = (
    *(name for name in SHEET if name != "occurred_at"),
    "impact",
    "urgency",
    "priority_reason",
    "reporter_name",
    "reporter_email",
    "channel",
    "logged_by",
    "return_missing",
    "hold_reason",
    "follow_up_reason",
    "resolution_type",
    "resolution_text",
    "cancel_reason",
    "workaround",
    "no_workaround",
    "csat_score",
    "csat_comment",
    "reopen_count",
    "reassignment_count",
    "escalation_count",
)
_INSTANTS = (
    "occurred_at",
    "reported_at",
    "logged_at",
    "checked_at",
    "forwarded_at",
    "first_response_at",
    "restored_at",
    "resolved_at",
    "closed_at",
    "cancelled_at",
)


# How and when its reporter is reached is for whoever mends it, not for others who are hit by it.
WITHOUT_CONTACT = dict.fromkeys(
    ("reporter_email", "contact_detail", "available_when", "meet_periods", "csat_comment")
)


def priority_name(priority: int | None) -> str | None:
    return f"P{priority}" if priority else None


def due(at: datetime) -> str | None:
    return None if at >= NEVER else instant(at)


def listed(row: Any, now: datetime) -> dict[str, Any]:
    """One row of the queue or the call log."""
    return {
        "reference": reference(row.code, row.number),
        "school": {"slug": row.slug, "code": row.code, "name": row.school_name},
        "number": row.number,
        "type": row.type,
        "title": row.title,
        "status": row.status,
        "line": row.line,
        "priority": priority_name(row.priority),
        "location": (
            {"key": row.location_key, "name": row.location_name} if row.location_key else None
        ),
        "asset": row.asset_tag,
        "waiting_for": row.waiting_for,
        "assignee": row.assignee_name,
        "group": row.group_name,
        "reported_at": instant(row.reported_at),
        "next_due_at": due(row.next_due_at),
        "overdue": row.is_open and row.next_due_at < now,
    }


def detail(incident: Incident, school: SchoolName) -> dict[str, Any]:
    """Everything of one incident. Three statements: room, turns, clocks."""
    now = clock.now()
    turns = turns_of(incident)
    clocks = clock_actions.clocks_of(incident)
    return {
        "reference": reference(school.code, incident.number),
        "school": {"slug": school.slug, "code": school.code, "name": school.name},
        "number": incident.number,
        "type": incident.type,
        "status": incident.status,
        "line": incident.line,
        "waiting_for": incident.waiting_for,
        "owner": incident.owner_name,
        "assignee": incident.assignee_name,
        "group": incident.group_name,
        "priority": priority_name(incident.priority),
        "location": _location(incident),
        "asset": tag_of(incident),
        "service": shown_service(incident),
        "sensitive": incident.is_sensitive,
        "unverified": incident.is_unverified,
        "follow_up_on": incident.follow_up_on.isoformat() if incident.follow_up_on else None,
        "next_due_at": due(incident.next_due_at),
        "overdue": incident.status not in FINISHED and incident.next_due_at < now,
        "clocks": [shown_clock(incident, one, turns, now) for one in clocks],
        "parent": _reference_of(incident.parent_id, school),
        "merged_into": _reference_of(incident.merged_into_id, school),
        "article": solved_by.article_reference(incident, school.code),
        "problem": solved_by.problem_reference(incident, school.code),
        **_quality(incident, now),
        "version": incident.version,
        **{name: getattr(incident, name) for name in _SHEET},
        **{name: instant(getattr(incident, name)) for name in _INSTANTS},
    }


def _quality(incident: Incident, now: datetime) -> dict[str, Any]:
    """How much the sheet told, whom it hits, and the lesson time it cost (an estimate)."""
    lost = sheet_quality.lost_lessons(incident, now)
    return {
        "completeness": sheet_quality.completeness_of(incident)._asdict(),
        "sheet_useful": incident.is_sheet_useful,
        "followers": followers_of(incident),
        "lesson_hours_lost": lost.lesson_hours if lost else None,
        "pupil_hours_lost": lost.pupil_hours if lost else None,
        "must_be_present": incident.must_be_present,
        "sheet_number": incident.sheet_number,
        "entered_late": incident.sheet_number is not None,
        "advice_request": incident.is_advice_request,
    }


def shown_clock(incident: Incident, one: Clock, turns: list[Turn], now: datetime) -> dict[str, Any]:
    """A clock as it stands now; what is decided stays as it was decided."""
    agreement = agreement_of(one, incident.school_id)
    shown = {
        "agreement": agreement.key,
        "agreement_name": agreement.name,
        "kind": one.agreement_kind,
        "metric": one.metric,
        "target_seconds": one.target_seconds,
        "target_working_days": one.target_working_days,
        "started_at": instant(one.started_at),
        "stopped_at": instant(one.stopped_at),
    }
    is_settled = one.stopped_at is not None or one.cancelled_at is not None
    if is_settled or one.state == "breached":
        found: Any = one
        elapsed = one.elapsed_seconds
        if not is_settled:
            spans = clock_actions.spans_of(turns)
            elapsed = clock_actions.reading(incident, one, spans, now).elapsed_seconds
    else:
        found = clock_actions.reading(incident, one, clock_actions.spans_of(turns), now)
        elapsed = found.elapsed_seconds
    return {
        **shown,
        "due_at": None if found.due_at is None else due(found.due_at),
        "state": str(getattr(found.state, "value", found.state)),
        "decided_at": instant(found.decided_at),
        "elapsed_seconds": elapsed,
        "paused_seconds": found.paused_seconds,
    }


def shown_turn(turn: Turn, calendar: AnyCalendar, now: datetime) -> dict[str, Any]:
    """Seconds are real elapsed seconds, up to now for the turn that is open; open seconds are
    those in the open hours of the school's desk."""
    seconds = ((turn.ended_at or now) - turn.began_at).total_seconds()
    return {
        "party": turn.party,
        "group": turn.group_name,
        "reason": turn.hold_reason or turn.status,
        "began_at": instant(turn.began_at),
        "ended_at": instant(turn.ended_at),
        "seconds": max(0, int(seconds)),
        "open_seconds": seconds_of(turn, calendar, now),
    }


def shown_note(event: Event) -> dict[str, Any]:
    return {
        "at": instant(event.at),
        "author": event.actor,
        "text": event.note,
        "visibility": event.visibility,
    }


def shown_check(line: DiagnosticCheck) -> dict[str, Any]:
    return {
        "at": instant(line.at),
        "by": line.by,
        "check": line.check,
        "outcome": line.outcome,
        "action_taken": line.action_taken,
        "minutes": line.minutes,
        "checklist": line.checklist_key,
        "position": line.position,
    }


def _reference_of(incident_id: int | None, school: SchoolName) -> str | None:
    """Asked for the few that have one."""
    if incident_id is None:
        return None
    number = db.session.scalar(select(Incident.number).where(Incident.id == incident_id))
    return reference(school.code, number) if number else None


def _location(incident: Incident) -> dict[str, str] | None:
    room = room_of(incident)
    return {"key": room.key, "name": room.name} if room else None
