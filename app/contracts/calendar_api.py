"""Calendars as JSON: a school's own, and the LA's terms and bank holidays."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask.views import MethodView

from app.api.body import Blueprint
from app.api.manners import check_version
from app.api.reply import reply
from app.contracts import calendar_actions, calendar_schemas, la_days
from app.contracts.models import SchoolCalendar
from app.door import me, requires
from tenants import administering

calendar = Blueprint(
    "calendar_api",
    __name__,
    url_prefix="/api/v1/schools/<slug:school>/calendar",
    description="When a school is open",
)
la_calendar = Blueprint(
    "la_calendar_api",
    __name__,
    url_prefix="/api/v1/calendar",
    description="The LA’s term dates and bank holidays",
)


@calendar.route("")
class Calendar(MethodView):
    @requires("calendar.view")
    @calendar.response(200, calendar_schemas.CalendarBody)
    def get(self) -> Response:
        """Opening hours, breaks, terms, INSET days and closures. A school that has said nothing
        is taken to be open Mon to Fri, 08:00 to 17:00, in the LA's terms."""
        return _shown(calendar_actions.calendar_here())

    @requires("calendar.edit")
    @calendar.arguments(calendar_schemas.CalendarBody)
    @calendar.response(200, calendar_schemas.CalendarBody)
    def put(self, body: dict[str, Any]) -> Response:
        """The whole calendar anew. Open clocks are timed again soon after."""
        row = calendar_actions.calendar_here(to_change=True)
        check_version(row.version if row else 0)
        return _shown(calendar_actions.keep_calendar(row, body, by=me()))


def _shown(row: SchoolCalendar | None) -> Response:
    return reply(calendar_actions.written(row), version=row.version if row else 0)


@la_calendar.route("")
class LaCalendar(MethodView):
    @requires("authority.calendar")
    @la_calendar.response(200, calendar_schemas.LaCalendarOut)
    def get(self) -> Response:
        """Half terms by school year, and every bank holiday."""
        with administering("the LA's calendar"):
            body = {
                "years": [la_days.shown_year(one) for one in la_days.years()],
                "bank_holidays": [
                    {"on": one.on.isoformat(), "name": one.name} for one in la_days.bank_holidays()
                ],
            }
        return reply(body)


@la_calendar.route("/terms/<academic_year>")
class LaYear(MethodView):
    @requires("authority.calendar")
    @la_calendar.response(200, calendar_schemas.YearOut)
    def get(self, academic_year: str) -> Response:
        """One school year, like `2026-27`."""
        with administering("a school year"):
            return _year(academic_year)

    @requires("authority.calendar")
    @la_calendar.arguments(calendar_schemas.YearBody)
    @la_calendar.response(200, calendar_schemas.YearOut)
    def put(self, body: dict[str, Any], academic_year: str) -> Response:
        """All half terms of the year anew. Terms must not overlap."""
        with administering("a school year"):
            check_version(la_days.version_of(la_days.year(academic_year)))
            terms = [(one["name"], one["first_day"], one["last_day"]) for one in body["terms"]]
            la_days.keep_year(academic_year, terms, by=me())
            return _year(academic_year)


def _year(academic_year: str) -> Response:
    found = la_days.year(academic_year)
    return reply(la_days.shown_year(found), version=la_days.version_of(found))


@la_calendar.route("/bank_holidays")
class BankHolidays(MethodView):
    @requires("authority.calendar")
    @la_calendar.arguments(calendar_schemas.BankHolidayBody)
    @la_calendar.response(201, calendar_schemas.BankHolidayOut)
    def post(self, body: dict[str, Any]) -> Response:
        """A one-off bank holiday."""
        with administering("a bank holiday"):
            la_days.add_bank_holiday(body["on"], body["name"], by=me())
        there = url_for("la_calendar_api.OneBankHoliday", day=body["on"].isoformat())
        return reply({"on": body["on"].isoformat(), "name": body["name"]}, 201, location=there)


@la_calendar.route("/bank_holidays/<day:day>")
class OneBankHoliday(MethodView):
    @requires("authority.calendar")
    @la_calendar.response(200, calendar_schemas.BankHolidayOut)
    def get(self, day: str) -> Response:
        """Whether a day is a bank holiday, and which."""
        with administering("a bank holiday"):
            found = la_days.bank_holiday(la_days.day_named(day))
            return reply({"on": found.on.isoformat(), "name": found.name})

    @requires("authority.calendar")
    @la_calendar.response(204)
    def delete(self, day: str) -> Response:
        """It is none after all."""
        with administering("a bank holiday"):
            la_days.remove_bank_holiday(la_days.bank_holiday(la_days.day_named(day)), by=me())
        return Response(status=204)
