"""Whether the licences are enough, and what the roll says to those that are paid by the pupil."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue as Answer

from app import clock
from app.door import me, requires
from app.licences import queries, rules, schemas, shown
from app.licences.views import LIST, pages
from app.web.listed import read_filters


@pages.get(f"{LIST}/compliance")
@requires("licence.view")
def compliance() -> Answer:
    filters = read_filters(schemas.OnArgs)
    on = filters.asked.get("on") or clock.today()
    found = queries.standings(on)
    return render_template(
        "licences/compliance.html",
        on=on,
        given=filters.given,
        errors=filters.errors,
        rows=found,
        summary=rules.share(found),
    )


@pages.get(f"{LIST}/true-up")
@requires("licence.view")
def true_up() -> Answer:
    filters = read_filters(schemas.TrueUpArgs)
    asked = filters.asked
    on = asked.get("on") or clock.today()
    return render_template(
        "licences/true_up.html",
        given=filters.given,
        errors=filters.errors,
        found=shown.true_up(on, asked.get("pupils"), me()),
        sees_cost=me().may(shown.SEES_COST),
    )
