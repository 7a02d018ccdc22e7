"""The payments of a school as JSON: planned, approved, ordered, invoiced, paid; and its years."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask.views import MethodView

from app import clock
from app.api.body import Blueprint
from app.api.listed import listed
from app.api.manners import check_version
from app.api.reply import reply
from app.api.timelines import timeline
from app.door import me, requires
from app.history.schemas import EventPage
from app.payments import actions, planning, queries, rules, schemas, shown
from app.payments.models import Payment, PaymentSchedule
from app.shapes import PageArgs
from tenants import db

payments = Blueprint(
    "payments_api",
    __name__,
    url_prefix="/api/v1/schools/<slug:school>/payments",
    description="What a school pays for its ICT",
)


@payments.route("")
class Payments(MethodView):
    @requires("payment.view")
    @payments.arguments(schemas.PaymentArgs, location="query")
    @payments.response(200, schemas.PaymentPage)
    def get(self, args: dict[str, Any]) -> Response:
        """What is due first comes first. `from` and `to` are both included."""
        return listed("payments", args, queries.page_of_payments, shown.listed)

    @requires("payment.plan")
    @payments.arguments(schemas.NewPayment)
    @payments.response(201, schemas.PlannedOut)
    def post(self, body: dict[str, Any]) -> Response:
        """Plan one that is due on a day, or those of a `schedule` (`last_on` or `times`). A day
        that is no working day becomes the next one; month ends are counted from the first day. A
        termly one is due as long after the first day of each term as the first is of its own."""
        made = planning.plan(by=me(), **body)
        db.session.flush()
        first = made[0]
        there = url_for("payments_api.One", number=first.number)
        answer = {**shown.detail(first), "payments": shown.listed(made)}
        return reply(answer, 201, version=first.version, location=there)


@payments.route("/<number:number>")
class One(MethodView):
    @requires("payment.view")
    @payments.response(200, schemas.PaymentOut)
    def get(self, number: int) -> Response:
        """One payment."""
        return _one(queries.get_payment(number))

    @requires("payment.plan")
    @payments.arguments(schemas.PaymentChange(partial=True))
    @payments.response(200, schemas.PaymentOut)
    def patch(self, changes: dict[str, Any], number: int) -> Response:
        """Change it. Another sum, VAT or supplier waits for approval again. Needs If-Match."""
        payment = queries.get_payment(number, to_change=True)
        check_version(payment.version, is_needed=True)
        actions.change_payment(payment, by=me(), **changes)
        return _one(payment)

    @requires("payment.plan")
    @payments.response(204)
    def delete(self, number: int) -> Response:
        """Remove one that nobody has decided about; others are cancelled."""
        payment = queries.get_payment(number, to_change=True)
        check_version(payment.version)
        actions.remove_payment(payment, by=me())
        return Response(status=204)


@payments.route("/<number:number>/status")
class Status(MethodView):
    @requires("payment.plan", "payment.approve")
    @payments.arguments(schemas.PaymentStatus)
    @payments.response(200, schemas.PaymentOut)
    def put(self, body: dict[str, Any], number: int) -> Response:
        """The next step: `approved` by the ICT owner, who has not planned it; then `ordered`,
        `invoiced`, `paid`. `cancelled` needs a reason."""
        payment = queries.get_payment(number, to_change=True)
        check_version(payment.version)
        actions.move(payment, body.pop("status"), by=me(), **body)
        return _one(payment)


@payments.route("/<number:number>/timeline")
class Timeline(MethodView):
    @requires("payment.view")
    @payments.arguments(PageArgs, location="query")
    @payments.response(200, EventPage)
    def get(self, args: dict[str, Any], number: int) -> Response:
        """What became of it, the newest first."""
        payment = queries.get_payment(number)
        return timeline("payment", payment.id, args)


@payments.route("/year")
class Year(MethodView):
    @requires("payment.view")
    @payments.arguments(schemas.YearArgs, location="query")
    @payments.response(200, schemas.PaymentYearOut)
    def get(self, args: dict[str, Any]) -> Response:
        """The sums of a year by cost code and status, by the days on which payments are due.
        What was cancelled is in none of them."""
        kind = args["kind"]
        year = args.get("year") or rules.current_year(kind, clock.today())
        return reply(shown.year(kind, year))


@payments.route("/schedules/<number:number>")
class OneSchedule(MethodView):
    @requires("payment.view")
    @payments.response(200, schemas.ScheduleDetail)
    def get(self, number: int) -> Response:
        """A schedule with its payments."""
        return _schedule(queries.get_schedule(number))


@payments.route("/schedules/<number:number>/approval")
class ScheduleApproval(MethodView):
    @requires("payment.approve")
    @payments.response(200, schemas.ScheduleDetail)
    def put(self, number: int) -> Response:
        """Approve all of its payments that wait."""
        schedule = queries.get_schedule(number, to_change=True)
        check_version(schedule.version)
        planning.approve_schedule(schedule, by=me())
        return _schedule(schedule)


@payments.route("/schedules/<number:number>/stop")
class ScheduleStop(MethodView):
    @requires("payment.plan")
    @payments.arguments(schemas.ScheduleStop)
    @payments.response(200, schemas.ScheduleDetail)
    def put(self, body: dict[str, Any], number: int) -> Response:
        """Cancel all of its payments that are not ordered yet."""
        schedule = queries.get_schedule(number, to_change=True)
        check_version(schedule.version)
        planning.stop_schedule(schedule, by=me(), **body)
        return _schedule(schedule)


def _one(payment: Payment) -> Response:
    db.session.flush()
    return reply(shown.detail(payment), version=payment.version)


def _schedule(schedule: PaymentSchedule) -> Response:
    db.session.flush()
    return reply(shown.schedule(schedule), version=schedule.version)
