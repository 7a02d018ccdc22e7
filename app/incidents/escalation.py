"""From line to line: forward to the LA, escalate, hand back. The owner never changes (T9, T10)."""

from __future__ import annotations

from app.contracts.rules import Kind
from app.errors import NotAllowed, Refused, wrong
from app.incidents import clocks, rules, turns
from app.incidents.chronicle import noted
from app.incidents.models import Incident
from app.incidents.parties import provider_of
from app.incidents.queries import can_reach, check_reach
from app.incidents.work import set_group
from app.people.groups import Group, group_named, la_group_at_line
from app.people.identity import Me


def escalate(
    incident: Incident,
    *,
    by: Me,
    to: str,
    note: str,
    group: str | None = None,
    contract: str | None = None,
) -> None:
    """Hand the work to a more able line, saying what was tried."""
    if contract:
        raise wrong("contract", "There is no contract register yet. Name a group instead.")
    line = rules.ESCALATE_TO[to]
    _check_may(incident, by, line)
    status = turns.check_step(incident, "escalate")
    if line <= incident.line:
        raise Refused(
            "It is there already, or further on. To move it down, hand it back; within a line, "
            "assign it to another group."
        )
    taker = _taker(line, group)
    at = turns.instant_for(incident)
    before = incident.group_name or "school desk"
    # An LA person who passes it on has acted where SPOC and reporter see it.
    provider = provider_of(by, incident)
    set_group(incident, taker)
    incident.escalation_count += 1
    incident.reassignment_count += 1
    incident.follow_up_on = incident.follow_up_reason = None
    turns.move(incident, status, at, line=line)
    running = clocks.clocks_of(incident)
    if provider is not None:
        clocks.respond(running, provider, incident, at)
    if incident.forwarded_at is None and taker.la_group_id is not None:
        incident.forwarded_at = at
        running += clocks.start(incident, Kind.SLA, at)
    clocks.wind(incident, running, at)
    noted(
        incident,
        "incident.escalated",
        at,
        by=by,
        before=before,
        after=taker.name,
        note=note,
    )


def hand_back(incident: Incident, *, by: Me, reason: str) -> None:
    """One line down again, with a reason."""
    check_reach(by, "incident.hand_back", incident)
    status = turns.check_step(incident, "hand_back")
    if incident.line == 0:
        raise Refused("It is with the school's desk already. There is nobody to hand it back to.")
    line = incident.line - 1
    taker = la_group_at_line(line) if line and incident.la_group_id is not None else None
    line = line if taker else 0
    at = turns.instant_for(incident)
    before = incident.group_name
    provider = provider_of(by, incident)
    set_group(incident, taker)
    incident.reassignment_count += 1
    turns.move(incident, status, at, line=line)
    running = clocks.clocks_of(incident)
    if provider is not None:
        clocks.respond(running, provider, incident, at)
    clocks.wind(incident, running, at)
    noted(
        incident,
        "incident.handed_back",
        at,
        by=by,
        before=before,
        after=taker.name if taker else "school desk",
        note=reason,
    )


def _check_may(incident: Incident, by: Me, line: int) -> None:
    if incident.line not in rules.ESCALATE_PERMISSION:
        raise Refused("It is with the last line already.")
    action = rules.ESCALATE_PERMISSION[incident.line]
    if not by.may(action):
        raise NotAllowed("Your role does not pass work on from this line.")
    if not can_reach(by, action, incident):
        check_reach(by, action, incident)
    if incident.line == 0 and line > 1:
        raise Refused("Forward it to the first line; they pass it on if they have to.")


def _taker(line: int, group: str | None) -> Group:
    if group:
        found = group_named(group)
        if found.line != line:
            raise wrong("group", "This group works at another line.")
        return found
    if line == 3:
        raise wrong("to", "No supplier has been set up to take it. Name a group.")
    return la_group_at_line(line)
