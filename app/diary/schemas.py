"""What comes in and goes out about the diary, for pages and JSON alike."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time
from typing import Any

from marshmallow import ValidationError, fields, pre_load, validate, validates_schema

from app.clock import LONDON
from app.diary import rules
from app.history.schemas import Month
from app.shapes import LINE, LONG, SHORT, Day, Flag, Instant, PageArgs, Shape, Text, Whole, choice

_TIME = re.compile(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])")
_NUMBER = Whole(1, 999_999_999, allow_none=True)


class WallTime(fields.Field[time]):
    """A time of day in London, `09:30`."""

    def __init__(self, **extra: Any) -> None:
        metadata = {"type": "string", "pattern": f"^{_TIME.pattern}$", **extra.pop("metadata", {})}
        super().__init__(metadata=metadata, **extra)

    def _deserialize(self, value: Any, attr: Any, data: Any, **extra: Any) -> time:
        found = _TIME.fullmatch(value) if isinstance(value, str) else None
        if found is None or not value.isascii():
            raise ValidationError("Enter a time, for example 9:30")
        return time(int(found[1]), int(found[2]))


class _Distance(Whole):
    """In a list, where nothing else sees that `"7"` is no number."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **extra: Any) -> Any:
        if isinstance(value, str):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **extra)


# What is asked, once for pages and once for programs.
# fmt: off
_TITLE = {"label": "What is to be done?", "missing": "Enter what is to be done",
          "hint": "For example: Renew the insurance, Try to restore from the backup"}
_KIND = {"label": "What kind of thing is it?"}
_ON = {"label": "On which day?", "missing": "Enter the day",
       "hint": "Of something that repeats, the first day"}
_AT = {"label": "At what time?", "hint": "Leave it empty for the whole day", "width": "5"}
_REPEAT = {"label": "Does it come again?", "kind": "select"}
_UNTIL = {"label": "Until when does it repeat?", "hint": "Leave it empty if it goes on"}
_SKIPS = {"label": "Not on days on which the school is closed",
          "hint": "It moves to the next open day"}
_ASSIGNEE = {"label": "Who does it?", "kind": "select", "blank": "The desk",
             "hint": "They are reminded of it"}
_NOTES = {"label": "Notes", "rows": 4}
# fmt: on
POINT = Text(LINE, required=True)


class _Entry(Shape):
    title = Text(SHORT, required=True, metadata=_TITLE)
    kind = choice(rules.KIND_WORDS, required=True, metadata=_KIND)
    on = Day(required=True, metadata=_ON)
    at = WallTime(allow_none=True, metadata=_AT)
    repeat = choice(rules.REPEAT_WORDS, allow_none=True, metadata=_REPEAT)
    until = Day(allow_none=True, metadata=_UNTIL)
    skips_closures = Flag(metadata=_SKIPS)
    assignee = Text(SHORT, allow_none=True, metadata=_ASSIGNEE)
    notes = Text(LONG, is_long=True, allow_none=True, metadata=_NOTES)


class DiaryNewEntry(_Entry):
    checklist = fields.List(
        POINT, allow_none=True, validate=validate.Length(max=rules.LONGEST_CHECKLIST)
    )
    remind_days_before = fields.List(
        _Distance(0, rules.EARLIEST_REMINDER),
        allow_none=True,
        validate=validate.Length(max=rules.MOST_REMINDERS),
    )
    contract = _NUMBER
    licence = _NUMBER
    asset = Text(SHORT, allow_none=True)
    status = choice(rules.STATUS_WORDS)

    @pre_load
    def _instant_as_day_and_time(self, data: Any, **_extra: Any) -> Any:
        """`on` may be an instant: then it says the time too."""
        on = data.get("on") if isinstance(data, Mapping) else None
        if not isinstance(on, str) or "T" not in on.upper():
            return data
        try:
            here = Instant().deserialize(on).astimezone(LONDON)
        except ValidationError as mistake:
            raise ValidationError(mistake.messages, "on") from None
        return {"at": f"{here:%H:%M}", **data, "on": here.date().isoformat()}

    @validates_schema
    def _checklist_says_nothing_twice(self, data: dict[str, Any], **_extra: Any) -> None:
        points = data.get("checklist") or []
        if len(set(points)) < len(points):
            raise ValidationError("Every point must be another one", "checklist")


class DiaryEntryChange(DiaryNewEntry):
    """Loaded `partial`: what is left out stays as it is."""


class OnPage(_Entry):
    """Lists are typed as lines and as numbers with commas."""

    checklist = Text(
        LONG,
        is_long=True,
        allow_none=True,
        metadata={
            "label": "Checklist",
            "hint": "One point to a line; they are ticked each time",
            "rows": 4,
        },
    )
    remind_days_before = Text(
        SHORT,
        allow_none=True,
        metadata={
            "label": "How many days before is somebody reminded?",
            "hint": "For example 30, 7. Leave it empty for no reminder",
            "width": "10",
        },
    )
    contract = fields.Integer(
        allow_none=True, metadata={"label": "Contract", "kind": "select", "blank": "None"}
    )
    licence = fields.Integer(
        allow_none=True, metadata={"label": "Licence", "kind": "select", "blank": "None"}
    )
    asset = Text(
        SHORT,
        allow_none=True,
        metadata={"label": "Tag of the equipment it is about", "width": "10"},
    )


class SingleDay(Shape):
    """One day of a series, changed by itself."""

    title = Text(SHORT, required=True, metadata=_TITLE)
    on = Day(required=True, metadata={"label": "On which day instead?"})
    at = WallTime(allow_none=True, metadata=_AT)
    notes = Text(LONG, is_long=True, allow_none=True, metadata=_NOTES)


class DiaryTakeOut(SingleDay):
    """`day`: the one that is changed."""

    day = Day(required=True)


class DiaryMarkIn(Shape):
    source = choice(rules.SOURCES, required=True)
    key = Text(SHORT, required=True)
    on = Day(required=True)
    status = choice(rules.STATUS_WORDS, required=True)
    ticked = fields.List(POINT, validate=validate.Length(max=rules.LONGEST_CHECKLIST))
    note = Text(LINE, allow_none=True, metadata={"label": "Note"})


class DayForm(Shape):
    """The page of one day: its points as ticks, a note, and which button was pressed."""

    status = choice(rules.STATUS_WORDS, required=True, metadata={"label": "What became of it?"})
    ticked = fields.List(
        fields.String(), load_default=list, metadata={"label": "Checklist", "optional": False}
    )
    note = Text(
        LINE,
        allow_none=True,
        metadata={"label": "Note", "hint": "What came of it, or why it was called off"},
    )


class DiaryPresetsIn(Shape):
    presets = fields.List(
        choice(rules.PRESETS),
        required=True,
        validate=validate.Length(min=1, error="DiaryTick at least one"),
        metadata={"label": "Which of these do you want in the diary?", "kind": "checkboxes"},
    )
    on = Day(
        required=True,
        metadata={"label": "From which day?", "hint": "You can change each of them afterwards"},
    )


class DiaryNewFeed(Shape):
    label = Text(
        100,
        required=True,
        metadata={
            "label": "What do you want to call it?",
            "missing": "Enter a name",
            "hint": "For example: My phone. It helps you to know later which one to end",
        },
    )


class EndedFeed(Shape):
    key = Text(100, required=True, metadata={"kind": "hidden"})


class WholeStatus(Shape):
    status = choice(rules.STATUS_WORDS, required=True, metadata={"label": "What became of it?"})


class OneDay(Shape):
    """Which day a page is about."""

    source = choice(rules.SOURCES, required=True)
    key = Text(SHORT, required=True)
    on = Day(required=True)

    @staticmethod
    def day(text: str) -> date:
        """Raises ValidationError."""
        found: date = Day().deserialize(text)
        return found


class MonthArgs(Shape):
    month = Month()


# --- lists: `from` is a word of Python's own ---

_NARROWED: dict[str, fields.Field[Any]] = {
    "from": Day(metadata={"label": "From", "description": "First day; without both, a year ago"}),
    "to": Day(metadata={"label": "To", "description": "Last day, at most two years later"}),
    "kind": choice(rules.KIND_WORDS),
    "status": choice(rules.STATUS_WORDS),
    "source": choice(rules.SOURCES),
    "mine": Flag(metadata={"description": "Only what is yours to do"}),
    "overdue": Flag(metadata={"description": "Only what should have been done"}),
    "q": Text(SHORT, metadata={"description": "Words of the title"}),
}


class _Span(PageArgs):
    @validates_schema
    def _not_too_long(self, data: dict[str, Any], **_extra: Any) -> None:
        first, last = data.get("from"), data.get("to")
        if not isinstance(first, date) or not isinstance(last, date):
            return
        if last < first:
            raise ValidationError("It must be after the first day", "to")
        if last - first > rules.LONGEST_SPAN:
            raise ValidationError("Ask for at most two years at a time", "to")


ListArgs: type[Shape] = _Span.from_dict(dict(_NARROWED), name="DiaryArgs")  # type: ignore[assignment]


# --- going out ---


class DiaryTick(Shape):
    item = fields.String(required=True)
    by = fields.String(required=True)
    at = fields.String(required=True, metadata={"format": "date-time"})


class DiaryItemOut(Shape):
    on = fields.String(required=True, metadata={"format": "date"})
    at = fields.String(allow_none=True, required=True)
    until = fields.String(allow_none=True, required=True, metadata={"format": "date"})
    title = fields.String(required=True)
    about = fields.String(allow_none=True, required=True)
    kind = choice(rules.KIND_WORDS, required=True)
    source = choice(rules.SOURCES, required=True)
    key = fields.String(required=True)
    number = fields.Integer(allow_none=True, required=True)
    status = choice(rules.STATUS_WORDS, required=True)
    overdue = Flag(required=True)
    repeat = choice(rules.REPEAT_WORDS, required=True)
    assignee = fields.String(allow_none=True, required=True)
    checklist = fields.List(fields.String(), required=True)
    ticked = fields.List(fields.Nested(DiaryTick), required=True)
    note = fields.String(allow_none=True, required=True)
    marked_by = fields.String(allow_none=True, required=True)
    url = fields.String(required=True)


class DiaryPage(Shape):
    items = fields.List(fields.Nested(DiaryItemOut), required=True)
    next = fields.String(allow_none=True, required=True)


class DiaryEntryOut(Shape):
    number = fields.Integer(required=True)
    title = fields.String(required=True)
    kind = choice(rules.KIND_WORDS, required=True)
    on = fields.String(required=True, metadata={"format": "date"})
    at = fields.String(allow_none=True, required=True)
    repeat = choice(rules.REPEAT_WORDS, required=True)
    until = fields.String(allow_none=True, required=True, metadata={"format": "date"})
    next_on = fields.String(allow_none=True, required=True, metadata={"format": "date"})
    skips_closures = Flag(required=True)
    checklist = fields.List(fields.String(), required=True)
    remind_days_before = fields.List(fields.Integer(), required=True)
    assignee = fields.String(allow_none=True, required=True)
    contract = fields.Integer(allow_none=True, required=True)
    licence = fields.Integer(allow_none=True, required=True)
    asset = fields.String(allow_none=True, required=True)
    status = choice(rules.STATUS_WORDS, required=True)
    notes = fields.String(allow_none=True, required=True)
    created_by = fields.String(required=True)
    created_at = Instant(required=True)
    version = fields.Integer(required=True)


class DiaryPresetOut(Shape):
    key = fields.String(required=True)
    title = fields.String(required=True)
    repeat = choice(rules.REPEAT_WORDS, required=True)
    checklist = fields.List(fields.String(), required=True)


class DiaryPresetsOut(Shape):
    items = fields.List(fields.Nested(DiaryPresetOut), required=True)


class DiaryEntriesOut(Shape):
    items = fields.List(fields.Nested(DiaryEntryOut), required=True)


class DiaryFeedOut(Shape):
    key = fields.String(required=True)
    label = fields.String(required=True)
    created_at = Instant(required=True)
    read_at = Instant(allow_none=True, required=True)


class DiaryFeedMade(DiaryFeedOut):
    address = fields.String(required=True, metadata={"description": "Told this once"})


class DiaryFeedsOut(Shape):
    items = fields.List(fields.Nested(DiaryFeedOut), required=True)
