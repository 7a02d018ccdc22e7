"""What comes in and goes out about services, for pages and JSON alike."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from app.catalogue import rules
from app.shapes import LINE, LONG, SHORT, Flag, Instant, PageArgs, Shape, Text, Whole, choice

# How a sheet asks which service it is about.
ON_A_SHEET = {
    "label": "Which service is it about?",
    "kind": "select",
    "blank": "I do not know",
    "description": "Key of a service of the catalogue",
}
_MOST_SEASONS, _MOST_PARTS = 12, 200


def _day_of_year(text: str) -> None:
    if not rules.is_day_of_year(text):
        raise ValidationError("Give a day of the year as month and day, like 05-31.")


def _name(**more: Any) -> Text:
    return Text(
        100,
        metadata={
            "label": "Name of the service",
            "missing": "Enter a name",
            "hint": "As people say it, for example Wi-Fi",
        },
        **more,
    )


class ServiceSeason(Shape):
    """Both days count; one that ends before it begins runs over New Year."""

    first = fields.String(required=True, validate=_day_of_year, data_key="from")
    to = fields.String(required=True, validate=_day_of_year)
    criticality = choice(rules.SHORT_WORDS, required=True)


class Numbered(Whole):
    """Inside a list nobody looks whether "1" was meant to be 1: there it is no number."""

    def __init__(self) -> None:
        super().__init__(1, 999_999_999, allow_none=True, metadata={"description": "Number"})

    def _deserialize(self, value: Any, attr: Any, data: Any, **extra: Any) -> Any:
        if isinstance(value, str):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **extra)


class ServicePart(Shape):
    """One of these: a tag, a licence’s number, a contract’s number, or words."""

    asset = Text(80, allow_none=True, metadata={"description": "Tag"})
    licence = Numbered()
    contract = Numbered()
    words = Text(LINE, allow_none=True)

    @validates_schema
    def one_thing(self, data: dict[str, Any], **_: Any) -> None:
        if sum(value is not None for value in data.values()) != 1:
            raise ValidationError("Name one thing: an asset, a licence, a contract or words.")


class _Described(Shape):
    purpose = Text(
        LONG,
        is_long=True,
        required=True,
        metadata={"label": "What is it for?", "missing": "Say what it is for", "rows": 2},
    )
    used_by = Text(
        LINE,
        required=True,
        metadata={
            "label": "Who uses it?",
            "missing": "Say who uses it",
            "hint": "For example: teachers and the office",
        },
    )
    criticality = choice(
        rules.CRITICALITY_WORDS,
        load_default="medium",
        metadata={"label": "How much does the school depend on it?", "kind": "radios"},
    )
    owner = Text(SHORT, allow_none=True, metadata={"label": "Who answers for it?"})
    hours = Text(
        SHORT,
        allow_none=True,
        metadata={"label": "When is it needed?", "hint": "For example: school days 8:00 to 17:00"},
    )
    skills = Text(
        LINE, allow_none=True, metadata={"label": "What must whoever looks after it know?"}
    )
    supported = Flag(
        load_default=True,
        metadata={
            "label": "The desk supports it",
            "hint": "Not ticked: people are told that nobody mends it",
        },
    )


class NewService(_Described):
    name = _name(required=True)
    seasons = fields.List(
        fields.Nested(ServiceSeason), load_default=list, validate=validate.Length(max=_MOST_SEASONS)
    )
    parts = fields.List(
        fields.Nested(ServicePart), load_default=list, validate=validate.Length(max=_MOST_PARTS)
    )


class ServiceChange(NewService):
    """Loaded `partial`: what is left out stays as it is."""

    archived = Flag()


class ServiceOnPage(_Described):
    """Times of the year are lines of text there; parts have a form of their own."""

    name = _name(required=True)
    seasons = Text(
        LONG,
        is_long=True,
        allow_none=True,
        metadata={
            "label": "Times of the year when it matters more or less",
            "hint": "One a line, like: 1 May to 30 June: high",
            "rows": 3,
        },
    )

    class Meta(Shape.Meta):
        fields = (
            *("name", "purpose", "used_by", "criticality", "seasons"),
            *("owner", "hours", "skills", "supported"),
        )


class PartOnPage(Shape):
    kind = choice(
        rules.PART_WORDS,
        required=True,
        metadata={"label": "What kind of thing is it?", "kind": "radios"},
    )
    what = Text(
        LINE,
        required=True,
        metadata={
            "label": "Which one?",
            "missing": "Say which one",
            "hint": "Equipment by its tag, a licence or contract by its number, or words",
        },
    )


class UsualServices(Shape):
    """Which of the usual services this school has."""

    names = fields.List(
        choice([one.name for one in rules.PRESETS]),
        required=True,
        validate=validate.Length(min=1, error="Tick at least one."),
        metadata={"label": "Which of these does your school have?", "missing": "Tick at least one"},
    )


class ServiceFilters(Shape):
    q = Text(100)
    criticality = choice(rules.SHORT_WORDS)
    supported = Flag()
    archived = Flag(metadata={"description": "Archived ones too"})


class ServiceArgs(ServiceFilters, PageArgs):
    pass


class ServicePartOut(ServicePart):
    name = fields.String(allow_none=True)


class ServiceOut(Shape):
    key = fields.String(required=True)
    name = fields.String(required=True)
    purpose = fields.String(required=True)
    used_by = fields.String(required=True)
    criticality = choice(rules.SHORT_WORDS, required=True)
    criticality_today = choice(rules.SHORT_WORDS, required=True)
    seasons = fields.List(fields.Nested(ServiceSeason), required=True)
    owner = fields.String(allow_none=True, required=True)
    hours = fields.String(allow_none=True, required=True)
    skills = fields.String(allow_none=True, required=True)
    supported = Flag(required=True)
    archived = Flag(required=True)
    parts = fields.List(fields.Nested(ServicePartOut), required=True)
    open_incidents = fields.Integer(allow_none=True)
    incidents_this_term = fields.Integer(allow_none=True)
    created_at = Instant(required=True)
    updated_at = Instant(required=True)
    version = fields.Integer(required=True)


class ServicesOut(Shape):
    items = fields.List(fields.Nested(ServiceOut), required=True)


class ServicePage(Shape):
    items = fields.List(fields.Nested(ServiceOut), required=True)
    next = fields.String(allow_none=True, required=True)
