"""What goes out about visits: plain values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.incidents.turns import reference
from app.shapes import instant
from app.visits.agenda import Job
from app.visits.queries import Place

_TEXTS = ("booked_by", "note", "aborted_reason", "cancelled_reason", "signed_by")
_INSTANTS = ("arrived_at", "left_at", "signed_at")


def listed(visit: Any) -> dict[str, Any]:
    return {
        "number": visit.number,
        "kind": visit.kind,
        "state": visit.state,
        "starts_at": instant(visit.starts_at),
        "ends_at": instant(visit.ends_at),
        "visitor": visit.visitor_name,
        "host": visit.host_name,
    }


def detail(visit: Any, jobs: Sequence[Job], hidden: int, code: str) -> dict[str, Any]:
    return {
        **listed(visit),
        **{name: getattr(visit, name) for name in _TEXTS},
        **{name: instant(getattr(visit, name)) for name in _INSTANTS},
        "agreed_at": instant(visit.agenda_agreed_at),
        "agreed_by": visit.agenda_agreed_by,
        "jobs": [_job(one, code) for one in jobs],
        "hidden_jobs": hidden,
        "version": visit.version,
    }


def place(one: Place) -> dict[str, Any]:
    school = one.school
    return {
        "school": {"slug": school.slug, "code": school.code, "name": school.name},
        "desk": [
            {
                "name": now.member.name,
                "reachable_now": now.until is not None,
                "until": instant(now.until),
            }
            for now in one.card.people
        ],
        "visits": [detail(stop.visit, stop.jobs, stop.hidden, school.code) for stop in one.stops],
    }


def _job(job: Job, code: str) -> dict[str, Any]:
    return {
        "incident": {
            "number": job.number,
            "reference": reference(code, job.number),
            "title": job.title,
            "status": job.status,
            "priority": f"P{job.priority}" if job.priority else None,
        },
        "outcome": job.outcome,
        "minutes": job.minutes,
        "note": job.note,
    }
