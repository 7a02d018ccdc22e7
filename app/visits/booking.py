"""Book a visit, move it, cancel it, and agree on what is to be done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from marshmallow import ValidationError
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app import clock
from app.calendar_days import Span
from app.errors import NotAllowed, Refused, Wrong, wrong
from app.history.actions import record
from app.incidents import clocks
from app.incidents.chronicle import noted
from app.incidents.models import Incident
from app.incidents.parties import provider_of
from app.incidents.turns import instant_for
from app.later import later
from app.people.identity import Me
from app.shapes import Shape, instant
from app.visits import agenda, rules
from app.visits.agenda import Planned
from app.visits.being_there import Must, host_at, sides_of
from app.visits.models import Visit
from app.visits.visitors import Visitor, visitor_of
from tenants import current_school_id, db
from tenants.numbers import take_number

_LOCK = 71  # advisory: one booking at a time for one person, at whatever school
_OVERLAPS = "23P01"


class NoSlot(Refused):
    """Somebody cannot be there. `slots` are the next times at which everybody can."""

    def __init__(self, gaps: Sequence[str], slots: Sequence[Span]) -> None:
        super().__init__(" ".join(gaps))
        self.slots = list(slots)
        self.more = {
            "gaps": list(gaps),
            "slots": [{"starts_at": instant(a), "ends_at": instant(b)} for a, b in slots],
        }


def book(
    *,
    by: Me,
    starts_at: datetime,
    ends_at: datetime | None = None,
    minutes: int | None = None,
    kind: str = "regular",
    visitor: str | None = None,
    engineer: str | None = None,
    incidents: Sequence[int] | None = None,
    note: str | None = None,
) -> Visit:
    """Only into a time at which everybody can be there. Without `incidents`, all that is open and
    forwarded to the visitor's group stands on the agenda."""
    now = clock.now()
    who = visitor_of(by, visitor, engineer)
    until = _end_of(starts_at, ends_at, minutes)
    planned = agenda.named(by, incidents) if incidents is not None else agenda.proposed(by, who)
    host = _check_time(who, agenda.musts(planned), (starts_at, until), now)
    visit = Visit(
        number=take_number("visit"),
        kind=kind,
        state="booked",
        starts_at=starts_at,
        ends_at=until,
        la_membership_id=who.la_membership_id,
        membership_id=who.membership_id,
        visitor_name=who.name,
        host_name=host,
        booked_by=by.name,
        note=note,
        updated_at=now,
    )
    _save(visit, who)
    agenda.put_on(visit, planned, by)
    for incident in incidents_to_change(agenda.incident_ids(visit)):
        _visit_is_set(incident, visit, by)
    _told(visit, "booked", by, now, to_value=instant(starts_at))
    _at_the_time(visit)
    return visit


def move(
    visit: Visit,
    *,
    by: Me,
    starts_at: datetime,
    ends_at: datetime | None = None,
    minutes: int | None = None,
) -> None:
    """To another time; who comes and what for stays."""
    check_step(visit, "move")
    now, visit_id = clock.now(), visit.id
    length = None if ends_at or minutes else visit.ends_at - visit.starts_at
    until = starts_at + length if length else _end_of(starts_at, ends_at, minutes)
    who = Visitor(visit.visitor_name, visit.membership_id, visit.la_membership_id)
    must = agenda.musts(one for one in agenda.jobs_of(visit, by) if one.is_open)
    host = _check_time(who, must, (starts_at, until), now, but=visit_id)
    # Asking when somebody is free elsewhere has let go of the row.
    visit = _again(visit_id)
    before = visit.starts_at
    visit.starts_at, visit.ends_at, visit.host_name = starts_at, until, host
    visit.updated_at = now
    _save(visit, who)
    ids = agenda.incident_ids(visit)
    agenda.say_next_visit(ids)
    _told(visit, "moved", by, now, from_value=instant(before), to_value=instant(starts_at))
    _on_each(ids, "incident.visit_moved", by, to_value=instant(starts_at))
    _at_the_time(visit)


def agree(
    visit: Visit, *, by: Me, incidents: Sequence[int] | None = None, agreed: bool | None = None
) -> None:
    """What is to be done, in which order. The desk agrees; whoever changes it afterwards without
    being the desk puts it back to be agreed."""
    check_step(visit, "agree")
    if agreed and not by.may("visit.agree"):
        raise NotAllowed("The school’s desk agrees the agenda.")
    now = clock.now()
    if incidents is not None:
        before = set(agenda.incident_ids(visit))
        planned = agenda.named(by, incidents)
        agenda.put_on(visit, planned, by)
        _note_changes(visit, before, planned, by)
        visit.agenda_agreed_at = visit.agenda_agreed_by = None
    if agreed:
        visit.agenda_agreed_at, visit.agenda_agreed_by = now, by.name
    elif agreed is not None:
        visit.agenda_agreed_at = visit.agenda_agreed_by = None
    visit.updated_at = now
    _record(visit, "agreed" if agreed else "agenda_changed", by, now)


def write_note(visit: Visit, note: str | None, *, by: Me) -> None:
    """What the visitor should know before they come."""
    check_step(visit, "agree")
    if visit.note == note:
        return
    now = clock.now()
    visit.note, visit.updated_at = note, now
    _record(visit, "note_changed", by, now)


def cancel(visit: Visit, *, by: Me, reason: str) -> None:
    """Nobody comes; everybody concerned is told."""
    check_step(visit, "cancel")
    now = clock.now()
    visit.state, visit.cancelled_reason, visit.updated_at = "cancelled", reason, now
    db.session.flush()
    ids = agenda.incident_ids(visit)
    agenda.say_next_visit(ids)
    _told(visit, "cancelled", by, now, note=reason)
    _on_each(ids, "incident.visit_cancelled", by, to_value=instant(visit.starts_at), note=reason)


def next_slots(
    *,
    by: Me,
    visitor: str | None = None,
    engineer: str | None = None,
    minutes: int | None = None,
    earliest: datetime | None = None,
    incidents: Sequence[int] | None = None,
) -> list[Span]:
    """The next times at which everybody can be there."""
    now = clock.now()
    who = visitor_of(by, visitor, engineer)
    must = agenda.musts(agenda.named(by, incidents)) if incidents else []
    length = timedelta(minutes=minutes) if minutes else rules.USUAL
    begin = max(earliest or now, now)
    return rules.slots(sides_of(who, must, now), length, begin)


def loaded(shape: Shape, raw: dict[str, Any]) -> dict[str, Any]:
    """What a page gathered by itself, read as a program's would be. Raises Wrong."""
    try:
        found: dict[str, Any] = shape.load(raw)
    except ValidationError as mistakes:
        raise Wrong({"": sorted(set(_sentences(mistakes.messages)))}) from None
    return found


def _sentences(messages: Any) -> list[str]:
    if isinstance(messages, str):
        return [messages]
    inner = messages.values() if isinstance(messages, dict) else messages
    return [sentence for one in inner for sentence in _sentences(one)]


def check_step(visit: Visit, step: str) -> None:
    if visit.state not in rules.STEPS[step]:
        raise Refused(rules.refusal(step, visit.state))


def incidents_to_change(ids: Sequence[int]) -> Sequence[Incident]:
    """The open ones of these, locked in one order wherever they are."""
    wanted = select(Incident).where(Incident.id.in_(ids), Incident.is_open)
    return db.session.scalars(wanted.order_by(Incident.id).with_for_update()).all()


def _check_time(
    who: Visitor, must: Sequence[Must], wanted: Span, now: datetime, *, but: int | None = None
) -> str | None:
    """Who receives them. Raises NoSlot with the gaps and the next times."""
    if wanted[0] < now:
        raise wrong("starts_at", "This time has passed already.")
    if wanted[0] > now + timedelta(days=366):
        raise wrong("starts_at", "Choose a day within the next year.")
    number = who.la_membership_id or who.membership_id
    if number is not None:
        key = number if who.is_of_la else -number
        db.session.execute(select(func.pg_advisory_xact_lock(_LOCK, key)))
    sides = sides_of(who, must, now, but=but)
    gaps = rules.gaps(sides, *wanted)
    if gaps:
        raise NoSlot(gaps, rules.slots(sides, wanted[1] - wanted[0], wanted[0]))
    return host_at(*wanted)


def _end_of(starts_at: datetime, ends_at: datetime | None, minutes: int | None) -> datetime:
    if ends_at is not None and minutes is not None:
        raise wrong("minutes", "Say when it ends or how long it takes, not both.")
    until = ends_at or starts_at + (timedelta(minutes=minutes) if minutes else rules.USUAL)
    if until <= starts_at:
        raise wrong("ends_at", "It has to end after it begins.")
    if not rules.SHORTEST <= until - starts_at <= rules.LONGEST:
        raise wrong("ends_at", "A visit takes between a quarter of an hour and ten hours.")
    return until


def _save(visit: Visit, who: Visitor) -> None:
    """The database itself refuses two visits of one person at the same time."""
    try:
        with db.session.begin_nested():
            db.session.add(visit)
            db.session.flush()
    except IntegrityError as error:
        if getattr(error.orig, "pgcode", None) != _OVERLAPS:
            raise
        raise Refused(f"{who.name} is on another visit at that time.") from error


def _again(visit_id: int) -> Visit:
    found = db.session.get(Visit, (current_school_id(), visit_id), with_for_update=True)
    assert found is not None
    return found


def _visit_is_set(incident: Incident, visit: Visit, by: Me) -> None:
    """A visit set by a person of the provider is an answer (domain.md 3.3 rule 5)."""
    at = instant_for(incident)
    provider = provider_of(by, incident)
    if provider is not None:
        running = clocks.clocks_of(incident)
        clocks.respond(running, provider, incident, at)
        clocks.wind(incident, running, at)
    noted(incident, "incident.visit_booked", at, by=by, after=instant(visit.starts_at))


def _note_changes(visit: Visit, before: set[int], planned: Sequence[Planned], by: Me) -> None:
    new = [one.id for one in planned if one.id not in before]
    for incident in incidents_to_change(new):
        _visit_is_set(incident, visit, by)
    off = before - set(agenda.incident_ids(visit))
    _on_each(sorted(off), "incident.visit_cancelled", by, to_value=instant(visit.starts_at))


def _on_each(
    ids: Sequence[int], kind: str, by: Me, *, to_value: str | None, note: str | None = None
) -> None:
    for incident in incidents_to_change(ids):
        noted(incident, kind, instant_for(incident), by=by, after=to_value, note=note)


def _record(visit: Visit, what: str, by: Me, at: datetime, **more: Any) -> None:
    record(f"visit.{what}", subject_kind="visit", subject_id=visit.id, at=at, by=by, **more)


def _told(visit: Visit, what: str, by: Me, at: datetime, **more: Any) -> None:
    """Written down, and told to the desk and whoever comes; a reporter hears by the incident."""
    _record(visit, what, by, at, **more)
    later("tell_of_visit", at=at, visit_id=visit.id, what=what, but=by.person_id)


def _at_the_time(visit: Visit) -> None:
    later("visit_begins", at=visit.starts_at, visit_id=visit.id)
