"""The desk's check of a sheet: priority, return to the reporter, and the way to the LA's lines."""

from __future__ import annotations

from datetime import datetime

from app import clock
from app.contracts.rules import Kind
from app.errors import NotAllowed, wrong
from app.incidents import assigning, clocks, of_service, on_asset, rules, turns
from app.incidents.chronicle import noted
from app.incidents.models import Incident
from app.incidents.parties import provider_of
from app.incidents.queries import check_reach
from app.people.groups import la_group_at_line
from app.people.identity import Me


def check(
    incident: Incident,
    *,
    by: Me,
    impact: int | None = None,
    urgency: int | None = None,
    category: str | None = None,
    priority: int | None = None,
    priority_reason: str | None = None,
    asset: str | None = None,
) -> None:
    """Check the sheet into the call log (T7), or set its priority anew while it is worked on."""
    if by.may("incident.check"):
        check_reach(by, "incident.check", incident)
    elif impact or urgency or category or asset or priority is None:
        raise NotAllowed(
            "Your role may override the priority, with a reason, but not check a sheet."
        )
    is_first = incident.status == rules.Status.NEW and by.may("incident.check")
    status = turns.check_step(incident, "check" if is_first else "recheck")
    before, raised_before = incident.priority, incident.critical_date_id
    at = turns.instant_for(incident)
    incident.impact = impact or incident.impact or _impact_of_service(incident, at)
    incident.urgency = urgency or incident.urgency
    incident.category = category or incident.category
    if asset:
        on_asset.put_on(incident, asset)
    _check_complete(incident)
    usual = of_service.usual_priority(incident, at)
    _override(incident, by, usual, priority, priority_reason)
    set_priority(incident, at, usual)
    if is_first:
        incident.checked_at = at
        incident.owner_id, incident.owner_name = by.membership_for("incident.check"), by.name
        assigning.give(incident, assigning.pick(0, incident.category, at))
        turns.move(incident, status, at)
    incident.updated_at = at
    running = clocks.clocks_of(incident)
    provider = provider_of(by, incident)
    if is_first and provider is not None:
        clocks.respond(running, provider, incident, at)
    clocks.wind(incident, running, at)
    noted(
        incident,
        "incident.checked",
        at,
        by=by,
        before=f"P{before}" if before else None,
        after=f"P{incident.priority}",
        note=incident.priority_reason,
    )
    of_service.tell_raise(incident, raised_before, at)
    assigning.tell(incident, at)


def return_to_reporter(incident: Incident, *, by: Me, missing: str) -> None:
    """The sheet is incomplete: say what is missing (T6). It counts as the desk's response."""
    check_reach(by, "incident.return", incident)
    status = turns.check_step(incident, "return")
    at = turns.instant_for(incident)
    incident.return_missing = missing
    turns.move(incident, status, at)
    running = clocks.clocks_of(incident)
    clocks.respond(running, Kind.OLA, incident, at)
    clocks.wind(incident, running, at)
    noted(
        incident,
        "incident.returned",
        at,
        by=by,
        before="new",
        after=incident.status,
        note=missing,
    )


def hand_in(incident: Incident, *, by: Me) -> None:
    """The reporter has mended the sheet and hands it in again."""
    check_reach(by, "incident.hand_in", incident)
    status = turns.check_step(incident, "hand_in")
    at = turns.instant_for(incident)
    turns.move(incident, status, at)
    clocks.wind(incident, clocks.clocks_of(incident), at)
    noted(
        incident,
        "incident.handed_in",
        at,
        by=by,
        before="returned",
        after=incident.status,
    )


def set_priority(incident: Incident, at: datetime, usual: of_service.Usual | None = None) -> None:
    """From impact, urgency and critical dates unless it was overridden with a reason; kept with
    its instant."""
    if incident.priority_reason is None:
        usual = usual or of_service.usual_priority(incident, at)
        incident.priority, incident.critical_date_id = usual
    else:
        incident.critical_date_id = None
    name = f"P{incident.priority}"
    history = list(incident.priority_history or [])
    if not history and at > incident.logged_at:
        history = [[incident.logged_at.isoformat(), f"P{rules.PRIORITY_BEFORE_CHECK}"]]
    if not history or history[-1][1] != name:
        incident.priority_history = [*history, [at.isoformat(), name]]


def put_with_la_first_line(incident: Incident, at: datetime) -> None:
    """In the LA's queue from the start, when the LA logs on a school's behalf."""
    picked = assigning.pick(1, incident.category, at)
    is_of_la = picked.group is not None and picked.group.la_group_id is not None
    group = picked.group if picked.group is not None and is_of_la else la_group_at_line(1)
    incident.line = incident.highest_line = 1
    incident.la_group_id, incident.group_name = group.la_group_id, group.name
    incident.forwarded_at = at
    assigning.give(incident, picked)


def _check_complete(incident: Incident) -> None:
    for name, sentence in (
        ("impact", "Choose how many are hit."),
        ("urgency", "Choose how long it can wait."),
        ("category", "Choose a category."),
    ):
        if not getattr(incident, name):
            raise wrong(name, sentence)
    if incident.type == "incident" and incident.location_id is None:
        raise wrong("location", "Choose where it is before you check the sheet.")


def _impact_of_service(incident: Incident, at: datetime) -> int | None:
    """Where nobody has said it."""
    found = of_service.suggested_impact(incident, at.astimezone(clock.LONDON).date())
    return found[0] if found else None


def _override(
    incident: Incident, by: Me, usual: of_service.Usual, priority: int | None, reason: str | None
) -> None:
    """What a critical date has raised can be turned down too, with a reason."""
    if priority is None or priority == usual.priority:
        incident.priority_reason = None
        return
    if not by.may("incident.override_priority"):
        raise NotAllowed("Your role does not allow another priority than impact and urgency give.")
    if not reason:
        what = "the priority of a critical date" if usual.critical_date_id else "impact and urgency"
        raise wrong("priority_reason", f"Say why the priority differs from {what}.")
    incident.priority, incident.priority_reason = priority, reason
