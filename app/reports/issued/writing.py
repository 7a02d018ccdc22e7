"""A report's sections from its figures: which sections each kind has, in order. Pure, so that the
same figures always give the same words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from app.reports.issued import incidents_said as incidents
from app.reports.issued import problems_said as problems
from app.reports.issued import review_said as review
from app.reports.issued import rules
from app.reports.issued.facts import Facts, Section, section

ACTIONS: Final = "actions"
NO_ACTIONS: Final = "No actions were agreed."
HOW_COUNTED: Final = (
    "Counted by the day in London on which it happened. A missed time counts on the day it was "
    "missed, also while the incident is still open. Open hours are those of the school’s desk. "
    "Sensitive incidents that never left the school are not counted. Of fewer than five no "
    "percentage is given."
)


def actions_before(f: Facts) -> Section:
    """What was agreed in the report before this one, to be looked at again."""
    last = f.figures.get("last")
    if last is None:
        text = "This is the first report of its kind, so there are no actions to look back on."
    else:
        on = rules.day(date.fromisoformat(last["issued_on"]))
        text = f"Agreed in report {last['number']}, issued on {on}:\n\n{last['actions']}"
    return section("actions_before", "Actions from last time", text)


def actions(_: Facts) -> Section:
    return section(ACTIONS, "Actions agreed", NO_ACTIONS)


def how_counted(_: Facts) -> Section:
    return section("how_counted", "How this is counted", HOW_COUNTED)


_ENDING = (actions_before, actions, how_counted)
SECTIONS: Final[Mapping[str, tuple[Callable[[Facts], Section], ...]]] = {
    "incident": (
        incidents.counted,
        incidents.kept,
        incidents.where,
        incidents.waiting,
        incidents.backlog,
        *_ENDING,
    ),
    "problem": (problems.problems, problems.known_errors, problems.recurring, *_ENDING),
    "service": (
        problems.covers,
        actions_before,
        problems.reactive,
        problems.proactive,
        problems.change,
        incidents.backlog,
        actions,
        how_counted,
    ),
    "review": (
        review.responsiveness,
        review.recorded,
        review.channels,
        review.performance,
        review.fit,
        review.value,
        review.guidance,
        *_ENDING,
    ),
}


def write(kind: str, figures: Mapping[str, Any]) -> list[Section]:
    facts = Facts(figures)
    return [one(facts) for one in SECTIONS[kind]]


def title(kind: str, figures: Mapping[str, Any]) -> str:
    """`Service report for the autumn term 2025`."""
    return f"{rules.KINDS[kind].title} for {figures['period']['name']}"


def text_of(one: Mapping[str, Any]) -> str:
    """The words that hold: as edited, else as generated."""
    edited: str | None = one["edited"]
    return str(one["text"]) if edited is None else edited


def rewritten(old: list[Section], fresh: list[Section]) -> list[Section]:
    """Fresh figures, tables and words; what somebody edited stays as they put it."""
    edited = {one["key"]: one["edited"] for one in old}
    return [{**one, "edited": edited.get(one["key"])} for one in fresh]
