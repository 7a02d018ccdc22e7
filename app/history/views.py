"""The access glass [N15]: who from outside looked at our records, for the school to read."""

from __future__ import annotations

import re
from datetime import date
from functools import partial
from typing import Any, NamedTuple

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue as Answer

from app import clock
from app.door import me, requires
from app.errors import Wrong
from app.history import queries
from app.history.queries import Looked, Looker
from app.history.schemas import EVERY_MONTH, AccessArgs, midnight, next_month
from app.keyset import Page
from app.people.rules import ROLE_NAMES
from app.permissions import Role
from app.web import spreadsheets
from app.web.listed import Filters, listed, read_filters

pages = Blueprint("history", __name__, template_folder="templates")

PAGE_SIZE = 50
# The filter offers two years; older months stand in the list itself.
_MONTHS = 24
_REFERENCE = re.compile(r"([A-Z]{3,5})-([1-9][0-9]{0,8})")
_HEADINGS = ("When", "Who", "As", "What", "Why")


class Person(NamedTuple):
    """A looker as the page shows them."""

    looker: Looker
    role: str
    records: list[tuple[str, str | None]]
    more: int


@pages.get("/<slug:school>/access")
@requires("access_record.view")
def access() -> Answer:
    filters = read_filters(AccessArgs)
    month = _month(filters)
    looked = _looked(filters, month)
    found = listed("access", filters, partial(_page, looked), size=PAGE_SIZE)
    return render_template(
        "history/access.html",
        records=[(one, _link(one.subject), _role(one)) for one in found.rows],
        # Beside the first page only: what follows is the same list.
        people=[] if found.first_url else [_person(one) for one in queries.lookers(looked)],
        months=_months(month),
        every_month=EVERY_MONTH,
        month=f"{month:%Y-%m}" if month else EVERY_MONTH,
        month_words=f"{month:%B %Y}" if month else None,
        filters=filters,
        next_url=found.next_url,
        first_url=found.first_url,
        csv_url=_csv_url(dict(filters.given)),
    ), 422 if filters.errors else 200


@pages.get("/<slug:school>/access.csv")
@requires("access_record.view")
def access_csv() -> Answer:
    filters = read_filters(AccessArgs)
    if filters.errors:
        raise Wrong({"filters": filters.errors})
    fetch = partial(queries.accesses, _looked(filters, _month(filters)))
    return spreadsheets.answer(spreadsheets.Table("who-looked", _HEADINGS, fetch, _cells), "csv")


def _csv_url(given: dict[str, Any]) -> str:
    return url_for(".access_csv", **given)


def _page(looked: Looked, _: dict[str, Any], after: list[Any] | None, limit: int) -> Page:
    return queries.accesses(looked, after, limit)


def _cells(rows: list[Any]) -> list[Any]:
    return [[one.at, one.name, _role(one), one.subject, one.reason] for one in rows]


def _month(filters: Filters) -> date | None:
    """This one, unless another is asked for; none is every month."""
    if "month" in filters.given and not filters.errors:
        found: date | None = filters.asked["month"]
        return found
    return clock.today().replace(day=1)


def _looked(filters: Filters, month: date | None) -> Looked:
    return Looked(
        since=midnight(month) if month else None,
        until=midnight(next_month(month)) if month else None,
        who=filters.asked.get("who"),
        what=filters.asked.get("what"),
    )


def _person(one: Looker) -> Person:
    records = [(each, _link(each)) for each in one.some_records]
    return Person(one, _role(one), records, one.records - len(records))


def _role(one: Any) -> str:
    return ROLE_NAMES[Role(one.role)]


def _link(subject: str) -> str | None:
    """The incident, where the record is of one."""
    found, school = _REFERENCE.fullmatch(subject), me().school
    if found is None or school is None or found[1] != school.code:
        return None
    return url_for("incidents.show", number=int(found[2]))


def _months(chosen: date | None) -> list[tuple[str, str]]:
    """(value, words) of the last months, and of the chosen one."""
    first = clock.today().replace(day=1)
    found = {first}
    for _ in range(_MONTHS - 1):
        first = date(first.year - (first.month == 1), (first.month - 2) % 12 + 1, 1)
        found.add(first)
    if chosen is not None:
        found.add(chosen)
    return [(f"{one:%Y-%m}", f"{one:%B %Y}") for one in sorted(found, reverse=True)]
