"""What comes in and goes out about problems, for pages and JSON alike."""

from __future__ import annotations

from marshmallow import fields

from app.problems_log import rules
from app.shapes import LINE, LONG, SHORT, Day, Flag, Instant, PageArgs, Shape, Text, Whole, choice

PRIORITIES = ("P1", "P2", "P3", "P4")
_IMPACT = [(1, "The whole school"), (2, "A class, an office or several people"), (3, "One person")]


class _Described(Shape):
    title = Text(
        SHORT,
        required=True,
        metadata={
            "label": "Title",
            "missing": "Enter a title",
            "hint": "For example: The Wi-Fi in the new building drops at noon",
        },
    )
    description = Text(
        LONG,
        is_long=True,
        required=True,
        metadata={
            "label": "What happens, and since when?",
            "missing": "Say what happens",
            "rows": 5,
        },
    )
    affected = Text(
        LINE,
        allow_none=True,
        metadata={"label": "What is affected?", "hint": "Machines, rooms, services"},
    )
    impact = Whole(
        1,
        3,
        allow_none=True,
        metadata={"label": "Who is hit by it?", "kind": "radios", "choices": _IMPACT},
    )
    priority = choice(PRIORITIES, allow_none=True, metadata={"label": "Priority"})


class _WorkaroundAsked(Shape):
    """Where nobody has said on the incident how to work meanwhile."""

    workaround = Text(
        LONG,
        is_long=True,
        allow_none=True,
        metadata={"label": "How can people work meanwhile?", "rows": 3},
    )
    no_workaround = Text(LINE, allow_none=True, metadata={"label": "Or why is there no other way?"})


class NewProblem(_Described):
    raised_from = choice(
        rules.SOURCE_WORDS,
        load_default="incidents",
        metadata={"label": "Where was it seen?", "kind": "radios"},
    )
    incident = Whole(
        1,
        999_999_999,
        allow_none=True,
        metadata={"description": "The number of an incident that hangs on it"},
    )
    workaround = Text(
        LONG, is_long=True, allow_none=True, metadata={"label": "How can people work meanwhile?"}
    )
    no_workaround = Text(LINE, allow_none=True, metadata={"label": "Or why is there no other way?"})


class NewOnPage(_Described):
    raised_from = choice(
        {name: words for name, words in rules.SOURCE_WORDS.items() if name != "incidents"},
        required=True,
        error="Choose one.",
        metadata={"label": "Where was it seen?", "kind": "radios"},
    )


class Promotion(_WorkaroundAsked):
    """An incident goes to a problem that there is, or to a new one."""

    problem = Whole(
        1,
        999_999_999,
        allow_none=True,
        metadata={
            "label": "To which problem?",
            "kind": "select",
            "blank": "A new one, described below",
        },
    )
    title = Text(SHORT, allow_none=True, metadata={"label": "Title of the new problem"})
    description = Text(
        LONG,
        is_long=True,
        allow_none=True,
        metadata={"label": "What happens, and since when?", "rows": 5},
    )


class ProblemChange(_Described):
    """Loaded `partial`: what is left out stays as it is."""

    cause = Text(LONG, is_long=True, allow_none=True, metadata={"label": "The cause", "rows": 4})
    workaround = Text(
        LONG, is_long=True, allow_none=True, metadata={"label": "How to work meanwhile", "rows": 4}
    )
    solution = Text(
        LONG, is_long=True, allow_none=True, metadata={"label": "The solution", "rows": 4}
    )
    target_date = Day(allow_none=True, metadata={"label": "By when?"})


class ProblemState(Shape):
    """The next state, with what it needs; what is written already need not be repeated."""

    state = choice(tuple(rules.STEPS), required=True)
    resolver = Text(
        SHORT, allow_none=True, metadata={"label": "Who looks into it?", "kind": "select"}
    )
    anyway = Flag(
        load_default=False,
        metadata={"label": "They should do it although they have open incidents"},
    )
    cause = Text(LONG, is_long=True, allow_none=True, metadata={"label": "The cause", "rows": 4})
    workaround = Text(
        LONG, is_long=True, allow_none=True, metadata={"label": "How to work meanwhile", "rows": 4}
    )
    solution = Text(
        LONG, is_long=True, allow_none=True, metadata={"label": "The solution", "rows": 4}
    )
    reason = Text(LINE, allow_none=True, metadata={"label": "Why?"})
    target_date = Day(allow_none=True, metadata={"label": "By when?"})


class ProblemLink(_WorkaroundAsked):
    problem = Whole(1, 999_999_999, required=True, metadata={"label": "Number of the problem"})


class ListArgs(PageArgs):
    q = Text(SHORT, metadata={"description": "Part of title or description"})
    state = choice(rules.STATE_WORDS)
    raised_from = choice(rules.SOURCE_WORDS)
    open = Flag(metadata={"description": "Only those that nobody has solved yet"})
    mine = Flag(metadata={"description": "Only those that I look into"})


class ProblemListed(Shape):
    reference = fields.String(required=True)
    number = fields.Integer(required=True)
    title = fields.String(required=True)
    state = choice(rules.STATE_WORDS, required=True)
    priority = choice(PRIORITIES, allow_none=True, required=True)
    raised_from = choice(rules.SOURCE_WORDS, required=True)
    resolver = fields.String(allow_none=True, required=True)
    target_date = fields.Date(allow_none=True, required=True)
    logged_at = Instant(required=True)
    incidents = fields.Integer(metadata={"description": "How many hang on it"})


class ProblemPage(Shape):
    items = fields.List(fields.Nested(ProblemListed), required=True)
    next = fields.String(allow_none=True, required=True)


class IncidentOfProblem(Shape):
    reference = fields.String(required=True)
    number = fields.Integer(required=True)
    title = fields.String(required=True)
    status = fields.String(required=True)


class ProblemOut(Shape):
    reference = fields.String(required=True)
    number = fields.Integer(required=True)
    title = fields.String(required=True)
    description = fields.String(required=True)
    state = choice(rules.STATE_WORDS, required=True)
    raised_from = choice(rules.SOURCE_WORDS, required=True)
    affected = fields.String(allow_none=True, required=True)
    impact = fields.Integer(allow_none=True, required=True)
    priority = choice(PRIORITIES, allow_none=True, required=True)
    cause = fields.String(allow_none=True, required=True)
    workaround = fields.String(allow_none=True, required=True)
    solution = fields.String(allow_none=True, required=True)
    reason = fields.String(allow_none=True, required=True)
    target_date = fields.Date(allow_none=True, required=True)
    resolver = fields.String(allow_none=True, required=True)
    logged_by = fields.String(required=True)
    logged_at = Instant(required=True)
    known_error_at = Instant(allow_none=True, required=True)
    resolved_at = Instant(allow_none=True, required=True)
    closed_at = Instant(allow_none=True, required=True)
    incidents = fields.List(
        fields.Nested(IncidentOfProblem),
        required=True,
        metadata={"description": "Those that you may see"},
    )
    version = fields.Integer(required=True)
