"""Lesson time lost (N18): an estimate from what the sheet says and when the school was open. Pure.

Lesson-hours are the school's open time from when it happened (or was reported) until work could go
on, at most as many lessons as the reporter named; where none were named, one. Pupil-hours are that
times the pupils. Only of a class that was stopped.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from app.calendar_days import Calendar
from app.service_hours import open_seconds

METHOD = (
    "An estimate: the time the school was open from when it happened until work could go on, "
    "at most as many lessons as the sheet names (one where it names none), each of {minutes} "
    "minutes."
)
_AN_HOUR = 3600


class Lost(NamedTuple):
    """In hours, with one decimal. Without the number of pupils nothing is said of theirs."""

    lesson_hours: float
    pupil_hours: float | None


def lost(
    *,
    is_class_stopped: bool | None,
    lessons: int | None,
    pupils: int | None,
    began_at: datetime,
    ended_at: datetime,
    calendar: Calendar,
    lesson_minutes: int,
) -> Lost | None:
    """None where no class was stopped. `ended_at`: restored, or now while it is not."""
    if not is_class_stopped:
        return None
    most = (1 if lessons is None else lessons) * lesson_minutes * 60
    hours = min(open_seconds(calendar, began_at, ended_at), most) / _AN_HOUR
    return Lost(round(hours, 1), None if pupils is None else round(hours * pupils, 1))
