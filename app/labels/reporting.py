"""A report by somebody who scanned a label and is not signed in.

Nobody has looked who that was: it goes to the SPOC as unverified, belongs to no account, and no
mail leaves for the address that was typed.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from app import clock
from app.contracts.rules import Kind
from app.errors import wrong
from app.incidents import assigning, clocks, rules, turns
from app.incidents.actions import check_school, save_new
from app.incidents.chronicle import noted
from app.incidents.models import Incident
from app.incidents.queries import keep_room
from app.labels.models import Label
from app.labels.queries import Opened, Thing, domain_of_school, room_of
from app.labels.rules import is_at
from app.people.identity import Me, SchoolName
from tenants import db

# Sent twice: a page without JavaScript, a phone that lost its network half way.
_SAME_WITHIN = timedelta(minutes=10)


def report(
    opened: Opened, thing: Thing, *, title: str, happened: str, name: str, email: str
) -> None:
    """What is wrong with it, into the desk's list. The same once more is harmless."""
    by = _stranger(opened, name)
    check_school(by)
    domain = domain_of_school()
    if domain is not None and not is_at(email, domain):
        raise wrong("email", f"Enter your school e-mail address. It ends in @{domain}.")
    at = clock.now()
    # One at a time for each label, so that a twin is seen.
    db.session.scalar(select(Label.id).where(Label.id == opened.label_id).with_for_update())
    if _was_sent(thing, title, happened, email, at):
        return
    room = room_of(thing)
    incident = Incident(
        type="incident",
        status=rules.Status.NEW,
        line=0,
        highest_line=0,
        priority_history=[],
        title=title,
        happened=happened,
        is_unverified=True,
        reporter_name=name,
        reporter_email=email,
        logged_by=by.name,
        logged_at=at,
        reported_at=at,
        updated_at=at,
        channel="web",
        location_id=room.id if room else None,
        asset_id=thing.asset.id if thing.asset else None,
    )
    keep_room(incident, room)
    turn = turns.begin(incident, at)
    started = clocks.start(incident, Kind.OLA, at)
    clocks.wind(incident, started, at)
    save_new(incident, turn, started)
    noted(incident, "incident.logged", at, by=by, after=incident.status, note=_note(thing))
    assigning.tell(incident, at)


def _stranger(opened: Opened, name: str) -> Me:
    """As history names them; they may nothing."""
    school = SchoolName(opened.school_id, opened.slug, opened.code, opened.school, opened.status)
    said = f"{name} (not signed in)"
    return Me(0, email="", own_name=said, belongings=(), schools=(school,), school=school)


def _note(thing: Thing) -> str:
    return f"Reported by scanning the label of {thing.name}, not signed in"


def _was_sent(thing: Thing, title: str, happened: str, email: str, at: datetime) -> bool:
    column = Incident.asset_id if thing.asset is not None else Incident.location_id
    whose = thing.asset or thing.room
    assert whose is not None
    twin = select(Incident.id).where(
        column == whose.id,
        Incident.is_unverified,
        Incident.title == title,
        Incident.happened == happened,
        Incident.reporter_email == email,
        Incident.logged_at > at - _SAME_WITHIN,
    )
    return db.session.scalar(twin.limit(1)) is not None
