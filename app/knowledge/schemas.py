"""What comes in and goes out about articles, for pages and JSON alike."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from app.knowledge import rules
from app.schools.categories import CATEGORY_WORDS
from app.shapes import LINE, LONG, SHORT, Instant, PageArgs, Shape, Text, Whole, choice

SYMPTOMS = 2000


class ArticleIn(Shape):
    """What an article says. As it is written it is a draft; publishing it is another step."""

    title = Text(
        SHORT,
        required=True,
        metadata={
            "label": "Title",
            "missing": "Enter a title",
            "hint": "For example: Projector shows a blue screen",
        },
    )
    kind = choice(
        rules.KIND_WORDS,
        load_default="resolution",
        metadata={"label": "What is it?", "kind": "radios"},
    )
    symptoms = Text(
        SYMPTOMS,
        is_long=True,
        required=True,
        metadata={
            "label": "What do people notice?",
            "missing": "Say what people notice",
            "hint": "In the words that they would type when they report it",
            "rows": 3,
        },
    )
    text = Text(
        LONG,
        is_long=True,
        required=True,
        metadata={"label": "What helps?", "missing": "Say what helps", "rows": 8},
    )
    category = choice(
        CATEGORY_WORDS, allow_none=True, metadata={"label": "What kind of thing is it about?"}
    )
    audience = choice(
        rules.AUDIENCE_WORDS,
        load_default="everyone",
        metadata={"label": "Who may read it?", "kind": "radios"},
    )


class ArticleChange(ArticleIn):
    """Loaded `partial`: what is left out stays as it is."""

    state = choice(rules.STATE_WORDS, metadata={"description": "Publish it, or take it back"})


class ArticleState(Shape):
    state = choice(rules.STATE_WORDS, required=True)


class ArticleOffer(Shape):
    may_be_left_out = True


class Review(ArticleIn):
    """The LA's answer to an offer: the copy as it was edited there, or why not."""

    decision = choice(
        {"publish": "Publish it for every school", "decline": "Do not publish it"},
        required=True,
        error="Choose one.",
        metadata={"label": "What becomes of it?", "kind": "radios"},
    )
    reason = Text(
        LINE,
        allow_none=True,
        metadata={"label": "Why not?", "hint": "The school reads this. Only if it is declined"},
    )

    @validates_schema
    def _has_reason(self, data: dict[str, Any], **_extra: Any) -> None:
        if data.get("decision") == "decline" and not data.get("reason"):
            raise ValidationError("Say why it is not published", "reason")


class ArticleReview(Shape):
    """The same for a program, which may leave out what stays as the school wrote it."""

    decision = choice(("publish", "decline"), required=True)
    reason = Text(LINE, allow_none=True)
    title = Text(SHORT)
    symptoms = Text(SYMPTOMS, is_long=True)
    text = Text(LONG, is_long=True)
    kind = choice(rules.KIND_WORDS)
    category = choice(CATEGORY_WORDS, allow_none=True)
    audience = choice(rules.AUDIENCE_WORDS)

    @validates_schema
    def _has_reason(self, data: dict[str, Any], **_extra: Any) -> None:
        if data.get("decision") == "decline" and not data.get("reason"):
            raise ValidationError("Say why it is not published", "reason")


class ListArgs(PageArgs):
    q = Text(SHORT, metadata={"description": "Words of title or symptoms; beginnings will do"})
    category = choice(CATEGORY_WORDS)
    kind = choice(rules.KIND_WORDS)
    state = choice(rules.STATE_WORDS, metadata={"description": "Only for those who write articles"})
    scope = choice(("school", "la"), metadata={"description": "The school’s own, or the LA’s"})


class LaListArgs(PageArgs):
    q = Text(SHORT)
    category = choice(CATEGORY_WORDS)
    kind = choice(rules.KIND_WORDS)
    state = choice(rules.STATE_WORDS)


class SuggestArgs(Shape):
    q = Text(SHORT, load_default=None, metadata={"description": "What somebody has typed so far"})
    category = choice(CATEGORY_WORDS)
    limit = Whole(1, 10, load_default=3)


class ArticleListed(Shape):
    reference = fields.String(required=True)
    scope = choice(("school", "la"), required=True)
    number = fields.Integer(required=True)
    title = fields.String(required=True)
    kind = choice(rules.KIND_WORDS, required=True)
    category = choice(CATEGORY_WORDS, allow_none=True, required=True)
    audience = choice(rules.AUDIENCE_WORDS, required=True)
    state = choice(rules.STATE_WORDS, required=True)
    updated_at = Instant(required=True)


class ArticlePage(Shape):
    items = fields.List(fields.Nested(ArticleListed), required=True)
    next = fields.String(allow_none=True, required=True)


class ArticleGivesAway(Shape):
    """What a text may give away: where in which field, and what it looks like."""

    field = fields.String(required=True)
    kind = fields.String(required=True)
    text = fields.String(required=True)


class ArticleOut(ArticleListed):
    symptoms = fields.String(required=True)
    text = fields.String(required=True)
    written_by = fields.String(allow_none=True, required=True)
    offer = choice(rules.OFFER_WORDS, allow_none=True, required=True)
    offer_answer = fields.String(allow_none=True, required=True)
    solved = fields.Integer(required=True)
    helped = fields.Integer(required=True)
    created_at = Instant(required=True)
    version = fields.Integer(required=True)


class ArticleOfferOut(ArticleOut):
    may_give_away = fields.List(fields.Nested(ArticleGivesAway), required=True)


class ArticleSuggested(Shape):
    reference = fields.String(required=True)
    scope = choice(("school", "la"), required=True)
    number = fields.Integer(required=True)
    title = fields.String(required=True)
    kind = choice(rules.KIND_WORDS, required=True)
    symptoms = fields.String(required=True)
    text = fields.String(required=True)


class ArticleSuggestions(Shape):
    items = fields.List(fields.Nested(ArticleSuggested), required=True)


class ArticleOffered(Shape):
    school = fields.Dict(required=True)
    reference = fields.String(required=True)
    number = fields.Integer(required=True)
    title = fields.String(required=True)
    offered_at = Instant(required=True)


class ArticleOfferedPage(Shape):
    items = fields.List(fields.Nested(ArticleOffered), required=True)
    next = fields.String(allow_none=True, required=True)
