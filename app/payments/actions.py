"""Change a payment, and take it from one step to the next: nothing is ordered before the ICT owner
has approved it, and nobody approves what they planned themselves."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import exists, select

from app import clock
from app.errors import NotAllowed, Refused, wrong
from app.history.models import Event
from app.licences.changes import changes_of
from app.payments import queries, rules
from app.payments.models import Payment
from app.payments.paid_for import PAID_FOR, check_change, columns_of
from app.payments.told import mail, tell
from app.people.identity import Me
from app.permissions import WORDS
from tenants import current_school_id, db

_WORDS = {
    "description": "What for",
    "amount": "Amount",
    "vat": "VAT",
    "due_on": "Due",
    "cost_code": "Cost code",
    "order_ref": "Order",
    "supplier_id": "Supplier",
    "contract_id": "Contract",
    "licence_id": "Licence",
    "asset_id": "Equipment",
    "change_id": "Change",
    "notes": "Notes",
}


def change_payment(payment: Payment, *, by: Me, **said: Any) -> None:
    """What was approved and is another sum now, or another firm’s, waits for approval again."""
    if payment.status in rules.FINISHED:
        raise Refused(f"It is {rules.STATUSES[payment.status][0].lower()}: it stays as it is.")
    before = {name: getattr(payment, name) for name in _WORDS}
    with db.session.no_autoflush:
        for name, value in columns_of(said).items():
            setattr(payment, name, value)
        if said.get("due_on") is not None:
            _set_due(payment, said["due_on"])
    if payment.change_id != before["change_id"]:
        check_change(payment.change_id)
    changed = changes_of(payment, before, _WORDS, PAID_FOR)
    is_another = any(name in changed.names for name in rules.APPROVED_AS)
    is_anew = is_another and payment.status != "planned"
    if is_another:
        # Whoever says how much has planned it.
        payment.planned_by_person = by.person_id
    if is_anew:
        payment.status = "planned"
        payment.approved_by = payment.approved_at = None
        payment.ordered_on = payment.invoiced_on = None
    db.session.flush()
    if changed.names:
        kind = "payment.planned_anew" if is_anew else "payment.changed"
        tell(kind, payment, by, from_value=changed.before, to_value=changed.after)
    if is_anew:
        mail(payment, "waits")


def move(
    payment: Payment,
    status: str,
    *,
    by: Me,
    on: date | None = None,
    order_ref: str | None = None,
    invoice_ref: str | None = None,
    reason: str | None = None,
    is_told: bool = True,
) -> None:
    """The next step, with what belongs to it."""
    _check_step(payment, status, by)
    if status == "cancelled" and not reason:
        raise wrong("reason", "Say why it is cancelled")
    if on is not None and on > clock.today():
        raise wrong("on", "This day has not come yet")
    if status in ("approved", "ordered"):
        check_change(payment.change_id)
    payment.status = status
    payment.order_ref = order_ref or payment.order_ref
    payment.invoice_ref = invoice_ref or payment.invoice_ref
    day = on or clock.today()
    if status == "approved":
        payment.approved_by, payment.approved_at = by.name, clock.now()
    elif status == "cancelled":
        payment.reason = reason
    else:
        setattr(payment, f"{status}_on", day)
    db.session.flush()
    tell(f"payment.{status}", payment, by, to_value=day.isoformat(), note=reason)
    is_decided = status in ("approved", "cancelled")
    if is_told and is_decided and payment.planned_by_person != by.person_id:
        mail(payment, status)


def remove_payment(payment: Payment, *, by: Me) -> None:
    """Only one that nobody has decided about."""
    if payment.status != "planned" or _was_decided(payment):
        raise Refused("It has history. Cancel it instead of removing it.")
    tell("payment.removed", payment, by, from_value=payment.description)
    db.session.delete(payment)
    db.session.flush()


def _check_step(payment: Payment, status: str, by: Me) -> None:
    step = rules.STEPS[status]
    if not any(by.may(one) for one in step.permissions):
        raise NotAllowed(f"{WORDS[step.permissions[0]]}: your role does not allow it.")
    if payment.status not in step.before:
        raise Refused(rules.refusal(payment.status, status))
    if status == "approved" and payment.planned_by_person == by.person_id:
        raise NotAllowed("You planned this payment, so somebody else has to approve it.")


def _set_due(payment: Payment, day: date) -> None:
    payment.due_on = rules.next_working_day(day, queries.bank_holidays())
    if payment.schedule_id is None:
        payment.scheduled_on = day


def _was_decided(payment: Payment) -> bool:
    wanted = exists().where(
        Event.school_id == current_school_id(),
        Event.subject_kind == "payment",
        Event.subject_id == payment.id,
        Event.kind == "payment.approved",
    )
    return bool(db.session.scalar(select(wanted)))
