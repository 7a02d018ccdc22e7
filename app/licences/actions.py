"""Add, change, retire and remove licences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from app import clock
from app.assets.models import Asset
from app.assets.rules import GONE
from app.errors import Refused, Wrong, wrong
from app.history.models import Event
from app.licences import allocating, rules
from app.licences.changes import changes_of
from app.licences.keys import keep_key
from app.licences.models import Licence, LicenceAllocation
from app.licences.named import CONTRACT, SUPPLIER, ids_of
from app.licences.told import tell
from app.people.identity import Me
from app.references import what_points_at
from tenants import current_school_id, db
from tenants.numbers import take_number

NAMES = {"supplier": SUPPLIER, "contract": CONTRACT}
# What a change says of each, in the order of the sheet; cost has an event of its own, which not
# everybody may read, and so has the quantity, which needs a reason.
_WORDS = {
    "product": "Product",
    "publisher": "Publisher",
    "edition": "Edition",
    "metric": "Counted",
    "agreement_ref": "Agreement",
    "purchase_date": "Bought on",
    "start": "First day",
    "end": "Last day",
    "auto_renew": "Renews by itself",
    "notice_days": "Days of notice",
    "peak_use": "Most at the same time",
    "supplier_id": "Supplier",
    "contract_id": "Contract",
    "home_use": "May be used at home",
    "curriculum": "Curriculum software",
    "notes": "Notes",
}
_PLAIN = (*(name for name in _WORDS if not name.endswith("_id")), "quantity", "cost")


def add_licence(
    *,
    by: Me,
    secret_key: str,
    licence_key: str | None = None,
    allocations: Sequence[Mapping[str, Any]] = (),
    **said: Any,
) -> Licence:
    licence = Licence(number=0, created_by=by.name, **_columns(said))
    _check(licence)
    licence.number = take_number("licence")
    db.session.add(licence)
    db.session.flush()
    tell("licence.added", licence, by, to_value=licence.product)
    keep_key(licence, licence_key, by=by, secret_key=secret_key)
    if allocations:
        allocating.replace_allocations(licence, allocations, by=by)
    return licence


def change_licence(licence: Licence, *, by: Me, secret_key: str, **said: Any) -> None:
    """What is left out stays as it is. Another quantity needs a reason, in the books too."""
    reason = said.pop("reason", None)
    state = said.pop("state", licence.state)
    before = {name: getattr(licence, name) for name in (*_WORDS, "quantity", "cost")}
    with db.session.no_autoflush:
        for name, value in _columns(said).items():
            setattr(licence, name, value)
        _check(licence)
    if licence.quantity != before["quantity"] and not reason:
        raise wrong("reason", "Say why the quantity changes.")
    db.session.flush()
    _record_changes(licence, before, reason, by=by)
    if state != licence.state:
        move_licence(licence, state, by=by, reason=reason)
    if "licence_key" in said:
        keep_key(licence, said["licence_key"], by=by, secret_key=secret_key)
    if said.get("allocations") is not None:
        allocating.replace_allocations(licence, said["allocations"], by=by)


def move_licence(licence: Licence, state: str, *, by: Me, reason: str | None = None) -> None:
    """In use, or retired: from today it counts no longer, and nobody uses it."""
    if state not in rules.STEPS[licence.state]:
        now, then = rules.STATE_WORDS[licence.state], rules.STATE_WORDS[state]
        raise Refused(f"It is “{now}”; it cannot become “{then}”.")
    licence.state = state
    licence.retired_on = clock.today() if state == "retired" else None
    db.session.flush()
    kind = "licence.retired" if state == "retired" else "licence.activated"
    tell(kind, licence, by, note=reason)
    if state == "retired":
        allocating.end_every_allocation(licence, by=by)


def remove_licence(licence: Licence, *, by: Me) -> None:
    """Only one that was added by mistake: nothing hangs on it."""
    if what_points_at("licences", licence.id):
        raise Refused(
            f"{licence.product} has history: allocations, files or payments hang on it. "
            "Retire it instead of removing it."
        )
    tell("licence.removed", licence, by, from_value=licence.product)
    db.session.delete(licence)
    db.session.flush()


def release_of_asset(asset_id: int, on: date | None = None) -> None:
    """The equipment was retired: from that day on it uses no licence (domain.md 4.3). A second
    time, and where that was undone, there is nothing to do."""
    if db.session.scalar(select(Asset.status).where(Asset.id == asset_id)) not in GONE:
        return
    day = on or _retired_on(asset_id)
    found = db.session.execute(
        select(LicenceAllocation, Licence)
        .join(
            Licence,
            (Licence.school_id == LicenceAllocation.school_id)
            & (Licence.id == LicenceAllocation.licence_id),
        )
        .where(LicenceAllocation.asset_id == asset_id, allocating.goes_on_after(day))
        .order_by(LicenceAllocation.id)
        .with_for_update()
    ).all()
    tag = allocating.tag_of(asset_id) if found else None
    for allocation, licence in found:
        allocating.end_before(allocation, day)
        tell("licence.released", licence, None, from_value=tag)
    db.session.flush()


def _retired_on(asset_id: int) -> date:
    at = db.session.scalar(
        select(Event.at)
        .where(
            Event.school_id == current_school_id(),
            Event.subject_kind == "asset",
            Event.subject_id == asset_id,
            Event.kind.in_(("asset.retired", "asset.disposed")),
        )
        .order_by(Event.at.desc())
        .limit(1)
    )
    return at.astimezone(clock.LONDON).date() if at else clock.today()


def _columns(said: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept as it was said, and the ids of what it names."""
    kept = {name: said[name] for name in (*_PLAIN, "state") if name in said}
    return {**kept, **ids_of(said, NAMES)}


def _check(licence: Licence) -> None:
    errors: dict[str, list[str]] = {}
    if licence.quantity is None and licence.metric != "site":
        errors["quantity"] = ["Enter how many it covers"]
    if licence.end is not None and licence.end < licence.start:
        errors["end"] = ["The last day must not be before the first"]
    if errors:
        raise Wrong(errors)


def _record_changes(
    licence: Licence, before: Mapping[str, Any], reason: str | None, *, by: Me
) -> None:
    changed = changes_of(licence, before, _WORDS, NAMES)
    if changed.names:
        tell(
            "licence.changed",
            licence,
            by,
            from_value=changed.before,
            to_value=changed.after,
        )
    for name in ("quantity", "cost"):
        alone = changes_of(licence, before, {name: ""}, NAMES)
        if alone.names:
            tell(
                f"licence.{name}_changed",
                licence,
                by,
                from_value=alone.before.removeprefix(": "),
                to_value=alone.after.removeprefix(": "),
                note=reason if name == "quantity" else None,
            )
