"""Add, change and remove equipment. What has happened to a thing is never lost: one with history
is retired and disposed of, not removed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from app.assets import own_fields, rules, told
from app.assets.models import Asset
from app.assets.queries import found_by, found_person
from app.assets.words import forget_words, index_words
from app.contracts.register import Contract
from app.errors import NotThere, Refused, Wrong, wrong
from app.locations.models import Location
from app.locations.queries import get_location, room_for
from app.people.identity import Me
from app.references import what_points_at
from app.suppliers.models import Supplier
from tenants import db

PLAIN = (
    "tag",
    "type",
    "make",
    "model",
    "serial",
    "purchase_date",
    "price",
    "funding",
    "warranty_end",
    "os_version",
    "notes",
)
_NAMED_BY = ("location", "holder", "supplier", "contract")


def add_asset(*, by: Me, **said: Any) -> Asset:
    """In the register from now on: on order, in stock, in use, or in repair."""
    asset = Asset(
        created_by=by.name,
        status=said.get("status") or "in_use",
        type=said["type"],
        own_fields={},
        **{name: said.get(name) for name in PLAIN if name not in ("type", "make")},
    )
    asset.make = said.get("make") or ""
    if asset.status not in rules.FIRST:
        words = ", ".join(rules.STATUS_WORDS[one].lower() for one in rules.FIRST)
        raise wrong("status", f"New equipment is one of: {words}.")
    _set(asset, said)
    db.session.add(asset)
    db.session.flush()
    index_words([asset], are_new=True)
    told.tell(asset, "asset.added", by=by, after=asset.tag, note=_where(asset, said))
    return asset


def change_asset(asset: Asset, *, by: Me, **said: Any) -> None:
    """One event says what it was and what it is now: moved, handed over, or changed."""
    said = {name: value for name, value in said.items() if name != "status"}
    if asset.status == "disposed" and set(said) - {"notes"}:
        raise Refused(f"{asset.tag} has been disposed of. Only its notes can be changed.")
    before = told.values_of(asset)
    with db.session.no_autoflush:
        for name in PLAIN:
            if name in said:
                setattr(asset, name, said[name] or "" if name == "make" else said[name])
        _set(asset, said, is_new=False)
    changes = told.differences(before, told.values_of(asset))
    if not changes:
        return
    db.session.flush()
    index_words([asset])
    told.changed(asset, changes, by=by)


def remove_asset(asset: Asset, *, by: Me) -> None:
    """Only one that was added by mistake: nothing ever happened to it."""
    if what_points_at("assets", asset.id, but={"asset_words"}) or told.has_history(asset):
        raise Refused(
            f"{asset.tag} has history. Retire it instead; then its incidents and loans stay."
        )
    told.tell(asset, "asset.removed", by=by, before=asset.tag)
    forget_words(asset)
    db.session.delete(asset)
    db.session.flush()


def _set(asset: Asset, said: dict[str, Any], *, is_new: bool = True) -> None:
    """What is not a plain text, and what must not be twice; every mistake is told at once."""
    errors: dict[str, list[str]] = {}
    for check in (_check_tag, _check_serial, _set_room, _set_holder, _set_names, _set_own_fields):
        try:
            check(asset, said, is_new)
        except Wrong as mistake:
            errors.update(mistake.errors)
    if errors:
        raise Wrong(errors)


def _check_tag(asset: Asset, said: dict[str, Any], is_new: bool) -> None:
    if "tag" not in said:
        return
    if mistake := rules.tag_mistake(asset.tag):
        raise wrong("tag", mistake)
    taken = db.session.execute(
        select(Asset.id, Asset.tag).where(Asset.tag_key == asset.tag.lower())
    ).first()
    if taken is not None and (is_new or taken.id != asset.id):
        raise wrong("tag", f"The school has equipment with the tag {taken.tag} already.")


def _check_serial(asset: Asset, said: dict[str, Any], is_new: bool) -> None:
    if not asset.serial or not {"serial", "make"} & set(said):
        return
    taken = db.session.execute(
        select(Asset.id, Asset.tag).where(
            found_by(asset.serial),
            func.lower(Asset.make) == (asset.make or "").lower(),
            func.lower(Asset.serial) == asset.serial.lower(),
        )
    ).first()
    if taken is not None and (is_new or taken.id != asset.id):
        of_make = f" of {asset.make}" if asset.make else ""
        raise wrong("serial", f"{taken.tag} has this serial number{of_make} already.")


def _set_room(asset: Asset, said: dict[str, Any], _is_new: bool) -> None:
    if "location" not in said:
        return
    key = said["location"]
    if not key:
        asset.location_id = None
        return
    if asset.location_id is not None and _room_key(asset.location_id) == key:
        # A room that is no longer used may stay where it stands already.
        return
    room = room_for(key)
    assert room is not None
    asset.location_id = room.id


def _room_key(location_id: int) -> str | None:
    return db.session.scalar(select(Location.key).where(Location.id == location_id))


def _set_holder(asset: Asset, said: dict[str, Any], _is_new: bool) -> None:
    """One of the school's people where it is one, else the name alone: a pupil, a class."""
    if "holder" not in said:
        return
    asset.holder_id, asset.holder = found_person(said["holder"])


def _set_names(asset: Asset, said: dict[str, Any], _is_new: bool) -> None:
    errors: dict[str, list[str]] = {}
    if "supplier" in said:
        wanted = select(Supplier.id).where(Supplier.key == said["supplier"])
        asset.supplier_id = db.session.scalar(wanted) if said["supplier"] else None
        if said["supplier"] and asset.supplier_id is None:
            errors["supplier"] = ["Choose a supplier from your list."]
    if "contract" in said:
        number = select(Contract.id).where(Contract.number == said["contract"])
        asset.contract_id = db.session.scalar(number) if said["contract"] else None
        if said["contract"] and asset.contract_id is None:
            errors["contract"] = ["Choose a contract from your list."]
    if errors:
        raise Wrong(errors)


def _set_own_fields(asset: Asset, said: dict[str, Any], _is_new: bool) -> None:
    if said.get("own_fields"):
        before = asset.own_fields or {}
        asset.own_fields = own_fields.checked(asset.type, said["own_fields"], before)


def _where(asset: Asset, said: dict[str, Any]) -> str | None:
    if not said.get("location"):
        return None
    try:
        return get_location(str(said["location"])).name
    except NotThere:
        return None
