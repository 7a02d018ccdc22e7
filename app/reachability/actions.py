"""Say when the desk can be reached, who is away and who stands in, and who is whose deputy."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import Any

from sqlalchemy import delete, select

from app import clock
from app.errors import NotAllowed, NotThere, Refused, wrong
from app.history.actions import record, record_at_la
from app.people.identity import Me
from app.people.models import LaMembership, Membership
from app.permissions import Role
from app.reachability import spoc_changes
from app.reachability.models import Absence, LaAbsence, ReachPeriod
from app.reachability.queries import OF_THE_DESK, desk_here, forget_desks
from app.reachability.rules import Member, Period, Rota
from tenants import current_school_id, db

Hours = list[tuple[time, time]]
MOST_ABSENCES = 500


# --- periods ---


def version_of(periods: Iterable[Period]) -> int:
    """Periods have no row of their own to count changes in: equal for what is equal."""
    said = sorted((one.member, one.weekday, f"{one.begins}", f"{one.ends}", one.is_term_only)
                  for one in periods)  # fmt: skip
    return zlib.crc32(repr(said).encode())


def set_week(member: Member, hours: Mapping[int, Hours], *, term_time_only: bool, by: Me) -> None:
    """One person's periods, by weekday; what was there before ends."""
    check_may_change(member, by)
    rows = [
        ReachPeriod(
            membership_id=member.id,
            weekday=weekday,
            begins=begins,
            ends=ends,
            term_time_only=term_time_only,
        )
        for weekday, spans in hours.items()
        for begins, ends in spans
    ]
    _replace({member.id: rows}, by)


def set_rota(periods: list[dict[str, Any]], *, by: Me) -> None:
    """Everybody's at once. Raises Wrong for a name that is nobody's or several people's."""
    rota = locked_rota()
    rows: dict[int, list[ReachPeriod]] = {one.id: [] for one in rota.members}
    before = {number: _periods_of(rota, number) for number in rows} if rota.is_published else {}
    for one in periods:
        member = member_named(rota, one["who"], "periods")
        rows[member.id].append(
            ReachPeriod(
                membership_id=member.id,
                weekday=one["weekday"],
                begins=time.fromisoformat(one["begins"]),
                ends=time.fromisoformat(one["ends"]),
                term_time_only=one["term_time_only"],
            )
        )
    changed = {
        number: mine
        for number, mine in rows.items()
        if sorted(map(_key, mine)) != before.get(number, [])
    }
    for number in changed:
        found = rota.member(number)
        assert found is not None
        check_may_change(found, by)
    _replace(changed, by)


def locked_rota() -> Rota:
    """As it is now, and nobody else changes it meanwhile."""
    db.session.execute(
        select(Membership.id)
        .where(Membership.school_id == current_school_id(), Membership.role.in_(OF_THE_DESK))
        .order_by(Membership.id)
        .with_for_update()
    )
    return desk_here(is_fresh=True).rota


def member_named(rota: Rota, name: str, field: str) -> Member:
    found = [one for one in rota.members if one.name.lower() == name.strip().lower()]
    people = {one.person_id for one in found}
    if len(people) == 1:
        # Somebody who is both speaks as the single point of contact.
        return max(found, key=lambda one: one.is_spoc)
    said = (
        "There are several people of that name." if found else "Nobody of the desk has that name."
    )
    raise wrong(field, said)


def check_may_change(member: Member, by: Me) -> None:
    """Whoever runs the desk says it for everybody; a deputy for themselves."""
    if not may_change(member, by):
        raise NotAllowed("A deputy changes only what is about themselves.")


def may_change(member: Member, by: Me) -> bool:
    if not by.may("reach.edit"):
        return False
    return member.id in by.membership_ids or not is_deputy_only(by)


def is_deputy_only(by: Me) -> bool:
    if Role.SERVICE_DESK_OWNER in by.roles:
        return False
    mine = [one for one in desk_here().rota.spocs if one.id in by.membership_ids]
    return bool(mine) and all(one.deputy_for is not None for one in mine)


def _replace(rows: Mapping[int, list[ReachPeriod]], by: Me) -> None:
    at = clock.now()
    for number, mine in rows.items():
        db.session.execute(
            delete(ReachPeriod).where(
                ReachPeriod.school_id == current_school_id(), ReachPeriod.membership_id == number
            ),
            execution_options={"synchronize_session": False},
        )
        db.session.add_all(mine)
        db.session.flush()
        said = ", ".join(
            f"{_DAYS[one.weekday]} {one.begins:%H:%M}-{one.ends:%H:%M}"
            for one in sorted(mine, key=_key)
        )
        record(
            "reach.periods_set",
            subject_kind="membership",
            subject_id=number,
            at=at,
            by=by,
            to_value=said[:500] or "none",
            visibility="internal",
        )
    forget_desks()


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def _key(one: ReachPeriod) -> Any:
    return (one.weekday, one.begins, one.ends, one.term_time_only)


def _periods_of(rota: Rota, number: int) -> list[Any]:
    return sorted(
        (one.weekday, one.begins, one.ends, one.is_term_only)
        for one in rota.periods
        if one.member == number
    )


# --- absences ---


def add_absence(
    member: Member, *, first_day: date, last_day: date, cover: Member | None, by: Me
) -> Absence:
    check_may_change(member, by)
    _check_days(last_day)
    if cover is not None and cover.person_id == member.person_id:
        raise wrong("cover", f"{member.name} cannot stand in for themselves.")
    rota = locked_rota()
    same = [one for one in rota.aways if one.member == member.id]
    if any(one.first_day <= last_day and first_day <= one.last_day for one in same):
        raise wrong("first_day", f"{member.name} is away on some of these days already.")
    if len(rota.aways) >= MOST_ABSENCES:
        raise Refused("Too many absences are written down. Remove some first.")
    absence = Absence(
        membership_id=member.id,
        first_day=first_day,
        last_day=last_day,
        cover_id=cover.id if cover else None,
        created_by=by.name,
    )
    db.session.add(absence)
    db.session.flush()
    said = _said(member.name, first_day, last_day)
    _record("reach.absence_added", member.id, by, said, cover.name if cover else None)
    forget_desks()
    return absence


def get_absence(number: int) -> Absence:
    """One that still holds, locked. Raises NotThere."""
    absence = db.session.scalar(
        select(Absence)
        .where(
            Absence.school_id == current_school_id(),
            Absence.id == number,
            Absence.cancelled_at.is_(None),
        )
        .with_for_update()
    )
    if absence is None:
        raise NotThere
    return absence


def cancel_absence(number: int, *, by: Me) -> str:
    """They are there after all; returns whose it was. Raises NotThere."""
    rota = desk_here(is_fresh=True).rota
    absence = get_absence(number)
    member = rota.member(absence.membership_id)
    if member is None:
        raise NotThere
    check_may_change(member, by)
    absence.cancelled_at = clock.now()
    db.session.flush()
    said = _said(member.name, absence.first_day, absence.last_day)
    _record("reach.absence_cancelled", member.id, by, said, None)
    forget_desks()
    return member.name


def _check_days(last_day: date) -> None:
    if last_day < clock.today():
        raise wrong("last_day", "The last day must be today or later.")


def _said(name: str, first: date, last: date) -> str:
    return f"{name}, {first.isoformat()} to {last.isoformat()}"


def _record(kind: str, number: int, by: Me, after: str, note: str | None) -> None:
    record(
        kind,
        subject_kind="membership",
        subject_id=number,
        at=clock.now(),
        by=by,
        to_value=after,
        note=note,
        visibility="internal",
    )


# --- deputies ---


def name_deputy(member: Member, deputy_for: Member | None, *, by: Me) -> None:
    """Whose deputy somebody is; None: in charge themselves."""
    if is_deputy_only(by) or not by.may("reach.edit"):
        raise NotAllowed("A deputy changes only what is about themselves.")
    locked_rota()
    row = db.session.scalar(select(Membership).where(Membership.id == member.id))
    if row is None or row.role != Role.SPOC:
        raise NotThere
    if deputy_for is not None and deputy_for.person_id == member.person_id:
        raise wrong("deputy_for", "Nobody is their own deputy.")
    if deputy_for is not None and (not deputy_for.is_spoc or deputy_for.deputy_for is not None):
        raise wrong("deputy_for", "Choose a single point of contact who is in charge.")
    if row.deputy_for_id == (deputy_for.id if deputy_for else None):
        return
    if deputy_for is not None:
        has_own = any(one.deputy_for == member.id for one in desk_here().rota.spocs)
        if has_own:
            raise wrong("deputy_for", f"{member.name} has deputies of their own.")
    spoc_changes.look_after()
    row.deputy_for_id = deputy_for.id if deputy_for else None
    row.updated_at = clock.now()
    row.version += 1
    db.session.flush()
    after = f"deputy of {deputy_for.name}" if deputy_for else "in charge"
    _record("reach.deputy_named", member.id, by, f"{member.name}: {after}", None)
    forget_desks()


# --- the LA's; runs while administering ---


def add_la_absence(number: int, *, first_day: date, last_day: date, by: Me) -> LaAbsence:
    member = _la_member(number)
    _check_la(member.id, by)
    _check_days(last_day)
    taken = db.session.scalar(
        select(LaAbsence.id).where(
            LaAbsence.la_membership_id == member.id,
            LaAbsence.cancelled_at.is_(None),
            LaAbsence.first_day <= last_day,
            LaAbsence.last_day >= first_day,
        )
    )
    if taken is not None:
        raise wrong("first_day", f"{member.name} is away on some of these days already.")
    absence = LaAbsence(
        la_membership_id=member.id,
        first_day=first_day,
        last_day=last_day,
        created_by=by.own_name,
    )
    db.session.add(absence)
    db.session.flush()
    said = f"{first_day.isoformat()} to {last_day.isoformat()}"
    record_at_la("reach.absence_added", member.name, at=clock.now(), by=by, to_value=said)
    return absence


def cancel_la_absence(number: int, *, by: Me) -> str:
    absence = db.session.scalar(
        select(LaAbsence)
        .where(LaAbsence.id == number, LaAbsence.cancelled_at.is_(None))
        .with_for_update()
    )
    if absence is None:
        raise NotThere
    _check_la(absence.la_membership_id, by)
    absence.cancelled_at = clock.now()
    name = _la_member(absence.la_membership_id).name
    record_at_la("reach.absence_cancelled", name, at=clock.now(), by=by)
    return name


def _la_member(number: int) -> LaMembership:
    today = clock.today()
    found = db.session.scalar(
        select(LaMembership)
        .where(
            LaMembership.id == number,
            LaMembership.valid_to.is_(None) | (LaMembership.valid_to >= today),
        )
        .with_for_update()
    )
    if found is None:
        raise wrong("who", "Choose somebody who works for the LA.")
    return found


def _check_la(number: int, by: Me) -> None:
    mine = {one.membership_id for one in by.belongings if one.school_id is None}
    if number not in mine and Role.LA_MANAGER not in by.all_roles:
        raise NotAllowed("Only the LA manager says it for somebody else.")
