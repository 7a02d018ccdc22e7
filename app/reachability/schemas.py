"""What comes in about being there, and the shapes that go out."""

from __future__ import annotations

import re
from datetime import date, time
from itertools import pairwise
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from app.shapes import Day, Flag, Shape, Text, Whole

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MOST_PERIODS = 200
LONGEST_ABSENCE_DAYS = 400
_TIME = re.compile(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])")
_SPAN = re.compile(rf"\s*{_TIME.pattern}\s*(?:-|–|to|until)\s*{_TIME.pattern}\s*")
_SAID = "Enter from and to as 8:30-12:00; several with commas between"


class Hours(Text):
    """What a person types for one weekday: `8:30-12:00, 13:00-15:30`. Blank is none."""

    def __init__(self, **extra: Any) -> None:
        super().__init__(100, load_default=None, **extra)

    def _deserialize(self, value: Any, attr: Any, data: Any, **extra: Any) -> Any:
        text = super()._deserialize(value, attr, data, **extra)
        return read_hours(text or "")


def read_hours(text: str) -> list[tuple[time, time]]:
    found = []
    for part in filter(str.strip, text.replace(";", ",").split(",")):
        span = _SPAN.fullmatch(part)
        if span is None:
            raise ValidationError(_SAID)
        begins, ends = time(int(span[1]), int(span[2])), time(int(span[3]), int(span[4]))
        if begins >= ends:
            raise ValidationError("The end must come after the beginning, for example 8:30-12:00")
        found.append((begins, ends))
    found.sort()
    if any(after[0] < before[1] for before, after in pairwise(found)):
        raise ValidationError("These times overlap")
    return found


def said_hours(hours: list[tuple[time, time]]) -> str:
    return ", ".join(f"{a:%H:%M}-{b:%H:%M}" for a, b in sorted(hours))


def _hours(weekday: int) -> Hours:
    hint = "For example 8:30-12:00, 13:00-15:30" if not weekday else ""
    return Hours(
        metadata={"label": WEEKDAYS[weekday], "hint": hint, "optional": False, "width": "20"}
    )


class Week(Shape):
    """One person's periods, on a page: a line for each day."""

    day_0 = _hours(0)
    day_1 = _hours(1)
    day_2 = _hours(2)
    day_3 = _hours(3)
    day_4 = _hours(4)
    day_5 = _hours(5)
    day_6 = _hours(6)
    term_time_only = Flag(
        load_default=False, metadata={"label": "In term only, and not on INSET days"}
    )


class Span(Shape):
    """Days, both included."""

    first_day = Day(
        required=True, metadata={"label": "First day", "missing": "Enter the first day"}
    )
    last_day = Day(
        required=True,
        metadata={"label": "Last day", "missing": "Enter the last day, the same for one day"},
    )

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_: Any) -> None:
        first, last = data.get("first_day"), data.get("last_day")
        if not isinstance(first, date) or not isinstance(last, date):
            return
        if last < first:
            raise ValidationError("The last day cannot be before the first.", "last_day")
        if (last - first).days > LONGEST_ABSENCE_DAYS:
            raise ValidationError("That is longer than a year. End their part instead.", "last_day")


class _Who(Shape):
    who = fields.String(
        required=True,
        validate=validate.Length(max=100),
        metadata={
            "kind": "select",
            "label": "Who is away?",
            "choices": [],
            "missing": "Choose who",
        },
    )


class NewAbsence(_Who, Span):
    cover = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=100),
        metadata={
            "kind": "select",
            "label": "Who stands in?",
            "hint": "They count as reachable at the times of whoever is away",
            "blank": "Nobody",
            "choices": [],
        },
    )

    class Meta(Shape.Meta):
        fields = ("who", "first_day", "last_day", "cover")


class NewLaAbsence(_Who, Span):
    class Meta(Shape.Meta):
        fields = ("who", "first_day", "last_day")


class Deputy(Shape):
    deputy_for = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=100),
        metadata={
            "kind": "select",
            "label": "Deputy of",
            "blank": "Nobody: in charge themselves",
            "choices": [],
        },
    )


# --- JSON ---


class WallTime(fields.String):
    """`08:30`, London wall time."""

    def __init__(self, **extra: Any) -> None:
        super().__init__(
            validate=validate.Regexp(r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z", error=_SAID_TIME), **extra
        )


_SAID_TIME = "Enter a time, like 08:30"


class PeriodIn(Shape):
    who = fields.String(required=True, validate=validate.Length(min=1, max=100))
    weekday = Whole(0, 6, required=True, metadata={"description": "Monday is 0"})
    begins = WallTime(required=True)
    ends = WallTime(required=True)
    term_time_only = Flag(load_default=True)

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_: Any) -> None:
        if str(data.get("begins")) >= str(data.get("ends")):
            raise ValidationError("The end must come after the beginning.", "ends")


class NewRota(Shape):
    """Every period of the school's desk; those that are not in it end."""

    periods = fields.List(
        fields.Nested(PeriodIn), required=True, validate=validate.Length(max=MOST_PERIODS)
    )


class AbsenceOut(Shape):
    id = fields.Integer(required=True)
    who = fields.String(required=True)
    first_day = fields.String(required=True)
    last_day = fields.String(required=True)
    cover = fields.String(required=True, allow_none=True)


class MemberOut(Shape):
    name = fields.String(required=True)
    spoc = fields.Boolean(required=True)
    deputy_for = fields.String(required=True, allow_none=True)
    reachable_now = fields.Boolean(required=True)
    until = fields.String(required=True, allow_none=True)
    next_at = fields.String(required=True, allow_none=True)
    away = fields.Boolean(required=True)


class SpanOut(Shape):
    began_at = fields.String(required=True)
    ended_at = fields.String(required=True)


class ReachOut(Shape):
    published = fields.Boolean(required=True)
    phone = fields.String(required=True, allow_none=True)
    email = fields.String(required=True, allow_none=True)
    members = fields.List(fields.Nested(MemberOut), required=True)
    periods = fields.List(fields.Nested(PeriodIn), required=True)
    absences = fields.List(fields.Nested(AbsenceOut), required=True)
    uncovered_now = fields.Boolean(required=True)
    uncovered = fields.List(fields.Nested(SpanOut), required=True)
