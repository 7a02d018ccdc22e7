"""The demo's invented people: every role of the matrix at two schools, and the LA's office."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlalchemy import select

from app.demo.accounts import read_accounts, write_accounts
from app.people.models import (
    LaMembership,
    LaSupportGroup,
    LaSupportGroupMember,
    Membership,
    Person,
    SupportGroup,
    SupportGroupMember,
)
from app.people.passwords import make_hash
from tenants import School, acting_in, administering, db

# fmt: off
# name shown, role, e-mail's first part, job role
OF_A_SCHOOL = (
    (("Rosa Finch", "Imran Shah"),        "reporter",           "teacher",    "Class teacher"),
    (("Asha Patel", "Noah Briggs"),       "tech_advisor",       "advisor",    "Pupil"),
    (("Sandra Marsh", "Olive Tanner"),    "spoc",               "office",     "School secretary"),
    (("Dilys Hart", "Peter Quayle"),      "service_desk_owner", "desk",       "Business manager"),
    (("Ivor Bell", "Grace Oduya"),        "ict_owner",          "head",       "Headteacher"),
    (("Tom Reed", "Lena Kowalski"),       "technician",         "technician", "ICT technician"),
    (("Sue Pratt", "Karl Jensen"),        "supplier",           "supplier",   "Supplier’s engineer"),
)
OF_THE_LA = (
    ("Tariq Hussain",   "la_first_line",  "first.line",    "la-first-line"),
    ("Bea Okafor",      "la_first_line",  "first.line.2",  "la-first-line"),
    ("Sasha Lindqvist", "la_second_line", "second.line",   "la-second-line"),
    ("Mo Carter",       "la_manager",     "manager",       None),
    ("Ada Wren",        "la_admin",       "administrator", None),
)
_KINDS = {"tech_advisor": "pupil", "supplier": "supplier"}
# fmt: on
LA_DOMAIN = "la.example"


@dataclass(frozen=True)
class DemoSchool:
    urn: int
    domain: str
    pupils: int


# Real schools of Essex; pupil numbers are invented and marked so. The third has only a SPOC,
# the second school's own, so that somebody belongs to two schools.
SCHOOLS = (
    DemoSchool(114706, "hamilton.example", 420),
    DemoSchool(114707, "lexden.example", 240),
    DemoSchool(114704, "st-georges.example", 350),
)


def load_people(schools: list[School]) -> int:
    """Make whoever is missing, with a new random password each; returns how many there are."""
    known = {one["email"]: one for one in read_accounts()}
    accounts = []
    for place, school in enumerate(schools[:2]):
        for names, role, first, job_role in OF_A_SCHOOL:
            email = f"{first}@{SCHOOLS[place].domain}"
            accounts.append(account_for(known, role, email, school.slug))
            kind = _KINDS.get(role, "staff")
            person_id = person_for(email, names[place], accounts[-1]["password"], known, kind)
            _belongs(school, person_id, names[place], role, job_role)
    second_spoc = OF_A_SCHOOL[2]
    email = f"{second_spoc[2]}@{SCHOOLS[1].domain}"
    person_id = person_for(email, second_spoc[0][1], known_password(accounts, email), known)
    _belongs(schools[2], person_id, second_spoc[0][1], "spoc", second_spoc[3])
    for name, role, first, group in OF_THE_LA:
        email = f"{first}@{LA_DOMAIN}"
        accounts.append(account_for(known, role, email, None))
        person_id = person_for(email, name, accounts[-1]["password"], known, "la_staff")
        _at_la(person_id, name, role, group)
    for school in schools[:2]:
        _technicians(school)
    # Those of a played school are let in after these (shown.py).
    mine = {one["email"] for one in accounts}
    write_accounts([*accounts, *(one for one in known.values() if one["email"] not in mine)])
    return len(accounts)


def known_password(accounts: list[dict[str, str | None]], email: str) -> str:
    return next(str(one["password"]) for one in accounts if one["email"] == email)


def account_for(
    known: dict[str, dict[str, str | None]], role: str, email: str, slug: str | None
) -> dict[str, str | None]:
    password = str(known[email]["password"]) if email in known else _new_password()
    return {"role": role, "email": email, "password": password, "school": slug}


def _new_password() -> str:
    """Random at first run: nothing in the code opens a demo that somebody left running."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


def person_for(
    email: str,
    name: str,
    password: str | None,
    known: dict[str, dict[str, str | None]],
    kind: str = "staff",
) -> int:
    with administering("demo people"):
        person = db.session.scalar(select(Person).where(Person.email == email))
        if person is None:
            person = Person(email=email, name=name, kind=kind)
            db.session.add(person)
        if person.password_hash is None or email not in known:
            person.password_hash = make_hash(str(password))
        db.session.commit()
        return person.id


def _belongs(school: School, person_id: int, name: str, role: str, job_role: str) -> None:
    with administering("demo people", school.id):
        wanted = (Membership.person_id == person_id, Membership.role == role)
        if db.session.scalar(select(Membership.id).where(*wanted)) is None:
            db.session.add(Membership(person_id=person_id, name=name, role=role, job_role=job_role))
        db.session.commit()


def _at_la(person_id: int, name: str, role: str, group: str | None) -> None:
    with administering("demo people"):
        if db.session.scalar(select(LaMembership.id).where(LaMembership.person_id == person_id)):
            return
        membership = LaMembership(person_id=person_id, name=name, role=role)
        db.session.add(membership)
        db.session.flush()
        if group is not None:
            group_id = db.session.scalars(
                select(LaSupportGroup.id).where(LaSupportGroup.key == group)
            ).one()
            db.session.add(LaSupportGroupMember(group_id=group_id, membership_id=membership.id))
        db.session.commit()


def _technicians(school: School) -> None:
    with acting_in(school.id):
        if db.session.scalar(select(SupportGroup.id).where(SupportGroup.key == "technicians")):
            return
        group = SupportGroup(key="technicians", name="School technicians", line=1)
        db.session.add(group)
        db.session.flush()
        for number in db.session.scalars(
            select(Membership.id).where(Membership.role == "technician")
        ):
            db.session.add(
                SupportGroupMember(school_id=school.id, group_id=group.id, membership_id=number)
            )
        db.session.commit()
