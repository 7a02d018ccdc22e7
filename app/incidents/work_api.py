"""Working on an incident, as JSON: approval, work, links, parts, follow-ups and what its reporter
says of it. More resources of the same blueprint as api.py."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask.views import MethodView
from marshmallow import fields

from app.api.manners import check_version, make_cursor, read_cursor
from app.api.reply import reply
from app.door import me, requires
from app.incidents import (
    approvals,
    follow_ups,
    linking,
    merging,
    queries,
    replies,
    satisfaction,
    still_broken,
    work_schemas,
    workarounds,
    worklogs,
)
from app.incidents.api import changed, incidents, opened
from app.incidents.beside import WORK_KINDS
from app.incidents.turns import reference
from app.shapes import Flag, PageArgs, Shape, choice
from tenants import db


def _text() -> fields.String:
    return fields.String(allow_none=True)


class ApprovalOut(Shape):
    why = fields.String(required=True)
    cost = fields.String(allow_none=True, metadata={"example": "120.00"})
    needs_licence = Flag(required=True)
    asked_by = fields.String(required=True)
    asked_at = fields.String(required=True, metadata={"format": "date-time"})
    decision = choice((approvals.APPROVED, approvals.REJECTED), allow_none=True)
    decided_by = _text()
    decided_at = fields.String(allow_none=True, metadata={"format": "date-time"})
    reason = _text()


class ApprovalList(Shape):
    items = fields.List(fields.Nested(ApprovalOut), required=True)
    next = fields.String(allow_none=True, required=True)


class WorklogOut(Shape):
    at = fields.String(required=True, metadata={"format": "date-time"})
    by = fields.String(required=True)
    minutes = fields.Integer(required=True)
    kind = choice(WORK_KINDS, required=True)
    note = _text()
    parts_cost = fields.String(
        allow_none=True, metadata={"description": "What parts cost, in pounds"}
    )


class Worklogs(Shape):
    items = fields.List(fields.Nested(WorklogOut), required=True)
    next = fields.String(allow_none=True, required=True)
    labour_minutes = fields.Integer(
        required=True,
        metadata={"description": "All that was logged and the minutes of the diagnostics sheet"},
    )
    reactive_minutes = fields.Integer(required=True)
    proactive_minutes = fields.Integer(required=True)
    change_minutes = fields.Integer(required=True)


class LinkedOut(Shape):
    reference = fields.String(required=True)
    number = fields.Integer(required=True)
    title = fields.String(required=True)
    status = fields.String(required=True)
    what = fields.String(required=True)


class LinkedList(Shape):
    items = fields.List(fields.Nested(LinkedOut), required=True)
    next = fields.String(allow_none=True, required=True)


@incidents.route("/<number:number>/approval")
class Approval(MethodView):
    @requires("incident.view")
    @incidents.response(200, ApprovalList)
    def get(self, number: int) -> Response:
        """Every time approval was asked for, and what was decided."""
        found = approvals.approvals_of(opened(number))
        return reply({"items": [approvals.shown_approval(one) for one in found], "next": None})

    @requires("incident.ask_approval")
    @incidents.arguments(work_schemas.AskApproval)
    @incidents.response(201, ApprovalOut)
    def post(self, body: dict[str, Any], number: int) -> Response:
        """Ask the ICT owner. Until it is decided the incident is `awaiting_approval`."""
        incident = queries.get_incident(me(), number, to_change=True)
        check_version(incident.version)
        asked = approvals.ask_approval(incident, by=me(), **body)
        db.session.flush()
        there = url_for("incidents_api.Approval", number=number)
        return reply(approvals.shown_approval(asked), 201, location=there)

    @requires("incident.approve")
    @incidents.arguments(work_schemas.Decision)
    @incidents.response(200, replies.IncidentOut)
    def put(self, body: dict[str, Any], number: int) -> Response:
        """Decide it, which nobody may for what they asked for themselves: `approved` puts it into
        the queue again, `rejected` (with a reason) ends it."""
        return changed(number, lambda one: approvals.decide(one, by=me(), **body))


@incidents.route("/<number:number>/worklog")
class Worklog(MethodView):
    @requires("incident.view_internal")
    @incidents.arguments(PageArgs, location="query")
    @incidents.response(200, Worklogs)
    def get(self, args: dict[str, Any], number: int) -> Response:
        """Minutes of work, oldest first, and the sums by kind."""
        incident = opened(number)
        scope = f"worklog {incident.school_id} {number}"
        after = read_cursor(scope, args.get("after"))
        limit = args["limit"]
        found = worklogs.worklogs_of(incident, limit=limit + 1, after=after[0] if after else 0)
        page, sums = found[:limit], worklogs.minutes_of(incident)
        return reply(
            {
                "items": [worklogs.shown_worklog(one) for one in page],
                "next": make_cursor(scope, [page[-1].id]) if len(found) > limit else None,
                **{f"{kind}_minutes": minutes for kind, minutes in sums.items()},
            }
        )

    @requires("incident.log_work")
    @incidents.arguments(work_schemas.ApiWorkLine)
    @incidents.response(201, WorklogOut)
    def post(self, body: dict[str, Any], number: int) -> Response:
        """Log minutes of work."""
        incident = queries.get_incident(me(), number, to_change=True)
        check_version(incident.version)
        line = worklogs.log_work(incident, by=me(), **body)
        there = url_for("incidents_api.Worklog", number=number)
        return reply(worklogs.shown_worklog(line), 201, location=there)


@incidents.route("/<number:number>/links")
class LinksOf(MethodView):
    @requires("incident.view")
    @incidents.response(200, LinkedList)
    def get(self, number: int) -> Response:
        """What it is linked with, part of, or merged with."""
        return reply({"items": _beside(number), "next": None})

    @requires("incident.link")
    @incidents.arguments(work_schemas.LinkTo)
    @incidents.response(201, LinkedList)
    def post(self, body: dict[str, Any], number: int) -> Response:
        """Link it to another one of the same school, by reference or number."""
        incident = queries.get_incident(me(), number, to_change=True)
        check_version(incident.version)
        linking.link(incident, by=me(), **body)
        there = url_for("incidents_api.LinksOf", number=number)
        return reply({"items": _beside(number), "next": None}, 201, location=there)


@incidents.route("/<number:number>/links/<number:other>")
class OneLink(MethodView):
    @requires("incident.link")
    @incidents.response(204)
    def delete(self, number: int, other: int) -> Response:
        """They have nothing to do with each other after all."""
        incident = queries.get_incident(me(), number, to_change=True)
        check_version(incident.version)
        linking.unlink(incident, by=me(), other=str(other))
        return Response(status=204)


@incidents.route("/<number:number>/parent")
class Parent(MethodView):
    @requires("incident.link")
    @incidents.arguments(work_schemas.ParentOf)
    @incidents.response(200, replies.IncidentOut)
    def put(self, body: dict[str, Any], number: int) -> Response:
        """It is part of a larger one of the same school; one level only."""
        return changed(number, lambda one: linking.set_parent(one, by=me(), **body))

    @requires("incident.link")
    @incidents.response(200, replies.IncidentOut)
    def delete(self, number: int) -> Response:
        """It stands for itself again."""
        return changed(number, lambda one: linking.drop_parent(one, by=me()))


@incidents.route("/<number:number>/merge")
class Merge(MethodView):
    @requires("incident.merge")
    @incidents.arguments(work_schemas.MergeInto)
    @incidents.response(200, replies.IncidentOut)
    def put(self, body: dict[str, Any], number: int) -> Response:
        """It was reported twice: this one ends as a duplicate, `into` goes on."""
        return changed(number, lambda one: merging.merge(one, by=me(), **body))


@incidents.route("/<number:number>/follow_up")
class FollowUp(MethodView):
    @requires("incident.hold")
    @incidents.arguments(work_schemas.FollowUp)
    @incidents.response(200, replies.IncidentOut)
    def put(self, body: dict[str, Any], number: int) -> Response:
        """A day to look at it again; whoever has it is reminded then."""
        return changed(number, lambda one: follow_ups.set_follow_up(one, by=me(), **body))

    @requires("incident.hold")
    @incidents.response(200, replies.IncidentOut)
    def delete(self, number: int) -> Response:
        """No need to look at it on that day."""
        return changed(number, lambda one: follow_ups.drop_follow_up(one, by=me()))


@incidents.route("/<number:number>/workaround")
class Workaround(MethodView):
    @requires("incident.diagnose")
    @incidents.arguments(work_schemas.Workaround)
    @incidents.response(200, replies.IncidentOut)
    def put(self, body: dict[str, Any], number: int) -> Response:
        """How they can work meanwhile, or why there is no other way."""
        return changed(number, lambda one: workarounds.work_around(one, by=me(), **body))


@incidents.route("/<number:number>/satisfaction")
class Satisfaction(MethodView):
    @requires("incident.rate")
    @incidents.arguments(work_schemas.Satisfaction)
    @incidents.response(200, replies.IncidentOut)
    def put(self, body: dict[str, Any], number: int) -> Response:
        """Whether it was solved: 5 yes, 3 partly, 1 no. By whoever reported it, until two weeks
        after the close."""
        return changed(number, lambda one: satisfaction.rate(one, by=me(), **body))


@incidents.route("/<number:number>/still_broken")
class StillBroken(MethodView):
    @requires("incident.self_cure")
    @incidents.arguments(work_schemas.StillBroken, required=False)
    @incidents.response(200, replies.IncidentOut)
    def put(self, body: dict[str, Any], number: int) -> Response:
        """The answer, when something beside it was mended and its reporter was asked; that it works
        again is `self_cure`."""
        return changed(number, lambda one: still_broken.say_still_broken(one, by=me(), **body))


def _beside(number: int) -> list[dict[str, Any]]:
    incident, school = opened(number), me().school
    assert school is not None
    found = linking.beside(incident, me())
    return [{"reference": reference(school.code, one.number), **one._asdict()} for one in found]
