"""What lists of incidents can be narrowed to: a fixed table of conditions; values are parameters.

Nothing of a request becomes SQL, and which conditions there are does not depend on values, so
lists.py can build a statement once and send it again with other values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    false,
    func,
    literal_column,
    or_,
    select,
    tuple_,
)

from app import clock
from app.assets.models import Asset
from app.catalogue.models import Service
from app.incidents.models import Due, Incident
from app.incidents.standing import ids
from app.locations.models import Location
from app.people.groups import la_groups
from app.people.identity import Me
from app.people.models import SupportGroup
from tenants import School


@dataclass(frozen=True)
class Asked:
    """The conditions by name, in a fixed order, and the values they are sent with."""

    names: tuple[str, ...]
    values: dict[str, Any]


class _Search(NamedTuple):
    name: str
    values: dict[str, Any]


def asked(filters: Mapping[str, Any]) -> Asked:
    """Which conditions these filters mean. Names that are no filter are left alone."""
    names: list[str] = []
    values: dict[str, Any] = {}
    for name in sorted(filters):
        value = filters[name]
        if value is None or name not in _MEANINGS:
            continue
        condition, its_values = _MEANINGS[name](value)
        names.append(condition)
        values.update(its_values)
    return Asked(tuple(names), values)


def condition(name: str, person: Me) -> ColumnElement[bool]:
    found: ColumnElement[bool] = CONDITIONS[name](person)
    return found


def is_mine(person: Me) -> ColumnElement[bool]:
    """Assigned to them; each way has its own index, so what they can have is left out."""
    ways: list[ColumnElement[bool]] = []
    if person.la_membership_ids:
        ways.append(Incident.la_assignee_id.in_(ids(person, "la_membership_ids")))
    if person.membership_ids:
        ways.append(Incident.assignee_id.in_(ids(person, "membership_ids")))
    return or_(false(), *ways)


def _is_with_my_group(person: Me) -> ColumnElement[bool]:
    ways: list[ColumnElement[bool]] = []
    if person.la_group_ids:
        ways.append(Incident.la_group_id.in_(ids(person, "la_group_ids")))
    if person.group_ids:
        ways.append(Incident.school_group_id.in_(ids(person, "group_ids")))
    return or_(false(), *ways)


_WORDS = func.websearch_to_tsquery(literal_column("'english'"), bindparam("words"))
_SCHOOL = select(School.id).where(School.slug == bindparam("school")).scalar_subquery()
_CODED = select(School.id).where(School.code == bindparam("code")).scalar_subquery()
_ROOMS = select(Location.school_id, Location.id).where(Location.key == bindparam("location"))
_SERVICES = select(Service.school_id, Service.id).where(Service.key == bindparam("service"))
_ASSETS = select(Asset.school_id, Asset.id).where(Asset.tag_key == bindparam("asset"))
_GROUPS = select(SupportGroup.school_id, SupportGroup.id).where(
    SupportGroup.key == bindparam("group")
)
_MATCHES: ColumnElement[bool] = Incident.search.op("@@")(_WORDS)
_IN_TITLE = func.to_tsvector(literal_column("'english'"), Incident.title).op("@@")(_WORDS)
_IS_NUMBER = Incident.number == bindparam("number")
_NOW = bindparam("now", type_=Due())

# fmt: off
CONDITIONS: dict[str, Callable[[Me], Any]] = {
    "status":         lambda _: Incident.status == bindparam("status"),
    "line":           lambda _: Incident.line == bindparam("line"),
    "priority":       lambda _: Incident.priority == bindparam("priority"),
    "type":           lambda _: Incident.type == bindparam("type"),
    "waiting_for":    lambda _: Incident.waiting_for == bindparam("waiting_for"),
    "location":       lambda _: tuple_(Incident.school_id, Incident.location_id).in_(_ROOMS),
    "service":        lambda _: tuple_(Incident.school_id, Incident.service_id).in_(_SERVICES),
    "asset":          lambda _: tuple_(Incident.school_id, Incident.asset_id).in_(_ASSETS),
    "mine":           is_mine,
    "not mine":       lambda person: ~func.coalesce(is_mine(person), false()),
    "nobody's":       lambda _: Incident.assignee_name.is_(None),
    "somebody's":     lambda _: func.lower(Incident.assignee_name) == bindparam("assignee"),
    "my groups":      _is_with_my_group,
    "LA group":       lambda _: Incident.la_group_id == bindparam("la_group"),
    "school's group": lambda _: or_(
        func.lower(Incident.group_name) == bindparam("group"),
        tuple_(Incident.school_id, Incident.school_group_id).in_(_GROUPS),
    ),
    "overdue":        lambda _: Incident.next_due_at < _NOW,
    "not overdue":    lambda _: Incident.next_due_at >= _NOW,
    "open":           lambda _: Incident.is_open,
    "not open":       lambda _: ~Incident.is_open,
    "school":         lambda _: Incident.school_id == _SCHOOL,
    "schools":        lambda _: Incident.school_id.in_(bindparam("schools", expanding=True)),
    "from":           lambda _: Incident.reported_at >= bindparam("reported_from"),
    "to":             lambda _: Incident.reported_at < bindparam("reported_to"),
    "words":          lambda _: _MATCHES,
    "words of titles": lambda _: _IN_TITLE,
    "number":         lambda _: or_(_MATCHES, _IS_NUMBER),
    "reference":      lambda _: or_(_MATCHES, and_(_IS_NUMBER, Incident.school_id == _CODED)),
}
# fmt: on


def _by_group(value: str) -> _Search:
    """`mine`, or a group's key or name: the LA's first, because those are across schools."""
    wanted = value.strip().lower()
    if wanted == "mine":
        return _Search("my groups", {})
    for group in la_groups():
        if wanted in (group.key, group.name.lower()):
            return _Search("LA group", {"la_group": group.la_group_id})
    return _Search("school's group", {"group": wanted})


def _by_assignee(value: str) -> _Search:
    if value in ("me", "none"):
        return _Search("mine" if value == "me" else "nobody's", {})
    return _Search("somebody's", {"assignee": value.strip().lower()})


def _by_search(text: str) -> _Search:
    """The words of the text, or a reference or number that was typed."""
    code, _, number = text.strip().rpartition("-")
    values: dict[str, Any] = {"words": text}
    if not (number.isascii() and number.isdecimal() and len(number) <= 9):
        return _Search("words", values)
    values["number"] = int(number)
    if not code:
        return _Search("number", values)
    return _Search("reference", {**values, "code": code.upper()})


def _said(name: str) -> Callable[[Any], _Search]:
    return lambda value: _Search(name, {name: value})


def _either(if_so: str, if_not: str) -> Callable[[bool], _Search]:
    return lambda value: _Search(if_so if value else if_not, {})


def _midnight(day: Any) -> datetime:
    return datetime.combine(day, time(), tzinfo=clock.LONDON).astimezone(UTC)


_MEANINGS: dict[str, Callable[[Any], _Search]] = {
    "status": _said("status"),
    "line": _said("line"),
    "priority": lambda value: _Search("priority", {"priority": int(value[1])}),
    "type": _said("type"),
    "waiting_for": _said("waiting_for"),
    "location": _said("location"),
    "service": _said("service"),
    "asset": lambda tag: _Search("asset", {"asset": tag.strip().lower()}),
    "assignee": _by_assignee,
    "group": _by_group,
    "mine": _either("mine", "not mine"),
    "overdue": lambda value: _Search("overdue" if value else "not overdue", {"now": clock.now()}),
    "open": _either("open", "not open"),
    "school": _said("school"),
    "schools": lambda ids: _Search("schools", {"schools": list(ids)}),
    "reported_from": lambda day: _Search("from", {"reported_from": _midnight(day)}),
    "reported_to": lambda day: _Search("to", {"reported_to": _midnight(day)}),
    "q": _by_search,
    # For those who must not learn by searching what they do not see, such as names.
    "title_q": lambda text: _Search("words of titles", {"words": text}),
}
