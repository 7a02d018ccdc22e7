"""Tech Advisors as JSON: what is offered to them, their advice, and what it spares the desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response
from flask.views import MethodView

from app.api.body import Blueprint
from app.api.manners import check_version, make_cursor, read_cursor
from app.api.reply import reply
from app.door import me, requires
from app.errors import NotThere
from app.incidents import advising, advisors, advisors_schemas, queries
from app.incidents.advised import Advice
from app.incidents.api import incidents
from app.incidents.models import Incident
from app.incidents.reading import open_to_read
from app.incidents.schemas import Nothing
from app.incidents.turns import reference
from app.shapes import instant
from tenants import db

advisors_api = Blueprint(
    "advisors_api",
    __name__,
    url_prefix="/api/v1/schools/<slug:school>/advisors",
    description="Tech Advisors of a school",
)
Act = Callable[[Incident], Advice]


@incidents.route("/<number:number>/advice")
class AdviceOfOne(MethodView):
    @requires("incident.view")
    @incidents.response(200, advisors_schemas.AdviceOut)
    def get(self, number: int) -> Response:
        """How it stands with a Tech Advisor's advice, and the known-safe checks."""
        incident = open_to_read(me(), number, is_offered_too=True)
        advice = advising.find_advice(incident)
        if advice is None:
            raise NotThere
        return _shown(incident, advice)

    @requires("incident.advise")
    @incidents.arguments(advisors_schemas.AdviceGiven)
    @incidents.response(200, advisors_schemas.AdviceOut)
    def put(self, body: dict[str, Any], number: int) -> Response:
        """What was tried and what to do: the reporter is told, and accepts it or goes on."""
        is_pupil = advising.is_pupil(me())
        return _changed(number, lambda one: advising.solve(one, by=me(), is_pupil=is_pupil, **body))


@incidents.route("/<number:number>/advice/taking")
class AdviceTaking(MethodView):
    @requires("incident.advise")
    @incidents.arguments(Nothing, required=False)
    @incidents.response(200, advisors_schemas.AdviceOut)
    def put(self, _body: dict[str, Any], number: int) -> Response:
        """I help with this one."""
        is_pupil = advising.is_pupil(me())
        return _changed(number, lambda one: advising.take(one, by=me(), is_pupil=is_pupil))


@incidents.route("/<number:number>/advice/pass_on")
class AdvicePassOn(MethodView):
    @requires("incident.pass_on")
    @incidents.arguments(advisors_schemas.PassOn, required=False)
    @incidents.response(200, advisors_schemas.AdviceOut)
    def post(self, body: dict[str, Any], number: int) -> Response:
        """To the desk: its clock begins now. An advisor, the reporter or the desk may."""
        return _changed(number, lambda one: advising.pass_on(one, by=me(), **body))


@incidents.route("/<number:number>/advice/acceptance")
class AdviceAcceptance(MethodView):
    @requires("incident.accept_advice")
    @incidents.arguments(Nothing, required=False)
    @incidents.response(200, advisors_schemas.AdviceOut)
    def put(self, _body: dict[str, Any], number: int) -> Response:
        """It works: resolved before the desk had it."""
        return _changed(number, lambda one: advising.accept(one, by=me()))


@incidents.route("/<number:number>/advice/countersignature")
class AdviceCountersignature(MethodView):
    @requires("incident.countersign")
    @incidents.arguments(Nothing, required=False)
    @incidents.response(200, advisors_schemas.AdviceOut)
    def put(self, _body: dict[str, Any], number: int) -> Response:
        """An adult has looked at what a pupil advised; then it counts as solved."""
        return _changed(number, lambda one: advising.countersign(one, by=me()))


@advisors_api.route("/offered")
class OfferedToMe(MethodView):
    @requires("incident.advise")
    @advisors_api.arguments(advisors_schemas.OfferedArgs, location="query")
    @advisors_api.response(200, advisors_schemas.OfferedPage)
    def get(self, args: dict[str, Any]) -> Response:
        """What waits for an advisor, the oldest first."""
        return _page(args, "offered", advisors.offered_to, _offered, "began_at")


@advisors_api.route("/record")
class MyRecord(MethodView):
    @requires("incident.advise")
    @advisors_api.arguments(advisors_schemas.OfferedArgs, location="query")
    @advisors_api.response(200, advisors_schemas.HelpedPage)
    def get(self, args: dict[str, Any]) -> Response:
        """Your own record of help given, the newest first; never whose it was."""
        return _page(args, "helped", advisors.helped_by, _helped, "taken_at")


@advisors_api.route("/figures")
class AdviceFiguresOfSchool(MethodView):
    @requires("incident.countersign")
    @advisors_api.arguments(advisors_schemas.AdviceFigureArgs, location="query")
    @advisors_api.response(200, advisors_schemas.AdviceFigures)
    def get(self, args: dict[str, Any]) -> Response:
        """How many sheets went to advisors, and how many of them never reached the desk."""
        return reply(advisors.figures(args.get("day_from"), args.get("day_to")))


def _changed(number: int, act: Act) -> Response:
    incident = queries.get_incident(me(), number, to_change=True)
    check_version(incident.version)
    return _shown(incident, act(incident))


def _shown(incident: Incident, advice: Advice) -> Response:
    db.session.flush()
    checks = advising.safe_checks(incident) if advice.ended_at is None else []
    body = advisors.shown_advice(advice, incident, _code(), me(), checks)
    return reply(body, version=incident.version)


def _page(
    args: dict[str, Any], name: str, rows: Any, show: Callable[[Any], dict[str, Any]], by: str
) -> Response:
    scope = f"{name} {_code()}"
    after = read_cursor(scope, args.get("after"))
    found = rows(me(), after=after, limit=args["limit"] + 1)
    page, rest = found[: args["limit"]], found[args["limit"] :]
    place = [getattr(page[-1], by).isoformat(), page[-1].id] if rest else None
    return reply(
        {
            "items": [show(one) for one in page],
            "next": make_cursor(scope, place) if place else None,
        }
    )


def _offered(row: Any) -> dict[str, Any]:
    return {
        "reference": reference(_code(), row.number),
        "number": row.number,
        "title": row.title,
        "category": row.category,
        "room": row.room,
        "state": row.state,
        "is_mine": row.advisor_id in me().membership_ids,
        "advisor": row.advisor_name,
        "until_at": instant(row.until_at),
    }


def _helped(row: Any) -> dict[str, Any]:
    return {
        "reference": reference(_code(), row.number),
        "title": row.title,
        "category": row.category,
        "state": row.state,
        "tried": row.tried,
        "taken_at": instant(row.taken_at),
        "ended_at": instant(row.ended_at),
        "countersigned_at": instant(row.countersigned_at),
    }


def _code() -> str:
    school = me().school
    assert school is not None
    return school.code
