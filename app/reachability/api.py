"""When a school's desk can be reached, as JSON."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask.views import MethodView

from app import clock
from app.api.body import Blueprint
from app.api.manners import check_version
from app.api.reply import reply
from app.door import me, requires
from app.reachability import actions, queries, rules, schemas
from app.reachability.views import may_see_contacts
from app.shapes import instant

reachability = Blueprint(
    "reachability_api",
    __name__,
    url_prefix="/api/v1/schools/<slug:school>/reachability",
    description="When a school’s desk can be reached, and who is away",
)
# An absence is written down and taken back, and nothing of it is ever changed.
_NEVER_CHANGED = 1


@reachability.route("")
class Reachability(MethodView):
    @requires("reach.view")
    @reachability.response(200, schemas.ReachOut)
    def get(self) -> Response:
        """Who can be reached now and when, who is away, and when nobody covers. Times of `periods`
        are London wall times, Monday is 0."""
        return _shown()

    @requires("reach.edit")
    @reachability.arguments(schemas.NewRota)
    @reachability.response(200, schemas.ReachOut)
    def put(self, body: dict[str, Any]) -> Response:
        """All periods of the desk. `who` is a name from `members`. Needs If-Match."""
        check_version(_version(actions.locked_rota()), is_needed=True)
        actions.set_rota(body["periods"], by=me())
        return _shown()


@reachability.route("/absences")
class Absences(MethodView):
    @requires("reach.edit")
    @reachability.arguments(schemas.NewAbsence)
    @reachability.response(201, schemas.AbsenceOut)
    def post(self, body: dict[str, Any]) -> Response:
        """Somebody of the desk is away, both days included; `cover` stands in at their times."""
        rota = queries.desk_here(is_fresh=True).rota
        who = actions.member_named(rota, body["who"], "who")
        cover = body["cover"] and actions.member_named(rota, body["cover"], "cover")
        absence = actions.add_absence(
            who,
            first_day=body["first_day"],
            last_day=body["last_day"],
            cover=cover or None,
            by=me(),
        )
        shown = {
            "id": absence.id,
            "who": who.name,
            "first_day": absence.first_day.isoformat(),
            "last_day": absence.last_day.isoformat(),
            "cover": cover.name if cover else None,
        }
        there = url_for("reachability_api.OneAbsence", number=absence.id)
        return reply(shown, 201, version=_NEVER_CHANGED, location=there)


@reachability.route("/absences/<number:number>")
class OneAbsence(MethodView):
    @requires("reach.edit")
    @reachability.response(204)
    def delete(self, number: int) -> Response:
        """They are there after all."""
        actions.get_absence(number)
        check_version(_NEVER_CHANGED)
        actions.cancel_absence(number, by=me())
        return Response(status=204)


def _shown() -> Response:
    desk, now = queries.desk_here(is_fresh=True), clock.now()
    rota, card = desk.rota, desk.card(now)
    names = {one.id: one.name for one in rota.members}
    contacts = may_see_contacts()
    uncovered = [span for _, spans in rules.uncovered_days(rota, now) for span in spans]
    shown = {
        "published": rota.is_published,
        "phone": desk.phone if contacts else None,
        "email": desk.email if contacts else None,
        "members": [
            {
                "name": one.member.name,
                "spoc": one.member.is_spoc,
                "deputy_for": names.get(one.member.deputy_for or 0),
                "reachable_now": one.until is not None,
                "until": instant(one.until),
                "next_at": instant(one.next_at),
                "away": one.is_away,
            }
            for one in card.people
        ],
        "periods": [
            {
                "who": names[one.member],
                "weekday": one.weekday,
                "begins": f"{one.begins:%H:%M}",
                "ends": f"{one.ends:%H:%M}",
                "term_time_only": one.is_term_only,
            }
            for one in sorted(rota.periods, key=lambda one: (one.weekday, one.begins, one.member))
            if rota.is_published and one.member in names
        ],
        "absences": [
            {
                "id": one.id,
                "who": one.name,
                "first_day": one.first_day.isoformat(),
                "last_day": one.last_day.isoformat(),
                "cover": one.cover,
            }
            for one in queries.absences_ahead()
        ],
        "uncovered_now": card.is_uncovered,
        "uncovered": [
            {"began_at": instant(began), "ended_at": instant(ended)} for began, ended in uncovered
        ],
    }
    return reply(shown, version=_version(rota))


def _version(rota: rules.Rota) -> int:
    return actions.version_of(rota.periods if rota.is_published else ())
