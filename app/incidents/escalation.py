"""From line to line: forward, escalate, hand back. The owner never changes (T9, T10)."""

from __future__ import annotations

from datetime import datetime

from app import clock
from app.contracts.rules import Kind
from app.errors import NotAllowed, Refused, wrong
from app.incidents import assigning, clocks, rules, supplier_links, suppliers, turns
from app.incidents.chronicle import noted
from app.incidents.models import Incident
from app.incidents.parties import provider_of
from app.incidents.queries import can_reach, check_reach
from app.incidents.work import set_group
from app.people.groups import (
    Group,
    group_named,
    la_group_at_line,
    la_groups,
    own_first_line,
    school_groups,
    usual_la_group,
)
from app.people.identity import Me
from app.schools.desk_settings import settings_here


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
    line = rules.ESCALATE_TO[to]
    if contract:
        suppliers.group_with_contract(contract, clock.now())  # nobody's is wrong in any state
    _check_may(incident, by, line)
    status = turns.check_step(incident, "escalate")
    if line <= incident.line:
        raise Refused(
            "It is there already, or further on. To move it down, hand it back; within a line, "
            "assign it to another group."
        )
    at = turns.instant_for(incident)
    picked = assigning.pick(line, incident.category, at)
    taker = _taker(line, group, contract, picked, at)
    before = incident.group_name or "school desk"
    # An LA person who passes it on has acted where SPOC and reporter see it.
    provider = provider_of(by, incident)
    set_group(incident, taker)
    assigning.give(incident, picked)
    incident.escalation_count += 1
    incident.reassignment_count += 1
    incident.follow_up_on = incident.follow_up_reason = None
    turns.move(incident, status, at, line=line)
    running = clocks.clocks_of(incident)
    if provider is not None:
        clocks.respond(running, provider, incident, at)
    if incident.forwarded_at is None and taker.la_group_id is not None and not taker.is_supplier:
        incident.forwarded_at = at
        clocks.start(incident, Kind.SLA, at)
    if taker.is_supplier:
        suppliers.start_clocks(incident, taker, at, contract=contract)
    clocks.wind(incident, clocks.clocks_of(incident), at)
    noted(
        incident,
        "incident.escalated",
        at,
        by=by,
        before=before,
        after=taker.name,
        note=note,
    )
    assigning.tell(incident, at)
    if taker.is_supplier:
        supplier_links.send_to_supplier(incident, taker, by=by, at=at)


def hand_back(incident: Incident, *, by: Me, reason: str) -> None:
    """One line down again, to whoever had it there, with a reason. From a supplier it is the SPOC
    or the LA's line that takes it back."""
    _check_may_hand_back(incident, by)
    status = turns.check_step(incident, "hand_back")
    if incident.line == 0:
        raise Refused("It is with the school's desk already. There is nobody to hand it back to.")
    line, taker = _whoever_had_it(incident)
    at = turns.instant_for(incident)
    before = incident.group_name
    provider = provider_of(by, incident)
    if incident.line == rules.SUPPLIER_LINE:
        suppliers.leave(incident, at)
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


def has_first_line() -> bool:
    """Whether anybody is first line for the school acted in: its own, or the LA's."""
    return usual_la_group(1) is not None or own_first_line() is not None


def usual_group(line: int) -> Group | None:
    """Who gets it at a line when nobody says; None at the suppliers' line, or where none is."""
    if line == rules.SUPPLIER_LINE:
        return None
    if line == 1 and settings_here().is_own_first_line:
        return own_first_line() or usual_la_group(line)
    return usual_la_group(line)


def _check_may_hand_back(incident: Incident, by: Me) -> None:
    if incident.line == rules.SUPPLIER_LINE and can_reach(by, "incident.fetch_back", incident):
        return
    if not by.may("incident.hand_back"):
        raise NotAllowed("Your role takes work back only from a supplier.")
    check_reach(by, "incident.hand_back", incident)


def _check_may(incident: Incident, by: Me, line: int) -> None:
    if incident.line not in rules.ESCALATE_PERMISSION:
        raise Refused("It is with the last line already.")
    action = rules.ESCALATE_PERMISSION[incident.line]
    if not by.may(action):
        raise NotAllowed("Your role does not pass work on from this line.")
    if not can_reach(by, action, incident):
        check_reach(by, action, incident)
    if incident.line == 0 and line > 1 and (line > 2 or has_first_line()):
        raise Refused("Forward it to the first line; they pass it on if they have to.")


def _taker(
    line: int, group: str | None, contract: str | None, picked: assigning.Picked, at: datetime
) -> Group:
    if contract:
        if line != rules.SUPPLIER_LINE:
            raise wrong("contract", "A contract names a supplier. Pass it to a supplier with it.")
        return suppliers.group_with_contract(contract, at)
    if group:
        found = group_named(group)
        if found.line != line:
            raise wrong("group", "This group works at another line.")
        return found
    if picked.group is not None:
        return picked.group
    if line == rules.SUPPLIER_LINE:
        raise wrong("to", "No supplier has been set up to take it. Name a group.")
    return usual_group(line) or la_group_at_line(line)


def _whoever_had_it(incident: Incident) -> tuple[int, Group | None]:
    """The line below and the group that had it there last; the desk where nobody did."""
    for turn in reversed(turns.turns_of(incident)):
        if turn.line < incident.line and turn.line > 0 and turn.group_name:
            found = _named(turn.group_name, turn.line)
            if found is not None:
                return turn.line, found
        if turn.line == 0:
            break
    line = incident.line - 1
    if incident.line == 1 or incident.la_group_id is None:
        return 0, None
    taker = usual_la_group(line)
    return (line, taker) if taker else (0, None)


def _named(name: str, line: int) -> Group | None:
    """By name as the turn has it; it may have been renamed or archived since."""
    return next(
        (one for one in (*school_groups(), *la_groups()) if one.name == name and one.line == line),
        None,
    )
