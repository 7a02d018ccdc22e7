"""Write down tests, census or an inspection, change it, call it off."""

from __future__ import annotations

from typing import Any

from app import clock
from app.catalogue.actions import changed_in, told
from app.catalogue.models import CriticalDate
from app.catalogue.queries import service_for
from app.errors import wrong
from app.history.actions import record
from app.locations.queries import room_for
from app.people.identity import Me
from tenants import db
from tenants.numbers import take_number


def add_critical_date(*, by: Me, **said: Any) -> CriticalDate:
    _check_days(said["first_day"], said["last_day"])
    columns = _columns(said)
    found = CriticalDate(number=take_number("critical_date"), created_by=by.name, **columns)
    db.session.add(found)
    db.session.flush()
    _record("critical_date.added", found, by, to_value=found.title)
    return found


def change_critical_date(found: CriticalDate, *, by: Me, **said: Any) -> None:
    """Incidents that it has raised keep their priority until somebody checks them again."""
    _check_days(said.get("first_day", found.first_day), said.get("last_day", found.last_day))
    is_cancelled = said.pop("cancelled", found.is_cancelled)
    changed = changed_in(found, _columns(said, found))
    if changed:
        _record("critical_date.changed", found, by, **told(changed))
    if is_cancelled != found.is_cancelled:
        found.is_cancelled = is_cancelled
        kind = "critical_date.cancelled" if is_cancelled else "critical_date.restored"
        _record(kind, found, by, to_value=found.title)
    db.session.flush()


def _check_days(first: Any, last: Any) -> None:
    if last < first:
        raise wrong("last_day", "The last day must not be before the first.")


def _columns(said: dict[str, Any], before: CriticalDate | None = None) -> dict[str, Any]:
    columns = {name: value for name, value in said.items() if name not in ("service", "location")}
    if "service" in said:
        kept = before.service_id if before else None
        service = service_for(said["service"], kept=kept)
        columns["service_id"] = service.id if service else None
    if "location" in said:
        room = room_for(said["location"])
        columns["location_id"] = room.id if room else None
    return columns


def _record(kind: str, found: CriticalDate, by: Me, **more: Any) -> None:
    """Nobody reads of it who may not see the date (N13): its history is asked for with it alone."""
    record(
        kind,
        subject_kind="critical_date",
        subject_id=found.id,
        at=clock.now(),
        by=by,
        visibility="internal",
        **more,
    )
