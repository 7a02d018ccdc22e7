"""What comes in and goes out about equipment, for pages and API alike."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate

from app.assets import rules
from app.shapes import (
    LINE,
    LONG,
    SHORT,
    Day,
    Flag,
    Money,
    PageArgs,
    Shape,
    Text,
    Whole,
    choice,
)


class _OwnFields(fields.Field[dict[str, Any]]):
    """{key: value}; which keys there are the school says."""

    def __init__(self, **extra: Any) -> None:
        super().__init__(metadata={"type": "object"}, **extra)

    def _deserialize(self, value: Any, attr: Any, data: Any, **extra: Any) -> dict[str, Any]:
        is_it = isinstance(value, dict) and all(isinstance(key, str) for key in value)
        if not is_it or len(value) > 100:
            raise ValidationError("Give your own fields as names with their values.")
        return dict(value)


# How a sheet asks which equipment it is about.
ON_SHEET = {
    "label": "Which equipment is it?",
    "hint": "The tag on its label, where it has one",
    "width": "10",
    "spellcheck": False,
}


class Lines(fields.List[Any]):
    """A list of short texts; on a page one in a line."""

    def __init__(self, **extra: Any) -> None:
        metadata = {"kind": "textarea", "rows": 5, **extra.pop("metadata", {})}
        super().__init__(
            Text(SHORT, required=True), validate=validate.Length(max=50), metadata=metadata, **extra
        )

    def _deserialize(self, value: Any, attr: Any, data: Any, **extra: Any) -> list[Any]:
        if isinstance(value, str):
            value = [line for line in value.splitlines() if line.strip()]
        found: list[Any] = super()._deserialize(value, attr, data, **extra)
        return found


class AssetFields(Shape):
    make = Text(
        100, allow_none=True, metadata={"label": "Make", "hint": "For example: Dell", "width": "20"}
    )
    model = Text(
        100,
        allow_none=True,
        metadata={"label": "Model", "hint": "For example: Latitude 3540", "width": "20"},
    )
    serial = Text(
        100,
        allow_none=True,
        metadata={
            "label": "Serial number",
            "hint": "On the maker’s sticker, often below or behind",
            "width": "20",
            "spellcheck": False,
        },
    )
    location = Text(
        100,
        allow_none=True,
        metadata={"label": "Room", "kind": "select", "blank": "No room"},
    )
    holder = Text(
        SHORT,
        allow_none=True,
        metadata={
            "label": "Who has it",
            "hint": "Somebody of the school, or a name: Class 4B, the caretaker",
            "width": "20",
        },
    )
    purchase_date = Day(allow_none=True, metadata={"label": "Bought on"})
    price = Money(
        allow_none=True,
        metadata={"label": "Price in pounds", "hint": "For example: 549.00", "width": "10"},
    )
    funding = Text(
        SHORT,
        allow_none=True,
        metadata={
            "label": "Paid from",
            "hint": "A budget or grant, for example: devolved capital",
            "width": "20",
        },
    )
    supplier = Text(100, allow_none=True, metadata={"label": "Bought from", "kind": "select"})
    warranty_end = Day(
        allow_none=True,
        metadata={"label": "Warranty ends on", "hint": "Until then a fault costs nothing"},
    )
    contract = Whole(
        1,
        999_999_999,
        allow_none=True,
        metadata={
            "label": "Covered by contract",
            "kind": "select",
            "hint": "Who mends it once the warranty is over",
        },
    )
    os_version = Text(
        SHORT,
        allow_none=True,
        metadata={
            "label": "System and version",
            "hint": "For example: Windows 11 23H2",
            "width": "20",
        },
    )
    notes = Text(
        LONG,
        is_long=True,
        allow_none=True,
        metadata={"label": "Notes", "hint": "Energy use, accessories, what to know", "rows": 3},
    )
    own_fields = _OwnFields(allow_none=True)


def _tag() -> Text:
    return Text(
        rules.LONGEST_TAG,
        required=True,
        metadata={
            "label": "Tag",
            "hint": "What stands on its label. Letters, digits, blanks and . _ # -",
            "missing": "Enter a tag",
            "width": "20",
            "spellcheck": False,
        },
    )


class NewAsset(AssetFields):
    tag = _tag()
    type = choice(rules.TYPES, required=True, metadata={"label": "What is it?"})
    status = choice(
        {name: rules.STATUS_WORDS[name] for name in rules.FIRST},
        load_default="in_use",
        metadata={"label": "Status"},
    )


class AssetChange(AssetFields):
    """Loaded `partial`: what is left out stays. A status changes by its own rules."""

    tag = _tag()
    type = choice(rules.TYPES, required=True, metadata={"label": "What is it?"})
    status = choice(rules.STATUS_WORDS, metadata={"label": "Status"})
    reason = Text(LINE, allow_none=True, metadata={"label": "Why?"})


class AssetStatus(Shape):
    status = choice(rules.STATUS_WORDS, required=True, metadata={"label": "What becomes of it?"})
    reason = Text(LINE, allow_none=True, metadata={"label": "Why?"})
    disposed_on = Day(allow_none=True, metadata={"label": "When did it leave the school?"})
    method = Text(
        SHORT,
        allow_none=True,
        metadata={
            "label": "How was it disposed of?",
            "kind": "select",
            "choices": list(rules.DISPOSAL_METHODS.items()),
        },
    )
    wipe_evidence = Text(
        LINE,
        allow_none=True,
        metadata={
            "label": "How was its data wiped, and where is the proof?",
            "hint": "For example: certificate 4711 of 3 March; or: a projector, holds no data",
        },
    )
    disposed_to = Text(
        SHORT,
        allow_none=True,
        metadata={"label": "Who has it now?", "hint": "The recycler, the buyer, the charity"},
    )
    borrower = Text(SHORT, allow_none=True, metadata={"label": "Who borrows it?"})
    due_on = Day(allow_none=True, metadata={"label": "When is it due back?"})


class AssetConfirmation(Shape):
    decision = choice(
        {"confirmed": "Yes, confirm it", "declined": "No"},
        required=True,
        metadata={"label": "What do you decide?", "kind": "radios"},
    )
    reason = Text(LINE, allow_none=True, metadata={"label": "Why?", "hint": "Needed for a no"})


class NewLoan(Shape):
    borrower = Text(
        SHORT,
        required=True,
        metadata={"label": "Who borrows it?", "missing": "Say who borrows it", "width": "20"},
    )
    due_on = Day(allow_none=True, metadata={"label": "When is it due back?"})
    note = Text(
        LINE, allow_none=True, metadata={"label": "Note", "hint": "Charger, bag, condition"}
    )


class LoanReturn(Shape):
    may_be_left_out = True

    note = Text(LINE, allow_none=True, metadata={"label": "How did it come back?"})


class AssetFilters(Shape):
    """What the list can be narrowed to; every filter stands in the address."""

    q = Text(SHORT, metadata={"called": "Search", "description": "Words, or their beginnings"})
    type = choice(rules.TYPES)
    status = choice(rules.STATUS_WORDS)
    location = Text(100, metadata={"description": "A room, with the rooms inside it"})
    no_location = Flag()
    holder = Text(SHORT)
    make = Text(100)
    model = Text(100)
    supplier = Text(100)
    contract = Whole(1, 999_999_999)
    warranty_before = Day()
    asked = Flag(metadata={"description": "Waits for the ICT owner’s word"})


class AssetArgs(AssetFilters, PageArgs):
    pass


class LoanFilters(Shape):
    overdue = Flag()
    asset = Text(rules.LONGEST_TAG)


class LoanArgs(LoanFilters, PageArgs):
    pass


class AssetFieldChange(Shape):
    label = Text(
        60,
        required=True,
        metadata={
            "label": "What is it called?",
            "missing": "Enter a name",
            "hint": "For example: Charger number",
            "width": "20",
        },
    )
    choices = Lines(metadata={"label": "The answers to choose from", "hint": "One in a line"})
    position = Whole(1, 100, metadata={"label": "Place", "kind": "number", "width": "2"})
    archived = Flag(metadata={"label": "No longer asked"})


class NewAssetField(Shape):
    type = choice(rules.TYPES, required=True, metadata={"label": "Of which type?"})
    label = Text(
        60,
        required=True,
        metadata={
            "label": "What is it called?",
            "missing": "Enter a name",
            "hint": "For example: Charger number",
            "width": "20",
        },
    )
    kind = choice(
        rules.FIELD_KINDS,
        load_default="text",
        metadata={"label": "What is written there?", "kind": "radios"},
    )
    choices = Lines(metadata={"label": "The answers to choose from", "hint": "One in a line"})


class AssetFieldArgs(PageArgs):
    type = choice(rules.TYPES)
    archived = Flag(load_default=False, metadata={"description": "Archived ones too"})
