"""Add, change, archive and remove suppliers, and say where incidents for them go."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from app import clock
from app.errors import NotAllowed, Refused, wrong
from app.history.actions import record
from app.locations.rules import key_for
from app.people.group_actions import SUPPLIER, add_group
from app.people.identity import Me
from app.people.models import SupportGroup
from app.permissions import WORDS
from app.references import what_points_at
from app.suppliers.models import Supplier
from app.suppliers.queries import group_called, groups_of
from app.suppliers.rules import RESERVED, hangs_words, sorted_specialities
from tenants import db

THIRD_LINE = 3


def add_supplier(*, by: Me, name: str, group: str | None = None, **facts: Any) -> Supplier:
    _check_name(name, None)
    facts["specialities"] = sorted_specialities(facts.get("specialities") or ())
    keys = set(db.session.scalars(select(Supplier.key)))
    supplier = Supplier(
        key=key_for(name, keys, stem="supplier", reserved=RESERVED),
        name=name,
        group_id=group_called(group).id if group else None,
        created_by=by.name,
        **facts,
    )
    db.session.add(supplier)
    db.session.flush()
    _record("supplier.added", supplier, by, after=name)
    return supplier


def change_supplier(supplier: Supplier, *, by: Me, **changes: Any) -> None:
    """The key stays, so links keep working."""
    if "name" in changes:
        with db.session.no_autoflush:
            _check_name(changes["name"], supplier.id)
    if "specialities" in changes:
        changes["specialities"] = sorted_specialities(changes["specialities"])
    if "group" in changes:
        key = changes.pop("group")
        changes["group_id"] = group_called(key).id if key else None
    if "archived" in changes:
        changes["is_archived"] = changes.pop("archived")
    before = {name: getattr(supplier, name) for name in changes}
    changed = [name for name in changes if before[name] != changes[name]]
    if not changed:
        return
    groups = groups_of([supplier])
    for name in changed:
        setattr(supplier, name, changes[name])
    db.session.flush()
    _record_change(supplier, by, changed, before, groups)


def make_group(supplier: Supplier, *, by: Me) -> None:
    """A third-line group of its name and address, so that incidents can be passed to it."""
    if not by.may("lines.edit"):
        raise NotAllowed(f"{WORDS['lines.edit']}: your role does not allow it.")
    if supplier.group_id is not None:
        raise Refused(f"Incidents for {supplier.name} have a group already.")
    if not supplier.email:
        raise Refused(f"Enter the e-mail address of {supplier.name} first: incidents go there.")
    key = db.session.scalar(
        select(SupportGroup.key).where(
            func.lower(SupportGroup.name) == func.lower(supplier.name),
            SupportGroup.kind == SUPPLIER,
        )
    ) or add_group(
        by=by,
        kind=SUPPLIER,
        name=supplier.name,
        line=THIRD_LINE,
        email=supplier.email,
        phone=supplier.phone,
    )
    change_supplier(supplier, by=by, group=key)


def remove_supplier(supplier: Supplier, *, by: Me) -> None:
    """Only one from whom the school never had anything."""
    group = supplier.group_id
    had_incidents = group is not None and bool(
        what_points_at("support_groups", group, but=("suppliers", "support_group_members"))
    )
    hangs = hangs_words(what_points_at("suppliers", supplier.id), had_incidents)
    if hangs:
        raise Refused(f"{supplier.name} has {hangs}. Archive it instead of removing it.")
    _record("supplier.removed", supplier, by, before=supplier.name)
    db.session.delete(supplier)
    db.session.flush()


def _check_name(name: str, own_id: int | None) -> None:
    taken = db.session.scalar(select(Supplier).where(func.lower(Supplier.name) == func.lower(name)))
    if taken is None or taken.id == own_id:
        return
    if taken.is_archived:
        raise wrong("name", "The school had a supplier of this name. Use that one again instead.")
    raise wrong("name", "The school has a supplier of this name already.")


def _record_change(
    supplier: Supplier,
    by: Me,
    changed: list[str],
    before: dict[str, Any],
    groups: dict[int | None, tuple[str, str]],
) -> None:
    if changed == ["is_archived"]:
        kind = "supplier.archived" if supplier.is_archived else "supplier.used_again"
        _record(kind, supplier, by)
    elif changed == ["group_id"]:
        was = groups.get(before["group_id"], ("", None))[1]
        now = groups_of([supplier]).get(supplier.group_id, ("", None))[1]
        _record("supplier.linked" if now else "supplier.unlinked", supplier, by, was, now)
    else:
        note = ", ".join(one.removesuffix("_id").removeprefix("is_") for one in changed)
        was = before.get("name", supplier.name)
        _record("supplier.changed", supplier, by, was, supplier.name, note.replace("_", " "))


def _record(
    kind: str,
    supplier: Supplier,
    by: Me,
    before: str | None = None,
    after: str | None = None,
    note: str | None = None,
) -> None:
    record(
        kind,
        subject_kind="supplier",
        subject_id=supplier.id,
        at=clock.now(),
        by=by,
        from_value=before,
        to_value=after,
        note=note,
        visibility="internal",
    )
