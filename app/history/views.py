"""Who from outside looked at our records, for the school to read."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from flask import Blueprint, render_template, request, url_for
from marshmallow import ValidationError

from app import clock
from app.api.manners import make_cursor, read_cursor
from app.door import me, requires
from app.errors import Wrong
from app.history import queries
from app.history.schemas import AccessArgs, midnight, next_month
from app.people.rules import ROLE_NAMES
from app.permissions import Role

pages = Blueprint("history", __name__, template_folder="templates")

PAGE_SIZE = 50
# The filter offers two years; older months stand in the list itself.
_MONTHS = 24
_REFERENCE = re.compile(r"([A-Z]{3,5})-([1-9][0-9]{0,8})")


@pages.get("/<slug:school>/access")
@requires("access_record.view")
def access() -> str:
    asked = _asked()
    month, who = asked["month"], asked["who"]
    kept = {"month": f"{month:%Y-%m}" if month else None, "who": who}
    scope = f"access {kept['month']} {who}"
    place = read_cursor(scope, request.args.get("after"))
    found = queries.accesses(
        (datetime.fromisoformat(place[0]), place[1]) if place else None,
        PAGE_SIZE + 1,
        since=midnight(month) if month else None,
        until=midnight(next_month(month)) if month else None,
        who=who,
    )
    shown, rest = found[:PAGE_SIZE], found[PAGE_SIZE:]
    last = [shown[-1].at.isoformat(), shown[-1].id] if rest else None
    return render_template(
        "history/access.html",
        records=[(one, _link(one.subject), ROLE_NAMES[Role(one.role)]) for one in shown],
        months=_months(month),
        month=kept["month"],
        month_words=f"{month:%B %Y}" if month else None,
        who=who,
        next_url=url_for(".access", after=make_cursor(scope, last), **kept) if last else None,
        first_url=url_for(".access", **kept) if place else None,
    )


def _asked() -> dict[str, Any]:
    try:
        found: dict[str, Any] = AccessArgs().load(
            {name: request.args[name] for name in ("month", "who") if request.args.get(name)}
        )
    except ValidationError as wrong:
        raise Wrong(wrong.messages_dict) from None
    return found


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
