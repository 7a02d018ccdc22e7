"""What goes out about payments: plain values, money with two decimals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app import clock
from app.licences.named import Names, key_of, names_of
from app.licences.shown import money
from app.payments import queries, rules
from app.payments.models import Payment, PaymentSchedule
from app.payments.paid_for import PAID_FOR
from app.shapes import instant
from tenants import db

_PLAIN = ("number", "description", "status", "cost_code", "order_ref", "invoice_ref", "version")
_DAYS = ("ordered_on", "invoiced_on", "paid_on")


class Around:
    """What payments name, and their schedules' numbers: six statements at most, however many."""

    def __init__(self, payments: Sequence[Payment]) -> None:
        self.today = clock.today()
        self.names: Names = names_of(payments, PAID_FOR)
        ids = {one.schedule_id for one in payments} - {None}
        wanted = select(PaymentSchedule.id, PaymentSchedule.number).where(
            PaymentSchedule.id.in_(ids)
        )
        rows = db.session.execute(wanted) if ids else ()
        self._schedules: dict[int | None, int] = {row_id: number for row_id, number in rows}

    def schedule(self, payment: Payment) -> int | None:
        return self._schedules.get(payment.schedule_id)

    def is_overdue(self, payment: Payment) -> bool:
        return rules.is_overdue(payment.status, payment.due_on, self.today)


def gross(payment: Payment) -> Decimal:
    return payment.amount + (payment.vat or Decimal(0))


def listed(payments: Sequence[Payment]) -> list[dict[str, Any]]:
    around = Around(payments)
    return [_listed(one, around) for one in payments]


def detail(payment: Payment) -> dict[str, Any]:
    return {
        **_listed(payment, Around([payment])),
        **{name: _day(getattr(payment, name)) for name in _DAYS},
        "notes": payment.notes,
        "reason": payment.reason,
        "planned_by": payment.created_by,
        "approved_by": payment.approved_by,
        "approved_at": instant(payment.approved_at),
        "created_at": instant(payment.created_at),
    }


def _listed(payment: Payment, around: Around) -> dict[str, Any]:
    return {
        **{name: getattr(payment, name) for name in _PLAIN},
        **{name: key_of(around.names, name, payment) for name in PAID_FOR},
        "amount": money(payment.amount),
        "vat": money(payment.vat),
        "gross": money(gross(payment)),
        "due_on": _day(payment.due_on),
        "scheduled_on": _day(payment.scheduled_on),
        "overdue": around.is_overdue(payment),
        "schedule": around.schedule(payment),
    }


def schedule(found: PaymentSchedule) -> dict[str, Any]:
    return {
        "number": found.number,
        "description": found.description,
        "rhythm": found.rhythm,
        "first_on": _day(found.first_on),
        "last_on": _day(found.last_on),
        "stopped": found.is_stopped,
        "payments": listed(queries.payments_of(found)),
        "version": found.version,
    }


def year(kind: str, begins: int) -> dict[str, Any]:
    first, last = rules.year_of(kind, begins)
    rows, total = rules.sums_of(queries.lines_of_year(kind, begins))
    return {
        "year": begins,
        "kind": kind,
        "first_day": first.isoformat(),
        "last_day": last.isoformat(),
        "items": [_year_row(one) for one in rows],
        "next": None,
        "total": _year_row(total),
    }


def _year_row(one: rules.Sums) -> dict[str, Any]:
    return {
        "cost_code": one.cost_code,
        **_sums(one),
        "by_status": {status: _sums(line) for status, line in one.by_status.items()},
    }


def _sums(one: rules.Sums | rules.Line) -> dict[str, Any]:
    return {
        "payments": one.many,
        "net": money(one.net),
        "vat": money(one.vat),
        "gross": money(one.gross),
    }


def _day(on: date | None) -> str | None:
    return on.isoformat() if on else None
