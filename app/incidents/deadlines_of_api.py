"""Why the promised times of one incident are when they are."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask.views import MethodView
from marshmallow import fields

from app import clock
from app.api.reply import reply
from app.door import me, requires
from app.incidents.api import incidents
from app.incidents.clocks import clocks_of
from app.incidents.explained import Explained, explain_clocks
from app.incidents.reading import open_to_read
from app.incidents.replies import StretchOut
from app.shapes import Shape, instant


class DeadlineOut(Shape):
    agreement = fields.String(required=True)
    kind = fields.String(required=True)
    metric = fields.String(required=True)
    state = fields.String(required=True)
    target_seconds = fields.Integer(required=True, allow_none=True)
    target_working_days = fields.Integer(required=True, allow_none=True)
    started_at = fields.String(required=True)
    due_at = fields.String(required=True, allow_none=True)
    paused_seconds = fields.Integer(
        required=True, metadata={"description": "Open time paused before it is due"}
    )
    stretches = fields.List(fields.Nested(StretchOut), required=True)


class Deadlines(Shape):
    clocks = fields.List(fields.Nested(DeadlineOut), required=True)


@incidents.route("/<number:number>/deadlines")
class DeadlinesOfIncident(MethodView):
    @requires("incident.view")
    @incidents.response(200, Deadlines)
    def get(self, number: int) -> Response:
        """Every clock with the stretches, counted or not, that lead from its start to its due."""
        incident = open_to_read(me(), number)
        found = explain_clocks(incident, clocks_of(incident), clock.now())
        return reply({"clocks": [_shown(one) for one in found]})


def _shown(one: Explained) -> dict[str, Any]:
    return {
        "agreement": one.agreement,
        "kind": one.kind,
        "metric": one.metric,
        "state": one.state,
        "target_seconds": one.target_seconds,
        "target_working_days": one.target_working_days,
        "started_at": instant(one.started_at),
        "due_at": instant(one.due_at),
        "paused_seconds": one.paused_seconds,
        "stretches": [
            {
                "from": instant(piece.began_at),
                "to": instant(piece.ended_at),
                "counted": piece.is_counted,
                "why": piece.why,
            }
            for piece in one.stretches
        ],
    }
