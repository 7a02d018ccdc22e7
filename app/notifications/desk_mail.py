"""Letters about a school's desk: somebody else is in charge, nobody covers it.

Each is written from its event when it goes out. They cannot be switched off: few and short, they
say whom to call.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select

from app import clock
from app.calendar_days import Span
from app.history.actions import record
from app.history.models import Event
from app.later import later_each_at, row_being_done
from app.notifications.letters import Letter
from app.notifications.models import MailTrouble
from app.notifications.post import absolute, post
from app.notifications.quiet import quiet_here
from app.people.groups import la_groups_here, school_groups
from app.people.models import LaMembership, LaSupportGroupMember, Membership, Person
from app.reachability import rules, spoc_changes
from app.reachability.queries import SPOC_CHANGED, desk_here
from app.reachability.spoc_changes import Told
from tenants import School, at_the_front_door, current_school_id, db

UNCOVERED = "school.uncovered"
_SEND = "send_desk_mail"
_DESK_OWNERS = ("service_desk_owner", "ict_owner")


# --- somebody else is in charge (R27) ---


def tell_of_spocs(before: list[list[Any]]) -> None:
    told = spoc_changes.settle(before)
    if told is not None:
        _tell_everybody(told)


def notice_spocs(now: datetime) -> None:
    """Every day, in the school acted in."""
    told = spoc_changes.notice(now)
    if told is not None:
        _tell_everybody(told)


def _tell_everybody(told: Told) -> None:
    """The school's people, the LA's groups that serve it, and the school's suppliers."""
    now, quiet = clock.now(), quiet_here()
    school_at, la_at = quiet.at_school(now), quiet.at_la(now)
    members = _members()
    at_la = _people_of_groups() - members
    mails = [(school_at, {"person_id": number}) for number in sorted(members)]
    mails += [(la_at, {"person_id": number}) for number in sorted(at_la)]
    mails += [
        (la_at, {"group_id": one.school_group_id})
        for one in school_groups()
        if one.is_supplier and one.email and one.school_group_id
    ]
    _later(told, mails)


def _members() -> set[int]:
    """But pupils: they go to their teacher."""
    today = clock.today()
    found = db.session.scalars(
        select(Membership.person_id)
        .where(
            Membership.school_id == current_school_id(),
            Membership.role != "tech_advisor",
            Membership.valid_from <= today,
            or_(Membership.valid_to.is_(None), Membership.valid_to >= today),
        )
        .distinct()
    )
    return set(found)


def _people_of_groups() -> set[int]:
    today = clock.today()
    groups = [one.la_group_id for one in la_groups_here() if not one.is_supplier]
    found = db.session.scalars(
        select(LaMembership.person_id)
        .join(LaSupportGroupMember, LaSupportGroupMember.membership_id == LaMembership.id)
        .where(
            LaSupportGroupMember.group_id.in_(groups),
            LaMembership.valid_from <= today,
            or_(LaMembership.valid_to.is_(None), LaMembership.valid_to >= today),
        )
        .distinct()
    )
    return set(found)


# --- nobody covers (R77) ---


def warn_uncovered(now: datetime) -> None:
    """In the school acted in: once for each day on which nobody covers the desk."""
    rota = desk_here(is_fresh=True).rota
    days = rules.uncovered_days(rota, now)
    if not days:
        return
    told = _days_told(now)
    news = [(day, spans) for day, spans in days if day.isoformat() not in told]
    if not news:
        return
    event_id = record(
        UNCOVERED,
        subject_kind="school",
        subject_id=current_school_id(),
        at=now,
        by=None,
        to_value="; ".join(_said_day(day, spans) for day, spans in news),
        details={"days": [day.isoformat() for day, _ in news]},
        visibility="internal",
        is_id_wanted=True,
    )
    assert event_id is not None
    at = quiet_here().at_school(now)
    _later(Told(now, event_id), [(at, {"person_id": one}) for one in _desk_owners()])


def _days_told(now: datetime) -> set[str]:
    found = db.session.scalars(
        select(Event.details).where(
            Event.school_id == current_school_id(),
            Event.subject_kind == "school",
            Event.subject_id == current_school_id(),
            Event.kind == UNCOVERED,
            Event.at > now - rules.LOOK_AHEAD - timedelta(days=7),
        )
    )
    return {day for details in found for day in (details or {}).get("days", ())}


def _desk_owners() -> list[int]:
    """The service desk owner; where there is none, the ICT owner."""
    today = clock.today()
    rows = db.session.execute(
        select(Membership.role, Membership.person_id)
        .where(
            Membership.school_id == current_school_id(),
            Membership.role.in_(_DESK_OWNERS),
            Membership.valid_from <= today,
            or_(Membership.valid_to.is_(None), Membership.valid_to >= today),
        )
        .order_by(Membership.person_id)
    ).all()
    for role in _DESK_OWNERS:
        if found := sorted({row.person_id for row in rows if row.role == role}):
            return found
    return []


def _said_day(day: date, spans: Sequence[Span]) -> str:
    times = ", ".join(f"{_hour(began)} to {_hour(ended)}" for began, ended in spans)
    return f"{day:%A} {day.day} {day:%B}: {times}"


def _hour(at: datetime) -> str:
    return f"{at.astimezone(clock.LONDON):%H:%M}"


# --- one letter ---


def _later(told: Told, mails: Iterable[tuple[datetime, dict[str, Any]]]) -> None:
    key = {"event_at": told.at.isoformat(), "event_id": told.id}
    later_each_at(_SEND, [(at, {**to, **key}) for at, to in mails])


def send_desk_mail(event_at: str, event_id: int, **to: int) -> None:
    event = db.session.execute(
        select(Event.kind, Event.from_value, Event.to_value).where(
            Event.school_id == current_school_id(),
            Event.at == datetime.fromisoformat(event_at),
            Event.id == event_id,
        )
    ).first()
    receiver = _of_group(to["group_id"]) if "group_id" in to else _of_person(to["person_id"])
    if event is None or receiver is None:
        return
    school = db.session.execute(
        select(School.name, School.slug).where(School.id == current_school_id())
    ).one()
    post(_letter(event, school, *receiver), message_id=row_being_done.get())


def _letter(event: Any, school: Any, email: str, name: str) -> Letter:
    said = _SAID[event.kind]
    words = {"school": school.name, "before": event.from_value, "after": event.to_value}
    page = absolute(f"/{school.slug}/reachability")
    return Letter(
        to=email,
        to_name=name,
        subject=said[0].format(**words),
        paragraphs=tuple(one.format(**words) for one in said[1:]),
        button=("When the desk can be reached", page),
        small_print=(f"You get this from the ICT service desk of {school.name}.",),
    )


_SAID = {
    SPOC_CHANGED: (
        "{school}: your ICT contact is now {after}",
        "The single point of contact of {school} for everything about ICT is now {after}.",
        "Until now it was {before}.",
        "Report problems and ask for things as before; this is who answers.",
    ),
    UNCOVERED: (
        "{school}: nobody covers the ICT desk",
        "At these times nobody of the desk of {school} can be reached, though somebody should:",
        "{after}.",
        "Write down who stands in, or change when the desk can be reached. The local authority "
        "sees this as well.",
    ),
}


def _of_person(person_id: int) -> tuple[str, str] | None:
    """Whose account is active, who is no pupil, and whom mail reaches."""
    with at_the_front_door():
        row = db.session.execute(
            select(Person.email, Person.name).where(
                Person.id == person_id, Person.is_active.is_(True), Person.kind != "pupil"
            )
        ).first()
    if row is None or _is_troubled(row.email):
        return None
    shown = db.session.scalar(
        select(func.max(Membership.name)).where(
            Membership.school_id == current_school_id(), Membership.person_id == person_id
        )
    )
    return row.email, shown or row.name


def _of_group(group_id: int) -> tuple[str, str] | None:
    found = (one for one in school_groups() if one.school_group_id == group_id)
    group = next(found, None)
    if group is None or not group.email or _is_troubled(group.email.lower()):
        return None
    return group.email, group.name


def _is_troubled(email: str) -> bool:
    found = select(MailTrouble.address).where(
        MailTrouble.school_id == current_school_id(), MailTrouble.address == email
    )
    return db.session.scalar(found) is not None
