"""The invented people of a school that is only played: they have no password and no mail."""

from __future__ import annotations

from sqlalchemy import select

from app import clock
from app.demo.years.scene import Cast
from app.people.groups import la_groups
from app.people.identity import Belonging, Me, SchoolName
from app.people.models import LaMembership, Membership, Person
from app.permissions import Role
from tenants import acting_in, administering, db

# fmt: off
FIRST = ("Ama", "Ben", "Cara", "Dev", "Elin", "Farah", "Greg", "Hana", "Ian", "Jo", "Kit", "Lena")
LAST = ("Abbott", "Bright", "Chowdhury", "Dale", "Evans", "Frost", "Gale", "Hughes", "Iqbal", "Jarvis")
ROLES = (  # role, job role, how many
    ("reporter", "Class teacher", 6),
    ("spoc", "School secretary", 1),
    ("ict_owner", "Headteacher", 1),
    ("tech_advisor", "Pupil", 1),
)
# fmt: on
DOMAIN = "played.example"


def cast_of(here: SchoolName) -> Cast:
    """Everybody who acts in a school, made where they are missing."""
    _make_missing(here)
    with acting_in(here.id):
        wanted = select(Membership).where(Membership.deputy_for_id.is_(None))
        rows = list(db.session.scalars(wanted.order_by(Membership.id)))
        of_school = {role: [_me(row, here) for row in rows if row.role == role] for role in Role}
        at_la = {
            role: _at_la(role, line, here)
            for role, line in (
                (Role.LA_FIRST_LINE, 1),
                (Role.LA_SECOND_LINE, 2),
                (Role.LA_MANAGER, None),
            )
        }
    return Cast(
        reporters=tuple(of_school[Role.REPORTER]),
        spoc=of_school[Role.SPOC][0],
        ict_owner=of_school[Role.ICT_OWNER][0],
        first_line=at_la[Role.LA_FIRST_LINE],
        second_line=at_la[Role.LA_SECOND_LINE],
        manager=at_la[Role.LA_MANAGER][0],
        advisor=next(iter(of_school[Role.TECH_ADVISOR]), None),
    )


def _make_missing(school: SchoolName) -> None:
    with administering("the people of a played school", school.id):
        have = set(db.session.scalars(select(Membership.role)))
        place = 0
        for role, job_role, how_many in ROLES:
            for _ in range(0 if role in have else how_many):
                name = f"{FIRST[(place * 5 + school.id) % 12]} {LAST[(place * 3 + school.id) % 10]}"
                place += 1
                kind = "pupil" if role == "tech_advisor" else "staff"
                email = f"{role}{place}.{school.code.lower()}@{DOMAIN}"
                person = Person(email=email, name=name, kind=kind)
                db.session.add(person)
                db.session.flush()
                db.session.add(
                    Membership(
                        person_id=person.id,
                        name=name,
                        role=role,
                        job_role=job_role,
                        valid_from=clock.today(),
                    )
                )
        db.session.commit()


def _me(row: Membership, here: SchoolName) -> Me:
    belonging = Belonging(row.id, Role(row.role), row.name, here.id)
    return Me(row.person_id, "", row.name, (belonging,), (here,)).standing_in(here)


def _at_la(role: Role, line: int | None, here: SchoolName) -> tuple[Me, ...]:
    groups = frozenset(one.la_group_id for one in la_groups() if one.line == line)
    rows = db.session.execute(
        select(LaMembership.id, LaMembership.name, LaMembership.person_id)
        .where(LaMembership.role == role.value)
        .order_by(LaMembership.id)
    )
    of_line = frozenset(number for number in groups if number is not None)
    return tuple(
        Me(
            row.person_id, "", row.name, (Belonging(row.id, role, row.name, None, of_line),), ()
        ).standing_in(here)
        for row in rows
    )
