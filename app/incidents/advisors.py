"""What Tech Advisors see, what they have helped with, and how much it spares the desk.

An advisor may be a pupil: of a sheet they see these fields and no other, and never who reported it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select, tuple_

from app.calendar_days import end_of_day
from app.incidents.advised import Advice
from app.incidents.models import Incident
from app.incidents.on_asset import tag_of
from app.incidents.queries import room_of, visible_to
from app.incidents.turns import reference
from app.locations.models import Location
from app.people.identity import Me, SchoolName
from app.shapes import instant
from tenants import db

# What is wrong, in the reporter's words; nothing about when or where to meet them.
SAFE_ANSWERS = (
    "title",
    "expected",
    "happened",
    "checked",
    "last_worked",
    "seen_before",
    "anything_else",
    "error_text",
    "reproducible",
    "category",
)


def offered_detail(incident: Incident, school: SchoolName) -> dict[str, Any]:
    """One sheet as an advisor sees it."""
    room = room_of(incident)
    return {
        "reference": reference(school.code, incident.number),
        "school": {"slug": school.slug, "code": school.code, "name": school.name},
        "number": incident.number,
        "type": incident.type,
        "status": incident.status,
        "location": ({"key": room.key, "name": room.name, "kind": room.kind} if room else None),
        "asset": tag_of(incident),
        **{name: getattr(incident, name) for name in SAFE_ANSWERS},
    }


def shown_advice(
    advice: Advice, incident: Incident, code: str, person: Me, checks: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    """How it stands with the advice, for whoever may see the incident."""
    return {
        "reference": reference(code, incident.number),
        "status": incident.status,
        "state": advice.state,
        "is_mine": advice.advisor_id in person.membership_ids,
        "advisor": advice.advisor_name,
        "tried": advice.tried,
        "began_at": instant(advice.began_at),
        "until_at": instant(advice.until_at),
        "ended_at": instant(advice.ended_at),
        "needs_countersignature": needs_countersignature(advice),
        "countersigned_by": advice.countersigned_by,
        "countersigned_at": instant(advice.countersigned_at),
        "checks": list(checks),
    }


def needs_countersignature(advice: Any) -> bool:
    is_solved = advice.is_pupil and advice.state == "solved"
    return is_solved and advice.countersigned_at is None


def offered_to(person: Me, *, after: Sequence[Any] | None, limit: int) -> Sequence[Any]:
    """What waits for an advisor or is being helped with, the oldest first."""
    wanted = (
        _rows(
            Advice.state,
            Advice.began_at,
            Advice.until_at,
            Advice.advisor_id,
            Advice.advisor_name,
            Location.name.label("room"),
        )
        .outerjoin(
            Location,
            and_(Location.school_id == Incident.school_id, Location.id == Incident.location_id),
        )
        .where(
            Incident.status == "advice",
            Incident.reporter_id.not_in(person.membership_ids),
            visible_to(person),
        )
    )
    if after is not None:
        place = datetime.fromisoformat(after[0]), after[1]
        wanted = wanted.where(tuple_(Advice.began_at, Advice.id) > place)
    return db.session.execute(wanted.order_by(Advice.began_at, Advice.id).limit(limit)).all()


def helped_by(person: Me, *, after: Sequence[Any] | None, limit: int) -> Sequence[Any]:
    """Their own record of help given, the newest first: what it was about, never whose it was."""
    wanted = _rows(
        Advice.state, Advice.taken_at, Advice.ended_at, Advice.tried, Advice.countersigned_at
    ).where(
        Advice.advisor_id.in_(person.membership_ids),
        Advice.taken_at.is_not(None),
        Incident.is_sensitive.is_(False),
    )
    if after is not None:
        place = datetime.fromisoformat(after[0]), after[1]
        wanted = wanted.where(tuple_(Advice.taken_at, Advice.id) < place)
    newest = (Advice.taken_at.desc(), Advice.id.desc())
    return db.session.execute(wanted.order_by(*newest).limit(limit)).all()


def to_countersign(person: Me, *, limit: int) -> Sequence[Any]:
    """What pupils solved and no adult has looked at yet, the oldest first."""
    wanted = _rows(Advice.tried, Advice.advisor_name, Advice.ended_at, Incident.status).where(
        Advice.is_pupil,
        Advice.state == "solved",
        Advice.countersigned_at.is_(None),
        visible_to(person),
    )
    return db.session.execute(wanted.order_by(Advice.began_at, Advice.id).limit(limit)).all()


def _rows(*columns: Any) -> Select[Any]:
    is_of = and_(Incident.school_id == Advice.school_id, Incident.id == Advice.incident_id)
    return select(
        Advice.id, Incident.number, Incident.title, Incident.category, *columns
    ).join_from(Advice, Incident, is_of)


def figures(day_from: date | None, day_to: date | None) -> dict[str, Any]:
    """How many sheets went to advisors in a period and what became of them; both days included.
    Deflection: solved of all that were asked. A pupil's counts when it is countersigned."""
    accepted = and_(Advice.state == "solved", Advice.ended_at.is_not(None))
    counts = and_(accepted, or_(Advice.is_pupil.is_(False), Advice.countersigned_at.is_not(None)))
    wanted = select(
        func.count().label("entered"),
        _how_many(counts).label("solved"),
        _how_many(and_(accepted, ~counts)).label("to_countersign"),
        _how_many(Advice.state == "passed_on").label("passed_on"),
        _how_many(Advice.state == "timed_out").label("timed_out"),
        _how_many(Advice.state == "gone_past").label("gone_past"),
        _how_many(Advice.ended_at.is_(None)).label("open"),
    ).select_from(Advice)
    if day_from is not None:
        wanted = wanted.where(Advice.began_at >= end_of_day(day_from - timedelta(days=1)))
    if day_to is not None:
        wanted = wanted.where(Advice.began_at < end_of_day(day_to))
    found = dict(db.session.execute(wanted).mappings().one())
    percent = round(100 * found["solved"] / found["entered"], 1) if found["entered"] else None
    return {**found, "deflection_percent": percent}


def _how_many(condition: Any) -> Any:
    return func.count(case((condition, 1)))
