"""A topic's page; in a very large authority the LA's is the worker's. And what the worker makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from app import clock
from app.performance import kept
from app.performance.depth import (
    prices,
    tell_reliability,
    tell_services,
    tell_visits,
    told_json,
)
from app.performance.depth.of_all import (
    MODELS,
    PAGE,
    PRICES,
    SERVICES,
    SHARES,
    answer,
    asked,
    seen_of,
)
from app.performance.depth.seen import EVERYWHERE, PERIODS, Seen, months_asked
from app.performance.depth.told import Told
from app.performance.depth.topics import TOPICS, Topic


def tell(topic: Topic, seen: Seen) -> Told:
    if not (topic.is_kept and seen.is_vast and seen.is_everywhere):
        return topic.tell(seen)
    words = seen.words.lower()
    question = asked(seen, topic=topic.key, type=seen.kind, q=words, group=seen.group)
    said, made_at = answer(PAGE, question)
    if said is None or made_at is None:
        return Told("", "", is_awaited=True)
    return told_json.unpacked(said, made_at)


def want_usual() -> None:
    """What the LA usually looks at, so that nobody waits for it in the morning."""
    for period in PERIODS:
        first, end = months_asked({"period": period}, clock.today())
        seen = Seen(EVERYWHERE, first, end, clock.now())
        topics = [one.key for one in TOPICS.values() if one.is_kept]
        kept.want(PAGE, [asked(seen, topic=key) for key in topics])
        kept.want(SHARES, [asked(seen, topic=key) for key in tell_visits.SHARED])
        kept.want(MODELS, [asked(seen)])
        kept.want(SERVICES, [asked(seen)])


def _page(question: Mapping[str, Any]) -> dict[str, Any]:
    return told_json.packed(TOPICS[question["topic"]].tell(seen_of(question)))


def _shares(question: Mapping[str, Any]) -> dict[str, Any]:
    return tell_visits.to_keep(seen_of(question), question["topic"])


# Kind → what answers a question of it.
# fmt: off
MAKERS: Final[dict[str, Callable[[Mapping[str, Any]], Any]]] = {
    PAGE:     _page,
    SHARES:   _shares,
    MODELS:   lambda question: tell_reliability.to_keep(seen_of(question)),
    SERVICES: lambda question: tell_services.to_keep(seen_of(question)),
    PRICES:   lambda question: prices.to_keep(seen_of(question)),
}
# fmt: on
