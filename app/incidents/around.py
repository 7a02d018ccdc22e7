"""What stands around one incident on its page: its turns and promised times, as plain rows.

For showing only, so columns and not objects, and past the session, which would take as long as
PostgreSQL does; so each statement names its school itself. Whoever changes turns and clocks asks
turns.py and clocks.py.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, bindparam, select

from app.contracts.kept import is_recent, saw, stamp_column
from app.incidents.models import Clock, Incident, Turn
from tenants import db

_turn, _clock = Turn.__table__.c, Clock.__table__.c
_TURNS: Select[Any] = (
    select(
        _turn.party,
        _turn.line,
        _turn.status,
        _turn.hold_reason,
        _turn.group_name,
        _turn.began_at,
        _turn.ended_at,
    )
    .where(_turn.school_id == bindparam("school"), _turn.incident_id == bindparam("incident"))
    .order_by(_turn.began_at, _turn.id)
)
_CLOCKS: Select[Any] = (
    select(*(one for one in _clock if one.name not in ("school_id", "id", "incident_id")))
    .where(_clock.school_id == bindparam("school"), _clock.incident_id == bindparam("incident"))
    .order_by(_clock.id)
)
_CLOCKS_AND_STAMP: Select[Any] = _CLOCKS.add_columns(stamp_column())


def turns_around(incident: Incident) -> list[Any]:
    """In order; the last is open while anybody's turn it is."""
    return _around(_TURNS, incident)


def clocks_around(incident: Incident) -> list[Any]:
    """With them comes, now and then, whether agreements are still those that were read."""
    if is_recent(incident.school_id):
        return _around(_CLOCKS, incident)
    found = _around(_CLOCKS_AND_STAMP, incident)
    if found:
        saw(incident.school_id, found[0][-1])
    return found


def _around(wanted: Select[Any], incident: Incident) -> list[Any]:
    of = {"school": incident.school_id, "incident": incident.id}
    return list(db.session.connection().execute(wanted, of))
