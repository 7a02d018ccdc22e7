"""A sheet with the Tech Advisors before it reaches the desk (T1–T3): taken, solved, passed on.

No clock runs meanwhile and none is ever paused by it: the desk's begins at the instant when the
sheet comes to the desk. The reporter can go past it at any moment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app import clock
from app.calendar_days import day_of
from app.contracts.queries import agreement_in_force
from app.contracts.rules import Kind
from app.errors import NotAllowed, Refused, wrong
from app.incidents import checklists, clocks, turns
from app.incidents.advised import Advice
from app.incidents.chronicle import noted
from app.incidents.models import DiagnosticCheck, Incident
from app.incidents.queries import advises_only, check_reach
from app.incidents.rules import Status
from app.incidents.work import end_work
from app.later import later
from app.people.identity import Me
from app.people.models import Person
from app.schools.desk_settings import settings_here
from app.service_hours import NeverOpen, add_open_time
from tenants import at_the_front_door, db

TIME_IS_UP = "advice_time_is_up"
# Filtering and safeguarding are never for pupils' eyes, and P1 always (domain.md 3.1).
NEVER_ADVISED = frozenset({"safeguarding_filtering"})
_WHOLE_SCHOOL = 1


def is_for_advisors(incident: Incident, by: Me) -> bool:
    """Whether a sheet goes to them that asks for it; every other goes to the desk at once."""
    if incident.status != Status.NEW or by.may("incident.check") or not by.membership_ids:
        return False
    looks_urgent = incident.impact == _WHOLE_SCHOOL or incident.category in NEVER_ADVISED
    if incident.is_sensitive or looks_urgent or incident.type != "incident":
        return False
    rules = settings_here()
    return rules.has_advisors and incident.category in rules.advisor_categories


def ask(incident: Incident, at: datetime) -> None:
    """From now on they may help, until the time is up."""
    until = _time_is_up_at(at, settings_here().advisor_minutes)
    db.session.add(
        Advice(
            incident_id=incident.id, state="offered", began_at=at, until_at=until, is_pupil=False
        )
    )
    db.session.flush()
    later(TIME_IS_UP, at=until, incident_id=incident.id)


def find_advice(incident: Incident) -> Advice | None:
    return db.session.scalar(select(Advice).where(Advice.incident_id == incident.id))


def advice_of(incident: Incident) -> Advice:
    """Raises Refused where it was never asked of anybody."""
    found = find_advice(incident)
    if found is None:
        raise Refused("No Tech Advisor was asked about this one.")
    return found


def is_pupil(person: Me) -> bool:
    """Asked before an incident is in hand: a school's transaction cannot read accounts."""
    with at_the_front_door():
        kind = db.session.scalar(select(Person.kind).where(Person.id == person.person_id))
    return kind == "pupil"


def take(incident: Incident, *, by: Me, is_pupil: bool) -> Advice:
    """I help with this one. Twice does nothing more."""
    advice = _to_help(incident, by)
    if advice.advisor_id in by.membership_ids:
        return advice
    at = turns.instant_for(incident)
    _is_taken_by(advice, by, is_pupil, at)
    incident.updated_at = at
    noted(incident, "incident.advice_taken", at, by=by, after=by.name)
    return advice


def solve(
    incident: Incident,
    *,
    by: Me,
    is_pupil: bool,
    tried: str,
    checks: Sequence[Mapping[str, Any]] = (),
) -> Advice:
    """What was tried, and what the reporter is to do. It is over when they accept it."""
    advice = _to_help(incident, by)
    at = turns.instant_for(incident)
    if advice.advisor_id is None:
        _is_taken_by(advice, by, is_pupil, at)
    _tick(incident, checks, by, at)
    advice.state, advice.tried = "solved", tried
    _touch(advice)
    incident.updated_at = at
    noted(incident, "incident.advised", at, by=by, note=tried)
    return advice


def pass_on(incident: Incident, *, by: Me, tried: str | None = None) -> Advice:
    """To the desk (T3): the advisor cannot help, or the reporter goes past it. The desk's clock
    begins now."""
    check_reach(by, "incident.pass_on", incident)
    turns.check_step(incident, "pass_on")
    advice = advice_of(incident)
    is_advisor = advises_only(by, incident)
    if is_advisor and advice.advisor_id not in (None, *by.membership_ids):
        raise Refused(f"{advice.advisor_name} is helping with it already.")
    if tried:
        if not is_advisor:
            raise wrong("tried", "Only a Tech Advisor says what was tried.")
        advice.tried = tried
    if is_advisor and advice.advisor_id is None:
        advice.advisor_id, advice.advisor_name = by.membership_for("incident.advise"), by.name
    is_reporter = incident.reporter_id in by.membership_ids
    _to_desk(incident, advice, "gone_past" if is_reporter else "passed_on", by=by)
    return advice


def accept(incident: Incident, *, by: Me) -> Advice:
    """It works (T2): resolved before the desk had it. A pupil's advice counts as solved once an
    adult has countersigned it."""
    check_reach(by, "incident.accept_advice", incident)
    turns.check_step(incident, "accept_advice")
    advice = advice_of(incident)
    if advice.state != "solved" or not advice.tried:
        raise Refused("No advice has been given yet. If it works again by itself, say that.")
    # Before the work ends, which marks whatever was not accepted as gone past.
    advice.ended_at = turns.instant_for(incident)
    _touch(advice)
    db.session.flush()
    end_work(incident, by, "advice_given", advice.tried, "incident.advice_accepted")
    return advice


def countersign(incident: Incident, *, by: Me) -> Advice:
    """An adult of the desk has looked at what a pupil advised."""
    check_reach(by, "incident.countersign", incident)
    advice = advice_of(incident)
    if not advice.is_pupil or advice.state != "solved":
        raise Refused("Only advice that a pupil gave is countersigned.")
    if advice.countersigned_at is not None:
        raise Refused(f"{advice.countersigned_by} has countersigned it already.")
    if advice.advisor_id in by.membership_ids:
        raise NotAllowed("Somebody else countersigns what you advised.")
    at = turns.instant_for(incident)
    advice.countersigned_by, advice.countersigned_at = by.name, at
    _touch(advice)
    noted(incident, "incident.countersigned", at, by=by, visibility="internal")
    return advice


def time_is_up(incident_id: int) -> None:
    """Nobody has solved it in time: the desk has it now. Twice does nothing more."""
    wanted = select(Incident).where(Incident.id == incident_id).with_for_update()
    incident = db.session.scalar(wanted)
    if incident is None or incident.status != Status.ADVICE:
        return
    advice = advice_of(incident)
    if advice.until_at <= clock.now():
        _to_desk(incident, advice, "timed_out", by=None)


def is_not_for_them(incident: Incident, *, by: Me) -> None:
    """It was marked sensitive: the desk has it at once."""
    if incident.status == Status.ADVICE:
        _to_desk(incident, advice_of(incident), "passed_on", by=by)


def _to_help(incident: Incident, by: Me) -> Advice:
    check_reach(by, "incident.advise", incident)
    turns.check_step(incident, "advise")
    if incident.reporter_id in by.membership_ids:
        raise Refused("You reported this one yourself. Another advisor helps with it.")
    advice = advice_of(incident)
    if advice.advisor_id not in (None, *by.membership_ids):
        raise Refused(f"{advice.advisor_name} is helping with it already.")
    return advice


def _is_taken_by(advice: Advice, by: Me, is_pupil: bool, at: datetime) -> None:
    advice.state, advice.taken_at = "taken", at
    advice.advisor_id, advice.advisor_name = by.membership_for("incident.advise"), by.name
    advice.is_pupil = is_pupil
    _touch(advice)


def _tick(incident: Incident, checks: Sequence[Mapping[str, Any]], by: Me, at: datetime) -> None:
    """Known-safe ones only; they stand on the diagnostics sheet, so that nobody asks again."""
    safe = {(one["checklist"], one["position"]): one["text"] for one in safe_checks(incident)}
    for check in checks:
        text = safe.get((check["checklist"], check["position"]))
        if text is None:
            raise wrong("checks", "This is not a check that advisors do.")
        db.session.add(
            DiagnosticCheck(
                incident_id=incident.id,
                at=at,
                by=by.name,
                check=text,
                outcome="Done",
                checklist_key=check["checklist"],
                position=check["position"],
            )
        )


def safe_checks(incident: Incident) -> list[dict[str, Any]]:
    """What an advisor may try with this kind of thing: the lines marked as safe."""
    return [
        {"checklist": one.key, "position": place, "text": item["text"]}
        for one in checklists.offered(incident.category)
        if one.category in (None, incident.category)
        for place, item in enumerate(one.items, start=1)
        if item.get("is_safe")
    ]


def _to_desk(incident: Incident, advice: Advice, state: str, *, by: Me | None) -> None:
    at = turns.instant_for(incident)
    advice.state, advice.ended_at = state, at
    _touch(advice)
    turns.move(incident, Status.NEW, at)
    clocks.start(incident, Kind.OLA, at)
    clocks.wind(incident, clocks.clocks_of(incident), at)
    noted(
        incident,
        "incident.passed_on",
        at,
        by=by,
        before=Status.ADVICE,
        after=incident.status,
        note=advice.tried,
    )


def _time_is_up_at(at: datetime, minutes: int) -> datetime:
    """In minutes in which the school is open; where no hours are known, in minutes."""
    try:
        agreement = agreement_in_force(Kind.OLA, day_of(at))
        return add_open_time(agreement.school_hours or agreement.calendar, at, minutes * 60)
    except (LookupError, NeverOpen):
        return at + timedelta(minutes=minutes)


def _touch(advice: Advice) -> None:
    advice.version += 1
