"""Leave word that people are to hear of it by mail; whom and how, notifications know."""

from __future__ import annotations

from app import clock
from app.later import later
from app.people.identity import Me
from app.progress.models import Change, Implementation

TASK = "tell_of_progress"
TOLD = frozenset(
    {
        *("submitted", "approved_to_proceed", "prepared", "approved_to_implement", "rejected"),
        *("implemented", "backed_out", "done"),
    }
)


def tell_of(thing: Change | Implementation, about: str, what: str, by: Me) -> None:
    if what in TOLD:
        at = clock.now()
        later(TASK, at=at, about=about, subject_id=thing.id, what=what, by_person=by.person_id)
