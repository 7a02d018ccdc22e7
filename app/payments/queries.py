"""The payments of the school acted in: one, pages of them, what waits, the sums of a year."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from app import clock
from app.assets.models import Asset
from app.contracts import kept
from app.contracts.register import Contract
from app.contracts.school_terms import whole_terms
from app.errors import NotThere
from app.keyset import Page, page_of
from app.licences.models import Licence
from app.payments import rules
from app.payments.models import Payment, PaymentSchedule
from app.suppliers.models import Supplier
from tenants import current_school_id, db

_SEARCHED = (Payment.description, Payment.order_ref, Payment.invoice_ref, Payment.cost_code)
MOST_WAITING = 200


def get_payment(number: int, *, to_change: bool = False) -> Payment:
    wanted = select(Payment).where(Payment.number == number)
    found = db.session.scalar(wanted.with_for_update() if to_change else wanted)
    if found is None:
        raise NotThere
    return found


def get_schedule(number: int, *, to_change: bool = False) -> PaymentSchedule:
    wanted = select(PaymentSchedule).where(PaymentSchedule.number == number)
    found = db.session.scalar(wanted.with_for_update() if to_change else wanted)
    if found is None:
        raise NotThere
    return found


def payments_of(schedule: PaymentSchedule, *, to_change: bool = False) -> list[Payment]:
    """In the order of their days."""
    wanted = (
        select(Payment)
        .where(Payment.schedule_id == schedule.id)
        .order_by(Payment.scheduled_on, Payment.number)
    )
    return list(db.session.scalars(wanted.with_for_update() if to_change else wanted))


def page_of_payments(filters: Mapping[str, Any], after: Sequence[Any] | None, limit: int) -> Page:
    """What is due first comes first."""
    wanted = select(Payment).where(
        *(_MEANINGS[name](filters[name]) for name in sorted(filters) if _is_asked(name, filters))
    )
    return page_of(
        wanted,
        (Payment.due_on, Payment.number),
        lambda one: [one.due_on.isoformat(), one.number],
        after=[date.fromisoformat(after[0]), after[1]] if after else None,
        limit=limit,
    )


def waiting_for_approval() -> list[Payment]:
    """What is due first comes first."""
    return list(
        db.session.scalars(
            select(Payment)
            .where(Payment.status == "planned")
            .order_by(Payment.due_on, Payment.number)
            .limit(MOST_WAITING)
        )
    )


def how_many_wait(by: object) -> int:
    """For approval; counted no further than the page shows. Whoever planned one sees it too."""
    some = select(Payment.id).where(Payment.status == "planned").limit(MOST_WAITING).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def cost_codes() -> list[str]:
    """Those in use, for a box to offer."""
    wanted = (
        select(Payment.cost_code)
        .where(Payment.cost_code.is_not(None))
        .distinct()
        .order_by(Payment.cost_code)
        .limit(200)
    )
    return [code for code in db.session.scalars(wanted) if code]


def lines_of_year(kind: str, year: int) -> list[rules.Line]:
    """One statement, however many payments there are."""
    first, last = rules.year_of(kind, year)
    rows = db.session.execute(
        select(
            Payment.cost_code,
            Payment.status,
            func.count(),
            func.sum(Payment.amount),
            func.sum(func.coalesce(Payment.vat, 0)),
        )
        .where(
            Payment.school_id == current_school_id(),
            Payment.due_on.between(first, last),
        )
        .group_by(Payment.cost_code, Payment.status)
    )
    return [rules.Line(*row) for row in rows]


def bank_holidays() -> frozenset[date]:
    return kept.here().la.days.bank_holidays


def terms() -> list[rules.Term]:
    """The school's own, else the LA's, half terms put together."""
    here = kept.here()
    own = here.days.terms if here.days is not None else None
    return whole_terms(here.la.days.terms if own is None else own)


# --- what the list can be narrowed to ---


def _is_asked(name: str, filters: Mapping[str, Any]) -> bool:
    return name in _MEANINGS and filters[name] is not None


def _is_overdue(is_wanted: bool) -> ColumnElement[bool]:
    over = and_(Payment.due_on < clock.today(), Payment.status.not_in(rules.FINISHED))
    return over if is_wanted else ~over


def _with_words(text: str) -> ColumnElement[bool]:
    asked = text.lower()
    return or_(*(func.lower(one).contains(asked, autoescape=True) for one in _SEARCHED))


_MEANINGS: dict[str, Callable[[Any], ColumnElement[bool]]] = {
    "status": lambda value: Payment.status == value,
    "overdue": _is_overdue,
    "from_day": lambda day: Payment.due_on >= day,
    "to_day": lambda day: Payment.due_on <= day,
    "cost_code": lambda code: Payment.cost_code == code,
    "schedule": lambda number: Payment.schedule_id.in_(
        select(PaymentSchedule.id).where(PaymentSchedule.number == number)
    ),
    "supplier": lambda key: Payment.supplier_id.in_(select(Supplier.id).where(Supplier.key == key)),
    "contract": lambda number: Payment.contract_id.in_(
        select(Contract.id).where(Contract.number == number)
    ),
    "licence": lambda number: Payment.licence_id.in_(
        select(Licence.id).where(Licence.number == number)
    ),
    "asset": lambda tag: Payment.asset_id.in_(select(Asset.id).where(Asset.tag_key == tag.lower())),
    "q": _with_words,
}
