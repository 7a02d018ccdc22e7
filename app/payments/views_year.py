"""What the ICT owner decides about, a schedule as a whole, and the sums of a year."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue as Answer

from app import clock
from app.door import me, requires
from app.keyset import Page
from app.payments import actions, planning, queries, rules, schemas, shown
from app.payments.models import PaymentSchedule
from app.payments.views import LIST, ONE, pages, to_press
from app.web import spreadsheets
from app.web.attempt import attempt, check_current, is_stale
from app.web.forms import Form
from app.web.listed import read_filters

SCHEDULE = f"{LIST}/schedules/<number:number>"


@pages.get(f"{LIST}/to-approve")
@requires("payment.approve")
def to_approve() -> Answer:
    waiting = queries.waiting_for_approval()
    around = shown.Around(waiting)
    return render_template(
        "payments/to_approve.html",
        payments=waiting,
        around=around,
        gross=shown.gross,
        person_id=me().person_id,
    )


@pages.post(f"{ONE}/approval")
@requires("payment.approve")
def approve(number: int) -> Answer:
    """With one press."""
    payment = to_press(number)
    actions.move(payment, "approved", by=me())
    flash(f"{payment.description}: approved.", "success")
    return redirect(url_for(".to_approve"), 303)


@pages.get(SCHEDULE)
@requires("payment.view")
def schedule(number: int) -> Answer:
    return _schedule_page(queries.get_schedule(number), Form(schemas.ScheduleStop, {}))


@pages.post(f"{SCHEDULE}/approval")
@requires("payment.approve")
def approve_all(number: int) -> Answer:
    """Every payment of it that waits, with one press."""
    found = queries.get_schedule(number, to_change=True)
    check_current(found.version, lambda: _SOMEBODY, is_needed=True)
    many = planning.approve_schedule(found, by=me())
    flash(f"{many} payments are approved.", "success")
    return redirect(url_for(".schedule", number=number), 303)


@pages.post(f"{SCHEDULE}/stop")
@requires("payment.plan")
def stop(number: int) -> Answer:
    found = queries.get_schedule(number, to_change=True)
    form, status = Form(schemas.ScheduleStop), 422
    if is_stale(found.version, is_needed=True):
        status = form.stale(_SOMEBODY, {}, found.version)
    elif form.is_ready:
        status = attempt(form, lambda: planning.stop_schedule(found, by=me(), **form.data))
        if not status:
            flash("What was not ordered yet is cancelled.", "success")
            return redirect(url_for(".schedule", number=number), 303)
        found = queries.get_schedule(number)
    return _schedule_page(found, form), status


@pages.get(f"{LIST}/year")
@requires("payment.view")
def year() -> Answer:
    filters = read_filters(schemas.YearArgs)
    kind, begins = _asked(filters.asked)
    return render_template(
        "payments/year.html",
        errors=filters.errors,
        kind=kind,
        kinds=rules.YEAR_KINDS,
        begins=begins,
        days=rules.year_of(kind, begins),
        sums=rules.sums_of(queries.lines_of_year(kind, begins)),
        counted=rules.COUNTED,
    )


@pages.get(f"{LIST}/year.csv")
@requires("payment.view")
def year_as_csv() -> Answer:
    return _year_file("csv")


@pages.get(f"{LIST}/year.xlsx")
@requires("payment.view")
def year_as_xlsx() -> Answer:
    return _year_file("xlsx")


_SOMEBODY = "Somebody else changed this, after you had opened the page."


def _schedule_page(found: PaymentSchedule, form: Form) -> str:
    payments = queries.payments_of(found)
    page, _ = form.page(
        "payments/schedule.html",
        schedule=found,
        rhythm=rules.RHYTHM_WORDS[found.rhythm],
        payments=payments,
        around=shown.Around(payments),
        gross=shown.gross,
        waits=sum(one.status == "planned" for one in payments),
        is_mine=any(one.planned_by_person == me().person_id for one in payments),
        can_stop=not found.is_stopped
        and any(one.status in ("planned", "approved") for one in payments),
    )
    return page


def _asked(asked: dict[str, Any]) -> tuple[str, int]:
    kind = asked.get("kind") or "financial"
    return kind, asked.get("year") or rules.current_year(kind, clock.today())


def _year_file(what: str) -> Answer:
    kind, begins = _asked(read_filters(schemas.YearArgs).asked)
    statuses = [rules.STATUSES[one][0] for one in rules.COUNTED]
    headings = ("Cost code", "Payments", "Without VAT", "VAT", "With VAT", *statuses)

    def fetch(_after: list[Any] | None, _limit: int) -> Page:
        rows, total = rules.sums_of(queries.lines_of_year(kind, begins))
        return Page([*((one.cost_code, one) for one in rows), ("Total", total)], None)

    def draw(rows: list[Any]) -> list[Any]:
        return [
            [
                code,
                one.many,
                one.net,
                one.vat,
                one.gross,
                *(one.by_status[status].gross for status in rules.COUNTED),
            ]
            for code, one in rows
        ]

    name = f"payments-{kind}-{begins}"
    return spreadsheets.answer(spreadsheets.Table(name, headings, fetch, draw), what)
