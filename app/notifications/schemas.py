"""What a person chooses to get by mail."""

from __future__ import annotations

from collections.abc import Iterable

from app.notifications.rules import CHOICE_WORDS, TOPICS, Topic
from app.shapes import Shape, choice


def choices_of(topics: Iterable[Topic]) -> Shape:
    """One question a topic."""
    questions = {}
    for topic in topics:
        label, hint = TOPICS[topic]
        questions[topic.value] = choice(
            CHOICE_WORDS,
            required=True,
            error="Choose one of them",
            metadata={
                "kind": "radios",
                "label": label,
                "hint": hint,
                "missing": f"Choose how you hear of: {label}",
            },
        )
    found: Shape = Shape.from_dict(questions, name="MailChoices")()  # type: ignore[arg-type, assignment]
    return found
