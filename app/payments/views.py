"""Payments as pages: list, plan, read, change, the next step, what waits for the ICT owner."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app.contracts.register import Contract
from app.door import me, requires
from app.errors import NotThere, Wrong
from app.history.queries import events_of, last_event
from app.history.shown import told
from app.keyset import Page
from app.licences.named import CONTRACT, SUPPLIER, choices_of, key_of, named
from app.payments import actions, planning, queries, rules, schemas, shown
from app.payments.models import Payment
from app.payments.paid_for import CHANGE, LICENCE, PAID_FOR
from app.progress.models import Change
from app.shapes import Shape
from app.suppliers.models import Supplier
from app.web import spreadsheets
from app.web.attempt import attempt, changed_by, check_current, is_stale
from app.web.forms import Form
from app.web.listed import listed, read_filters

pages = Blueprint("payments", __name__, template_folder="templates")

LIST = "/<slug:school>/payments"
ONE = f"{LIST}/<number:number>"
_HEADINGS = (
    "Number",
    "Due",
    "What for",
    "Amount without VAT",
    "VAT",
    "Amount with VAT",
    "Status",
    "Overdue",
    "Cost code",
    "Supplier",
    "Contract",
    "Licence",
    "Equipment",
    "Order",
    "Invoice",
    "Paid on",
)
_SCHEDULE = ("rhythm", "times", "last_on")
# What each step asks.
ASKED: dict[str, tuple[str, ...]] = {
    "approved": (),
    "ordered": ("order_ref", "on"),
    "invoiced": ("invoice_ref", "on"),
    "paid": ("on",),
    "cancelled": ("reason",),
}


@pages.app_template_filter()
def payment_status_words(status: str) -> str:
    return rules.STATUSES[status][0]


@pages.app_template_filter()
def payment_status_colour(status: str) -> str:
    return rules.STATUSES[status][1]


@pages.get(LIST)
@requires("payment.view")
def index() -> Answer:
    filters = read_filters(schemas.PaymentArgs)
    found = listed("payments", filters, queries.page_of_payments)
    return render_template(
        "payments/index.html",
        payments=found.rows,
        around=shown.Around(found.rows),
        gross=shown.gross,
        filters=filters,
        statuses={name: words for name, (words, _) in rules.STATUSES.items()},
        next_url=found.next_url,
        first_url=found.first_url,
    )


@pages.get(f"{LIST}.csv")
@requires("payment.view")
def as_csv() -> Answer:
    return _file("csv")


@pages.get(f"{LIST}.xlsx")
@requires("payment.view")
def as_xlsx() -> Answer:
    return _file("xlsx")


@pages.route(f"{LIST}/new", methods=["GET", "POST"])
@requires("payment.plan")
def plan() -> Answer:
    form = Form(schemas.PaymentOnPage, {"rhythm": "once", **_asked_for()})
    status = 422 if form.errors else 200
    if form.is_ready:
        made: list[Payment] = []
        status = attempt(form, lambda: made.extend(_plan(dict(form.data))))
        if not status and len(made) == 1:
            return done(made[0].number, "It is planned, and waits for the ICT owner.")
        if not status:
            flash(f"{len(made)} payments are planned, and wait for the ICT owner.", "success")
            number = shown.Around(made).schedule(made[0])
            return redirect(url_for(".schedule", number=number), 303)
    return _form_page(form, None), status


@pages.get(ONE)
@requires("payment.view")
def show(number: int) -> Answer:
    payment = queries.get_payment(number)
    around = shown.Around([payment])
    return render_template(
        "payments/show.html",
        payment=payment,
        gross=shown.gross(payment),
        is_overdue=around.is_overdue(payment),
        names={name: named(around.names, name, payment) for name in PAID_FOR},
        schedule=around.schedule(payment),
        is_mine=payment.planned_by_person == me().person_id,
        steps=_steps(payment),
        events=told(events_of("payment", payment.id).rows, rules.EVENT_WORDS),
    )


@pages.route(f"{ONE}/change", methods=["GET", "POST"])
@requires("payment.plan")
def change(number: int) -> Answer:
    if request.method != "POST":
        payment = queries.get_payment(number)
        return _form_page(Form(schemas.PaymentChangeOnPage, _saved(payment)), payment)
    payment = queries.get_payment(number, to_change=True)
    form, status = Form(schemas.PaymentChangeOnPage), 422
    if is_stale(payment.version, is_needed=True):
        status = form.stale(who_was_quicker(payment), _saved(payment), payment.version)
    elif form.is_ready:
        status = attempt(form, lambda: actions.change_payment(payment, by=me(), **form.data))
        if not status:
            return done(number, "The payment has been changed.")
        payment = queries.get_payment(number)
    return _form_page(form, payment), status


@pages.route(f"{ONE}/status", methods=["GET", "POST"])
@requires("payment.plan", "payment.approve")
def move(number: int) -> Answer:
    """One step: what it needs is asked."""
    payment = queries.get_payment(number, to_change=request.method == "POST")
    status = request.values.get("status", "")
    if status not in rules.STEPS:
        raise NotThere
    form, code = Form(schemas.PaymentStatus, {"status": status}), 422
    if not form.is_posted:
        return _step_page(form, payment, status)
    if is_stale(payment.version, is_needed=True):
        code = form.stale(who_was_quicker(payment), {}, payment.version)
    elif form.is_ready:
        code = attempt(form, lambda: actions.move(payment, by=me(), **form.data))
        if not code:
            return done(number, f"{rules.STATUSES[status][0]}.")
        payment = queries.get_payment(number)
    return _step_page(form, payment, status), code


@pages.post(f"{ONE}/removal")
@requires("payment.plan")
def remove(number: int) -> Answer:
    payment = to_press(number)
    said = f"{payment.description} has been removed."
    if refusal := _refusal(lambda: actions.remove_payment(payment, by=me())):
        flash(refusal, "error")
        return redirect(url_for(".show", number=number), 303)
    flash(said, "success")
    return redirect(url_for(".index"), 303)


def to_press(number: int) -> Payment:
    """For a button that asks nothing."""
    payment = queries.get_payment(number, to_change=True)
    check_current(payment.version, lambda: who_was_quicker(payment), is_needed=True)
    return payment


def _refusal(act: Callable[[], object]) -> str | None:
    form = Form(Shape, is_posted=False)
    return form.problems[0][1] if attempt(form, act) else None


def done(number: int, said: str) -> Answer:
    flash(said, "success")
    return redirect(url_for("payments.show", number=number), 303)


def who_was_quicker(payment: Payment) -> str:
    last = last_event("payment", payment.id)
    return changed_by(last.actor if last else None, last.at if last else None)


def _plan(said: dict[str, Any]) -> list[Payment]:
    """From the answers of the page to what a program would send."""
    asked = {name: said.pop(name, None) for name in _SCHEDULE}
    if asked["rhythm"] != "once":
        said["schedule"] = {**asked, "first_on": said.pop("due_on")}
    try:
        return planning.plan(by=me(), **said)
    except Wrong as mistakes:
        raise Wrong(
            {name.removeprefix("schedule."): said for name, said in mistakes.errors.items()}
        ) from None


def _asked_for() -> dict[str, Any]:
    """From the page of a contract or licence: what it is paid for."""
    given = {name: request.args.get(name, "") for name in ("contract", "licence")}
    return {name: number for name, number in given.items() if number.isdecimal()}


def _steps(payment: Payment) -> list[tuple[str, str]]:
    return [
        (status, step.words)
        for status, step in rules.STEPS.items()
        if payment.status in step.before
        and any(me().may(one) for one in step.permissions)
        and not (status == "approved" and payment.planned_by_person == me().person_id)
    ]


def _step_page(form: Form, payment: Payment, status: str) -> str:
    page, _ = form.page(
        "payments/step.html",
        payment=payment,
        status=status,
        words=rules.STEPS[status].words,
        names=ASKED[status],
        gross=shown.gross(payment),
    )
    return page


def _form_page(form: Form, payment: Payment | None) -> str:
    page, _ = form.page(
        "payments/form.html",
        payment=payment,
        suppliers=choices_of(SUPPLIER, Supplier.is_archived.is_(False)),
        contracts=choices_of(CONTRACT, Contract.state.in_(("draft", "active"))),
        licences=choices_of(LICENCE),
        changes=choices_of(CHANGE, Change.state.not_in(("rejected", "cancelled", "closed"))),
        cost_codes=queries.cost_codes(),
    )
    return page


def _saved(payment: Payment) -> dict[str, Any]:
    kept = shown.detail(payment)
    names = schemas.PaymentChangeOnPage().fields
    return {**{name: kept.get(name) for name in names}, "due_on": payment.due_on}


def _file(kind: str) -> Answer:
    """The list exactly as it is filtered."""
    filters = read_filters(schemas.PaymentArgs)
    if filters.errors:
        return index()
    asked = filters.asked

    def fetch(after: list[Any] | None, limit: int) -> Page:
        return queries.page_of_payments(asked, after, limit)

    return spreadsheets.answer(spreadsheets.Table("payments", _HEADINGS, fetch, _cells), kind)


def _cells(payments: list[Payment]) -> list[Any]:
    around = shown.Around(payments)

    def called(name: str, one: Payment) -> str | None:
        found = named(around.names, name, one)
        return found.called if found else None

    return [
        [
            one.number,
            one.due_on,
            one.description,
            one.amount,
            one.vat,
            shown.gross(one),
            rules.STATUSES[one.status][0],
            around.is_overdue(one),
            one.cost_code,
            called("supplier", one),
            called("contract", one),
            called("licence", one),
            key_of(around.names, "asset", one),
            one.order_ref,
            one.invoice_ref,
            one.paid_on,
        ]
        for one in payments
    ]


# More pages of the same room.
from app.payments import views_year  # noqa: E402

__all__ = ["pages", "views_year"]
