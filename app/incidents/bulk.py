"""The same step for many incidents of many schools: each in its own school and its own savepoint.

What is refused does not stop the others; who asked hears which, and why.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError

from app.errors import DeskError, NotThere
from app.incidents import undo, work
from app.incidents.models import Incident
from app.incidents.queries import get_incident
from app.incidents.rules import Status
from app.incidents.turns import reference
from app.incidents.undo import Undone
from app.people.identity import Me, SchoolName
from tenants import School, acting_in, db

NOT_THERE = "It is not in the queue any more."
BUSY = "Somebody else is changing it at this moment. Try again."

MOST = 100
_PICK = re.compile(r"([a-z0-9][a-z0-9-]{0,99})/([1-9][0-9]{0,8})")
# PostgreSQL's words for "somebody else has it just now": lock timeout, deadlock, statement timeout.
_BUSY = frozenset({"55P03", "40P01", "57014"})

Step = Callable[[Incident, Me], None]


class Pick(NamedTuple):
    """An incident as a form names it; whether it is there is not known yet."""

    slug: str
    number: int

    @property
    def key(self) -> str:
        return f"{self.slug}/{self.number}"


class Refusal(NamedTuple):
    pick: Pick
    reference: str
    why: str


class Outcome(NamedTuple):
    done: list[str]
    refused: list[Refusal]
    # What can be taken back for ten seconds.
    undoable: Sequence[Undone] = ()


def picks(texts: Iterable[str]) -> list[Pick]:
    """What was ticked, each once, in one order for everybody, so that two people never deadlock."""
    found = {match.groups() for text in texts if (match := _PICK.fullmatch(text))}
    return sorted(Pick(slug, int(number)) for slug, number in found)[:MOST]


def take(wanted: Iterable[Pick], *, by: Me) -> Outcome:
    return _each(wanted, by, lambda incident, person: work.take(incident, by=person))


def assign(wanted: Iterable[Pick], *, by: Me, person: str | None, group: str | None) -> Outcome:
    def give(incident: Incident, giver: Me) -> None:
        # Sent twice, or theirs already: nothing happens and nothing is recorded.
        if person is not None and _has(incident, person):
            return
        work.assign(incident, by=giver, person=person, group=group)

    return _each(wanted, by, give)


def undo_giving(rows: Sequence[Undone], *, by: Me) -> Outcome:
    """Row by row: what somebody has gone on with since stays as it is."""
    versions = {(row.school_id, row.number): row.version for row in rows}
    slugs = {one.id: one.slug for one in _schools_where(School.id.in_({i for i, _ in versions}))}
    wanted = sorted(Pick(slugs[where], number) for where, number in versions if where in slugs)

    def take_back(incident: Incident, person: Me) -> None:
        undo.undo_giving(incident, versions[incident.school_id, incident.number], by=person)

    return _each(wanted, by, take_back)


def close(numbers: Iterable[int], *, by: Me) -> Outcome:
    """Of the school acted in: what the desk has told its reporters of."""
    assert by.school is not None
    wanted = [Pick(by.school.slug, number) for number in sorted(set(numbers))[:MOST]]
    return _each(wanted, by, lambda incident, person: work.close(incident, by=person))


def undo_closing(rows: Iterable[Undone], *, by: Me) -> Outcome:
    assert by.school is not None
    here = by.school
    wanted = sorted(Pick(here.slug, row.number) for row in rows if row.school_id == here.id)
    return _each(wanted, by, lambda incident, person: undo.undo_close(incident, by=person))


def _has(incident: Incident, name: str) -> bool:
    return incident.assignee_name == name and incident.status == Status.IN_PROGRESS


def _each(wanted: Iterable[Pick], by: Me, step: Step) -> Outcome:
    wanted = list(wanted)
    schools = _schools({pick.slug for pick in wanted})
    done: list[str] = []
    refused: list[Refusal] = []
    undoable: list[Undone] = []
    for pick in wanted:
        school = schools.get(pick.slug)
        name = reference(school.code, pick.number) if school else pick.key
        why = _one(pick, school, by, step, undoable)
        if why is None:
            done.append(name)
        else:
            refused.append(Refusal(pick, name, why))
    return Outcome(done, refused, undoable)


def _one(
    pick: Pick, school: SchoolName | None, by: Me, step: Step, undoable: list[Undone]
) -> str | None:
    """None when it is done, or one sentence."""
    if school is None:
        return NOT_THERE
    person = by.standing_in(school)
    try:
        with db.session.begin_nested(), acting_in(school.id):
            incident = get_incident(person, pick.number, to_change=True)
            before = incident.version
            step(incident, person)
            db.session.flush()
            if incident.version != before:
                undoable.append(Undone(school.id, pick.number, incident.version))
    except NotThere:
        return NOT_THERE
    except DeskError as error:
        return error.sentence
    except StaleDataError:
        return BUSY
    except OperationalError as error:
        if getattr(error.orig, "pgcode", None) not in _BUSY:
            raise
        return BUSY
    return None


def _schools(slugs: set[str]) -> dict[str, SchoolName]:
    return {one.slug: one for one in _schools_where(School.slug.in_(slugs))}


def _schools_where(which: ColumnElement[bool]) -> list[SchoolName]:
    rows = db.session.execute(
        select(School.id, School.slug, School.code, School.name, School.status).where(which)
    )
    return [SchoolName(*row) for row in rows]
