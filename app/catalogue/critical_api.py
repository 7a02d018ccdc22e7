"""The critical dates of a school as JSON."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask.views import MethodView

from app.api.body import Blueprint
from app.api.listed import listed
from app.api.manners import check_version
from app.api.reply import reply
from app.api.timelines import timeline
from app.catalogue import critical_actions, critical_dates, critical_schemas, critical_shown
from app.catalogue.models import CriticalDate
from app.door import me, requires
from app.history.schemas import EventPage
from app.shapes import PageArgs
from tenants import db

critical = Blueprint(
    "critical_dates_api",
    __name__,
    url_prefix="/api/v1/schools/<slug:school>/critical_dates",
    description="Tests, census, inspection: faults that touch them rise, other changes wait",
)


@critical.route("")
class CriticalDates(MethodView):
    @requires("critical_date.view")
    @critical.arguments(critical_schemas.CriticalArgs, location="query")
    @critical.response(200, critical_schemas.CriticalDatePage)
    def get(self, args: dict[str, Any]) -> Response:
        """The latest first; an inspection is seen by the desk and the LA alone."""
        return listed("critical dates", args, critical_dates.page_of_dates, critical_shown.listed)

    @requires("critical_date.edit")
    @critical.arguments(critical_schemas.NewCriticalDate)
    @critical.response(201, critical_schemas.CriticalDateOut)
    def post(self, body: dict[str, Any]) -> Response:
        """Both days count. Without a service or place it is about all that is more than one
        person's; an inspection is about everything."""
        found = critical_actions.add_critical_date(by=me(), **body)
        return _one(found, 201, url_for("critical_dates_api.One", number=found.number))


@critical.route("/<number:number>")
class One(MethodView):
    @requires("critical_date.view")
    @critical.response(200, critical_schemas.CriticalDateOut)
    def get(self, number: int) -> Response:
        """One of them."""
        return _one(critical_dates.get_critical_date(number))

    @requires("critical_date.edit")
    @critical.arguments(critical_schemas.CriticalDateChange(partial=True))
    @critical.response(200, critical_schemas.CriticalDateOut)
    def patch(self, changes: dict[str, Any], number: int) -> Response:
        """Move it, say what it is about, or cancel it with `cancelled`. Needs If-Match."""
        found = critical_dates.get_critical_date(number, to_change=True)
        check_version(found.version, is_needed=True)
        critical_actions.change_critical_date(found, by=me(), **changes)
        return _one(found)


@critical.route("/<number:number>/timeline")
class Timeline(MethodView):
    @requires("critical_date.view")
    @critical.arguments(PageArgs, location="query")
    @critical.response(200, EventPage)
    def get(self, args: dict[str, Any], number: int) -> Response:
        """What became of it, the newest first."""
        return timeline("critical_date", critical_dates.get_critical_date(number).id, args)


def _one(found: CriticalDate, status: int = 200, there: str | None = None) -> Response:
    db.session.flush()
    db.session.refresh(found)
    (shown,) = critical_shown.listed([found])
    return reply(shown, status, version=found.version, location=there)
