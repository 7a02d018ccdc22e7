"""Incidents of a school as JSON: list, log, read, mend, and one resource a step."""

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
from app.history.schemas import EventOut
from app.history.shown import event_as_json
from app.incidents import (
    actions,
    advisors,
    escalation,
    for_suppliers,
    lists,
    of_service,
    queries,
    replies,
    schemas,
    shown,
    triage,
    undo,
    work,
)
from app.incidents import clocks as clock_actions
from app.incidents.clocks import desk_hours
from app.incidents.models import Incident
from app.incidents.reading import open_list, open_to_read
from app.incidents.turns import turns_of
from app.shapes import PageArgs, instant
from tenants import db

incidents = Blueprint(
    "incidents_api",
    __name__,
    url_prefix="/api/v1/schools/<slug:school>/incidents",
    description="Incidents and requests of a school",
)


def opened(number: int) -> Incident:
    """One incident to read. LA staff from outside leave an access record."""
    return open_to_read(me(), number)


def changed(
    number: int, act: Callable[[Incident], Any], *, needs_version: bool = False
) -> Response:
    """Lock it, compare versions, take the step, show what it is now."""
    incident = queries.get_incident(me(), number, to_change=True)
    check_version(incident.version, is_needed=needs_version)
    act(incident)
    return _one(incident)


def _one(incident: Incident, status: int = 200, location: str | None = None) -> Response:
    db.session.flush()
    school = me().school
    assert school is not None
    body = shown.detail(incident, school)
    body["priority_reason"] = of_service.why_priority(incident, me())
    if queries.follows_only(me(), incident):
        body |= shown.WITHOUT_CONTACT
    return reply(body, status, version=incident.version, location=location)


def _offered(incident: Incident) -> Response:
    school = me().school
    assert school is not None
    return reply(advisors.offered_detail(incident, school), version=incident.version)


def _for_supplier(incident: Incident) -> Response:
    school = me().school
    assert school is not None
    return reply(for_suppliers.supplier_detail(incident, school), version=incident.version)


def _items(items: list[Any], next_place: list[Any] | None, scope: str) -> Response:
    cursor = make_cursor(scope, next_place) if next_place is not None else None
    return reply({"items": items, "next": cursor})


def _scope(name: str) -> str:
    school = me().school
    return f"{name} {school.slug if school else ''}"


@incidents.route("")
class Incidents(MethodView):
    @requires("incident.view")
    @incidents.arguments(schemas.ListArgs, location="query")
    @incidents.response(200, replies.ListedPage)
    def get(self, args: dict[str, Any]) -> Response:
        """The call log, newest first."""
        is_supplier = queries.is_only_supplier(me())
        if "q" in args and (is_supplier or queries.is_only_advisor(me())):
            args["title_q"] = args.pop("q")
        scope = _scope("incidents")
        after = read_cursor(scope, args.pop("after", None))
        open_list(me(), "call log")
        page = lists.call_log(me(), args, after=after, limit=args.pop("limit"))
        now = clock.now()
        rows = [shown.listed(row, now) for row in page.rows]
        if is_supplier:
            rows = [for_suppliers.supplier_listed(row) for row in rows]
        return _items(rows, page.next, scope)

    @requires("incident.log")
    @incidents.arguments(schemas.NewIncident)
    @incidents.response(201, replies.IncidentOut)
    def post(self, sheet: dict[str, Any]) -> Response:
        """Hand in a sheet."""
        incident = actions.log_incident(by=me(), **sheet)
        return _one(incident, 201, url_for("incidents_api.One", number=incident.number))


@incidents.route("/<number:number>")
class One(MethodView):
    @requires("incident.view")
    @incidents.response(200, replies.IncidentOut)
    def get(self, number: int) -> Response:
        """One incident with its clocks. A Tech Advisor to whom it was offered sees what is wrong,
        and nothing of who reported it; so does a supplier whose company has it."""
        incident = open_to_read(me(), number, is_offered_too=True, is_for_supplier=True)
        if queries.advises_only(me(), incident):
            return _offered(incident)
        if queries.supplies_only(me(), incident):
            return _for_supplier(incident)
        return _one(incident)

    @requires("incident.edit")
    @incidents.arguments(schemas.Sheet(partial=True))
    @incidents.response(200, replies.IncidentOut)
    def patch(self, changes: dict[str, Any], number: int) -> Response:
        """Mend the sheet. Needs If-Match."""
        return changed(
            number, lambda one: actions.mend(one, by=me(), **changes), needs_version=True
        )


@incidents.route("/<number:number>/check")
class Check(MethodView):
    @requires("incident.check", "incident.override_priority")
    @incidents.arguments(schemas.Check)
    @incidents.response(200, replies.IncidentOut)
    def put(self, body: dict[str, Any], number: int) -> Response:
        """Check the sheet, or set its priority anew."""
        priority = body.pop("priority", None)
        rank = int(priority[1]) if priority else None
        return changed(number, lambda one: triage.check(one, by=me(), priority=rank, **body))


@incidents.route("/<number:number>/return")
class Return(MethodView):
    @requires("incident.return")
    @incidents.arguments(schemas.Return)
    @incidents.response(200, replies.IncidentOut)
    def post(self, body: dict[str, Any], number: int) -> Response:
        """Back to the reporter, saying what is missing."""
        return changed(number, lambda one: triage.return_to_reporter(one, by=me(), **body))

    @requires("incident.hand_in")
    @incidents.response(200, replies.IncidentOut)
    def delete(self, number: int) -> Response:
        """Mended, and handed in again."""
        return changed(number, lambda one: triage.hand_in(one, by=me()))


@incidents.route("/<number:number>/assignment")
class Assignment(MethodView):
    @requires("incident.take", "incident.assign")
    @incidents.arguments(schemas.Assignment)
    @incidents.response(200, replies.IncidentOut)
    def put(self, body: dict[str, Any], number: int) -> Response:
        """Take it (`"person": "me"`), or give it to a person or a group."""
        return changed(number, lambda one: work.assign(one, by=me(), **body))


@incidents.route("/<number:number>/escalation")
class Escalation(MethodView):
    @requires("incident.forward", "incident.escalate_first", "incident.escalate_second")
    @incidents.arguments(schemas.Escalation)
    @incidents.response(200, replies.IncidentOut)
    def post(self, body: dict[str, Any], number: int) -> Response:
        """Forward to the first line, or on to the next line. `contract`: the number
        of a supplier's contract, or the key of its agreement, instead of its `group`."""
        return changed(number, lambda one: escalation.escalate(one, by=me(), **body))


@incidents.route("/<number:number>/hand_back")
class HandBack(MethodView):
    @requires("incident.hand_back", "incident.fetch_back")
    @incidents.arguments(schemas.Reason)
    @incidents.response(200, replies.IncidentOut)
    def post(self, body: dict[str, Any], number: int) -> Response:
        """One line down again, to whoever had it there; from a supplier the SPOC takes it back."""
        return changed(number, lambda one: escalation.hand_back(one, by=me(), **body))


@incidents.route("/<number:number>/hold")
class Hold(MethodView):
    @requires("incident.hold")
    @incidents.arguments(schemas.Hold)
    @incidents.response(200, replies.IncidentOut)
    def put(self, body: dict[str, Any], number: int) -> Response:
        """Put it on hold."""
        return changed(number, lambda one: work.hold(one, by=me(), **body))

    @requires("incident.hold")
    @incidents.response(200, replies.IncidentOut)
    def delete(self, number: int) -> Response:
        """Resume it."""
        return changed(number, lambda one: work.resume(one, by=me()))


@incidents.route("/<number:number>/resolution")
class Resolution(MethodView):
    @requires("incident.resolve")
    @incidents.arguments(schemas.Resolution)
    @incidents.response(200, replies.IncidentOut)
    def put(self, body: dict[str, Any], number: int) -> Response:
        """Resolve it."""
        return changed(number, lambda one: work.resolve(one, by=me(), **body))


@incidents.route("/<number:number>/self_cure")
class SelfCure(MethodView):
    @requires("incident.self_cure")
    @incidents.arguments(schemas.SelfCure, required=False)
    @incidents.response(200, replies.IncidentOut)
    def put(self, body: dict[str, Any], number: int) -> Response:
        """It works again by itself."""
        return changed(number, lambda one: work.self_cure(one, by=me(), **body))


@incidents.route("/<number:number>/reopening")
class Reopening(MethodView):
    @requires("incident.reopen")
    @incidents.arguments(schemas.Reason)
    @incidents.response(200, replies.IncidentOut)
    def post(self, body: dict[str, Any], number: int) -> Response:
        """It is not right after all."""
        return changed(number, lambda one: work.reopen(one, by=me(), **body))


@incidents.route("/<number:number>/closure")
class Closure(MethodView):
    @requires("incident.close", "incident.close_where_allowed")
    @incidents.arguments(schemas.Closure, required=False)
    @incidents.response(200, replies.IncidentOut)
    def put(self, body: dict[str, Any], number: int) -> Response:
        """Close it; with `children` its resolved parts too. A technician may where the school
        allows it."""
        return changed(number, lambda one: work.close(one, by=me(), **body))

    @requires("incident.close", "incident.close_where_allowed")
    @incidents.response(200, replies.IncidentOut)
    def delete(self, number: int) -> Response:
        """Undo the close, within ten seconds, by whoever closed it."""
        return changed(number, lambda one: undo.undo_close(one, by=me()))


@incidents.route("/<number:number>/cancellation")
class Cancellation(MethodView):
    @requires("incident.cancel")
    @incidents.arguments(schemas.Reason)
    @incidents.response(200, replies.IncidentOut)
    def put(self, body: dict[str, Any], number: int) -> Response:
        """Not needed after all."""
        return changed(number, lambda one: work.cancel(one, by=me(), **body))


@incidents.route("/<number:number>/notes")
class Notes(MethodView):
    @requires("incident.view")
    @incidents.arguments(PageArgs, location="query")
    @incidents.response(200, replies.page_of(replies.NoteOut))
    def get(self, args: dict[str, Any], number: int) -> Response:
        """Notes that you may read, oldest first."""
        return _events(number, args, "notes", ("incident.noted",), shown.shown_note)

    @requires("incident.note")
    @incidents.arguments(schemas.ApiNote)
    @incidents.response(201, replies.NoteOut)
    def post(self, body: dict[str, Any], number: int) -> Response:
        """Add a note."""
        incident = queries.get_incident(me(), number, to_change=True)
        check_version(incident.version)
        actions.note(incident, by=me(), **body)
        db.session.flush()
        made = {
            "at": instant(clock.now()),
            "author": me().name,
            "text": body["text"],
            "visibility": body["visibility"],
        }
        return reply(made, 201, location=url_for("incidents_api.Notes", number=number))


@incidents.route("/<number:number>/checks")
class Checks(MethodView):
    @requires("incident.view_internal")
    @incidents.arguments(PageArgs, location="query")
    @incidents.response(200, replies.page_of(replies.CheckOut))
    def get(self, args: dict[str, Any], number: int) -> Response:
        """The diagnostics sheet, oldest first."""
        scope = _scope(f"checks {number}")
        after = read_cursor(scope, args.get("after"))
        incident = opened(number)
        found = queries.checks_of(incident, limit=args["limit"] + 1, after=after[0] if after else 0)
        page, rest = found[: args["limit"]], found[args["limit"] :]
        items = [shown.shown_check(one) for one in page]
        return _items(items, [page[-1].id] if rest else None, scope)

    @requires("incident.diagnose")
    @incidents.arguments(schemas.DiagnosticLine)
    @incidents.response(201, replies.CheckOut)
    def post(self, body: dict[str, Any], number: int) -> Response:
        """Add a line to the diagnostics sheet."""
        incident = queries.get_incident(me(), number, to_change=True)
        check_version(incident.version)
        line = actions.diagnose(incident, by=me(), **body)
        location = url_for("incidents_api.Checks", number=number)
        return reply(shown.shown_check(line), 201, location=location)


@incidents.route("/<number:number>/timeline")
class Timeline(MethodView):
    @requires("incident.view")
    @incidents.arguments(PageArgs, location="query")
    @incidents.response(200, replies.page_of(EventOut))
    def get(self, args: dict[str, Any], number: int) -> Response:
        """What happened, oldest first."""
        return _events(number, args, "timeline", (), event_as_json)


@incidents.route("/<number:number>/turns")
class Turns(MethodView):
    @requires("incident.view")
    @incidents.arguments(PageArgs, location="query")
    @incidents.response(200, replies.page_of(replies.TurnOut))
    def get(self, args: dict[str, Any], number: int) -> Response:
        """Whose turn it was, from log to close."""
        incident, now = opened(number), clock.now()
        hours = desk_hours(incident)
        turns = [shown.shown_turn(one, hours, now) for one in turns_of(incident)]
        return _part(turns, args, f"turns {number}")


@incidents.route("/<number:number>/clocks")
class Clocks(MethodView):
    @requires("incident.view")
    @incidents.arguments(PageArgs, location="query")
    @incidents.response(200, replies.page_of(replies.ClockOut))
    def get(self, args: dict[str, Any], number: int) -> Response:
        """Every agreement's clocks."""
        incident, now = opened(number), clock.now()
        turns = turns_of(incident)
        found = clock_actions.clocks_of(incident)
        clocks = [shown.shown_clock(incident, one, turns, now) for one in found]
        return _part(clocks, args, f"clocks {number}")


def _part(items: list[Any], args: dict[str, Any], name: str) -> Response:
    """A page of a short list that only grows at its end, so that a place in it is a number."""
    scope = _scope(name)
    after = read_cursor(scope, args.get("after"))
    begin = after[0] if after else 0
    end = begin + args["limit"]
    return _items(items[begin:end], [end] if end < len(items) else None, scope)


def _events(
    number: int,
    args: dict[str, Any],
    name: str,
    kinds: tuple[str, ...],
    show: Callable[[Any], dict[str, Any]],
) -> Response:
    scope = _scope(f"{name} {number}")
    after = read_cursor(scope, args.get("after"))
    incident = open_to_read(me(), number, is_for_supplier=True)
    found = queries.events_of(incident, me(), kinds=kinds, limit=args["limit"] + 1, after=after)
    page, rest = found[: args["limit"]], found[args["limit"] :]
    place = [page[-1].at.isoformat(), page[-1].id] if rest else None
    return _items([show(one) for one in page], place, scope)
