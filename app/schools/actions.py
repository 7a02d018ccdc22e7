"""What the LA's administrator does with one school: its state, its code, its next URN."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select, text

from app import clock
from app.errors import Refused, Stale, wrong
from app.history.actions import record, record_at_la
from app.people.identity import Me
from app.schools import queries
from app.schools.opening import prepare_school
from app.schools.rules import State, can_be_code, may_become
from tenants import School, SchoolIdentifier, administering, db


def move_to(
    school: School, state: State, *, by: Me | None, reason: str, version: int | None = None
) -> None:
    """The next state of a school; the table in `rules` says which may follow."""
    _check_version(school, version)
    if not may_become(school.status, state):
        raise Refused(f"{school.name} is {school.status}; it cannot become {state}.")
    before, school.status = school.status, state
    if state is State.ACTIVE and school.joined_on is None:
        school.joined_on = clock.today()
    if state is State.LEFT:
        school.left_on = clock.today()
    _save(school, "school.state_changed", by, before, state, reason)
    if state is State.ONBOARDING:
        with administering("setting a school up", school.id):
            prepare_school()
        db.session.add(school)


def change_code(school: School, code: str, *, by: Me, version: int | None = None) -> None:
    """Until the first incident: afterwards people have it on paper."""
    _check_version(school, version)
    code = code.upper()
    if code == school.code:
        return
    if not can_be_code(code):
        raise wrong("code", "Choose letters that can be said in front of a class.")
    if is_code_frozen(school):
        raise Refused(
            f"{school.code} stands in references that people have written down, so it stays."
        )
    holder = db.session.scalar(select(School.name).where(School.code == code))
    if holder is not None:
        raise wrong("code", f"{code} is the code of {holder}.")
    before, school.code = school.code, code
    _save(school, "school.code_changed", by, before, code)


def is_code_frozen(school: School) -> bool:
    """Asked by name: the counter is the first thing that an incident of a school touches."""
    return bool(
        db.session.scalar(
            text(
                "SELECT EXISTS (SELECT 1 FROM counters WHERE school_id = :id AND last_number > 0)"
            ),
            {"id": school.id},
        )
    )


def give_urn(
    school: School, urn: int, on: date, *, by: Me | None, version: int | None = None
) -> None:
    """One URN ends and the next begins on that day; the school and its history stay."""
    _check_version(school, version)
    identifiers = queries.identifiers_of(school)
    current = identifiers[0] if identifiers else None
    holder = queries.school_with_urn(urn)
    if holder is not None:
        raise wrong("urn", f"URN {urn} belongs to {holder.name} already.")
    if current is not None and on < current.valid_from:
        raise wrong("on", f"URN {current.urn} began on {current.valid_from:%d %B %Y}, after that.")
    if current is not None:
        current.valid_to = min(current.valid_to or on, on)
        # The end must be in the database before the next begins: one open row to a school.
        db.session.flush()
    db.session.add(
        SchoolIdentifier(
            school_id=school.id,
            urn=urn,
            la_code=current.la_code if current else None,
            valid_from=on,
        )
    )
    before = str(current.urn) if current else None
    _save(school, "school.urn_changed", by, before, str(urn))


def _check_version(school: School, version: int | None) -> None:
    if version is not None and version != school.version:
        raise Stale("Somebody else has changed this school since you opened the page. Look again.")


def _save(
    school: School,
    kind: str,
    by: Me | None,
    before: str | None,
    after: str,
    reason: str | None = None,
) -> None:
    """Both the school and the LA's office keep it in their history."""
    at = clock.now()
    school.updated_at = at
    db.session.flush()
    record_at_la(kind, school.name, at=at, by=by, from_value=before, to_value=after, note=reason)
    school_id = school.id
    with administering("history of the school", school_id):
        record(
            kind,
            subject_kind="school",
            subject_id=school_id,
            at=at,
            by=by,
            from_value=before,
            to_value=after,
            note=reason,
        )
    # Stepping into the school forgot every row; the caller still holds this one.
    db.session.add(school)
