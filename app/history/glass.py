"""The access glass [N15]: LA staff who open a record of a school leave a trace that it can read."""

from __future__ import annotations

from app import clock
from app.history.actions import record_access
from app.people.identity import Me


def looked_at(subject: str, by: Me) -> None:
    """The school's own people leave none."""
    if by.is_from_outside and by.school is not None:
        record_access(subject, "read as LA staff", at=clock.now(), by=by)
