"""Add, change, archive and remove services. One with incidents is archived, never removed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, func, select

from app import clock
from app.catalogue import rules
from app.catalogue.models import Service, ServicePart
from app.catalogue.parts import set_parts
from app.catalogue.queries import names_taken
from app.errors import Refused, wrong
from app.history.actions import record
from app.locations.rules import key_for
from app.people.identity import Me
from app.references import what_points_at
from tenants import db

_COLUMNS = {"supported": "is_supported", "archived": "is_archived"}


def add_service(*, by: Me, name: str, **said: Any) -> Service:
    parts = said.pop("parts", None)
    _check_name(name, None)
    keys = set(db.session.scalars(select(Service.key)))
    service = Service(
        key=key_for(name, keys),
        name=name,
        created_by=by.name,
        seasons=_seasons(said.pop("seasons", None)),
        **_columns(said),
    )
    db.session.add(service)
    db.session.flush()
    if parts:
        set_parts(service, parts)
    _record("service.added", service, by, to_value=name)
    return service


def add_usual(names: Iterable[str], *, by: Me) -> list[Service]:
    """Of the usual services those that the school says it has; names it has already are left."""
    taken, wanted = names_taken(), set(names)
    return [
        add_service(by=by, **one._asdict())
        for one in rules.PRESETS
        if one.name in wanted and one.name.lower() not in taken
    ]


def change_service(service: Service, *, by: Me, **said: Any) -> None:
    """The key stays, so links keep working."""
    parts = said.pop("parts", None)
    if "name" in said:
        _check_name(said["name"], service.id)
    if "seasons" in said:
        said["seasons"] = _seasons(said["seasons"])
    changed = changed_in(service, _columns(said))
    if parts is not None:
        before, after = set_parts(service, parts)
        if before != after:
            changed["parts"] = [before, after]
            service.updated_at = clock.now()
    db.session.flush()
    if changed:
        _record("service.changed", service, by, **told(changed))


def changed_in(thing: Any, said: dict[str, Any]) -> dict[str, list[str]]:
    """Written into it, and what changed: name → [what it was, what it is]."""
    changed = {
        name: [_text(getattr(thing, name)), _text(value)]
        for name, value in said.items()
        if getattr(thing, name) != value
    }
    for name in changed:
        setattr(thing, name, said[name])
    return changed


def told(changed: dict[str, list[str]]) -> dict[str, Any]:
    """Of one thing what it was and what it is; of several which they are."""
    found: dict[str, Any] = {"details": changed, "note": ", ".join(sorted(changed))}
    if len(changed) == 1:
        ((found["from_value"], found["to_value"]),) = changed.values()
    return found


def _text(value: Any) -> str:
    if isinstance(value, list):
        return rules.write_seasons(value)
    if isinstance(value, dict):
        return ", ".join(value)
    return "" if value is None else str(value)


def remove_service(service: Service, *, by: Me) -> None:
    """Only one that nothing ever referred to."""
    if what_points_at("services", service.id, but={"service_parts"}):
        raise Refused(f"{service.name} has history. Archive it instead of removing it.")
    _record("service.removed", service, by, from_value=service.name)
    db.session.execute(delete(ServicePart).where(ServicePart.service_id == service.id))
    db.session.delete(service)
    db.session.flush()


def _check_name(name: str, own_id: int | None) -> None:
    taken = db.session.scalar(
        select(Service.id).where(func.lower(Service.name) == func.lower(name))
    )
    if taken is not None and taken != own_id:
        raise wrong("name", "The school has a service of this name already.")


def _columns(said: dict[str, Any]) -> dict[str, Any]:
    return {_COLUMNS.get(name, name): value for name, value in said.items()}


def _seasons(said: Any) -> list[dict[str, str]]:
    """As a program sends them, or as lines of a page."""
    if isinstance(said, str):
        try:
            return rules.read_seasons(said)
        except rules.NotATime as mistake:
            raise wrong("seasons", str(mistake)) from None
    return [
        {"from": one["first"], "to": one["to"], "criticality": one["criticality"]}
        for one in said or ()
    ]


def _record(kind: str, service: Service, by: Me, **more: Any) -> None:
    record(
        kind,
        subject_kind="service",
        subject_id=service.id,
        at=clock.now(),
        by=by,
        visibility="internal",
        **more,
    )
