"""Figures as JSON (api.md, /performance): for the LA across schools, for a school its own."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask.views import MethodView

from app import clock
from app.api.body import Blueprint
from app.api.manners import make_cursor, read_cursor
from app.api.reply import reply
from app.door import me, requires
from app.history.actions import record_access
from app.performance import schemas
from app.performance.asking import performance
from app.performance.behind import Behind, counters_of, incidents_behind, kind_behind, side_by_side
from app.performance.many import OTHERS
from app.performance.read_args import asked_for
from app.performance.shown import shown_baselines, shown_row
from app.performance.sight import catch_up, each_of, sight_of, within_sight

figures = Blueprint(
    "performance_api",
    __name__,
    url_prefix="/api/v1/performance",
    description="How support contracts perform",
)
figures_of_school = Blueprint(
    "school_performance_api",
    __name__,
    url_prefix="/api/v1/schools/<slug:school>/performance",
    description="How support performs in one school",
)


def _compared(args: dict[str, Any]) -> Response:
    sight = sight_of(me())
    asked = asked_for(args, sight)
    scope = _scope("performance", args)
    after = read_cursor(scope, args.get("after"))
    is_up_to_date = catch_up(sight)
    limit = args["limit"]
    answer = performance(sight, asked, target=args.get("target"), after=after, limit=limit)
    page = answer.part(after, limit)
    return reply(
        {
            "items": [
                shown_row(line, None if line.named is OTHERS else answer) for line in page.rows
            ],
            "next": make_cursor(scope, page.place) if page.place else None,
            "from": asked.first.isoformat(),
            "to": asked.end.isoformat(),
            "by": asked.by,
            "baselines": shown_baselines(answer.comparison),
            "up_to_date": is_up_to_date and not answer.is_awaited,
        }
    )


def _behind(args: dict[str, Any]) -> Response:
    """Whoever of the LA opens the list of a school's incidents leaves a trace there."""
    person, sight = me(), sight_of(me())
    counters, is_of_agreement = counters_of(args["figure"], args["part"])
    asked = within_sight(sight, asked_for(args, sight))
    kind = kind_behind(asked, is_of_agreement=is_of_agreement)
    scope = _scope("incidents behind", args)
    after = read_cursor(scope, args.get("after"))
    catch_up(sight)
    limit = args["limit"]
    pages = each_of(sight, lambda: [incidents_behind(person, asked, counters, kind, after, limit)])
    page = side_by_side(pages, limit)
    if person.is_from_outside and person.school is not None:
        record_access("incidents behind a figure", "read as LA staff", at=clock.now(), by=person)
    return reply(
        {
            "items": [_shown(one) for one in page.rows],
            "next": make_cursor(scope, page.place) if page.place else None,
        }
    )


def _scope(name: str, args: dict[str, Any]) -> str:
    """A cursor is good for these filters only."""
    filters = {key: str(value) for key, value in args.items() if key not in ("limit", "after")}
    return f"{name} {sorted(filters.items())}"


def _shown(one: Behind) -> dict[str, Any]:
    school = one.school
    return {
        "reference": f"{school.code}-{one.number}",
        "school": {"slug": school.slug, "code": school.code, "name": school.name},
        "number": one.number,
        "title": one.title,
        "status": one.status,
        "on": one.on.isoformat(),
        "value": one.value,
    }


@figures.route("")
class Performance(MethodView):
    @requires("performance.view")
    @figures.arguments(schemas.PerformanceArgs, location="query")
    @figures.response(200, schemas.PerformanceOut)
    def get(self, args: dict[str, Any]) -> Response:
        """Figures by contract, school, supplier or priority, each with what it is made of."""
        return _compared(args)


@figures.route("/incidents")
class BehindFigure(MethodView):
    @requires("performance.view")
    @figures.arguments(schemas.BehindArgs, location="query")
    @figures.response(200, schemas.BehindOut)
    def get(self, args: dict[str, Any]) -> Response:
        """The incidents behind a number; their values add up to it."""
        return _behind(args)


@figures_of_school.route("")
class SchoolPerformance(MethodView):
    @requires("performance.view")
    @figures_of_school.arguments(schemas.PerformanceArgs, location="query")
    @figures_of_school.response(200, schemas.PerformanceOut)
    def get(self, args: dict[str, Any]) -> Response:
        """The same of one school."""
        return _compared(args)


@figures_of_school.route("/incidents")
class SchoolBehindFigure(MethodView):
    @requires("performance.view")
    @figures_of_school.arguments(schemas.BehindArgs, location="query")
    @figures_of_school.response(200, schemas.BehindOut)
    def get(self, args: dict[str, Any]) -> Response:
        """The incidents behind a number of one school."""
        return _behind(args)
