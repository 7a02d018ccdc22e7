"""Visits of a school, and a technician's day, as JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, url_for
from flask.views import MethodView

from app import clock
from app.api.body import Blueprint
from app.api.manners import check_version, make_cursor, read_cursor
from app.api.reply import reply
from app.door import me, requires
from app.errors import wrong
from app.incidents.reading import open_list
from app.shapes import instant
from app.visits import agenda, booking, queries, schemas, shown, taking_place
from app.visits.models import Visit
from tenants import db

visits = Blueprint(
    "visits_api",
    __name__,
    url_prefix="/api/v1/schools/<slug:school>/visits",
    description="Visits to a school: booked when everybody can be there",
)
day_plan = Blueprint(
    "day_plan_api",
    __name__,
    url_prefix="/api/v1/day_plan",
    description="A technician's own visits of a day, at every school",
)
_LARGEST = 999_999_999


@visits.route("")
class Visits(MethodView):
    @requires("visit.view")
    @visits.arguments(schemas.VisitArgs, location="query")
    @visits.response(200, schemas.VisitPage)
    def get(self, args: dict[str, Any]) -> Response:
        """The newest first; with `coming` what stands, the next first."""
        is_coming, state = args["coming"], args.get("state")
        scope = f"visits {_slug()} {is_coming} {state}"
        after = read_cursor(scope, args.get("after"))
        open_list(me(), "visits")
        found = queries.page_of_visits(
            is_coming=is_coming, state=state, after=after, limit=args["limit"] + 1
        )
        page, rest = found[: args["limit"]], found[args["limit"] :]
        place = [page[-1].starts_at.isoformat(), page[-1].id] if rest else None
        return reply(
            {
                "items": [shown.listed(one) for one in page],
                "next": make_cursor(scope, place) if place else None,
            }
        )

    @requires("visit.book")
    @visits.arguments(schemas.NewVisit)
    @visits.response(201, schemas.VisitOut)
    def post(self, body: dict[str, Any]) -> Response:
        """Book one. Where somebody cannot be there, 409 says who (`gaps`) and gives the next
        three times (`slots`)."""
        visit = booking.book(by=me(), **body)
        return _one(visit, 201, url_for("visits_api.One", number=visit.number))


@visits.route("/slots")
class Slots(MethodView):
    @requires("visit.book")
    @visits.arguments(schemas.SlotArgs, location="query")
    @visits.response(200, schemas.SlotsOut)
    def get(self, args: dict[str, Any]) -> Response:
        """The next three times at which everybody can be there."""
        numbers = _numbers(args.pop("incidents", None))
        found = booking.next_slots(by=me(), incidents=numbers, **args)
        items = [{"starts_at": instant(a), "ends_at": instant(b)} for a, b in found]
        return reply({"items": items})


@visits.route("/figures")
class Figures(MethodView):
    @requires("visit.view")
    @visits.arguments(schemas.FigureArgs, location="query")
    @visits.response(200, schemas.FiguresOut)
    def get(self, args: dict[str, Any]) -> Response:
        """How many visits there were, and how many were aborted or cancelled."""
        found = queries.figures(args.get("day_from"), args.get("day_to"))
        named = found._asdict()
        return reply({"standing": named.pop("booked"), **named})


@visits.route("/<number:number>")
class One(MethodView):
    @requires("visit.view")
    @visits.response(200, schemas.VisitOut)
    def get(self, number: int) -> Response:
        """One visit with its agenda. Of incidents that you may not see only their number
        (`hidden_jobs`) is said."""
        visit = queries.get_visit(number)
        open_list(me(), f"visit {number}")
        return _one(visit)

    @requires("visit.book", "visit.agree")
    @visits.arguments(schemas.VisitChange)
    @visits.response(200, schemas.VisitOut)
    def patch(self, changes: dict[str, Any], number: int) -> Response:
        """Move it, put its agenda in order, or agree it. Needs If-Match."""
        visit = queries.get_visit(number, to_change=True)
        check_version(visit.version, is_needed=True)
        _change(visit, changes)
        return _one(queries.get_visit(number))


@visits.route("/<number:number>/arrival")
class Arrival(MethodView):
    @requires("visit.work")
    @visits.arguments(schemas.Nothing, required=False)
    @visits.response(200, schemas.VisitOut)
    def post(self, _body: dict[str, Any], number: int) -> Response:
        """Somebody is there: response and on-site clocks of the agenda stop."""
        return _changed(number, lambda visit: taking_place.arrive(visit, by=me()))


@visits.route("/<number:number>/outcomes")
class Outcomes(MethodView):
    @requires("visit.work")
    @visits.arguments(schemas.Outcomes)
    @visits.response(200, schemas.VisitOut)
    def put(self, body: dict[str, Any], number: int) -> Response:
        """What became of each job; minutes are written down as work when the visitor leaves."""
        return _changed(
            number, lambda visit: taking_place.write_outcomes(visit, by=me(), jobs=body["jobs"])
        )


@visits.route("/<number:number>/departure")
class Departure(MethodView):
    @requires("visit.work")
    @visits.arguments(schemas.Nothing, required=False)
    @visits.response(200, schemas.VisitOut)
    def put(self, _body: dict[str, Any], number: int) -> Response:
        """It is over. Each job needs an outcome first."""
        return _changed(number, lambda visit: taking_place.leave(visit, by=me()))


@visits.route("/<number:number>/abort")
class Abort(MethodView):
    @requires("visit.work", "visit.agree")
    @visits.arguments(schemas.Reason)
    @visits.response(200, schemas.VisitOut)
    def put(self, body: dict[str, Any], number: int) -> Response:
        """It did not take place, or broke off."""
        return _changed(number, lambda visit: taking_place.abort(visit, by=me(), **body))


@visits.route("/<number:number>/cancellation")
class Cancellation(MethodView):
    @requires("visit.book")
    @visits.arguments(schemas.Reason)
    @visits.response(200, schemas.VisitOut)
    def put(self, body: dict[str, Any], number: int) -> Response:
        """Nobody comes; everybody concerned is told."""
        return _changed(number, lambda visit: booking.cancel(visit, by=me(), **body))


@visits.route("/<number:number>/signature")
class Signature(MethodView):
    @requires("visit.agree")
    @visits.arguments(schemas.Nothing, required=False)
    @visits.response(200, schemas.VisitOut)
    def put(self, _body: dict[str, Any], number: int) -> Response:
        """The school's desk signs the recap: name and time."""
        return _changed(number, lambda visit: taking_place.sign(visit, by=me()))


@day_plan.route("")
class DayPlan(MethodView):
    @requires("day_plan.view")
    @day_plan.arguments(schemas.DayArgs, location="query")
    @day_plan.response(200, schemas.DayPlanOut)
    def get(self, args: dict[str, Any]) -> Response:
        """Your own visits of a London day, school by school. The schools read that you looked."""
        day = args.get("on") or clock.today()
        places = queries.day_plan(me(), day, clock.now())
        return reply({"on": day.isoformat(), "items": [shown.place(one) for one in places]})


def _change(visit: Visit, changes: dict[str, Any]) -> None:
    number = visit.number
    if "note" in changes:
        booking.write_note(visit, changes["note"], by=me())
    if "incidents" in changes or "agreed" in changes:
        booking.agree(
            visit, by=me(), incidents=changes.get("incidents"), agreed=changes.get("agreed")
        )
    times = {name: changes.get(name) for name in ("ends_at", "minutes")}
    if "starts_at" in changes or any(times.values()):
        db.session.flush()
        begins = changes.get("starts_at") or visit.starts_at
        booking.move(queries.get_visit(number), by=me(), starts_at=begins, **times)


def _changed(number: int, act: Callable[[Visit], None]) -> Response:
    visit = queries.get_visit(number, to_change=True)
    check_version(visit.version)
    act(visit)
    return _one(queries.get_visit(number))


def _one(visit: Visit, status: int = 200, location: str | None = None) -> Response:
    db.session.flush()
    jobs = agenda.jobs_of(visit, me())
    hidden = agenda.count_jobs(visit.id) - len(jobs)
    school = me().school
    assert school is not None
    body = shown.detail(visit, jobs, hidden, school.code)
    return reply(body, status, version=visit.version, location=location)


def _numbers(text: str | None) -> list[int] | None:
    if text is None:
        return None
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdigit() and 0 < int(part) <= _LARGEST for part in parts):
        raise wrong("incidents", "Give numbers with commas between, like 12,7.")
    return [int(part) for part in parts]


def _slug() -> str:
    school = me().school
    return school.slug if school else ""
