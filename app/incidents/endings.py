"""What else is to happen when an incident is over; rooms further up the ladder say so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from app.incidents.models import Incident

End = Callable[[Incident, datetime], None]


class _Asked:
    of_visits: End | None = None


def calls_off_visits(do: End) -> None:
    """From now on this is done with an incident that is over while a visit for it is agreed."""
    _Asked.of_visits = do


def is_over(incident: Incident, at: datetime) -> None:
    """Costs nothing where nobody was to come for it."""
    if incident.next_visit_at is not None and _Asked.of_visits is not None:
        _Asked.of_visits(incident, at)
