"""The LA's overview as JSON: the same as on the page."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask.views import MethodView

from app import clock
from app.api.body import Blueprint
from app.api.manners import make_cursor, read_cursor
from app.api.reply import reply
from app.door import me, requires
from app.performance.sight import Sight, catch_up
from app.reports import la_overview_schemas as schemas
from app.reports.backlog_age import BANDS
from app.reports.la_overview import Weather, page_of_weather
from app.reports.la_overview_around import Around, around
from app.reports.la_overview_kept import BY, SHOWN, Kept, Line
from tenants import across_schools

overview_of_la = Blueprint(
    "la_overview_api",
    __name__,
    url_prefix="/api/v1/overview",
    description="The weather of the week at every school, and what needs a manager today",
)


@overview_of_la.route("")
class OverviewOfLa(MethodView):
    @requires("authority.overview")
    @overview_of_la.arguments(schemas.WeatherArgs, location="query")
    @overview_of_la.response(200, schemas.OverviewOfLaOut)
    def get(self, args: dict[str, Any]) -> Response:
        """Every school's week by name, and the whole authority's."""
        now = clock.now()
        is_up_to_date = catch_up(Sight(None))
        scope = f"la overview {args['q']} {args['letter']}"
        after = read_cursor(scope, args.get("after"))
        with across_schools("the weather of the week at every school"):
            page = page_of_weather(me(), now, args, after, args["limit"])
        return reply(
            {
                "items": [_weather(one) for one in page.rows],
                "next": make_cursor(scope, page.place) if page.place else None,
                **_around(around(me(), now)),
                "up_to_date": is_up_to_date,
            }
        )


def _weather(one: Weather) -> dict[str, Any]:
    return {
        "school": {"slug": one.slug, "code": one.code, "name": one.name},
        "weather": one.word,
        "reported_by_day": list(one.reported),
        "reported": one.this_week,
        "resolved": one.resolved,
        "missed": one.missed,
        "open": one.open,
        "overdue": one.overdue,
    }


def _around(one: Around) -> dict[str, Any]:
    backlog = one.backlog
    return {
        "totals": {
            **one.week._asdict(),
            "open": backlog.open,
            "overdue": backlog.overdue,
            "counted_all": backlog.is_whole,
        },
        "needs": [
            {"kind": each.kind, "text": each.words, "school": each.slug, "number": each.number}
            for each in one.needs
        ],
        "backlog_age": [
            {"working_days": label, "open": many}
            for label, many in zip(BANDS, backlog.bands, strict=True)
        ],
        "school_weeks": [
            {
                "monday": each.first.isoformat(),
                "reported": each.reported,
                "year_before": each.before,
                "holiday": each.is_holiday,
            }
            for each in one.weeks
        ],
        "attainment": [_line(by, each) for by in BY for each in one.kept.lines[by]],
        "attainment_from": one.kept.period.first.isoformat(),
        "attainment_to": one.kept.period.end.isoformat(),
    }


def _line(by: str, one: Line) -> dict[str, Any]:
    return {
        "by": by,
        "key": one.named.key,
        "name": one.named.name,
        "agreement_kind": one.kind,
        **{key: _kept(found) for key, found in zip(SHOWN, one.now, strict=True)},
        **{f"{key}_before": _kept(found) for key, found in zip(SHOWN, one.before, strict=True)},
    }


def _kept(one: Kept) -> dict[str, int]:
    return {"met": one.met, "decided": one.decided}
