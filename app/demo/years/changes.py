"""Twice a year, and where a problem is mended, a school changes something: asked for, approved, prepared, done or backed out."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

from app import clock
from app.demo.years.scene import Cast, Later
from app.progress import actions
from app.progress.models import Change
from tenants import current_school_id, db

# fmt: off
WANTED = (
    ("New boards in two classrooms", "Two classrooms", "The teachers of both classes"),
    ("Another version of the office programs", "All computers of the office", "The office"),
    ("More memory for the ICT suite", "The computers of the ICT suite", "All classes, in turn"),
    ("Another place for the copier", "The copier of the office", "The office"),
)
MENDING = ("Another channel plan for the Wi-Fi", "All access points", "Everybody")
# fmt: on
_BACKED_OUT = 0.12
_A_DAY = timedelta(days=1)


def ask_for_change(cast: Cast, dice: Random, then: Later, problem: int | None = None) -> None:
    """Of a problem it is what mends it; else a new need."""
    title, affected, users = MENDING if problem else dice.choice(WANTED)
    begins = clock.now() + timedelta(days=dice.randrange(14, 30))
    change = actions.ask_for(
        by=cast.spoc,
        title=title,
        reason="problem" if problem else "new_need",
        problem=problem,
        description=f"{title}, because what is there is no longer enough.",
        affected=affected,
        users_affected=users,
        contracts_affected="None",
        risk="A morning without it.",
        test_plan="Try it in one room first.",
        back_out_plan="Put back what was there.",
        communication_plan="A notice to all a week before.",
        planned_start=begins,
        planned_end=begins + timedelta(hours=4),
    )
    step, now = partial(move_change, change.id), clock.now()
    then(now + timedelta(hours=1), partial(step, cast, "submitted"))
    then(now + 2 * _A_DAY, partial(step, cast, "approved_to_proceed"))
    then(now + 5 * _A_DAY, partial(step, cast, "prepared"))
    then(now + 8 * _A_DAY, partial(step, cast, "approved_to_implement"))
    then(begins, partial(step, cast, "implementing"))
    is_bad = dice.random() < _BACKED_OUT
    state = "backed_out" if is_bad else "implemented"
    outcome = "It did not work; everything is as it was." if is_bad else "It works."
    then(begins + timedelta(hours=3), partial(step, cast, state, outcome=outcome))
    then(begins + 7 * _A_DAY, partial(step, cast, "closed"))


def move_change(change_id: int, cast: Cast, state: str, **said: Any) -> None:
    change = db.session.get_one(Change, (current_school_id(), change_id))
    by = cast.ict_owner if state.startswith("approved") else cast.spoc
    actions.move(change, state, by=by, **said)
