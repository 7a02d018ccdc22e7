"""What comes in while somebody works on an incident: approval, links, work, follow-ups."""

from __future__ import annotations

from app.incidents.beside import LINK_KINDS
from app.incidents.satisfaction import WORDS as SCORE_WORDS
from app.schools.categories import CATEGORY_WORDS
from app.shapes import LINE, LONG, SHORT, Day, Flag, Instant, Money, Shape, Text, Whole, choice

WORK_WORDS = {
    "reactive": "Something was broken",
    "proactive": "So that nothing breaks",
    "change": "Something new",
}
LINK_WORDS = {
    "related": "They have to do with each other",
    "came_back": "This one is the other, come back",
    "parent": "This one is part of the other",
}


class AskApproval(Shape):
    why = Text(
        LONG,
        is_long=True,
        required=True,
        metadata={
            "label": "What is needed, and what for?",
            "hint": "The ICT owner decides from this",
            "missing": "Say what is needed and what for",
            "rows": 4,
        },
    )
    cost = Money(
        allow_none=True,
        metadata={"label": "What does it cost, in pounds?", "hint": "120.00", "width": "10"},
    )
    needs_licence = Flag(load_default=False, metadata={"label": "It needs a licence"})


class Decision(Shape):
    decision = choice(
        {"approved": "Approve it", "rejected": "Do not approve it"},
        required=True,
        metadata={"label": "What do you decide?", "kind": "radios"},
    )
    reason = Text(
        LONG,
        is_long=True,
        allow_none=True,
        metadata={"label": "Why?", "hint": "Needed where you do not approve it", "rows": 3},
    )


class WorkLine(Shape):
    minutes = Whole(
        1, 10_000, required=True, metadata={"label": "Minutes", "kind": "number", "width": "4"}
    )
    kind = choice(
        WORK_WORDS,
        load_default="reactive",
        metadata={"label": "What kind of work was it?", "kind": "radios"},
    )
    note = Text(LINE, allow_none=True, metadata={"label": "What was done"})
    parts_cost = Money(
        allow_none=True,
        metadata={"label": "What did parts cost? (£)", "width": "5", "hint": "If any were needed"},
    )


class ApiWorkLine(WorkLine):
    at = Instant(allow_none=True)


class LinkTo(Shape):
    to = Text(
        30,
        required=True,
        metadata={
            "label": "Which other one?",
            "hint": "Its reference or number",
            "missing": "Name the other one",
            "width": "10",
        },
    )
    kind = choice(
        LINK_KINDS, load_default="related", metadata={"label": "What are they?", "kind": "radios"}
    )


class LinkForm(LinkTo):
    """A page asks for a part too, as one more kind."""

    kind = choice(
        LINK_WORDS,
        load_default="related",
        metadata={"label": "How do they belong together?", "kind": "radios"},
    )


class ParentOf(Shape):
    parent = Text(30, required=True)


class MergeInto(Shape):
    into = Text(
        30,
        required=True,
        metadata={
            "label": "Which one stays?",
            "hint": "Its reference or number. This one ends as reported twice.",
            "missing": "Name the one that stays",
            "width": "10",
        },
    )


class FollowUp(Shape):
    on = Day(required=True, metadata={"label": "Look at it again on"})
    reason = Text(
        LINE, required=True, metadata={"label": "What to look at then", "missing": "Say why"}
    )


class Workaround(Shape):
    text = Text(
        LONG,
        is_long=True,
        allow_none=True,
        metadata={
            "label": "How can they work meanwhile?",
            "hint": "The reporter reads this",
            "rows": 3,
        },
    )
    restored = Flag(load_default=False, metadata={"label": "With it they can work again"})
    none_because = Text(LINE, allow_none=True, metadata={"label": "Or why is there no other way?"})


class Satisfaction(Shape):
    score = Whole(1, 5, required=True, metadata={"choices": list(SCORE_WORDS.items())})
    comment = Text(LINE, allow_none=True, metadata={"label": "Anything you want to say"})


class StillBroken(Shape):
    may_be_left_out = True

    note = Text(LINE, allow_none=True, metadata={"label": "What do you see?"})


class ChecklistForm(Shape):
    name = Text(SHORT, required=True, metadata={"label": "Name", "missing": "Enter a name"})
    category = choice(
        CATEGORY_WORDS, allow_none=True, metadata={"label": "For what kind of thing?"}
    )
    items = Text(
        LONG,
        is_long=True,
        required=True,
        metadata={
            "label": "The checks, one a line",
            "hint": "Begin a line with * where a Tech Advisor may try it",
            "missing": "Write at least one check",
            "rows": 10,
        },
    )


class ReplyForm(Shape):
    title = Text(SHORT, required=True, metadata={"label": "Title", "missing": "Enter a title"})
    category = choice(
        CATEGORY_WORDS, allow_none=True, metadata={"label": "For what kind of thing?"}
    )
    text = Text(
        LONG,
        is_long=True,
        required=True,
        metadata={
            "label": "The reply",
            "hint": "{reference} becomes the incident’s own",
            "missing": "Write the reply",
            "rows": 6,
        },
    )
