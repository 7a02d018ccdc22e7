"""The cast (style.md): the same few people in every test.

Rita and Ravi report and Sam is SPOC at St Mary's; Olga is SPOC at Oakfield and must never see
St Mary's; Tariq is LA first line, Sasha second line, Mo the LA manager, Ada the LA administrator.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, timedelta

from sqlalchemy import select

from app import clock
from app.later import uuid7
from app.locations.actions import add_presets
from app.people.front_door import fingerprint
from app.people.models import (
    ApiToken,
    LaMembership,
    LaSupportGroup,
    LaSupportGroupMember,
    Membership,
    Person,
    SupportGroup,
    SupportGroupMember,
)
from app.start import load_basics
from tenants import School, SchoolIdentifier, acting_in, administering, at_the_front_door, db

PASSWORD = "correct horse battery staple"
BEGAN = date(2021, 1, 1)


@dataclass(frozen=True)
class Player:
    email: str
    name: str
    role: str
    school: str | None

    @property
    def token(self) -> str:
        """An API token of theirs; only its hash is in the table."""
        return f"deskbell_test_{self.email}"


@dataclass(frozen=True)
class Cast:
    # fmt: off
    rita:  Player = Player("rita@st-marys.example",  "Rita Reporter",  "reporter",           "st-marys")
    ravi:  Player = Player("ravi@st-marys.example",  "Ravi Reporter",  "reporter",           "st-marys")
    sam:   Player = Player("sam@st-marys.example",   "Sam Spoc",       "spoc",               "st-marys")
    dora:  Player = Player("dora@st-marys.example",  "Dora Owner",     "service_desk_owner", "st-marys")
    ike:   Player = Player("ike@st-marys.example",   "Ike Ictowner",   "ict_owner",          "st-marys")
    theo:  Player = Player("theo@st-marys.example",  "Theo Technician", "technician",        "st-marys")
    pip:   Player = Player("pip@st-marys.example",   "Pip Advisor",    "tech_advisor",       "st-marys")
    sue:   Player = Player("sue@supplier.example",   "Sue Supplier",   "supplier",           "st-marys")
    olga:  Player = Player("olga@oakfield.example",  "Olga Spoc",      "spoc",               "oakfield")
    otto:  Player = Player("otto@oakfield.example",  "Otto Reporter",  "reporter",           "oakfield")
    tariq: Player = Player("tariq@la.example",       "Tariq Firstline", "la_first_line",     None)
    sasha: Player = Player("sasha@la.example",       "Sasha Secondline", "la_second_line",   None)
    mo:    Player = Player("mo@la.example",          "Mo Manager",     "la_manager",         None)
    ada:   Player = Player("ada@la.example",         "Ada Admin",      "la_admin",           None)
    # fmt: on
    password: str = PASSWORD

    @property
    def everybody(self) -> list[Player]:
        found = (getattr(self, one.name) for one in fields(self))
        return [one for one in found if isinstance(one, Player)]


CAST = Cast()
SCHOOLS = (
    ("st-marys", "STM", "St Mary’s Primary School", 100001),
    ("oakfield", "OAK", "Oakfield Academy", 100002),
)
LA_GROUP = {"la_first_line": "la-first-line", "la_second_line": "la-second-line"}


def load_cast(password_hash: str) -> None:
    """Two schools, fourteen people, a token for each. Times come from the clock."""
    load_basics("Test Authority", 881)
    ids = _load_schools()
    with administering("the cast of the tests"):
        groups = {
            key: number
            for key, number in db.session.execute(select(LaSupportGroup.key, LaSupportGroup.id))
        }
        for player in CAST.everybody:
            _load_player(player, password_hash, ids, groups)
        db.session.commit()
    with at_the_front_door():
        people = {
            email: number for email, number in db.session.execute(select(Person.email, Person.id))
        }
        db.session.add_all(_token(player, people[player.email]) for player in CAST.everybody)
        db.session.commit()
    with acting_in(ids["st-marys"]):
        _load_technicians()
        db.session.commit()


def _load_schools() -> dict[str, int]:
    ids = {}
    for slug, code, name, urn in SCHOOLS:
        with administering("the schools of the tests"):
            school = School(slug=slug, code=code, name=name, status="active", phase="Primary")
            db.session.add(school)
            db.session.flush()
            ids[slug] = school.id
            db.session.add(
                SchoolIdentifier(school_id=school.id, urn=urn, la_code=881, valid_from=BEGAN)
            )
            db.session.commit()
        with acting_in(ids[slug]):
            add_presets()
            db.session.commit()
    return ids


def _load_player(
    player: Player, password_hash: str, ids: dict[str, int], groups: dict[str, int]
) -> None:
    kind = "la_staff" if player.school is None else "staff"
    person = Person(email=player.email, name=player.name, kind=kind, password_hash=password_hash)
    db.session.add(person)
    db.session.flush()
    if player.school is None:
        membership = LaMembership(
            person_id=person.id, name=player.name, role=player.role, valid_from=BEGAN
        )
        db.session.add(membership)
        db.session.flush()
        if group := LA_GROUP.get(player.role):
            db.session.add(
                LaSupportGroupMember(group_id=groups[group], membership_id=membership.id)
            )
    else:
        db.session.add(
            Membership(
                school_id=ids[player.school],
                person_id=person.id,
                name=player.name,
                role=player.role,
                valid_from=BEGAN,
            )
        )


def _token(player: Player, person_id: int) -> ApiToken:
    now = clock.now()
    return ApiToken(
        id=uuid7(),
        token_hash=fingerprint(player.token),
        person_id=person_id,
        name="test",
        created_at=now,
        expires_at=now + timedelta(days=3650),
    )


def _load_technicians() -> None:
    group = SupportGroup(key="technicians", name="School technicians", line=1)
    db.session.add(group)
    db.session.flush()
    theo = db.session.scalars(select(Membership.id).where(Membership.role == "technician")).one()
    db.session.add(
        SupportGroupMember(school_id=group.school_id, group_id=group.id, membership_id=theo)
    )
