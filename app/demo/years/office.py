"""What a school's office does by the year: licences, what is planned, approved and paid, and the jobs
that come again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import select

from app import clock
from app.clock import LONDON
from app.contracts.register import Contract
from app.demo.years.scene import Cast, Later
from app.diary import actions as diary
from app.licences import actions as licences
from app.licences.schemas import NewLicence
from app.payments import actions as payments
from app.payments import planning
from app.payments.models import Payment
from app.payments.schemas import NewPayment
from tenants import current_school_id, db

# fmt: off
LICENCES: tuple[dict[str, Any], ...] = (
    {"product": "Pupilsoft Maths", "publisher": "Pupilsoft", "metric": "device", "quantity": 20,
     "cost": "480.00", "curriculum": True},
    {"product": "Story Maker", "metric": "site", "cost": "210.00", "curriculum": True},
    {"product": "Office suite", "metric": "named_user", "quantity": 40, "cost": "0.00"},
)
# How many use them; in every other year of every third school more than were bought.
_USED, _TOO_MANY, _EVERY = {"Pupilsoft Maths": 17, "Office suite": 31}, 27, 3
SUPPLIES = (  # month in which they are planned, what for, pounds
    (11, "Toner and paper",      "184.60"),
    (2,  "Lamps and cables",     "96.40"),
    (6,  "Batteries and mice",   "58.20"),
)
# Days after the planning until each step; who is shown the desk finds the newest waiting.
_STEPS = (("approved", 9), ("ordered", 11), ("invoiced", 24), ("paid", 31))
# fmt: on
_VAT = Decimal("0.2")
_COST_CODE = "E19"
_JOBS = ("backup_restore", "filter_test", "projector_filters", "updates")
# Nobody ticks them off in the play, so they begin after its end.
_JOBS_LAST, _JOBS_BEGIN = timedelta(days=7), timedelta(days=21)


def plan(cast: Cast, first: date, last: date, then: Later) -> None:
    for begins in _yearly(9, first, last):
        then(_at(begins, 8), partial(buy_licences, cast, begins))
    for begins in _yearly(4, first, last):
        then(_at(begins, 9), partial(plan_charges, cast, then))
    for month, what, pounds in SUPPLIES:
        for day in _days_of(month, first, last):
            then(_at(day, 10), partial(plan_supplies, cast, what, pounds, then))
    then(_at(max(first, last - _JOBS_LAST), 11), partial(keep_diary, cast))


def buy_licences(cast: Cast, begins: date) -> None:
    """For a school year."""
    is_short = cast.house.place % _EVERY == 1 and begins.year % 2 == 0
    for said in LICENCES:
        used = _TOO_MANY if is_short and said["metric"] == "device" else _USED.get(said["product"])
        start, end = begins.isoformat(), f"{begins.year + (begins.month >= 9)}-08-31"
        body = {
            **said,
            "start": start,
            "end": end,
            "allocations": [{"count": used, "from": start, "to": end}] if used else [],
        }
        # None of them has a key, so none is sealed.
        licences.add_licence(by=cast.spoc, secret_key="", **NewLicence().load(body))


def plan_charges(cast: Cast, then: Later) -> None:
    """Of a financial year, what each contract costs."""
    wanted = select(Contract.number, Contract.name, Contract.annual_charge)
    for number, name, charge in db.session.execute(wanted.order_by(Contract.number)).all():
        assert charge is not None  # all of them cost something (houses.py)
        plan_payment(cast, name, charge, then, contract=number)


def plan_supplies(cast: Cast, what: str, pounds: str, then: Later) -> None:
    plan_payment(cast, what, Decimal(pounds), then)


def plan_payment(
    cast: Cast, what: str, pounds: Decimal, then: Later, contract: int | None = None
) -> None:
    now = clock.now()
    body: dict[str, Any] = {
        "description": what,
        "amount": f"{pounds:.2f}",
        "vat": f"{pounds * _VAT:.2f}",
        "cost_code": _COST_CODE,
        "due_on": (now + timedelta(days=30)).date().isoformat(),
    }
    if contract is not None:
        body["contract"] = contract
    (payment,) = planning.plan(by=cast.spoc, **NewPayment().load(body))
    for status, days in _STEPS:
        then(now + timedelta(days=days), partial(move_payment, cast, payment.id, status))


def move_payment(cast: Cast, payment_id: int, status: str) -> None:
    payment = db.session.get_one(Payment, (current_school_id(), payment_id))
    by = cast.ict_owner if status == "approved" else cast.spoc
    payments.move(payment, status, by=by)


def keep_diary(cast: Cast) -> None:
    diary.take_presets(_JOBS, clock.today() + _JOBS_BEGIN, by=cast.spoc)


def _yearly(month: int, first: date, last: date) -> Iterator[date]:
    """The first day, and the first of that month in each year after it."""
    yield first
    for year in range(first.year, last.year + 1):
        if first < date(year, month, 1) <= last:
            yield date(year, month, 1)


def _days_of(month: int, first: date, last: date) -> Iterator[date]:
    for year in range(first.year, last.year + 1):
        if first <= date(year, month, 14) <= last:
            yield date(year, month, 14)


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), LONDON)
