"""The figures in depth, one a page: what each is called, what it answers, who tells it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from app.performance.depth import (
    tell_clocks,
    tell_contracts,
    tell_lessons,
    tell_reliability,
    tell_seasons,
    tell_services,
    tell_visits,
    tell_work,
)
from app.performance.depth.seen import Seen
from app.performance.depth.told import Told


class Topic(NamedTuple):
    key: str
    title: str
    # One sentence: which question it answers.
    sentence: str
    tell: Callable[[Seen], Told]
    # What the words typed into its form narrow down, for the LA; "" where nothing.
    words: str = "Name of the school"
    # In a very large authority the LA's page is the worker's; what is not, reads the worker's sums.
    is_kept: bool = True


# fmt: off
TOPICS: Final = {one.key: one for one in (
    Topic("reliability", "Reliability of equipment",
          "Which makes and models fail more often than others of their type.",
          tell_reliability.tell, "Make or model", is_kept=False),
    Topic("lesson-hours", "Lesson-hours lost",
          "How much lesson time faults cost, by term, school, model and supplier.",
          tell_lessons.tell),
    Topic("availability", "Availability of services",
          "How much of its hours each service was there.",
          tell_services.tell_availability, "Name of the service"),
    Topic("fire-fighting", "Fire-fighting",
          "How much of the work puts things right again, and how much prevents that.",
          tell_work.tell_fires),
    Topic("problems", "Problems and changes",
          "How long causes take to be found and mended, and whether changes succeed.",
          tell_work.tell_problems, ""),
    Topic("visits", "Aborted visits",
          "How many visits came to nothing because nobody could get in.",
          tell_visits.tell_visits),
    Topic("paused", "Paused time",
          "For how long clocks stood still, and why: this is where targets are gamed.",
          tell_clocks.tell_paused),
    Topic("sheets", "Well-filled sheets",
          "Whether incidents on well-filled sheets are mended faster.",
          tell_clocks.tell_sheets, ""),
    Topic("advice", "Tech Advisors",
          "How many sheets a Tech Advisor’s advice solved before the desk saw them.",
          tell_visits.tell_advice),
    Topic("contracts", "Contracts together",
          "What schools pay the same supplier, when they can leave, and how well it is kept.",
          tell_contracts.tell, "Name of the supplier or offer"),
    Topic("licences", "Licence compliance",
          "Whether licences cover what is used.",
          tell_services.tell_licences),
    Topic("seasons", "When people report",
          "In which weeks, on which weekdays and at which hours.",
          tell_seasons.tell, ""),
)}
# fmt: on
