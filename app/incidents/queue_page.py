"""What the queue's page shows around its rows: quick links, choices of its filters, how many."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from markupsafe import Markup
from sqlalchemy import bindparam, func, or_, select

from app.incidents import queue_counts, rules
from app.incidents.lists import MOST_COUNTED, Page
from app.incidents.queue_address import Address, narrowed_to
from app.people.groups import la_groups, la_people
from app.people.identity import Me
from app.shapes import PAGE_SIZE
from app.web.drawn import drawn
from app.web.words import PARTIES, STATUSES
from tenants import School, db

_MOST_SCHOOLS = 50
_KEPT_FORMS = 4

_IS_EXACTLY = or_(
    School.slug == bindparam("text"),
    func.lower(School.code) == bindparam("text"),
    func.lower(School.name) == bindparam("text"),
)
_CALLED = (
    select(School.id, _IS_EXACTLY.label("is_exactly"))
    .where(or_(_IS_EXACTLY, School.name.ilike(bindparam("part"), escape="\\")))
    .order_by(_IS_EXACTLY.desc(), School.name)
    .limit(_MOST_SCHOOLS)
)

Options = tuple[tuple[str, str], ...]


class QuickLink(NamedTuple):
    text: str
    url: str
    how_many: str
    is_current: bool


class Choices(NamedTuple):
    """A select for each filter: its name, its label, what stands when nothing is chosen."""

    name: str
    label: str
    options: Options


# fmt: off
_QUICK_LINKS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("all",        "All open",   {}),
    ("mine",       "Mine",       {"mine": "true"}),
    ("groups",     "My groups",  {"group": "mine"}),
    ("overdue",    "Overdue",    {"overdue": "true"}),
    ("unassigned", "Unassigned", {"assignee": "none"}),
)
_FIXED = (
    Choices("status",      "Status",      tuple((one, STATUSES[one][0]) for one in rules.OPEN)),
    Choices("priority",    "Priority",    tuple((one, one) for one in ("P1", "P2", "P3", "P4"))),
    Choices("line",        "Line",        (("0", "School’s desk"), ("1", "First line"),
                                           ("2", "Second line"), ("3", "Supplier"))),
    Choices("waiting_for", "Waiting for", tuple((one, words[0].upper() + words[1:])
                                                for one, words in PARTIES.items())),
    Choices("type",        "Type",        (("incident", "Incident"), ("request", "Request"))),
)
# fmt: on


def choices() -> tuple[Choices, ...]:
    groups = (("mine", "My groups"), *((group.key, group.name) for group in la_groups()))
    people = (("me", "Me"), ("none", "Nobody"), *((one.name, one.name) for one in la_people()))
    return (*_FIXED, Choices("group", "Group", groups), Choices("assignee", "Assignee", people))


def filters_form(address: Address, options: tuple[Choices, ...]) -> Markup:
    if address.given or address.limit != PAGE_SIZE:
        return _filters_form(address, options)
    return _without_a_filter(options)


def _filters_form(address: Address, options: tuple[Choices, ...]) -> Markup:
    return drawn("incidents/queue_filters.html", address=address, choices=options)


@lru_cache(maxsize=_KEPT_FORMS)
def _without_a_filter(options: tuple[Choices, ...]) -> Markup:
    """As most pages have it: drawn anew when a person or a group has come or gone."""
    return _filters_form(Address({}, {}, PAGE_SIZE, None, None), options)


@lru_cache(maxsize=_KEPT_FORMS)
def bulk_options(options: tuple[Choices, ...]) -> Markup:
    """To whom the ticked can be given."""
    return drawn("incidents/queue_bulk_options.html", choices=options)


def quick_links(person: Me, given: Mapping[str, str]) -> list[QuickLink]:
    counts = queue_counts.quick_counts(person)
    return [
        QuickLink(text, narrowed_to(**filters), _said(counts[key]), given == filters)
        for key, text, filters in _QUICK_LINKS
    ]


def how_many(person: Me, address: Address, filters: Mapping[str, Any], page: Page) -> str:
    """Of the whole list, not only this page of it."""
    if address.after is None and page.next is None:
        return _said(len(page.rows))
    for key, _, given in _QUICK_LINKS:
        if address.given == given:
            return _said(queue_counts.quick_counts(person)[key])
    return _said(queue_counts.count_of(person, filters), queue_counts.MOST_FOUND)


def with_schools(filters: Mapping[str, Any]) -> dict[str, Any]:
    """A school as people type it, part of a name included, becomes the schools that it means."""
    text = filters.get("school")
    if text is None:
        return dict(filters)
    rest = {name: value for name, value in filters.items() if name != "school"}
    return {**rest, "schools": _schools_called(text)}


def _schools_called(text: str) -> list[int]:
    rows = db.session.execute(_CALLED, {"text": text.lower(), "part": _part(text)}).all()
    exactly = [row.id for row in rows if row.is_exactly]
    return exactly or [row.id for row in rows]


def _part(text: str) -> str:
    """As a pattern, in which what was typed stands for itself."""
    for sign in ("\\", "%", "_"):
        text = text.replace(sign, f"\\{sign}")
    return f"%{text}%"


def _said(count: int, most: int = MOST_COUNTED) -> str:
    """`1,000+` only when there are more than that."""
    return f"{most:,}+" if count > most else f"{count:,}"
