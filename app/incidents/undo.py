"""Ten seconds to take back a close, or taking and giving many at once (D11).

A close ended the last turn; undone, that turn goes on as if it had never ended. What was taken has
begun a turn, which stays in the history; undone, the next one is as it was before. What the giving
began and ended at its instant (clocks of a provider, a supplier's links) is known by that instant.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm.attributes import set_committed_value

from app.contracts.rules import Kind
from app.errors import NotAllowed, Refused
from app.history.models import Event
from app.incidents import clocks, supplier_links, suppliers, turns
from app.incidents.chronicle import noted
from app.incidents.linking import to_children
from app.incidents.models import Clock, Incident, Turn
from app.incidents.rules import SUPPLIER_LINE, Status
from app.people.identity import Me
from tenants import current_school_id, db

# What a person is told, and what is granted to a slow line.
SECONDS = 10
GRACE = timedelta(seconds=SECONDS + 2)
TOO_LATE = "Ten seconds have passed, so it can no longer be undone."
# On the event of a close: its parts were closed in the same step.
WITH_PARTS = "with_parts"
# Mail about a close waits for it.
TELL_AFTER = GRACE + timedelta(seconds=1)
_KEPT = (
    "assignee_id",
    "la_assignee_id",
    "assignee_name",
    "school_group_id",
    "la_group_id",
    "group_name",
    "hold_reason",
    "follow_up_reason",
    "reassignment_count",
)


def undo_close(incident: Incident, *, by: Me) -> None:
    """By whoever closed it; what was closed with it as its parts is open to questions again too."""
    status = turns.check_step(incident, "undo_close")
    at = turns.instant_for(incident)
    closed = _last_of(incident, ("incident.closed",))
    if closed is None or not _is_by(closed, by):
        raise NotAllowed("Only whoever closed it can undo that.")
    assert incident.closed_at is not None
    closed_at = incident.closed_at
    if at > closed_at + GRACE:
        raise Refused(TOO_LATE)
    _go_on_with_last_turn(incident)
    incident.status, incident.closed_at = status, None
    incident.updated_at = at
    noted(incident, "incident.close_undone", at, by=by, before="closed", after=incident.status)
    if closed.details and closed.details.get(WITH_PARTS):

        def undo_part(part: Incident) -> None:
            # What had been closed before this one stays closed.
            if part.closed_at is not None and part.closed_at >= closed_at:
                undo_close(part, by=by)

        to_children(incident, undo_part, by=by)


def kept(incident: Incident) -> dict[str, Any]:
    """What taking or giving it replaces, for the event to remember."""
    found: dict[str, Any] = {name: getattr(incident, name) for name in _KEPT}
    on = incident.follow_up_on
    return {
        **{name: value for name, value in found.items() if value is not None},
        "status": incident.status,
        "unanswered": [one.id for one in clocks.clocks_of(incident) if _is_unanswered(one)],
        "was_answered": incident.first_response_at is not None,
        "was_forwarded": incident.forwarded_at is not None,
        **({"follow_up_on": on.isoformat()} if on else {}),
    }


class Undone(NamedTuple):
    """A row of what can be undone: which incident, and its version afterwards."""

    school_id: int
    number: int
    version: int


def undo_giving(incident: Incident, version: int, *, by: Me) -> None:
    """Back to whom it was with. Refused when anybody has done something since."""
    event = _last_of(incident, ("incident.taken", "incident.assigned"))
    if event is None or not event.details or not _is_by(event, by):
        raise Refused("There is nothing to undo.")
    if incident.version != version:
        raise Refused("Somebody has gone on with it since.")
    at = turns.instant_for(incident)
    if at > event.at + GRACE:
        raise Refused(TOO_LATE)
    before = incident.assignee_name or incident.group_name
    running = clocks.clocks_of(incident)
    _take_back_provider(incident, running, event.details, event.at, at)
    _restore(incident, event.details, at)
    _take_back_answers(incident, running, event.details)
    clocks.wind(incident, running, at)
    noted(
        incident,
        "incident.giving_undone",
        at,
        by=by,
        before=before,
        after=incident.assignee_name or incident.group_name,
    )


def _take_back_provider(
    incident: Incident,
    running: Sequence[Clock],
    details: dict[str, Any],
    given_at: datetime,
    at: datetime,
) -> None:
    """Another provider promised nothing after all, and the one before promises what it did."""
    groups = (incident.school_group_id, incident.la_group_id)
    if groups == (details.get("school_group_id"), details.get("la_group_id")):
        return
    if incident.line == SUPPLIER_LINE:
        suppliers.leave(incident, at)
        supplier_links.give_back(incident, given_at)
        for one in running:
            if one.agreement_kind == Kind.UC and one.started_at < given_at:
                _run_as_before(one, given_at)
    if not details["was_forwarded"] and incident.forwarded_at is not None:
        incident.forwarded_at = None
        clocks.cancel([one for one in running if one.agreement_kind == Kind.SLA], at)


def _run_as_before(one: Clock, given_at: datetime) -> None:
    if one.cancelled_at == given_at:
        one.cancelled_at = one.decided_at = None
        one.state = "running"
    elif one.stopped_at == given_at and one.state == "breached":
        one.stopped_at = None


def _restore(incident: Incident, details: dict[str, Any], at: datetime) -> None:
    for name in _KEPT:
        if name != "hold_reason":
            setattr(incident, name, details.get(name))
    incident.reassignment_count = int(details.get("reassignment_count") or 0)
    on = details.get("follow_up_on")
    incident.follow_up_on = datetime.fromisoformat(on).date() if on else None
    incident.hold_reason = details.get("hold_reason")
    turns.move(incident, Status(details["status"]), at)


def _is_unanswered(one: Clock) -> bool:
    return one.metric == "response" and one.stopped_at is None and one.cancelled_at is None


def _take_back_answers(
    incident: Incident, running: Sequence[Clock], details: dict[str, Any]
) -> None:
    """A response that the giving counted as was none."""
    for one in running:
        if one.id in details["unanswered"] and one.cancelled_at is None:
            one.stopped_at = None
            if one.state == "met":
                one.state, one.decided_at = "running", None
    if not details["was_answered"]:
        incident.first_response_at = None


def _go_on_with_last_turn(incident: Incident) -> None:
    last = turns.turns_of(incident)[-1]
    db.session.execute(
        update(Turn)
        .where(Turn.id == last.id)
        .values(ended_at=None)
        .execution_options(synchronize_session=False)
    )
    set_committed_value(last, "ended_at", None)
    incident.waiting_for = last.party


def _last_of(incident: Incident, kinds: Sequence[str]) -> Event | None:
    return db.session.scalar(
        select(Event)
        .where(
            Event.school_id == current_school_id(),
            Event.subject_kind == "incident",
            Event.subject_id == incident.id,
            Event.kind.in_(kinds),
        )
        .order_by(Event.at.desc(), Event.id.desc())
        .limit(1)
    )


def _is_by(event: Event, by: Me) -> bool:
    return (
        event.actor_membership_id in by.membership_ids
        or event.actor_la_membership_id in by.la_membership_ids
    )
