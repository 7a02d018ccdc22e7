"""Log an incident or request, mend its sheet, add notes and checks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app import clock
from app.catalogue.queries import service_for
from app.contracts.rules import Kind
from app.errors import NotAllowed, Refused, Wrong, wrong
from app.files.intake import Brought
from app.incidents import (
    advising,
    assigning,
    attachments,
    blank_sheets,
    clocks,
    of_service,
    on_asset,
    rules,
    triage,
    turns,
)
from app.incidents.beside import BlankSheet
from app.incidents.checklists import check_line
from app.incidents.chronicle import noted
from app.incidents.linking import to_children
from app.incidents.models import Clock, DiagnosticCheck, Incident, Turn
from app.incidents.parties import provider_of
from app.incidents.queries import check_reach, keep_room, nobody_follows
from app.locations.queries import room_for
from app.people.groups import membership_by_email
from app.people.identity import Me
from tenants import db
from tenants.numbers import take_number

# A reporter's sheet is about themselves and now; these are for whoever logs for others.
ONLY_THE_DESK = ("reporter_name", "reporter_email", "reported_at", "channel", "sheet_number")


def log_incident(*, by: Me, brought: Brought | None = None, **sheet: Any) -> Incident:
    """Hand in a sheet: the reporter's own, or for somebody else (domain.md T4, T5)."""
    at = clock.now()
    check_school(by)
    asset = on_asset.with_asset(sheet)
    _check_sheet(sheet, by, at)
    paper = _paper(sheet, by, at)
    room = room_for(sheet.get("location"))
    service = service_for(sheet.get("service"))
    incident = Incident(
        type=sheet["type"],
        status=rules.Status.NEW,
        line=0,
        highest_line=0,
        priority_history=[],
        is_sensitive=bool(sheet.get("sensitive")),
        logged_by=by.name,
        logged_at=at,
        reported_at=sheet.get("reported_at") or at,
        updated_at=at,
        channel="paper_form" if paper else sheet.get("channel") or "web",
        sheet_number=paper.number if paper else None,
        must_be_present=bool(sheet.get("must_be_present")),
        location_id=room.id if room else None,
        asset_id=asset.id if asset else None,
        service_id=service.id if service else None,
        impact=sheet.get("impact"),
        urgency=sheet.get("urgency"),
        **{name: sheet.get(name) for name in rules.SHEET},
    )
    keep_room(incident, room)
    on_asset.keep_tag(incident, asset.tag if asset else None)
    _set_reporter(incident, by, sheet)
    is_checked = _place(incident, by, at)
    is_advised = bool(sheet.get("advice")) and advising.is_for_advisors(incident, by)
    if is_advised:
        incident.status = rules.Status.ADVICE
    turn = turns.begin(incident, at)
    # Before the desk has it, no clock of the desk runs.
    started = [] if is_advised else clocks.start(incident, Kind.OLA, at)
    if incident.forwarded_at:
        started += clocks.start(incident, Kind.SLA, at)
    if is_checked:
        # Somebody of the desk (or of the LA, on its behalf) has it in hand already.
        clocks.respond(started, Kind.OLA, incident, at)
    clocks.wind(incident, started, at)
    save_new(incident, turn, started)
    if is_advised:
        advising.ask(incident, at)
    if paper:
        blank_sheets.enter(paper, incident)
    if brought:
        attachments.link(incident, brought, by=by, part="sheet")
    noted(
        incident,
        "incident.advice_asked" if is_advised else "incident.logged",
        at,
        by=by,
        after=incident.status,
    )
    of_service.tell_raise(incident, None, at)
    assigning.tell(incident, at)
    return incident


def save_new(incident: Incident, turn: Turn, started: list[Clock]) -> None:
    """All is known before anything is written, so each row is written once."""
    incident.number = take_number("incident")
    nobody_follows(incident)
    db.session.add(incident)
    db.session.flush()
    turn.incident_id = incident.id
    for one in started:
        one.incident_id = incident.id
    db.session.add_all([turn, *started])
    clocks.ask_to_decide(incident)


def mend(incident: Incident, *, by: Me, brought: Brought | None = None, **changes: Any) -> None:
    """Change the sheet. A reporter may until the desk has checked it, or when it came back."""
    check_reach(by, "incident.edit", incident)
    turns.check_step(incident, "mend")
    is_reporter = not by.may("incident.log_for_others")
    if is_reporter and incident.status not in ("new", "returned"):
        raise Refused("The desk has checked this sheet. Add a note instead.")
    if "location" in changes:
        room = room_for(changes.pop("location"))
        incident.location_id = room.id if room else None
        keep_room(incident, room)
    if "asset" in changes:
        on_asset.put_on(incident, changes.pop("asset"))
    if "service" in changes:
        service = service_for(changes.pop("service"), kept=incident.service_id)
        incident.service_id = service.id if service else None
    if "sensitive" in changes:
        incident.is_sensitive = bool(changes.pop("sensitive"))
        if incident.is_sensitive:
            advising.is_not_for_them(incident, by=by)
    changed = [name for name in changes if getattr(incident, name) != changes[name]]
    for name in changed:
        setattr(incident, name, changes[name])
    _check_complete(
        {
            **{n: getattr(incident, n) for n in rules.SHEET},
            "type": incident.type,
            "location": incident.location_id,
        }
    )
    if brought:
        attachments.link(incident, brought, by=by, part="sheet")
        changed.append("files")
    at = turns.instant_for(incident)
    incident.updated_at = at
    noted(
        incident,
        "incident.mended",
        at,
        by=by,
        note=", ".join(changed) or None,
    )


def note(
    incident: Incident,
    *,
    by: Me,
    text: str,
    visibility: str = "public",
    children: bool = False,
    brought: Brought | None = None,
) -> None:
    """A reply that the reporter sees, or a note among desk and LA; with the files brought. What
    the reporter sees may go to its parts too; the files stay with the whole."""
    action = "incident.note" if visibility == "public" else "incident.note_internal"
    if not by.may(action):
        raise NotAllowed("Your role does not allow notes that the reporter cannot see.")
    check_reach(by, action, incident)
    turns.check_step(incident, "note")
    at = turns.instant_for(incident)
    event_id = noted(
        incident,
        "incident.noted",
        at,
        by=by,
        note=text,
        visibility=visibility,
        is_id_wanted=bool(brought),
    )
    if brought:
        to = {"part": "note", "visibility": visibility, "event_at": at, "event_id": event_id}
        attachments.link(incident, brought, by=by, **to)
    if visibility == "public":
        _after_reply(incident, by, at)
        if children:
            to_children(incident, lambda one: note(one, by=by, text=text), by=by)


def diagnose(
    incident: Incident,
    *,
    by: Me,
    check: str,
    outcome: str | None = None,
    action_taken: str | None = None,
    minutes: int | None = None,
    checklist: str | None = None,
    position: int | None = None,
    brought: Brought | None = None,
) -> DiagnosticCheck:
    """A line on the diagnostics sheet; what was brought with it is as internal as it is."""
    check_reach(by, "incident.diagnose", incident)
    turns.check_step(incident, "diagnose")
    if checklist or position:
        check_line(checklist, position)
    at = turns.instant_for(incident)
    line = DiagnosticCheck(
        incident_id=incident.id,
        at=at,
        by=by.name,
        check=check,
        outcome=outcome,
        action_taken=action_taken,
        minutes=minutes,
        checklist_key=checklist,
        position=position,
    )
    db.session.add(line)
    db.session.flush()
    if brought:
        to = {"part": "check", "visibility": "internal", "check_id": line.id}
        attachments.link(incident, brought, by=by, **to)
    noted(
        incident,
        "incident.diagnosed",
        at,
        by=by,
        note=check,
        visibility="internal",
    )
    return line


def _after_reply(incident: Incident, by: Me, at: datetime) -> None:
    """A provider's reply is a response; the reporter's answer ends the wait for it (T12)."""
    provider = provider_of(by, incident)
    is_awaited = incident.status == "on_hold" and incident.hold_reason == "awaiting_user"
    is_moved = is_awaited and incident.reporter_id in by.membership_ids
    if is_moved:
        turns.move(incident, rules.Status.IN_PROGRESS, at)
    elif provider is None:
        return
    running = clocks.clocks_of(incident)
    if not is_moved and provider is not None and clocks.is_answered(running, provider):
        return
    if provider is not None:
        clocks.respond(running, provider, incident, at)
    incident.updated_at = at
    clocks.wind(incident, running, at)


def _paper(sheet: dict[str, Any], by: Me, at: datetime) -> BlankSheet | None:
    """The blank sheet it was written on by hand, if it was."""
    number = sheet.get("sheet_number")
    return blank_sheets.claim(number, sheet.get("reported_at"), by=by, at=at) if number else None


def check_school(by: Me) -> None:
    if by.school is not None and by.school.status not in ("active", "onboarding"):
        raise Refused(f"{by.school.name} is {by.school.status}: nothing new can be logged there.")


def _check_sheet(sheet: dict[str, Any], by: Me, at: datetime) -> None:
    if not by.may("incident.log_for_others"):
        theirs = [name for name in ONLY_THE_DESK if sheet.get(name) not in (None, "web")]
        if theirs:
            raise Wrong({name: ["Only the service desk can set this."] for name in theirs})
    _check_complete(sheet)
    if sheet.get("reported_at") and sheet["reported_at"] > at:
        raise wrong("reported_at", "This time has not come yet.")
    if sheet.get("occurred_at") and sheet["occurred_at"] > at:
        raise wrong("occurred_at", "This time has not come yet.")


def _check_complete(sheet: dict[str, Any]) -> None:
    if sheet["type"] != "incident":
        return
    asked = {
        "expected": "Say what you expected to happen.",
        "happened": "Say what happened.",
        "location": "Choose where it is.",
    }
    missing = {name: [said] for name, said in asked.items() if not sheet.get(name)}
    if missing:
        raise Wrong(missing)


def _set_reporter(incident: Incident, by: Me, sheet: dict[str, Any]) -> None:
    name, email = sheet.get("reporter_name"), sheet.get("reporter_email")
    found = membership_by_email(email) if email else None
    if name or email:
        incident.reporter_id = found[0] if found else None
        incident.reporter_name = name or (found[1] if found else str(email))
        incident.reporter_email = email
    else:
        incident.reporter_id = by.membership_for("incident.log")
        incident.reporter_name = by.name


def _place(incident: Incident, by: Me, at: datetime) -> bool:
    """Where it starts: with the desk, in the call log, or at the LA's first line."""
    is_from_la = bool(by.la_membership_ids) and not by.membership_ids
    if is_from_la:
        suggested = of_service.suggested_impact(incident, at.astimezone(clock.LONDON).date())
        incident.impact = incident.impact or (suggested[0] if suggested else 3)
        incident.urgency = incident.urgency or 2
        incident.category = incident.category or "other"
        triage.put_with_la_first_line(incident, at)
    may_check = is_from_la or by.may("incident.check")
    is_complete = incident.impact and incident.urgency and incident.category
    if not (may_check and is_complete):
        return False
    incident.status = rules.Status.QUEUED
    triage.set_priority(incident, at)
    incident.checked_at = at
    if not is_from_la:
        incident.owner_id, incident.owner_name = by.membership_for("incident.check"), by.name
        assigning.give(incident, assigning.pick(0, incident.category, at))
    return True
