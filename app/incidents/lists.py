"""Lists of incidents: the LA queue, a school's call log, its work list, my reports.

Columns, not objects; one page of rows first, then their school and room; keyset, never OFFSET.
SQLAlchemy takes three times longer to build such a statement than to send it, so each is built once
for a kind of person (standing.py) and the filters that are set, and sent with other values after
that. Pages go past the session, whose way of making objects costs a fifth of the statement; so
those of one school say by themselves which.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, desc, func, select, tuple_

from app import clock
from app.assets.models import Asset
from app.incidents import filters as narrowing
from app.incidents.models import NEVER, Due, Incident
from app.incidents.queries import own_or_followed, visible_to
from app.incidents.standing import Standing, ids, standing_of, told, whoever
from app.locations.models import Location
from app.people.identity import Me
from tenants import School, current_school_id, db

LISTED = (
    Incident.school_id,
    Incident.id,
    Incident.number,
    Incident.type,
    Incident.title,
    Incident.status,
    Incident.line,
    Incident.priority,
    Incident.waiting_for,
    Incident.assignee_name,
    Incident.group_name,
    Incident.reported_at,
    Incident.next_due_at,
    Incident.location_id,
    Incident.asset_id,
    Incident.is_open,
    Incident.version,
    Incident.reporter_name,
    Incident.follow_up_on,
    Incident.hold_reason,
    Incident.is_sensitive,
    Incident.sheet_number,
    Incident.is_advice_request,
    Incident.is_unverified,
)
# A count beyond this is shown as "1,000+": nobody acts on the difference, and it stays quick.
MOST_COUNTED = 1000

# Orders of lists: the columns, and whether the newest comes first.
_BY_DUE = (Incident.next_due_at, Incident.school_id, Incident.id)
_NEWEST = (desc(Incident.number),)
_LATER = tuple_(*_BY_DUE) > tuple_(
    bindparam("after_due", type_=Due()), bindparam("after_school"), bindparam("after_id")
)
_OLDER = Incident.number < bindparam("after_number")
_HERE = Incident.school_id == bindparam("acted_in")
_KEPT_STATEMENTS = 256


@dataclass(frozen=True)
class Page:
    rows: Sequence[Row[Any]]
    next: list[Any] | None


def queue(person: Me, filters: Mapping[str, Any], *, after: list[Any] | None, limit: int) -> Page:
    """Every school's open incidents by next due time, nulls (infinity) last."""
    asked = narrowing.asked(filters)
    statement = _queue(standing_of(person), asked.names, after is not None)
    rows = _rows(person, statement, limit, asked.values, _due_place(after))
    return _page(rows, limit, lambda row: [_due_or_none(row), row.school_id, row.id])


def call_log(
    person: Me, filters: Mapping[str, Any], *, after: list[Any] | None, limit: int
) -> Page:
    """The register of one school, newest first."""
    asked = narrowing.asked(filters)
    statement = _call_log(standing_of(person), asked.names, after is not None)
    rows = _rows(person, statement, limit, _here(), asked.values, _number_place(after))
    return _page(rows, limit, lambda row: [row.number])


def counted_call_log(
    person: Me, filters: Mapping[str, Any], *, after: list[Any] | None, limit: int
) -> tuple[Page, int]:
    """A page, and how many there are in all (no further than MOST_COUNTED + 1), in one go."""
    asked = narrowing.asked(filters)
    statement = _counted_call_log(standing_of(person), asked.names, after is not None)
    most = {"most": MOST_COUNTED + 1}
    rows = _rows(person, statement, limit, _here(), asked.values, _number_place(after), most)
    if not rows and after is not None:
        # Past the end, so no row says it.
        return Page(rows, None), counted_call_log(person, filters, after=None, limit=1)[1]
    return _page(rows, limit, lambda row: [row.number]), rows[0].how_many if rows else 0


def mine(person: Me, *, after: list[Any] | None, limit: int) -> Page:
    """What I reported at this school or am added to, newest first."""
    statement = _mine(standing_of(person), after is not None)
    rows = _rows(person, statement, limit, _here(), _number_place(after))
    return _page(rows, limit, lambda row: [row.number])


def work_list(person: Me, limit: int = 200) -> Sequence[Row[Any]]:
    """The school's open incidents by next due time; the page sorts them into its heaps."""
    return _rows(person, _work_list(standing_of(person)), limit, _here())


def resolved_to_close(person: Me, limit: int = 50) -> Sequence[Row[Any]]:
    """Resolved and not closed yet, oldest first."""
    return _rows(person, _resolved(standing_of(person)), limit, _here())


def capped_counts(
    person: Me, lists: Mapping[str, Mapping[str, Any]], most: int = MOST_COUNTED
) -> dict[str, int]:
    """How many of several lists of open incidents, none counted further than `most` + 1."""
    asked = {name: narrowing.asked(filters) for name, filters in lists.items()}
    values: dict[str, Any] = {"most": most + 1, **told(person)}
    for one in asked.values():
        values.update(one.values)
    names = tuple((name, one.names) for name, one in asked.items())
    row = db.session.execute(_several(standing_of(person), names), values).one()
    return dict(row._mapping)


def counts(person: Me, filters: Mapping[str, Any]) -> dict[str, Any]:
    """Open incidents by status, line and priority, and how many are overdue, in one statement."""
    now = clock.now()
    counted = (
        select(
            Incident.status,
            Incident.line,
            Incident.priority,
            func.count().label("n"),
            func.count().filter(Incident.next_due_at < now).label("overdue"),
        )
        .where(Incident.is_open)
        .group_by(Incident.status, Incident.line, Incident.priority)
    )
    totals: dict[str, Any] = {"open": 0, "overdue": 0, "status": {}, "line": {}, "priority": {}}
    rows = db.session.execute(_narrowed(counted, filters, person))
    for status, line, priority, number, overdue in rows:
        totals["open"] += number
        totals["overdue"] += overdue
        name = f"P{priority}" if priority else "unset"
        for group, key in (("status", status), ("line", str(line)), ("priority", name)):
            totals[group][key] = totals[group].get(key, 0) + number
    return totals


def counts_by_school(person: Me, filters: Mapping[str, Any]) -> list[dict[str, Any]]:
    now = clock.now()
    counted = (
        select(
            Incident.school_id,
            func.count().label("open"),
            func.count().filter(Incident.next_due_at < now).label("overdue"),
        )
        .where(Incident.is_open)
        .group_by(Incident.school_id)
    )
    found = _narrowed(counted, filters, person).subquery()
    rows = db.session.execute(
        select(School.slug, School.code, School.name, found.c.open, found.c.overdue)
        .join(found, found.c.school_id == School.id)
        .order_by(School.name, School.id)
    )
    return [
        {"school": {"slug": slug, "code": code, "name": name}, "open": opened, "overdue": overdue}
        for slug, code, name, opened, overdue in rows
    ]


def _narrowed(wanted: Any, filters: Mapping[str, Any], person: Me) -> Select[Any]:
    """What may be seen and these filters allow, for a statement that is built anew each time."""
    asked = narrowing.asked(filters)
    conditions = [narrowing.condition(name, person) for name in asked.names]
    found: Select[Any] = wanted.where(visible_to(person), *conditions).params(asked.values)
    return found


@lru_cache(maxsize=_KEPT_STATEMENTS)
def _queue(standing: Standing, names: tuple[str, ...], is_later: bool) -> Select[Any]:
    wanted = _seen(standing, names).where(Incident.is_open)
    return _with_places(wanted.where(_LATER) if is_later else wanted, _BY_DUE)


@lru_cache(maxsize=_KEPT_STATEMENTS)
def _call_log(standing: Standing, names: tuple[str, ...], is_later: bool) -> Select[Any]:
    wanted = _seen(standing, names).where(_HERE)
    return _with_places(wanted.where(_OLDER) if is_later else wanted, _NEWEST)


@lru_cache(maxsize=_KEPT_STATEMENTS)
def _counted_call_log(standing: Standing, names: tuple[str, ...], is_later: bool) -> Select[Any]:
    how_many = _capped(_seen(standing, names).where(_HERE), _NEWEST).label("how_many")
    return _call_log(standing, names, is_later).add_columns(how_many)


@lru_cache(maxsize=_KEPT_STATEMENTS)
def _mine(standing: Standing, is_later: bool) -> Select[Any]:
    person = whoever(standing)
    is_own = Incident.reporter_id.in_(ids(person, "membership_ids")).label("is_own")
    wanted = _listed().add_columns(is_own).where(_HERE, own_or_followed(person))
    return _with_places(wanted.where(_OLDER) if is_later else wanted, _NEWEST)


@lru_cache(maxsize=_KEPT_STATEMENTS)
def _work_list(standing: Standing) -> Select[Any]:
    return _with_places(_seen(standing, ()).where(_HERE, Incident.is_open), _BY_DUE)


@lru_cache(maxsize=_KEPT_STATEMENTS)
def _resolved(standing: Standing) -> Select[Any]:
    wanted = _seen(standing, ()).where(_HERE, Incident.status == "resolved")
    return _with_places(wanted, (Incident.number,))


@lru_cache(maxsize=_KEPT_STATEMENTS)
def _several(standing: Standing, lists: tuple[tuple[str, tuple[str, ...]], ...]) -> Select[Any]:
    wanted = [(name, _seen(standing, names).where(Incident.is_open)) for name, names in lists]
    return select(*(_capped(one, _BY_DUE).label(name) for name, one in wanted))


def _capped(wanted: Select[Any], order: Sequence[Any]) -> Any:
    """In the order of the list, although a count needs none: without it PostgreSQL reads every
    row that matches, to count a thousand of them."""
    found = wanted.with_only_columns(Incident.id).order_by(*order).limit(bindparam("most"))
    return select(func.count()).select_from(found.subquery()).scalar_subquery()


def _seen(standing: Standing, names: tuple[str, ...]) -> Select[Any]:
    person = whoever(standing)
    conditions = [narrowing.condition(name, person) for name in names]
    return _listed().where(visible_to(person), *conditions)


def _listed() -> Select[Any]:
    # Typed by hand: a select of twenty columns is too many for the stubs.
    columns: Sequence[Any] = LISTED
    return select(*columns)


def _with_places(wanted: Select[Any], place: Sequence[Any]) -> Select[Any]:
    """One page first, then school and room of its few rows: a wide join would run over them all."""
    page = wanted.order_by(*place).limit(bindparam("rows")).subquery("page")
    columns = page.c
    order = [
        desc(columns.number) if getattr(one, "modifier", None) is not None else columns[one.key]
        for one in place
    ]
    return (
        select(
            page,
            School.slug,
            School.code,
            School.name.label("school_name"),
            Location.key.label("location_key"),
            Location.name.label("location_name"),
            Asset.tag.label("asset_tag"),
        )
        .join(School, School.id == columns.school_id)
        .outerjoin(
            Location,
            and_(Location.school_id == columns.school_id, Location.id == columns.location_id),
        )
        .outerjoin(Asset, and_(Asset.school_id == columns.school_id, Asset.id == columns.asset_id))
        .order_by(*order)
    )


def _rows(
    person: Me, statement: Select[Any], limit: int, *values: Mapping[str, Any]
) -> Sequence[Row[Any]]:
    """One row more than the page holds, which says whether there is another page."""
    sent: dict[str, Any] = {"rows": limit + 1, **told(person)}
    for some in values:
        sent.update(some)
    return db.session.connection().execute(statement, sent).all()


def _here() -> dict[str, Any]:
    return {"acted_in": current_school_id()}


def _due_place(after: list[Any] | None) -> dict[str, Any]:
    if after is None:
        return {}
    due = NEVER if after[0] is None else datetime.fromisoformat(after[0])
    return {"after_due": due, "after_school": after[1], "after_id": after[2]}


def _number_place(after: list[Any] | None) -> dict[str, Any]:
    return {} if after is None else {"after_number": after[0]}


def _page(rows: Sequence[Row[Any]], limit: int, place: Any) -> Page:
    if len(rows) <= limit:
        return Page(rows, None)
    return Page(rows[:limit], place(rows[limit - 1]))


def _due_or_none(row: Row[Any]) -> str | None:
    return None if row.next_due_at >= NEVER else row.next_due_at.isoformat()
