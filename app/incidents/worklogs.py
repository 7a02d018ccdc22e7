"""Minutes of work by kind: how much of it is putting out fires, and what it costs.

Minutes come from two places that never hold the same ones: what was logged here, and what stands
beside a line of the diagnostics sheet, which is reactive work. `labour_minutes` is both together.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from app.errors import wrong
from app.incidents import turns
from app.incidents.beside import Worklog
from app.incidents.chronicle import noted
from app.incidents.models import DiagnosticCheck, Incident
from app.incidents.queries import check_reach
from app.people.identity import Me
from app.shapes import instant
from tenants import db


def log_work(
    incident: Incident,
    *,
    by: Me,
    minutes: int,
    kind: str = "reactive",
    note: str | None = None,
    at: datetime | None = None,
    parts_cost: Decimal | None = None,
) -> Worklog:
    """What somebody spent on it; `at` when it was done, if not just now."""
    check_reach(by, "incident.log_work", incident)
    turns.check_step(incident, "log_work")
    now = turns.instant_for(incident)
    if at is not None and at > now:
        raise wrong("at", "This time has not come yet.")
    line = Worklog(
        incident_id=incident.id,
        at=at or now,
        by=by.name,
        minutes=minutes,
        kind=kind,
        note=note,
        parts_cost=parts_cost,
    )
    db.session.add(line)
    db.session.flush()
    noted(
        incident,
        "incident.work_logged",
        now,
        by=by,
        after=f"{minutes} {kind}",
        note=note,
        visibility="internal",
    )
    return line


def worklogs_of(incident: Incident, *, limit: int = 100, after: int = 0) -> Sequence[Worklog]:
    wanted = select(Worklog).where(Worklog.incident_id == incident.id, Worklog.id > after)
    return db.session.scalars(wanted.order_by(Worklog.id).limit(limit)).all()


def minutes_of(incident: Incident) -> dict[str, int]:
    """By kind, and `labour` for all of them; the minutes of checks are reactive."""
    logged = db.session.execute(
        select(Worklog.kind, func.sum(Worklog.minutes))
        .where(Worklog.incident_id == incident.id)
        .group_by(Worklog.kind)
    )
    found = {"reactive": 0, "proactive": 0, "change": 0}
    found.update({kind: int(minutes) for kind, minutes in logged})
    checks = db.session.scalar(
        select(func.sum(DiagnosticCheck.minutes)).where(DiagnosticCheck.incident_id == incident.id)
    )
    found["reactive"] += int(checks or 0)
    return {**found, "labour": sum(found.values())}


def shown_worklog(line: Worklog) -> dict[str, Any]:
    return {
        "at": instant(line.at),
        "by": line.by,
        "minutes": line.minutes,
        "kind": line.kind,
        "note": line.note,
        "parts_cost": None if line.parts_cost is None else str(line.parts_cost),
    }
