"""Figures in depth as JSON, what a program would want of them: equipment, services, visits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from flask import Response
from flask.views import MethodView

from app.api.body import Blueprint
from app.api.manners import make_cursor, read_cursor
from app.api.reply import reply
from app.door import me, requires
from app.performance.depth import (
    downtime,
    noting,
    reliability,
    schemas,
    tell_reliability,
    tell_services,
    tell_visits,
)
from app.performance.depth.seen import Seen, freshen, seen_by
from app.performance.depth.shares import Share
from app.performance.depth.sums import SchoolSaid, Sums, schools
from tenants import administering

in_depth = Blueprint(
    "depth_api",
    __name__,
    url_prefix="/api/v1/performance",
    description="Figures in depth: equipment, services, visits",
)
in_depth_of_school = Blueprint(
    "school_depth_api",
    __name__,
    url_prefix="/api/v1/schools/<slug:school>/performance",
    description="Figures in depth of one school",
)
_DIGITS = 6


class _Found(NamedTuple):
    """All rows; those of a page are drawn. `as_of`: of what every school's figures are told."""

    rows: Sequence[Any]
    draw: Callable[[Sequence[Any]], list[dict[str, Any]]]
    as_of: datetime | None = None
    is_awaited: bool = False


def _reliability(args: dict[str, Any]) -> Response:
    def ask(seen: Seen) -> _Found:
        found = tell_reliability.models(seen)

        def draw(rows: Sequence[reliability.Rated]) -> list[dict[str, Any]]:
            notes = tell_reliability.said_of(seen, rows)
            return [
                _model(one, found.of_all.get(one.key), notes.get(one.key), seen) for one in rows
            ]

        return _Found(found.found, draw, found.as_of, found.is_awaited)

    return _listed("reliability", args, ask, reliability.METHOD)


def _availability(args: dict[str, Any]) -> Response:
    def ask(seen: Seen) -> _Found:
        found = tell_services.services_kept(seen)
        return _Found(found.found, _services, found.as_of, found.is_awaited)

    return _listed("availability", args, ask, downtime.METHOD)


def _services(rows: Sequence[Sums]) -> list[dict[str, Any]]:
    return [
        {
            "service": one.name,
            "schools": one.schools,
            "service_seconds": one.base,
            "down_seconds": one.amount,
            "outages": one.hits,
            "availability": _rounded(downtime.availability(one.base, one.amount)),
        }
        for one in rows
    ]


def _visits(args: dict[str, Any]) -> Response:
    def ask(seen: Seen) -> _Found:
        found = tell_visits.visits_by_name(seen)

        def draw(rows: Sequence[Share]) -> list[dict[str, Any]]:
            named = schools(seen, [one.school_id for one in rows])
            return [_visit(named[one.school_id], one) for one in rows if one.school_id in named]

        return _Found(found.shares, draw, found.as_of, found.is_awaited)

    return _listed("visits", args, ask, tell_visits.METHOD)


def _visit(school: SchoolSaid, one: Share) -> dict[str, Any]:
    return {
        "school": school.slug,
        "name": school.name,
        "aborted": one.met,
        "visits": one.of,
        "rate": _rounded(one.met / one.of),
    }


def _listed(
    name: str, args: dict[str, Any], ask: Callable[[Seen], _Found], method: str
) -> Response:
    seen = seen_by(me(), args)
    freshen(seen)
    found = ask(seen)
    filters = {key: str(value) for key, value in args.items() if key not in ("limit", "after")}
    scope = f"in depth: {name} {sorted(filters.items())}"
    place = read_cursor(scope, args.get("after"))
    begin = place[0] if place else 0
    end = begin + args["limit"]
    return reply(
        {
            "items": found.draw(found.rows[begin:end]),
            "next": make_cursor(scope, [end]) if end < len(found.rows) else None,
            "from": seen.first.isoformat(),
            "to": seen.end.isoformat(),
            "method": method,
            "as_of": found.as_of,
            "up_to_date": not found.is_awaited,
        }
    )


def _model(
    one: reliability.Rated, everywhere: reliability.Rated | None, note: Any, seen: Seen
) -> dict[str, Any]:
    """How many schools have it is told from three on."""
    of_all = one if seen.is_everywhere else everywhere
    return {
        "type": one.kind,
        "make": one.make or None,
        "model": one.model or None,
        "schools": None if of_all is None or of_all.is_of_few_schools else of_all.schools,
        "faults": one.faults,
        "device_years": _rounded(one.years),
        "per_100_device_years": _rounded(one.rate),
        "low": _rounded(one.low),
        "high": _rounded(one.high),
        "type_per_100_device_years": _rounded(one.type_rate),
        "expected": _rounded(one.expected),
        "flag": one.flag,
        "all_schools_per_100_device_years": _rounded(of_all.rate) if of_all else None,
        "verdict": note.verdict if note else None,
        "note": note.note if note else None,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)


@in_depth.route("/reliability")
class Reliability(MethodView):
    @requires("performance.in_depth")
    @in_depth.arguments(schemas.DepthListArgs, location="query")
    @in_depth.response(200, schemas.DepthOut)
    def get(self, args: dict[str, Any]) -> Response:
        """Faults per 100 device-years by type, make and model, with exact intervals."""
        return _reliability(args)


@in_depth.route("/reliability/note")
class Note(MethodView):
    @requires("performance.note")
    @in_depth.arguments(schemas.ModelNoteBody)
    @in_depth.response(200, schemas.ModelNoteOut)
    def put(self, body: dict[str, Any]) -> Response:
        """Say of a model: buy again, watch or avoid."""
        with administering("the LA says something of a model"):
            one = noting.say(
                body["type"],
                body["make"],
                body["model"],
                verdict=body["verdict"],
                note=body.get("note"),
                by=me(),
            )
            names = ("type", "make", "model", "verdict", "note", "written_by", "version")
            return reply({name: getattr(one, name) for name in names}, version=one.version)


@in_depth.route("/availability")
class Availability(MethodView):
    @requires("performance.in_depth")
    @in_depth.arguments(schemas.DepthListArgs, location="query")
    @in_depth.response(200, schemas.DepthOut)
    def get(self, args: dict[str, Any]) -> Response:
        """1 − downtime in service hours ÷ service hours, by service."""
        return _availability(args)


@in_depth.route("/visits")
class Visits(MethodView):
    @requires("performance.in_depth")
    @in_depth.arguments(schemas.DepthListArgs, location="query")
    @in_depth.response(200, schemas.DepthOut)
    def get(self, args: dict[str, Any]) -> Response:
        """Aborted visits ÷ visits, by school."""
        return _visits(args)


@in_depth_of_school.route("/reliability")
class SchoolReliability(MethodView):
    @requires("performance.in_depth")
    @in_depth_of_school.arguments(schemas.DepthListArgs, location="query")
    @in_depth_of_school.response(200, schemas.DepthOut)
    def get(self, args: dict[str, Any]) -> Response:
        """The same of one school, beside all schools where at least three have the model."""
        return _reliability(args)


@in_depth_of_school.route("/availability")
class SchoolAvailability(MethodView):
    @requires("performance.in_depth")
    @in_depth_of_school.arguments(schemas.DepthListArgs, location="query")
    @in_depth_of_school.response(200, schemas.DepthOut)
    def get(self, args: dict[str, Any]) -> Response:
        """The services of one school."""
        return _availability(args)


@in_depth_of_school.route("/visits")
class SchoolVisits(MethodView):
    @requires("performance.in_depth")
    @in_depth_of_school.arguments(schemas.DepthListArgs, location="query")
    @in_depth_of_school.response(200, schemas.DepthOut)
    def get(self, args: dict[str, Any]) -> Response:
        """The visits of one school."""
        return _visits(args)
