"""Whose data may be touched now.

A binding lives on the database session, so it ends with the request or job that made it. Its
statement goes ahead of the first one that follows it in a transaction, in the same message
(tenants/db.py). `SET LOCAL` only: a plain `SET` leaks to the next client of a transaction pooler.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tenants.models import School

BINDING = "binding"
# In a connection's info: the statement of a binding that the transaction has not been told yet.
UNTOLD = "binding not told yet"

# Roles a transaction may take. The names are fixed here; nothing from a request reaches the SQL.
SCHOOL, AUTHORITY, FRONT_DOOR, ADMINISTRATION = (
    "school",
    "authority",
    "front_door",
    "administration",
)
_ROLES = frozenset({SCHOOL, AUTHORITY, FRONT_DOOR, ADMINISTRATION})

_prefix = "deskbell"


class NoSchool(RuntimeError):
    """A school's data was touched before anyone said which school."""


@dataclass(frozen=True)
class Binding:
    role: str
    school_id: int | None = None
    reason: str | None = None

    def __post_init__(self) -> None:
        if self.role not in _ROLES:
            raise ValueError(f"{self.role!r} is not a role a transaction can take.")
        if self.role == SCHOOL and not self.school_id:
            raise NoSchool("The school must be known before its data is touched.")

    @property
    def statement(self) -> str:
        school = "" if self.school_id is None else str(int(self.school_id))
        return f"SET LOCAL ROLE {_prefix}_{self.role}; SET LOCAL app.school_id = '{school}'"


def use_role_prefix(prefix: str) -> None:
    """Role names carry the database's name; config.py has checked that it is a plain word."""
    global _prefix
    _prefix = prefix


def acting_in(school: School | int) -> _Scope:
    """Touch the data of this one school, and of no other."""
    return _Scope(Binding(SCHOOL, school if isinstance(school, int) else school.id))


def across_schools(reason: str) -> _Scope:
    """Read every school's rows as LA staff. Searching for this name is the audit."""
    if not reason.strip():
        raise ValueError("Reading across schools needs a reason.")
    return _Scope(Binding(AUTHORITY, reason=reason))


def at_the_front_door() -> _Scope:
    """What signing in needs, and no more."""
    return _Scope(Binding(FRONT_DOOR))


def administering(reason: str, school: School | int | None = None) -> _Scope:
    """The LA administrator's work: people, memberships, schools, groups; no casework."""
    school_id = school if isinstance(school, int) or school is None else school.id
    return _Scope(Binding(ADMINISTRATION, school_id, reason))


def current_binding() -> Binding | None:
    found: Binding | None = _session().info.get(BINDING)
    return found


def reads_every_school() -> bool:
    """Whether rows of every school are read, not those of one."""
    binding = current_binding()
    return binding is not None and binding.role == AUTHORITY


def current_school_id() -> int:
    """The school that a new row belongs to. Raises NoSchool outside `acting_in`."""
    binding = current_binding()
    if binding is None or binding.school_id is None:
        raise NoSchool("A row of a school was made before anyone said which school.")
    return binding.school_id


def rebind(binding: Binding) -> None:
    """Change whose data this session may touch, inside its running transaction too."""
    session = _session()
    previous = session.info.get(BINDING)
    if previous == binding:
        return
    if previous is not None:
        session.flush()
        session.expunge_all()
    session.info[BINDING] = binding
    if session.in_transaction():
        try:
            session.connection().info[UNTOLD] = binding.statement
        except BaseException:
            session.info[BINDING] = previous
            raise


class _Scope:
    """`with acting_in(school): …`. Leaving the outermost scope rolls back what nobody committed."""

    def __init__(self, binding: Binding) -> None:
        self.binding = binding

    def __enter__(self) -> Binding:
        self._before = current_binding()
        rebind(self.binding)
        return self.binding

    def __exit__(self, error_type: object, error: object, traceback: object) -> None:
        session = _session()
        if self._before is None:
            session.rollback()
            session.expunge_all()
            session.info.pop(BINDING, None)
        elif error_type is None:
            _leave(session, self._before)
        else:
            _go_back(session, self._before)


def _leave(session: Session, binding: Binding) -> None:
    """What is pending is written now, in the school it was made in. If that fails, whoever catches
    it must not find itself in that school still."""
    try:
        rebind(binding)
    except BaseException:
        _go_back(session, binding)
        raise


def _go_back(session: Session, binding: Binding) -> None:
    """After an error nothing pending is kept. A transaction that has ended has no connection to be
    told; the next one is."""
    session.expunge_all()
    session.info[BINDING] = binding
    if session.in_transaction():
        with suppress(SQLAlchemyError):
            session.connection().info[UNTOLD] = binding.statement


def _session() -> Session:
    from tenants.db import db

    return db.session()
