"""What an hour of support work is reckoned at: decided by the LA, for the cost of an incident."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select

from app import clock
from app.history.actions import record_at_la
from app.people.identity import Me
from tenants import db
from tenants.models import LocalAuthority


def the_rate(*, to_change: bool = False) -> Decimal:
    """While administering."""
    wanted = select(LocalAuthority.labour_rate)
    found = db.session.scalar(wanted.with_for_update() if to_change else wanted)
    return found if found is not None else Decimal("28.00")


def set_rate(labour_rate: Decimal, *, by: Me) -> None:
    before = the_rate(to_change=True)
    if before == labour_rate:
        return
    authority = db.session.scalars(select(LocalAuthority)).one()
    authority.labour_rate = labour_rate
    db.session.flush()
    record_at_la(
        "authority.labour_rate",
        "What an hour of work costs",
        at=clock.now(),
        by=by,
        from_value=f"£{before}",
        to_value=f"£{labour_rate}",
    )
