"""The suppliers of the school acted in, and what the school has from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, func, or_, select

from app.errors import NotThere, wrong
from app.keyset import Page, page_of
from app.people.identity import Me
from app.people.models import SupportGroup
from app.references import table_named
from app.suppliers.models import Supplier
from tenants import current_school_id, db

MOST_SHOWN = 100

Incidents = Callable[[Me, int], Sequence[Any]]


class _Above:
    incidents: Incidents = staticmethod(lambda person, group: ())


def open_incidents_come_from(find: Incidents) -> None:
    """`find(person, group)`: the open ones passed to this group that this person may see."""
    _Above.incidents = find


def get_supplier(key: str, *, to_change: bool = False) -> Supplier:
    wanted = select(Supplier).where(Supplier.key == key)
    found = db.session.scalar(wanted.with_for_update() if to_change else wanted)
    if found is None:
        raise NotThere
    return found


def supplier_for(key: str | None) -> Supplier | None:
    """The one that a form or a program names. Raises Wrong for one that this school does not
    have, or does not use any more."""
    if not key:
        return None
    found = db.session.scalar(select(Supplier).where(Supplier.key == key))
    if found is None:
        raise wrong("supplier", "Choose a supplier of this school.")
    if found.is_archived:
        raise wrong("supplier", "This supplier is no longer used. Choose another.")
    return found


def supplier_choices() -> list[tuple[str, str]]:
    """(key, name) for a drop-down."""
    rows = db.session.execute(
        select(Supplier.key, Supplier.name)
        .where(Supplier.school_id == current_school_id(), Supplier.is_archived.is_(False))
        .order_by(Supplier.name, Supplier.id)
    )
    return [(key, name) for key, name in rows]


def page_of_suppliers(filters: Mapping[str, Any], after: Sequence[Any] | None, limit: int) -> Page:
    """By name."""
    return page_of(
        _narrowed(filters),
        (Supplier.name, Supplier.id),
        lambda one: [one.name, one.id],
        after=after,
        limit=limit,
    )


def _narrowed(filters: Mapping[str, Any]) -> Select[Any]:
    wanted = select(Supplier)
    if not filters.get("archived"):
        wanted = wanted.where(Supplier.is_archived.is_(False))
    if filters.get("kind"):
        wanted = wanted.where(Supplier.kind == filters["kind"])
    if filters.get("speciality"):
        wanted = wanted.where(Supplier.specialities.contains([filters["speciality"]]))
    for word in (filters.get("q") or "").lower().split():
        wanted = wanted.where(
            or_(
                *(
                    func.lower(column).contains(word, autoescape=True)
                    for column in (Supplier.name, Supplier.contact_name, Supplier.notes)
                )
            )
        )
    return wanted


def group_choices() -> list[tuple[str, str]]:
    """(key, name) of the school's groups that are a supplier."""
    rows = db.session.execute(
        select(SupportGroup.key, SupportGroup.name)
        .where(
            SupportGroup.school_id == current_school_id(),
            SupportGroup.kind == "supplier",
            SupportGroup.is_archived.is_(False),
        )
        .order_by(SupportGroup.name, SupportGroup.id)
    )
    return [(key, name) for key, name in rows]


def group_called(key: str) -> SupportGroup:
    """Raises Wrong for one that is no supplier's group of this school."""
    found = db.session.scalar(
        select(SupportGroup).where(SupportGroup.key == key, SupportGroup.kind == "supplier")
    )
    if found is None:
        raise wrong("group", "Choose one of your school’s supplier groups.")
    return found


def groups_of(found: Iterable[Supplier]) -> dict[int | None, tuple[str, str]]:
    """id → (key, name) of the groups these are linked with; no statement when there are none."""
    wanted = {one.group_id for one in found if one.group_id is not None}
    if not wanted:
        return {}
    rows = db.session.execute(
        select(SupportGroup.id, SupportGroup.key, SupportGroup.name).where(
            SupportGroup.school_id == current_school_id(), SupportGroup.id.in_(wanted)
        )
    )
    return {number: (key, name) for number, key, name in rows}


def contracts_with(supplier: Supplier) -> Sequence[Any]:
    """number, name, state; the newest first."""
    there = table_named("contracts").c
    return _from(
        supplier, "contracts", (there.number, there.name, there.state), there.number.desc()
    )


def licences_from(supplier: Supplier) -> Sequence[Any]:
    """number, product; by product."""
    there = table_named("licences").c
    return _from(supplier, "licences", (there.number, there.product), func.lower(there.product))


def assets_from(supplier: Supplier) -> Sequence[Any]:
    """tag, make, model; by tag."""
    there = table_named("assets").c
    return _from(supplier, "assets", (there.tag, there.make, there.model), func.lower(there.tag))


def open_incidents_with(supplier: Supplier, person: Me) -> Sequence[Any]:
    """number, title, status of what was passed to its group."""
    return () if supplier.group_id is None else _Above.incidents(person, supplier.group_id)


def _from(supplier: Supplier, table: str, columns: Any, order: Any) -> Sequence[Any]:
    there = table_named(table).c
    wanted = (
        select(*columns)
        .where(there.school_id == current_school_id(), there.supplier_id == supplier.id)
        .order_by(order)
        .limit(MOST_SHOWN)
    )
    return db.session.execute(wanted).all()
