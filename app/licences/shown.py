"""What goes out about licences: plain values. Money only for whoever may see it; keys never."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from app.licences import queries, rules
from app.licences.actions import NAMES
from app.licences.models import Licence, LicenceAllocation
from app.licences.named import Names, key_of, names_of
from app.people.identity import Me
from app.shapes import instant

SEES_COST = "licence.view_cost"
_PLAIN = (
    "number",
    "product",
    "publisher",
    "edition",
    "metric",
    "quantity",
    "state",
    "auto_renew",
    "notice_days",
    "agreement_ref",
    "peak_use",
    "home_use",
    "curriculum",
    "version",
)
_DAYS = ("start", "end", "purchase_date")


class Around:
    """What a page of licences is shown with: how each and its product stand that day, and what
    they name. Three statements however many there are."""

    def __init__(self, licences: Sequence[Licence], on: date) -> None:
        self.on = on
        ids = {one.id for one in licences}
        self._held = {one.number: one for one in queries.held(on, ids)} if ids else {}
        self._standings = {
            number: one
            for one in rules.standings(self._held.values(), on)
            for number in one.numbers
        }
        self.names: Names = names_of(licences, NAMES)

    def allocated(self, licence: Licence) -> int:
        return self._held[licence.number].allocated

    def entitled(self, licence: Licence) -> int | None:
        one = self._held[licence.number]
        return (one.quantity if one.is_in_force(self.on) else 0) if one.metric != "site" else None

    def shortfall(self, licence: Licence) -> int:
        found = self._standings.get(licence.number)
        return found.shortfall if found else 0

    def standing(self, licence: Licence) -> rules.Standing | None:
        return self._standings.get(licence.number)

    def status(self, licence: Licence) -> str:
        return rules.status_on(
            licence.state, licence.end, licence.notice_days, licence.retired_on, self.on
        )


def listed(licences: Sequence[Licence], on: date, person: Me) -> list[dict[str, Any]]:
    around = Around(licences, on)
    return [_listed(one, around, person) for one in licences]


def detail(licence: Licence, on: date, person: Me) -> dict[str, Any]:
    return {
        **_listed(licence, Around([licence], on), person),
        "notes": licence.notes,
        "retired_on": _day(licence.retired_on),
        "allocations": allocations(licence),
        "created_by": licence.created_by,
        "created_at": instant(licence.created_at),
    }


def _listed(licence: Licence, around: Around, person: Me) -> dict[str, Any]:
    return {
        **{name: getattr(licence, name) for name in _PLAIN},
        **{name: _day(getattr(licence, name)) for name in _DAYS},
        **({"cost": money(licence.cost)} if person.may(SEES_COST) else {}),
        "status": around.status(licence),
        "supplier": key_of(around.names, "supplier", licence),
        "contract": key_of(around.names, "contract", licence),
        "has_key": licence.key_sealed is not None,
        "entitled": around.entitled(licence),
        "allocated": around.allocated(licence),
        "product_shortfall": around.shortfall(licence),
    }


def allocations(licence: Licence) -> list[dict[str, Any]]:
    return [allocation(one, tag) for one, tag in queries.allocations_of(licence)]


def allocation(one: LicenceAllocation, tag: str | None) -> dict[str, Any]:
    return {
        "number": one.number,
        "asset": tag,
        "person": one.person,
        "count": one.count,
        "from": _day(one.from_day),
        "to": _day(one.to_day),
        "note": one.note,
    }


def standing(one: rules.Standing) -> dict[str, Any]:
    return {
        "product": one.product,
        "metric": one.metric,
        "entitled": one.entitled,
        "allocated": one.allocated,
        "peak_use": one.peak_use,
        "shortfall": one.shortfall,
        "spare": one.spare,
        "compliant": one.is_compliant,
        "site": one.metric == "site",
        "licences": list(one.numbers),
    }


def compliance(on: date) -> dict[str, Any]:
    found = queries.standings(on)
    summary = rules.share(found)
    return {
        "on": on.isoformat(),
        "items": [standing(one) for one in found],
        "next": None,
        "summary": {**summary._asdict(), "rate": summary.rate},
    }


def true_up(on: date, pupils: int | None, person: Me) -> dict[str, Any]:
    counted, as_at = queries.roll()
    asked = counted if pupils is None else pupils
    rows = rules.true_up(queries.held(on), asked, on)
    return {
        "on": on.isoformat(),
        "pupils": asked,
        "pupils_as_at": _day(as_at) if pupils is None else None,
        "items": [_true_up_row(one, person) for one in rows],
        "next": None,
    }


def _true_up_row(one: rules.TrueUp, person: Me) -> dict[str, Any]:
    row = one._asdict()
    return {
        name: money(value) if name.endswith("cost") or name == "cost_each" else value
        for name, value in row.items()
        if person.may(SEES_COST) or "cost" not in name
    }


def money(pounds: Decimal | None) -> str | None:
    return None if pounds is None else f"{pounds:.2f}"


def _day(on: date | None) -> str | None:
    return on.isoformat() if on else None
