"""Who from outside looked at our records, for the school to read."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, render_template, request, url_for

from app.api.manners import make_cursor, read_cursor
from app.door import requires
from app.history import queries

pages = Blueprint("history", __name__, template_folder="templates")

PAGE_SIZE = 50


@pages.get("/<slug:school>/access")
@requires("access_record.view")
def access() -> str:
    place = read_cursor("access", request.args.get("after"))
    after = (datetime.fromisoformat(place[0]), place[1]) if place else None
    found = queries.accesses(after, PAGE_SIZE + 1)
    shown = found[:PAGE_SIZE]
    last = shown[-1] if len(found) > PAGE_SIZE else None
    return render_template(
        "history/access.html",
        records=shown,
        next_url=last
        and url_for(".access", after=make_cursor("access", [last.at.isoformat(), last.id])),
        is_first=after is None,
    )
