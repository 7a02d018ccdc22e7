"""Change what a school's desk has decided for itself; every change is one event."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from sqlalchemy.dialects.postgresql import insert as upsert

from app import clock
from app.errors import Stale
from app.history.actions import record
from app.people.identity import Me
from app.schools.desk_settings import DeskRules, DeskSettings, settings_here
from tenants import current_school_id, db

SUBJECT = "desk_settings"
_LISTS = ("channels", "advisor_categories")
_AFTER: list[Callable[[], None]] = []


def after_settings(forget: Callable[[], None]) -> None:
    """Called after a change, by whoever keeps something of it (`create_app`)."""
    if forget not in _AFTER:
        _AFTER.append(forget)


def saved() -> tuple[dict[str, Any], DeskSettings | None]:
    """As it is now; no row yet: the usual, which is version 0."""
    row = db.session.get(DeskSettings, current_school_id(), populate_existing=True)
    return asdict(settings_here()), row


def change_settings(values: dict[str, Any], *, version: int, by: Me) -> DeskSettings:
    """`version` is what the change began with."""
    now = clock.now()
    # The first to change anything makes the row; whoever comes at the same moment waits for it.
    db.session.execute(
        upsert(DeskSettings)
        .values(school_id=current_school_id(), **_row(asdict(DeskRules())), updated_by=by.name,
                updated_at=now, version=0)
        .on_conflict_do_nothing()
    )  # fmt: skip
    row = db.session.get(
        DeskSettings, current_school_id(), populate_existing=True, with_for_update=True
    )
    assert row is not None
    if row.version != version:
        raise Stale("Somebody else has changed the settings since you read them. Look again.")
    values = _row(values)
    changed = {
        name: (getattr(row, name), value)
        for name, value in values.items()
        if getattr(row, name) != value
    }
    for name, value in values.items():
        setattr(row, name, value)
    row.updated_by, row.updated_at = by.name, now
    db.session.flush()
    record(
        "desk.settings_changed",
        subject_kind=SUBJECT,
        subject_id=current_school_id(),
        at=now,
        by=by,
        from_value=_said({name: before for name, (before, _) in changed.items()}),
        to_value=_said({name: after for name, (_, after) in changed.items()}),
        visibility="internal",
    )
    for forget in _AFTER:
        forget()
    return row


def _row(values: dict[str, Any]) -> dict[str, Any]:
    return {name: list(value) if name in _LISTS else value for name, value in values.items()}


def _said(values: dict[str, Any]) -> str:
    return "; ".join(
        f"{name}: {', '.join(value) if isinstance(value, list) else value}"
        for name, value in values.items()
    )
