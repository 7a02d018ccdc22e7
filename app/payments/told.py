"""What the history of a payment says, and who is told of it by mail."""

from __future__ import annotations

from app import clock
from app.history.actions import record
from app.later import later
from app.payments.models import Payment
from app.people.identity import Me

# The worker's task: `what` is "waits", or what was decided.
TASK = "tell_of_payment"


def tell(
    kind: str,
    payment: Payment,
    by: Me,
    *,
    from_value: str | None = None,
    to_value: str | None = None,
    note: str | None = None,
) -> None:
    record(
        kind,
        subject_kind="payment",
        subject_id=payment.id,
        at=clock.now(),
        by=by,
        from_value=from_value,
        to_value=to_value,
        note=note,
        visibility="internal",
    )


def mail(payment: Payment, what: str) -> None:
    later(TASK, at=clock.now(), payment_id=payment.id, what=what)
