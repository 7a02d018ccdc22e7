"""A few days of incidents in the demo, made by the product's own actions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update

from app import clock
from app.demo.advisors import let_help
from app.incidents import actions, clocks, escalation, triage, work
from app.incidents.models import Incident
from app.later import Outbox
from app.people.groups import la_groups
from app.people.identity import Belonging, Me, SchoolName
from app.people.models import LaMembership, Membership
from app.permissions import Role
from tenants import School, acting_in, current_school_id, db

# fmt: off
# hours ago, type, title, expected, happened, room, category, impact, urgency, how far it got
STORIES: tuple[tuple[int, str, str, str, str, str, str, int, int, str], ...] = (
    (120, "incident", "Projector shows no picture", "The lesson on the board", "A blue screen that says no signal", "ict-suite", "display", 2, 1, "closed"),
    (96,  "incident", "Wi-Fi drops in the hall", "Tablets stay connected in assembly", "All tablets lost the network after five minutes", "hall", "network", 2, 2, "resolved"),
    (73,  "incident", "Printer prints blank pages", "The worksheet comes out", "The power light was on but a blank page came out", "office", "print", 2, 2, "on_hold"),
    (50,  "request",  "New account for a supply teacher", "", "", "office", "account", 3, 2, "in_progress"),
    (30,  "incident", "Register will not save", "The afternoon register saves", "An error box, then everything was gone", "office", "software", 1, 2, "in_progress"),
    (26,  "incident", "Whiteboard pen does not write", "The pen draws where it touches", "It draws a hand’s width to the left", "classroom", "display", 2, 2, "forwarded"),
    (20,  "incident", "Server room is very hot", "The fan runs", "The fan stands still and it smells warm", "server-room", "hardware", 1, 1, "forwarded"),
    (6,   "incident", "Laptop battery lasts ten minutes", "It lasts a lesson", "It goes off after ten minutes", "sen-room", "hardware", 3, 2, "queued"),
    (3,   "incident", "Website for phonics is blocked", "The phonics games open", "The filter says the page is not allowed", "classroom", "network", 2, 2, "queued"),
    (2,   "request",  "Two more headsets for the library", "", "", "library", "hardware", 3, 3, "new"),
    (1,   "incident", "Sound crackles in the library", "Clear sound from the speakers", "It crackles and stops", "library", "display", 2, 2, "new"),
)
# fmt: on
# What a Tech Advisor finds waiting.
FOR_AN_ADVISOR: dict[str, Any] = {
    "type": "incident",
    "title": "Tablet will not print",
    "expected": "The printer in the corridor is in the list",
    "happened": "The list is empty",
    "location": "classroom",
    "category": "print",
    "advice": True,
}
# How far a story goes, in order; each stage does all before it.
_STAGES = ("new", "queued", "forwarded", "in_progress", "on_hold", "resolved", "closed")


def load_stories(school: School) -> int:
    """Only into a school without incidents; returns how many it has then."""
    with acting_in(school.id):
        have = db.session.scalar(select(func.count()).select_from(Incident)) or 0
        if have:
            return have
        cast = cast_of(school)
        began = clock.now()
        for story in STORIES:
            _tell(story, cast, began)
        let_help(cast["spoc"])
        actions.log_incident(by=cast["reporter"], **FOR_AN_ADVISOR)
        _catch_up(began)
        db.session.commit()
        return len(STORIES) + 1


def _tell(story: tuple[Any, ...], cast: dict[str, Me], began: datetime) -> None:
    hours, kind, title, expected, happened, room, category, impact, urgency, stage = story
    reached = _STAGES.index(stage)
    start = began - timedelta(hours=hours)
    with _clock_at(start):
        incident = actions.log_incident(
            by=cast["reporter"],
            type=kind,
            title=title,
            expected=expected or None,
            happened=happened or None,
            location=room,
        )
    step = timedelta(hours=hours) / (len(_STAGES) + 1)
    for number in range(1, reached + 1):
        with _clock_at(start + step * number):
            _DO[_STAGES[number]](incident, cast, (impact, urgency, category))


def _check(incident: Incident, cast: dict[str, Me], said: tuple[int, int, str]) -> None:
    impact, urgency, category = said
    triage.check(incident, by=cast["spoc"], impact=impact, urgency=urgency, category=category)


def _forward(incident: Incident, cast: dict[str, Me], said: tuple[int, int, str]) -> None:
    tried = "Switched it off and on, tried another cable and another user."
    escalation.escalate(incident, by=cast["spoc"], to="first_line", note=tried)


def _take(incident: Incident, cast: dict[str, Me], said: tuple[int, int, str]) -> None:
    work.take(incident, by=cast["la_first_line"])
    actions.note(incident, by=cast["la_first_line"], text="I am looking at it now.")


def _hold(incident: Incident, cast: dict[str, Me], said: tuple[int, int, str]) -> None:
    work.hold(incident, by=cast["la_first_line"], reason="awaiting_parts")


def _resolve(incident: Incident, cast: dict[str, Me], said: tuple[int, int, str]) -> None:
    work.resume(incident, by=cast["la_first_line"])
    work.resolve(
        incident, by=cast["la_first_line"], type="permanent_fix", text="Part replaced and tested."
    )


def _close(incident: Incident, cast: dict[str, Me], said: tuple[int, int, str]) -> None:
    work.close(incident, by=cast["spoc"])


_DO = {
    "queued": _check,
    "forwarded": _forward,
    "in_progress": _take,
    "on_hold": _hold,
    "resolved": _resolve,
    "closed": _close,
}


def _catch_up(now: datetime) -> None:
    """What the worker would have done in those days: decide the clocks that ran out."""
    for incident_id in db.session.scalars(select(Incident.id)).all():
        clocks.decide_overdue(incident_id)
    db.session.execute(
        update(Outbox)
        .where(Outbox.school_id == current_school_id(), Outbox.next_try_at <= now)
        .values(done_at=now)
    )


@contextmanager
def _clock_at(instant: datetime) -> Iterator[None]:
    """The product reads one clock; the demo's past is made by setting it."""
    real = clock.now
    clock.now = lambda: instant
    try:
        yield
    finally:
        clock.now = real


def cast_of(school: School, *roles: str) -> dict[str, Me]:
    """Somebody of each of these roles; without any: reporter, SPOC and the LA's first line."""
    here = SchoolName(school.id, school.slug, school.code, school.name, school.status)
    cast = {}
    for role in roles or ("reporter", "spoc"):
        row = db.session.execute(
            select(Membership.id, Membership.name, Membership.person_id)
            .where(Membership.role == role)
            .order_by(Membership.id)
        ).first()
        assert row is not None
        belonging = Belonging(row.id, Role(role), row.name, school.id)
        cast[role] = Me(row.person_id, "", row.name, (belonging,), (here,)).standing_in(here)
    if roles:
        return cast
    row = db.session.execute(
        select(LaMembership.id, LaMembership.name, LaMembership.person_id)
        .where(LaMembership.role == "la_first_line")
        .order_by(LaMembership.id)
    ).first()
    assert row is not None
    groups = frozenset(one.la_group_id for one in la_groups() if one.line == 1 and one.la_group_id)
    at_la = Belonging(row.id, Role.LA_FIRST_LINE, row.name, None, groups)
    cast["la_first_line"] = Me(row.person_id, "", row.name, (at_la,), ()).standing_in(here)
    return cast
