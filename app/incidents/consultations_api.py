"""Questions to others about an incident, as JSON: the incident stays where it is."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask.views import MethodView

from app.api.manners import check_version, make_cursor, read_cursor
from app.api.reply import reply
from app.door import me, requires
from app.incidents import consulting, queries, replies
from app.incidents.api import incidents, opened
from app.incidents.passed_on import Consultation
from app.incidents.schemas_lines import Answer, ConsultationOut, NewConsultation
from app.shapes import PageArgs, instant
from tenants import db


@incidents.route("/<number:number>/consultations")
class Consultations(MethodView):
    @requires("incident.view_internal")
    @incidents.arguments(PageArgs, location="query")
    @incidents.response(200, replies.page_of(ConsultationOut))
    def get(self, args: dict[str, Any], number: int) -> Response:
        """What others were asked about it, oldest first."""
        school = me().school
        scope = f"consultations {number} {school.slug if school else ''}"
        place = read_cursor(scope, args.get("after"))
        incident = opened(number)
        found = consulting.consultations_of(
            incident, limit=args["limit"] + 1, after=place[0] if place else 0
        )
        page, rest = found[: args["limit"]], found[args["limit"] :]
        cursor = make_cursor(scope, [page[-1][0]]) if rest else None
        return reply({"items": [shown(*one) for one in page], "next": cursor})

    @requires("incident.consult")
    @incidents.arguments(NewConsultation)
    @incidents.response(201, ConsultationOut)
    def post(self, body: dict[str, Any], number: int) -> Response:
        """Ask a group (`source` "group", `group`), or write down what is asked of somebody outside
        (`asked`). Turn, owner and clocks stay."""
        incident = queries.get_incident(me(), number, to_change=True)
        check_version(incident.version)
        made = consulting.ask(incident, by=me(), **body)
        there = url_for("incidents_api.Consultations", number=number)
        return reply(shown(consulting.how_many(incident), made), 201, location=there)


@incidents.route("/<number:number>/consultations/<number:which>/answer")
class ConsultationAnswer(MethodView):
    @requires("incident.answer_consult")
    @incidents.arguments(Answer)
    @incidents.response(200, ConsultationOut)
    def put(self, body: dict[str, Any], number: int, which: int) -> Response:
        """Answer it: a member of the group that was asked, or the desk for somebody outside."""
        incident = queries.get_incident(me(), number, to_change=True)
        check_version(incident.version)
        found = consulting.get_consultation(incident, which)
        consulting.answer(incident, found, by=me(), **body)
        db.session.flush()
        return reply(shown(which, found))


def shown(number: int, one: Consultation) -> dict[str, Any]:
    return {
        "number": number,
        "source": one.source,
        "asked": one.asked,
        "question": one.question,
        "asked_by": one.asked_by,
        "asked_at": instant(one.asked_at),
        "answer": one.answer,
        "answered_by": one.answered_by,
        "answered_at": instant(one.answered_at),
    }
