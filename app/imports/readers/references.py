"""What a line may name: rooms, suppliers, contracts and people of the school acted in.

Read once for a stretch of work, whatever the number of its lines; names are found however their
capitals, blanks and apostrophes are written.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import or_, select

from app import clock
from app.contracts.register import Contract
from app.imports.values import folded, short
from app.locations.models import Location
from app.people.models import Membership
from app.suppliers.models import Supplier
from tenants import db


class Room(NamedTuple):
    id: int
    name: str
    key: str
    is_archived: bool = False


class Named(NamedTuple):
    id: int
    name: str
    key: Any


@dataclass
class Known:
    """The register's neighbours, as they are now."""

    # Rooms that lines name and the school lacks: how they were written.
    rooms_missing: dict[str, str] = field(default_factory=dict)

    @cached_property
    def rooms(self) -> dict[str, Room]:
        """By name and key; one that was merged leads to what it is now."""
        wanted = select(
            Location.id,
            Location.name,
            Location.key,
            Location.is_archived,
            Location.merged_into_id,
        )
        rows = {row.id: row for row in db.session.execute(wanted)}
        found: dict[str, Room] = {}
        for text_of in ("key", "name"):  # a room's own name goes before another one's key
            for row in rows.values():
                now = row
                while now.merged_into_id is not None:
                    now = rows[now.merged_into_id]
                found[folded(getattr(row, text_of))] = Room(*now[:4])
        return found

    @cached_property
    def suppliers(self) -> dict[str, Named]:
        rows = db.session.execute(select(Supplier.id, Supplier.name, Supplier.key)).all()
        found = {folded(row.key): Named(*row) for row in rows}
        return found | {folded(row.name): Named(*row) for row in rows}

    @cached_property
    def contracts(self) -> dict[str, Named]:
        """By number, reference or name; a name that several have says nothing."""
        rows = db.session.execute(
            select(Contract.id, Contract.name, Contract.number, Contract.reference)
        ).all()
        names: dict[str, list[Named]] = {}
        for row in rows:
            for text in {folded(row.name), folded(row.reference or ""), str(row.number)}:
                names.setdefault(text, []).append(Named(*row[:3]))
        return {text: these[0] for text, these in names.items() if text and len(these) == 1}

    @cached_property
    def people(self) -> dict[str, tuple[int, str]]:
        """Whoever is of the school today, by a name that only one of them has."""
        today = clock.today()
        rows = db.session.execute(
            select(Membership.id, Membership.person_id, Membership.name)
            .where(
                Membership.valid_from <= today,
                or_(Membership.valid_to.is_(None), Membership.valid_to >= today),
            )
            .order_by(Membership.id)
        ).all()
        found: dict[str, dict[int, tuple[int, str]]] = {}
        for row in rows:
            found.setdefault(folded(row.name), {}).setdefault(row.person_id, (row.id, row.name))
        return {name: next(iter(who.values())) for name, who in found.items() if len(who) == 1}

    def room(self, text: str) -> Room | None:
        return self.rooms.get(folded(text))

    def words(self, column: str, value: Any) -> str:
        if value is None or value in ("", [], {}):
            return "nothing"
        names = self._names.get(column)
        if names is not None:
            return next((one[1] for one in names().values() if one[0] == value), "nothing")
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, date) and not isinstance(value, datetime):
            return f"{value:%-d %B %Y}"
        if isinstance(value, Decimal):
            return f"£{value:,.2f}"
        return ", ".join(map(str, value)) if isinstance(value, list) else str(value)

    @cached_property
    def _names(self) -> dict[str, Any]:
        return {
            "location_id": lambda: self.rooms,
            "parent_id": lambda: self.rooms,
            "supplier_id": lambda: self.suppliers,
            "contract_id": lambda: self.contracts,
        }


def missing(what: str, text: str) -> str:
    return (
        f"There is no {what} “{short(text)}” yet. Add it first, or leave this column out and "
        "import the file again later."
    )
