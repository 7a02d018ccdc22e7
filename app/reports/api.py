"""The overview of a school, what its data lacks, its first steps and its search, as JSON."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask.views import MethodView

from app import clock
from app.api.body import Blueprint
from app.api.reply import reply
from app.door import me, requires
from app.history.glass import looked_at
from app.performance.rollup import catch_up_here
from app.reports import first_day, quality, schemas, words
from app.reports.backlog_age import BANDS
from app.reports.dashboard import Dashboard, dashboard, lesson_hours
from app.reports.overview import Place, Term
from app.reports.searching import search

overviews = Blueprint(
    "overviews_api",
    __name__,
    url_prefix="/api/v1/schools/<slug:school>",
    description="A school at a glance, and what its data lacks",
)


@overviews.route("/overview")
class Overview(MethodView):
    @requires("school.overview")
    @overviews.response(200, schemas.OverviewOut)
    def get(self) -> Response:
        """What is open and whose turn it is; faults of the last 90 days; this term and the last,
        with how support was kept in both."""
        looked_at("overview", me())
        is_up_to_date = catch_up_here()
        board = dashboard(me(), clock.now())
        found = board.glance
        body = {
            "open": found.open,
            "overdue": found.overdue,
            "due_today": found.due_today,
            "by_turn": [
                {"waiting_for": one.party, "open": one.open, "overdue": one.overdue}
                for one in found.turns
            ],
            "rooms": [_place(one) for one in found.rooms],
            "assets": [_place(one) for one in found.assets],
            "this_term": _term(found.this_term),
            "last_term": _term(found.last_term),
            "performance": _performance(board),
            "backlog_age": [
                {"working_days": label, "open": many}
                for label, many in zip(BANDS, board.backlog.bands, strict=True)
            ],
            "up_to_date": is_up_to_date,
        }
        return reply(body)


@overviews.route("/data_quality")
class DataQuality(MethodView):
    @requires("school.overview")
    @overviews.response(200, schemas.LacksOut)
    def get(self) -> Response:
        """Every check, also those that find nothing."""
        looked_at("data quality", me())
        items = [
            {
                "check": one.key,
                "title": words.LACKS[one.key].title,
                "count": one.count,
                "examples": [text for _, text in one.examples],
            }
            for one in quality.lacks(clock.today())
        ]
        return reply({"items": items})


@overviews.route("/first_steps")
class FirstSteps(MethodView):
    @requires("school.overview")
    @overviews.response(200, schemas.StepsOut)
    def get(self) -> Response:
        """What a new school has done and what comes next."""
        items = [
            {"step": one.key, "title": words.STEPS[one.key].title, "done": one.is_done}
            for one in first_day.steps()
        ]
        return reply({"items": items})


@overviews.route("/search")
class Search(MethodView):
    @requires("school.view")
    @overviews.arguments(schemas.SearchArgs, location="query")
    @overviews.response(200, schemas.SearchOut)
    def get(self, args: dict[str, Any]) -> Response:
        """The first few of every register that you may read."""
        found = search(me(), args["q"] or "")
        items = [{"kind": one.kind, "key": one.key, "title": one.words} for one in found]
        return reply({"items": items})


def _performance(board: Dashboard) -> dict[str, Any]:
    return {
        "first_day": board.now.first.isoformat(),
        "last_day": board.now.last.isoformat(),
        "first_day_before": board.before.first.isoformat(),
        "last_day_before": board.before.last.isoformat(),
        "lesson_hours_lost": round(lesson_hours(board.now), 1),
        "lesson_hours_lost_before": round(lesson_hours(board.before), 1),
        "figures": [
            {
                "figure": one.figure,
                "agreement_kind": one.kind or None,
                "numerator": one.now.counted,
                "denominator": one.now.of,
                "numerator_before": one.before.counted,
                "denominator_before": one.before.of,
            }
            for one in board.lines
        ],
    }


def _place(one: Place) -> dict[str, Any]:
    return {"key": one.key, "name": one.words, "incidents": one.faults}


def _term(one: Term | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "first_day": one.first.isoformat(),
        "last_day": one.last.isoformat(),
        "reported": one.reported,
        "resolved": one.resolved,
    }
