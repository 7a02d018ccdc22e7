"""People: each is asked in by an invitation, unless they belong here already."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import or_, select

from app import clock
from app.imports.readers.base import Batch, Field, Line
from app.imports.readers.by_action import ByAction
from app.imports.values import email, one_of, words
from app.people.account_schemas import NewInvitation
from app.people.invitations import invite
from app.people.invited import Invitation
from app.people.models import Membership, Person
from app.people.rules import ROLE_NAMES, ROLES_AT_SCHOOL
from tenants import at_the_front_door, current_school_id, db

_ROLES = {str(role): ROLE_NAMES[role] for role in ROLES_AT_SCHOOL}
# fmt: off
_ROLE_WORDS = {
    "teacher": "reporter", "staff": "reporter", "user": "reporter", "teaching assistant":
    "reporter", "ta": "reporter", "office": "reporter", "admin": "reporter", "head": "reporter",
    "headteacher": "reporter", "governor": "reporter", "caretaker": "reporter",
    "pupil": "tech_advisor", "advisor": "tech_advisor", "digital leader": "tech_advisor",
    "spoc": "spoc", "single point of contact": "spoc", "deputy spoc": "spoc",
    "technician": "technician", "ict technician": "technician", "owner": "service_desk_owner",
    "ict lead": "ict_owner", "ict co-ordinator": "ict_owner",
}
# fmt: on


class People(ByAction):
    register, permission, shape = "people", "school.invite", NewInvitation
    key_names = ("email", "role")
    # fmt: off
    fields = (
        Field("email", "E-mail address", email,
              ("Email", "E-mail", "Mail", "Email address", "Work email", "School email",
               "Contact email", "Username"), is_required=True),
        Field("name", "Name", words(200),
              ("Full name", "Staff name", "Person", "Display name", "Staff member", "Employee"),
              is_required=True),
        Field("role", "Role at the desk", one_of(_ROLES, _ROLE_WORDS), ("Role", "Desk role")),
        Field("job_role", "What they do", words(100),
              ("Job", "Job title", "Job role", "Title", "Position", "Post")),
    )
    # fmt: on

    def keys(self, said: dict[str, Any]) -> list[tuple[str, ...]]:
        return [("email", said["email"], said.get("role", "reporter"))] if "email" in said else []

    def find(self, line: Line, batch: Batch) -> Any:
        """Whoever plays this part already, or was asked to."""
        role = line.said.get("role", "reporter")
        if (line.said.get("email"), role) in _there(line.said.get("email", "")):
            return line
        return None

    def means(self, line: Line, batch: Batch) -> dict[str, Any]:
        return {"role": "reporter", **line.said}

    def now(self, thing: Any, names: Iterable[str], batch: Batch) -> dict[str, Any]:
        """A name or a post that differs is changed on the page of people, or by themselves."""
        return {name: thing.row[name] for name in names}

    def add(self, said: dict[str, Any], batch: Batch) -> None:
        invite(by=batch.by, **said)


def _there(email: str) -> set[tuple[str, str]]:
    """The parts that this address plays here, or has been asked to. A school has no right on
    people: the front door is asked, about this school only."""
    school_id, now = current_school_id(), clock.now()
    asked = select(Invitation.email, Invitation.role).where(
        Invitation.school_id == school_id,
        Invitation.email == email,
        Invitation.withdrawn_at.is_(None),
        Invitation.accepted_at.is_(None),
        Invitation.expires_at > now,
    )
    found = {(row.email, row.role) for row in db.session.execute(asked)}
    with at_the_front_door():
        rows = db.session.execute(
            select(Person.email, Membership.role)
            .join(Membership, Membership.person_id == Person.id)
            .where(
                Membership.school_id == school_id,
                Person.email == email,
                or_(Membership.valid_to.is_(None), Membership.valid_to >= now.date()),
            )
        ).all()
    return found | {(row.email, row.role) for row in rows}
