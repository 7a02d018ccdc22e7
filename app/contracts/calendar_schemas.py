"""A school's calendar and the LA's days as they come in: as JSON, and as pages ask for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from marshmallow import ValidationError, fields, validate

from app.contracts.calendar_text import NotRead, as_entry, read_breaks, read_days, read_hours
from app.contracts.pack_fields import WEEKDAYS
from app.shapes import SHORT, Day, Shape, Text, choice

_TIMES = {"type": "array", "items": {"type": "array", "items": {"type": "string"}}}
_WEEK = {
    "type": "object",
    "properties": dict.fromkeys(WEEKDAYS, _TIMES),
    "additionalProperties": False,
}
_DAYS = "Dates, or pairs of first and last day, or objects {on or from, to, reason}"


class CalendarBody(Shape):
    """The same five fields in and out. What is inside them is read by `school_calendar`."""

    opening = fields.Raw(
        required=True,
        metadata={**_WEEK, "description": "Openings by weekday, as a pack’s `week`"},
    )
    breaks = fields.Raw(
        load_default=list,
        allow_none=True,
        metadata={"description": "Closed in between: [[from, to], …] every day, or by weekday"},
    )
    terms = fields.Raw(
        load_default=None,
        allow_none=True,
        metadata={"description": "[[first day, last day], …], or null: the LA’s"},
    )
    inset_days = fields.Raw(load_default=list, metadata={"description": _DAYS})
    closures = fields.Raw(load_default=list, metadata={"description": _DAYS})


class _Typed(Text):
    """Text that `read` understands; the meaning is asked for again by whoever needs it."""

    def __init__(self, read: Callable[[str], Any], longest: int, **extra: Any) -> None:
        super().__init__(longest, **extra)
        self.read = read

    def _deserialize(self, value: Any, attr: Any, data: Any, **extra: Any) -> Any:
        text = super()._deserialize(value, attr, data, **extra)
        try:
            return self.read(text or "")
        except NotRead as error:
            raise ValidationError(str(error)) from None


def _hours(called: str) -> _Typed:
    return _Typed(read_hours, SHORT, load_default=list, allow_none=True, metadata={"label": called})


_LINES = 5000
_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAY_HINT = "One on each line, with the reason behind it: 23 February 2026 staff training"


class _SchoolCalendarForm(Shape):
    breaks = _Typed(
        read_breaks,
        SHORT,
        is_long=True,
        load_default=list,
        metadata={
            "label": "When nobody can be let in, in between",
            "hint": "For example lunch: 12:30-13:30. Or a line for a weekday: Fri 12:00-13:00",
            "rows": 2,
        },
    )
    whose_terms = choice(
        {"la": "The LA’s", "own": "Our own"},
        load_default="la",
        metadata={"label": "Term dates", "kind": "radios"},
    )
    terms = _Typed(
        read_days,
        _LINES,
        is_long=True,
        load_default=list,
        metadata={
            "label": "Our own terms",
            "hint": "Each half term on a line: 2 September 2026 to 23 October 2026",
            "rows": 7,
        },
    )
    inset_days = _Typed(
        read_days,
        _LINES,
        is_long=True,
        load_default=list,
        metadata={"label": "INSET days", "hint": _DAY_HINT, "rows": 5},
    )
    closures = _Typed(
        read_days,
        _LINES,
        is_long=True,
        load_default=list,
        metadata={"label": "Other days on which the school is closed", "hint": _DAY_HINT},
    )


# A field for each weekday first, because a form is drawn and its mistakes told in this order.
SchoolCalendarForm = type(
    "SchoolCalendarForm",
    (_SchoolCalendarForm,),
    {weekday: _hours(name) for weekday, name in zip(WEEKDAYS, _NAMES, strict=True)},
)


def body_of(data: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """What a page's form says in the shape of the API, and why days are closed."""
    body = {
        "opening": {weekday: data[weekday] for weekday in WEEKDAYS if data.get(weekday)},
        "breaks": data["breaks"] or [],
        "terms": None,
        "inset_days": [as_entry(one) for one in data["inset_days"] or []],
        "closures": [as_entry(one) for one in data["closures"] or []],
    }
    if data["whose_terms"] == "own":
        own = data["terms"] or []
        body["terms"] = [[one.first.isoformat(), one.last.isoformat()] for one in own]
    listed = [*(data["inset_days"] or []), *(data["closures"] or [])]
    return body, {one.first.isoformat(): one.words for one in listed if one.words}


class BankHolidayBody(Shape):
    on = Day(required=True, metadata={"label": "Day"})
    name = Text(
        100,
        required=True,
        metadata={"label": "What it is called", "missing": "Say what it is called"},
    )


class TermBody(Shape):
    name = Text(50, required=True)
    first_day = Day(required=True)
    last_day = Day(required=True)


class YearBody(Shape):
    terms = fields.List(fields.Nested(TermBody), required=True, validate=validate.Length(max=20))


class YearForm(Shape):
    """The half terms of one school year, as lines."""

    terms = _Typed(
        read_days,
        _LINES,
        is_long=True,
        required=True,
        metadata={
            "label": "Half terms",
            "hint": "A line each, its name behind: 2 September 2026 to 23 October 2026 autumn 1",
            "rows": 7,
        },
    )


class TermOut(Shape):
    name = fields.String(required=True)
    first_day = fields.String(required=True)
    last_day = fields.String(required=True)


class YearOut(Shape):
    academic_year = fields.String(required=True)
    terms = fields.List(fields.Nested(TermOut), required=True)
    school_days = fields.Integer(
        required=True, metadata={"description": "Weekdays in term less bank holidays; usually 195"}
    )


class BankHolidayOut(Shape):
    on = fields.String(required=True)
    name = fields.String(required=True)


class LaCalendarOut(Shape):
    years = fields.List(fields.Nested(YearOut), required=True)
    bank_holidays = fields.List(fields.Nested(BankHolidayOut), required=True)
