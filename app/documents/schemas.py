"""What comes in and goes out about documents, for pages and JSON alike."""

from __future__ import annotations

from marshmallow import fields, validate

from app.documents import rules
from app.shapes import LINE, SHORT, Day, Flag, Instant, PageArgs, Shape, Text, choice

_LONGEST = 50_000


def _title() -> Text:
    return Text(
        SHORT,
        required=True,
        metadata={
            "label": "Title",
            "missing": "Enter a title",
            "hint": "For example: What to do when the internet is down",
        },
    )


def _review_on() -> Day:
    return Day(
        allow_none=True,
        metadata={"label": "When is it looked at again?", "hint": "Once a year is usual"},
    )


class TextProposal(Shape):
    text = Text(
        _LONGEST,
        is_long=True,
        required=True,
        metadata={
            "label": "The text",
            "missing": "Write the text first",
            "hint": "A line that begins with # is a heading, with - an entry of a list, "
            "with 1. a step",
            "rows": 18,
        },
    )
    change_note = Text(
        LINE, allow_none=True, metadata={"label": "What is different, and why?", "width": "30"}
    )


class NewDocument(TextProposal):
    kind = choice(
        rules.KIND_WORDS,
        load_default="procedure",
        metadata={"label": "What is it?", "kind": "radios"},
    )
    title = _title()
    review_on = _review_on()


class DocumentChange(Shape):
    """Loaded `partial`: what is left out stays as it is."""

    title = _title()
    review_on = _review_on()
    covers = fields.List(
        choice({key: one.words for key, one in rules.CHECKLIST.items()}),
        validate=validate.Length(max=len(rules.CHECKLIST)),
        metadata={"label": "What does the text say something about?"},
    )
    retired = Flag()


class DocumentOnPage(DocumentChange):
    class Meta(Shape.Meta):
        fields = ("title", "review_on", "covers")


class DocumentDecision(Shape):
    decision = choice(
        rules.DECISIONS,
        required=True,
        error="Choose one.",
        metadata={"label": "What do you decide?", "kind": "radios"},
    )
    note = Text(
        LINE,
        allow_none=True,
        metadata={"label": "Why?", "hint": "Needed when you decline it"},
    )


class DocumentFilters(Shape):
    q = Text(100, metadata={"description": "In title and text in force"})
    kind = choice(rules.KIND_WORDS)
    waiting = Flag(metadata={"description": "With a version that waits for a decision"})
    retired = Flag(metadata={"description": "Those no longer used too"})


class DocumentArgs(DocumentFilters, PageArgs):
    pass


class DocumentVersionOut(Shape):
    number = fields.Integer(required=True)
    state = choice(tuple(rules.STATE_WORDS), required=True)
    change_note = fields.String(allow_none=True, required=True)
    written_by = fields.String(required=True)
    created_at = Instant(required=True)
    decided_by = fields.String(allow_none=True, required=True)
    decided_at = Instant(allow_none=True, required=True)
    decision_note = fields.String(allow_none=True, required=True)
    decided_by_writer = Flag(required=True)
    text = fields.String()


class PointOut(Shape):
    point = choice(tuple(rules.CHECKLIST), required=True)
    words = fields.String(required=True)
    covered = Flag(required=True)
    register = fields.String(required=True)
    count = fields.Integer(required=True)


class ListedDocument(Shape):
    number = fields.Integer(required=True)
    kind = choice(rules.KIND_WORDS, required=True)
    title = fields.String(required=True)
    in_force = fields.Integer(allow_none=True, required=True)
    in_force_since = Instant(allow_none=True, required=True)
    waiting = fields.Integer(required=True)
    review_on = fields.String(allow_none=True, required=True)
    retired = Flag(required=True)


class DocumentOut(ListedDocument):
    text = fields.String(allow_none=True, required=True)
    covers = fields.List(fields.String(), required=True)
    checklist = fields.List(fields.Nested(PointOut), required=True)
    versions = fields.List(fields.Nested(DocumentVersionOut), required=True)
    created_by = fields.String(required=True)
    created_at = Instant(required=True)
    version = fields.Integer(required=True)


class DocumentPage(Shape):
    items = fields.List(fields.Nested(ListedDocument), required=True)
    next = fields.String(allow_none=True, required=True)


class DocumentVersionPage(Shape):
    items = fields.List(fields.Nested(DocumentVersionOut), required=True)
    next = fields.String(allow_none=True, required=True)
