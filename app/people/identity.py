"""Who is asking: what the front door found out, carried through the request as plain values."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from app.permissions import Reach, Role, may, reach

WITHOUT_SECOND_FACTOR = frozenset({Role.REPORTER, Role.TECH_ADVISOR})


@dataclass(frozen=True)
class Belonging:
    """One membership in force: of a school, or of the LA (school_id None)."""

    membership_id: int
    role: Role
    name: str
    school_id: int | None
    group_ids: frozenset[int] = frozenset()


@dataclass(frozen=True)
class SchoolName:
    id: int
    slug: str
    code: str
    name: str
    status: str


@dataclass(frozen=True)
class Me:
    """The person, and the parts they play where they stand now."""

    # What Flask-Login asks of a user.
    is_authenticated: ClassVar[bool] = True
    is_active: ClassVar[bool] = True
    is_anonymous: ClassVar[bool] = False

    person_id: int
    email: str
    own_name: str
    belongings: tuple[Belonging, ...]
    schools: tuple[SchoolName, ...]
    session_id: UUID | None = None
    is_read_only: bool = False
    narrowed_to_school: int | None = None
    # What the person is anywhere, also where they chose to work as one of it only (`acting_as`).
    every_role: frozenset[Role] = frozenset()
    acting_as: Role | None = None
    second_factor_since: datetime | None = None
    second_factor_at: datetime | None = None
    keyboard_shortcuts: bool = True
    authority: str = ""  # the LA's name, which stands at the head of every page
    school: SchoolName | None = None
    here: tuple[Belonging, ...] = field(default=())

    def get_id(self) -> str:
        """For Flask-Login; nothing is ever looked up by it."""
        return str(self.session_id)

    @property
    def key(self) -> str:
        """An opaque word that keeps this person's drafts apart in a browser that others use too."""
        return hashlib.sha256(f"{self.person_id} {self.email}".encode()).hexdigest()[:16]

    def standing_in(self, school: SchoolName | None) -> Me:
        """The same person in one school: only what they are there, and what they are at the LA."""
        if self.narrowed_to_school not in (None, school.id if school else None):
            return replace(self, school=school, here=())
        here = tuple(
            one
            for one in self.belongings
            if one.school_id is None or (school is not None and one.school_id == school.id)
        )
        return replace(self, school=school, here=here)

    @property
    def name(self) -> str:
        """The name shown in this school, which may differ from the person's own record."""
        return next((one.name for one in self.here), self.own_name)

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(one.role for one in self.here)

    @property
    def all_roles(self) -> frozenset[Role]:
        """Wherever they belong; a token for one school counts for nothing outside it."""
        return frozenset(
            one.role for one in self.belongings if self.narrowed_to_school in (None, one.school_id)
        )

    @property
    def membership_ids(self) -> tuple[int, ...]:
        return tuple(one.membership_id for one in self.here if one.school_id is not None)

    @property
    def la_membership_ids(self) -> tuple[int, ...]:
        return tuple(one.membership_id for one in self.here if one.school_id is None)

    @property
    def group_ids(self) -> tuple[int, ...]:
        return tuple(g for one in self.here if one.school_id is not None for g in one.group_ids)

    @property
    def la_group_ids(self) -> tuple[int, ...]:
        return tuple(g for one in self.here if one.school_id is None for g in one.group_ids)

    @property
    def is_la_staff(self) -> bool:
        return self.narrowed_to_school is None and any(
            one.school_id is None for one in self.belongings
        )

    @property
    def is_from_outside(self) -> bool:
        """LA staff in a school where they hold no membership: their reading leaves a record."""
        return bool(self.la_membership_ids) and not self.membership_ids

    def owes_second_factor(self, *, is_required: bool) -> bool:
        """Whether this sign-in is only half done. `is_required`: of everybody but reporters and
        Tech Advisors, whether they have one yet or not."""
        if self.second_factor_at is not None:
            return False
        return self.second_factor_since is not None or bool(
            is_required and self.every_role - WITHOUT_SECOND_FACTOR
        )

    def membership_for(self, action: str) -> int | None:
        """The membership that speaks for them here: the first that may do this."""
        able = [
            one.membership_id
            for one in self.here
            if one.school_id is not None and may((one.role,), action)
        ]
        return able[0] if able else next(iter(self.membership_ids), None)

    def may(self, action: str) -> bool:
        return may(self.roles, action)

    def reach(self, action: str) -> frozenset[Reach]:
        return reach(self.roles, action)
