"""The reports of a school as JSON and as PDF."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask.views import MethodView

from app.api.body import Blueprint
from app.api.listed import listed
from app.api.manners import check_version
from app.api.reply import reply
from app.api.timelines import timeline
from app.door import me, requires
from app.history.schemas import EventPage
from app.reports.issued import actions, queries, scheduling, schemas, shown
from app.reports.issued.export import looked, pdf_of
from app.reports.issued.models import IssuedReport, ReportSchedule
from app.shapes import PageArgs
from tenants import db

reports_api = Blueprint(
    "reports_api",
    __name__,
    url_prefix="/api/v1/schools/<slug:school>/reports",
    description="Incident, problem and service reports, and the yearly review, as they were issued",
)


@reports_api.route("")
class Reports(MethodView):
    @requires("report.view")
    @reports_api.arguments(schemas.ReportArgs, location="query")
    @reports_api.response(200, schemas.ReportPage)
    def get(self, args: dict[str, Any]) -> Response:
        """The latest first, without their words and figures."""
        return listed(
            "reports", args, queries.page_of_reports, lambda rows: [*map(shown.listed, rows)]
        )

    @requires("report.write")
    @reports_api.arguments(schemas.NewReport)
    @reports_api.response(201, schemas.ReportOut)
    def post(self, body: dict[str, Any]) -> Response:
        """Draft one: of a `period` and a day `on` in it, of the days `from` and `to`, or of the
        last whole period that is usual for its kind."""
        period = actions.period_asked(body["kind"], body)
        report = actions.draft(body["kind"], period, by=me())
        return _one(report, 201, url_for("reports_api.One", number=report.number))


@reports_api.route("/<number:number>")
class One(MethodView):
    @requires("report.view")
    @reports_api.response(200, schemas.ReportOut)
    def get(self, number: int) -> Response:
        """Its words, tables and figures, as they stood when it was counted."""
        report = queries.get_report(number)
        looked(report)
        return _one(report)

    @requires("report.write")
    @reports_api.arguments(schemas.ReportChange(partial=True))
    @reports_api.response(200, schemas.ReportOut)
    def patch(self, changes: dict[str, Any], number: int) -> Response:
        """Other words for a draft, by key of the section. Needs If-Match."""
        report = queries.get_report(number, to_change=True)
        check_version(report.version, is_needed=True)
        actions.edit(report, by=me(), **changes)
        return _one(report)

    @requires("report.write")
    @reports_api.response(204)
    def delete(self, number: int) -> Response:
        """Throw a draft away. What has been issued stays."""
        report = queries.get_report(number, to_change=True)
        check_version(report.version)
        actions.discard(report, by=me())
        return Response(status=204)


@reports_api.route("/<number:number>/figures")
class Figures(MethodView):
    @requires("report.write")
    @reports_api.response(200, schemas.ReportOut)
    def put(self, number: int) -> Response:
        """Count a draft again; what was edited stays."""
        report = queries.get_report(number, to_change=True)
        check_version(report.version)
        actions.recount(report, by=me())
        return _one(report)


@reports_api.route("/<number:number>/issue")
class Issue(MethodView):
    @requires("report.issue")
    @reports_api.response(200, schemas.ReportOut)
    def put(self, number: int) -> Response:
        """From now on it stays as it is; an earlier one of the same time is replaced."""
        report = queries.get_report(number, to_change=True)
        check_version(report.version)
        actions.issue(report, by=me())
        return _one(report)


@reports_api.route("/<number:number>/pdf")
class Pdf(MethodView):
    @requires("report.view")
    @reports_api.response(200, content_type="application/pdf")
    def get(self, number: int) -> Response:
        """As PDF; a draft says that it is one. 503 where it cannot be made just now."""
        return pdf_of(queries.get_report(number))


@reports_api.route("/<number:number>/timeline")
class Timeline(MethodView):
    @requires("report.view")
    @reports_api.arguments(PageArgs, location="query")
    @reports_api.response(200, EventPage)
    def get(self, args: dict[str, Any], number: int) -> Response:
        """Who drafted, edited and issued it, the newest first."""
        return timeline("report", queries.get_report(number).id, args)


@reports_api.route("/schedules")
class Schedules(MethodView):
    @requires("report.view")
    @reports_api.arguments(PageArgs, location="query")
    @reports_api.response(200, schemas.SchedulePage)
    def get(self, args: dict[str, Any]) -> Response:
        """Which drafts are written by themselves, and who hears of it."""
        return listed(
            "report schedules",
            args,
            queries.page_of_schedules,
            lambda rows: [*map(shown.schedule, rows)],
        )

    @requires("report.write")
    @reports_api.arguments(schemas.NewSchedule)
    @reports_api.response(201, schemas.ScheduleOut)
    def post(self, body: dict[str, Any]) -> Response:
        """From now on a draft on the day after each period."""
        made = scheduling.add_schedule(by=me(), **body)
        there = url_for("reports_api.Schedule", number=made.number)
        return _schedule(made, 201, there)


@reports_api.route("/schedules/<number:number>")
class Schedule(MethodView):
    @requires("report.view")
    @reports_api.response(200, schemas.ScheduleOut)
    def get(self, number: int) -> Response:
        """One of them."""
        return _schedule(queries.get_schedule(number))

    @requires("report.write")
    @reports_api.response(204)
    def delete(self, number: int) -> Response:
        """No more drafts by it; those that are there stay."""
        schedule = queries.get_schedule(number)
        check_version(schedule.version)
        scheduling.stop(schedule, by=me())
        return Response(status=204)


def _one(report: IssuedReport, status: int = 200, there: str | None = None) -> Response:
    db.session.flush()
    db.session.refresh(report)
    return reply(shown.detail(report), status, version=report.version, location=there)


def _schedule(one: ReportSchedule, status: int = 200, there: str | None = None) -> Response:
    db.session.flush()
    return reply(shown.schedule(one), status, version=one.version, location=there)
