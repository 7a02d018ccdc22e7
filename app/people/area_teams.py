"""Area teams of the LA: which of them serves a school, one at each line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, insert, select, tuple_

from app import clock
from app.errors import wrong
from app.history.actions import record, record_at_la
from app.people.groups import la_groups
from app.people.identity import Me
from app.people.models import AreaTeam
from tenants import School, administering, db

_NONE = re.compile(r"none-([123])")


def schools_with_teams(after: tuple[str, int] | None, limit: int) -> Sequence[Any]:
    """By name: each school that has not left, with {line: group}."""
    teams = (
        select(func.jsonb_object_agg(AreaTeam.line, AreaTeam.la_group_id))
        .where(AreaTeam.school_id == School.id)
        .scalar_subquery()
        .label("teams")
    )
    found = select(School.id, School.slug, School.name, teams).where(School.status != "left")
    if after is not None:
        found = found.where(tuple_(School.name, School.id) > tuple_(*after))
    return db.session.execute(found.order_by(School.name, School.id).limit(limit)).all()


def serve(*, by: Me, team: str, schools: Sequence[str]) -> None:
    """This team serves these schools at its line, instead of whichever did. `none-2`: none at
    line 2. Bound to the administration."""
    group = next((one for one in la_groups() if one.is_area_team and one.key == team), None)
    none = _NONE.fullmatch(team)
    if group is None and none is None:
        raise wrong("team", "Choose one of the area teams.")
    if not schools:
        raise wrong("schools", "Tick at least one school.")
    line = group.line if group else int(none.group(1)) if none else 0
    found = db.session.execute(
        select(School.id, School.name).where(School.slug.in_(set(schools))).order_by(School.id)
    ).all()
    if len(found) != len(set(schools)):
        raise wrong("schools", "Tick schools of the list.")
    at, name = clock.now(), group.name if group else None
    for school_id, school_name in found:
        _serve_one(school_id, line, group.la_group_id if group else None)
        record_at_la("area_team.set", school_name, at=at, by=by, to_value=name, note=f"line {line}")
        with administering("the history of a school that another team serves", school_id):
            record(
                "area_team.set",
                subject_kind="school",
                subject_id=school_id,
                at=at,
                by=by,
                to_value=name,
                note=f"line {line}",
                visibility="internal",
            )


def _serve_one(school_id: int, line: int, group_id: int | None) -> None:
    db.session.execute(
        delete(AreaTeam).where(AreaTeam.school_id == school_id, AreaTeam.line == line)
    )
    if group_id is not None:
        db.session.execute(
            insert(AreaTeam).values(school_id=school_id, line=line, la_group_id=group_id)
        )
