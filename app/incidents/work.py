"""Working on an incident: take, assign, hold, resume, resolve, and the things that end it."""

from __future__ import annotations

from datetime import date, datetime

from app.calendar_days import day_of
from app.contracts.queries import agreement_in_force
from app.contracts.rules import Kind
from app.errors import NotAllowed, Refused, wrong
from app.incidents import (
    clocks,
    closing,
    rules,
    satisfaction,
    still_broken,
    supplier_links,
    suppliers,
    turns,
    undo,
)
from app.incidents.advised import end_without_advice
from app.incidents.chronicle import noted
from app.incidents.follow_ups import ask_to_remind
from app.incidents.linking import to_children
from app.incidents.models import Incident
from app.incidents.parties import provider_of
from app.incidents.queries import check_reach
from app.incidents.solved_by import solved
from app.knowledge.queries import article_named
from app.people.groups import Assignable, Group, assignable_named, group_named
from app.people.identity import Me
from app.service_hours import NeverOpen, end_of_working_day


def take(incident: Incident, *, by: Me) -> None:
    """It is mine now (T8)."""
    check_reach(by, "incident.take", incident)
    is_mine = (
        incident.assignee_id in by.membership_ids or incident.la_assignee_id in by.la_membership_ids
    )
    if is_mine and incident.status == rules.Status.IN_PROGRESS:
        return
    if by.la_membership_ids and not (by.membership_ids and incident.la_group_id is None):
        _give(incident, Assignable(by.name, None, by.la_membership_ids[0]), by, "incident.taken")
    else:
        mine = by.membership_for("incident.take")
        _give(incident, Assignable(by.name, mine, None), by, "incident.taken")


def assign(
    incident: Incident, *, by: Me, person: str | None = None, group: str | None = None
) -> None:
    """Give it to a person or to another group at the same line (T8)."""
    if person == "me":
        if not by.may("incident.take"):
            raise NotAllowed("Your role does not allow this.")
        take(incident, by=by)
        return
    if not by.may("incident.assign"):
        raise NotAllowed("Only the SPOC or the LA manager gives work to somebody. Take it instead.")
    check_reach(by, "incident.assign", incident)
    if person:
        turns.check_step(incident, "take")
        found = assignable_named(
            person, at_la=incident.line > 0 and incident.la_group_id is not None
        )
        _give(incident, found, by, "incident.assigned")
    elif group:
        _give_group(incident, group_named(group), by)


def hold(
    incident: Incident,
    *,
    by: Me,
    reason: str,
    follow_up_on: date | None = None,
    follow_up_reason: str | None = None,
) -> None:
    """Nothing can be done until something else happens (T11)."""
    check_reach(by, "incident.hold", incident)
    status = turns.check_step(incident, "hold")
    at = turns.instant_for(incident)
    if follow_up_on is not None and follow_up_on < day_of(at):
        raise wrong("follow_up_on", "Choose today or a later day.")
    before = incident.status
    incident.hold_reason = reason
    incident.follow_up_on, incident.follow_up_reason = follow_up_on, follow_up_reason
    ask_to_remind(incident)
    turns.move(incident, status, at)
    clocks.wind(incident, clocks.clocks_of(incident), at)
    noted(incident, "incident.held", at, by=by, before=before, after=incident.status, note=reason)


def resume(incident: Incident, *, by: Me) -> None:
    """Work goes on (T12)."""
    check_reach(by, "incident.hold", incident)
    status = turns.check_step(incident, "resume")
    at = turns.instant_for(incident)
    reason, before = incident.hold_reason, incident.status
    incident.follow_up_on = incident.follow_up_reason = None
    turns.move(incident, status, at)
    clocks.wind(incident, clocks.clocks_of(incident), at)
    noted(
        incident, "incident.resumed", at, by=by, before=before, after=incident.status, note=reason
    )


def resolve(
    incident: Incident,
    *,
    by: Me,
    type: str,
    text: str,
    children: bool = False,
    article: str | None = None,
) -> None:
    """Service is restored to the user; the desk tells them and closes (T13). `children`: so are
    its parts, as far as the step may be taken with them. `article`: the one that solved it."""
    check_reach(by, "incident.resolve", incident)
    turns.check_step(incident, "resolve")
    if article:
        solved(incident, article_named(article), by=by)
    end_work(incident, by, type, text, "incident.resolved")
    if children:
        to_children(incident, lambda one: resolve(one, by=by, type=type, text=text), by=by)


def self_cure(incident: Incident, *, by: Me, text: str | None = None) -> None:
    """It works again by itself: any visit is off and whoever has it knows (T14)."""
    check_reach(by, "incident.self_cure", incident)
    turns.check_step(incident, "self_cure")
    said = text or f"{by.name} says that it works again."
    end_work(incident, by, "resolved_itself", said, "incident.self_cured")


def reopen(incident: Incident, *, by: Me, reason: str) -> None:
    """It is not right after all (T15), within ten working days of the desk."""
    check_reach(by, "incident.reopen", incident)
    status = turns.check_step(incident, "reopen")
    at = turns.instant_for(incident)
    assert incident.resolved_at is not None
    if not may_still_reopen(incident, at):
        raise Refused(
            f"It was resolved more than {rules.REOPEN_WORKING_DAYS} working days ago. "
            "Log a new incident instead."
        )
    running = clocks.clocks_of(incident)
    if incident.resolution_type in rules.UNMEASURED_RESOLUTIONS:
        # It was no duplicate after all, so it is measured as if nobody had said so.
        clocks.measure_again(running, incident.resolved_at)
    clocks.run_on(running, incident.resolved_at)
    incident.merged_into_id = None
    incident.reopen_count += 1
    incident.resolved_at = incident.restored_at = None
    turns.move(incident, status, at)
    if not running:
        # An advisor had solved it: the desk has it for the first time.
        running = clocks.start(incident, Kind.OLA, at)
    clocks.wind(incident, running, at)
    noted(
        incident,
        "incident.reopened",
        at,
        by=by,
        before="resolved",
        after=incident.status,
        note=reason,
    )


def may_still_reopen(incident: Incident, at: datetime) -> bool:
    """Of one that is resolved. Who said in time that it is not solved has not lost the way back: it
    does not close by itself either, so nothing else would ever come of it."""
    assert incident.resolved_at is not None
    calendar = agreement_in_force(Kind.OLA, day_of(at)).calendar
    try:
        last = end_of_working_day(calendar, incident.resolved_at, rules.REOPEN_WORKING_DAYS)
    except NeverOpen:
        last = at
    return at <= last or satisfaction.is_said_not_solved(incident)


def close(incident: Incident, *, by: Me, children: bool = False) -> None:
    """The desk closes: the user knows how it was resolved (T16)."""
    closing.check_may_close(incident, by)
    status = turns.check_step(incident, "close")
    at = turns.instant_for(incident)
    incident.closed_at = at
    turns.move(incident, status, at)
    noted(
        incident,
        "incident.closed",
        at,
        by=by,
        before="resolved",
        after=incident.status,
        details={undo.WITH_PARTS: True} if children else None,
        tell_at=at + undo.TELL_AFTER,
    )
    still_broken.ask_others(incident, by=by, at=at)
    if children:
        to_children(incident, lambda one: close(one, by=by), by=by)


def cancel(incident: Incident, *, by: Me, reason: str) -> None:
    """Not needed after all; out of every measure but counted (T17)."""
    check_reach(by, "incident.cancel", incident)
    status = turns.check_step(incident, "cancel")
    at = turns.instant_for(incident)
    before = incident.status
    incident.cancelled_at, incident.cancel_reason = at, reason
    turns.move(incident, status, at)
    running = clocks.clocks_of(incident)
    clocks.cancel(running, at)
    clocks.wind(incident, running, at)
    noted(
        incident, "incident.cancelled", at, by=by, before=before, after=incident.status, note=reason
    )


def _give(incident: Incident, to: Assignable, by: Me, kind: str) -> None:
    status = turns.check_step(incident, "take")
    at = turns.instant_for(incident)
    before, was = incident.assignee_name, undo.kept(incident)
    incident.assignee_id, incident.la_assignee_id = to.membership_id, to.la_membership_id
    incident.assignee_name = to.name
    incident.follow_up_on = incident.follow_up_reason = None
    turns.move(incident, status, at)
    running = clocks.clocks_of(incident)
    provider = Kind.SLA if to.la_membership_id else provider_of(by, incident)
    if provider is not None:
        clocks.respond(running, provider, incident, at)
    clocks.wind(incident, running, at)
    noted(
        incident,
        kind,
        at,
        by=by,
        before=before,
        after=to.name,
        details=was,
    )


def _give_group(incident: Incident, to: Group, by: Me) -> None:
    status = turns.check_step(incident, "give_group")
    if to.line != incident.line:
        raise wrong("group", "This group works at another line. Escalate or hand back instead.")
    at = turns.instant_for(incident)
    before, was = incident.group_name, undo.kept(incident)
    running = clocks.clocks_of(incident)
    if incident.line == rules.SUPPLIER_LINE:
        suppliers.leave(incident, at)
    set_group(incident, to)
    incident.reassignment_count += before != to.name
    turns.move(incident, status, at)
    if to.is_supplier:
        suppliers.start_clocks(incident, to, at)
    elif to.la_group_id is not None and incident.forwarded_at is None:
        incident.forwarded_at = at
        clocks.start(incident, Kind.SLA, at)
    clocks.wind(incident, running, at)
    noted(
        incident,
        "incident.assigned",
        at,
        by=by,
        before=before,
        after=to.name,
        details=was,
    )
    if to.is_supplier:
        supplier_links.send_to_supplier(incident, to, by=by, at=at)


def set_group(incident: Incident, to: Group | None) -> None:
    """Whose work it is now; nobody of the last group keeps it."""
    incident.la_group_id = to.la_group_id if to else None
    incident.school_group_id = to.school_group_id if to else None
    incident.group_name = to.name if to else None
    incident.assignee_id = incident.la_assignee_id = incident.assignee_name = None


def end_work(incident: Incident, by: Me, type: str, text: str, kind: str) -> None:
    at = turns.instant_for(incident)
    before = incident.status
    incident.resolution_type, incident.resolution_text = type, text
    incident.resolved_at = at
    # With a workaround it may have been usable before.
    incident.restored_at = incident.restored_at or at
    incident.follow_up_on = incident.follow_up_reason = None
    if before == rules.Status.ADVICE:
        end_without_advice(incident.id, at)
    provider = provider_of(by, incident)
    turns.move(incident, rules.Status.RESOLVED, at)
    running = clocks.clocks_of(incident)
    if type in rules.UNMEASURED_RESOLUTIONS:
        clocks.cancel(running, at)
    else:
        clocks.stop(running, at, by=provider)
    clocks.wind(incident, running, at)
    noted(incident, kind, at, by=by, before=before, after=incident.status, note=text)
    closing.ask_to_close(incident, at)
    still_broken.ask_others(incident, by=by, at=at)
