"""What waits for the ICT owner here, for the top of the work list."""

from __future__ import annotations

from app.incidents.decisions import Decision
from app.payments.queries import how_many_wait

PAYMENTS = Decision("payment.approve", "Payments to approve", "payments.to_approve", how_many_wait)
