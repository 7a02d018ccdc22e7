"""Figures in depth as JSON, what a program would want of them: equipment, services, visits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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
from app.performance.depth.sums import schools
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


def _reliability(args: dict[str, Any]) -> Response:
    def ask(seen: Seen) -> list[dict[str, Any]]:
        found, of_all = tell_reliability.models(seen)
        notes = {
            key: one
            for some in seen.ask(lambda: [tell_reliability.notes(found)])
            for key, one in some.items()
        }
        return [_model(one, of_all.get(one.key), notes.get(one.key), seen) for one in found]

    return _listed("reliability", args, ask, reliability.METHOD)


def _availability(args: dict[str, Any]) -> Response:
    def ask(seen: Seen) -> list[dict[str, Any]]:
        return [
            {
                "service": one.name,
                "schools": one.schools,
                "service_seconds": one.base,
                "down_seconds": one.amount,
                "outages": one.hits,
                "availability": _rounded(downtime.availability(one.base, one.amount)),
            }
            for one in tell_services.services(seen)
        ]

    return _listed("availability", args, ask, downtime.METHOD)


def _visits(args: dict[str, Any]) -> Response:
    def ask(seen: Seen) -> list[dict[str, Any]]:
        counts = {school: (met, of) for school, met, of in tell_visits.visits(seen)}
        return [
            {
                "school": one.slug,
                "name": one.name,
                "aborted": counts[one.id][0],
                "visits": counts[one.id][1],
                "rate": _rounded(counts[one.id][0] / counts[one.id][1]),
            }
            for one in schools(seen).values()
            if one.id in counts
        ]

    return _listed("visits", args, ask, tell_visits.METHOD)


def _listed(
    name: str,
    args: dict[str, Any],
    ask: Callable[[Seen], list[dict[str, Any]]],
    method: str,
) -> Response:
    seen = seen_by(me(), args)
    freshen(seen)
    items = ask(seen)
    filters = {key: str(value) for key, value in args.items() if key not in ("limit", "after")}
    scope = f"in depth: {name} {sorted(filters.items())}"
    place = read_cursor(scope, args.get("after"))
    begin = place[0] if place else 0
    end = begin + args["limit"]
    return reply(
        {
            "items": items[begin:end],
            "next": make_cursor(scope, [end]) if end < len(items) else None,
            "from": seen.first.isoformat(),
            "to": seen.end.isoformat(),
            "method": method,
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
