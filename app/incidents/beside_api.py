"""As JSON: what the sheet says back, “me too”, how useful a sheet was, advice asked of the LA."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask.views import MethodView

from app.api.body import Blueprint
from app.api.manners import check_version
from app.api.reply import reply
from app.door import me, requires
from app.incidents import beside_schemas as shapes
from app.incidents import followers, queries, replies, sheet_quality
from app.incidents.advice_requests import ask_la
from app.incidents.api import _one as one
from app.incidents.api import changed, incidents
from app.incidents.before import Before, before
from app.incidents.turns import reference
from app.shapes import instant

advice_requests = Blueprint(
    "advice_requests_api",
    __name__,
    url_prefix="/api/v1/schools/<slug:school>/advice_requests",
    description="Advice that a school asks of the LA's team",
)


@incidents.route("/suggestions")
class Suggestions(MethodView):
    @requires("incident.log")
    @incidents.arguments(shapes.BegunSheet(partial=True))
    @incidents.response(200, shapes.SuggestionsOut)
    def post(self, sheet: dict[str, Any]) -> Response:
        """What a sheet that is being written says back; nothing is kept. How complete it is, what
        its kind leaves open, what is open in the same room (follow it instead), what the room had
        lately, articles that may help, announcements that may explain it, and the impact and
        urgency that it suggests."""
        return reply(_shown(before(me(), sheet)))


@incidents.route("/<number:number>/followers")
class Followers(MethodView):
    @requires("incident.follow")
    @incidents.arguments(shapes.MeToo, required=False)
    @incidents.response(201, replies.IncidentOut)
    def post(self, body: dict[str, Any], number: int) -> Response:
        """“Me too”: read it as its reporter does and hear what they hear. Only of what is open and
        not sensitive; once is enough."""
        incident = followers.offered(number, me())
        check_version(incident.version)
        followers.follow(incident, by=me(), said=body.get("said"))
        return one(incident, 201, url_for("incidents_api.One", number=number))

    @requires("incident.follow")
    @incidents.response(204)
    def delete(self, number: int) -> Response:
        """Not hit by it after all. One's own only."""
        incident = queries.get_incident(me(), number)
        check_version(incident.version)
        followers.unfollow(incident, by=me())
        return Response(status=204)


@incidents.route("/<number:number>/sheet_rating")
class SheetRating(MethodView):
    @requires("incident.rate_sheet")
    @incidents.arguments(shapes.SheetRating)
    @incidents.response(200, replies.IncidentOut)
    def put(self, body: dict[str, Any], number: int) -> Response:
        """Whether the sheet told enough, as whoever works on it found."""
        return changed(
            number,
            lambda found: sheet_quality.rate_sheet(found, by=me(), is_useful=body["useful"]),
        )


@advice_requests.route("")
class AdviceRequests(MethodView):
    @requires("incident.ask_la")
    @advice_requests.arguments(shapes.AdviceRequest)
    @advice_requests.response(201, replies.IncidentOut)
    def post(self, body: dict[str, Any]) -> Response:
        """Ask the LA's team for advice: it needs no check by the desk and is in the LA's queue at
        once, with the LA's clock running."""
        incident = ask_la(by=me(), **body)
        return one(incident, 201, url_for("incidents_api.One", number=incident.number))


def _shown(found: Before) -> dict[str, Any]:
    school = me().school
    assert school is not None
    return {
        "category": found.kind,
        "completeness": found.completeness._asdict(),
        "prompts": found.prompts,
        "impact": found.level.impact if found.level else None,
        "urgency": found.level.urgency if found.level else None,
        "same_room": [
            {
                "number": one.number,
                "reference": reference(school.code, one.number),
                "title": one.title,
                "reported_at": instant(one.reported_at),
                "following": one.is_followed,
                "own": one.is_mine,
            }
            for one in found.place.open
        ],
        "past_faults": [
            {
                "title": one.title,
                "resolved_at": instant(one.resolved_at),
                "resolution_type": one.resolution_type,
            }
            for one in found.place.past
        ],
        "known": [
            {"reference": one.reference, "title": one.title, "kind": one.kind, "text": one.text}
            for one in found.known
        ],
        "announcements": [
            {
                "kind": one.kind,
                "title": one.title,
                "text": one.text,
                "starts_at": instant(one.starts_at),
                "ends_at": instant(one.ends_at),
            }
            for one in found.announced
        ],
    }
