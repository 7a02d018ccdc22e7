"""Plan one payment, or all of a schedule."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.errors import Refused, wrong
from app.payments import queries, rules
from app.payments.actions import move
from app.payments.models import Payment, PaymentSchedule
from app.payments.paid_for import check_change, columns_of
from app.payments.told import mail, tell
from app.people.identity import Me
from tenants import db
from tenants.numbers import take_number

_LAST = "schedule.last_on"
_KEPT = ("description", "amount", "vat", "cost_code")
_KEPT_IDS = ("supplier_id", "contract_id", "licence_id", "asset_id")


def plan(
    *,
    by: Me,
    due_on: date | None = None,
    schedule: Mapping[str, Any] | None = None,
    **said: Any,
) -> list[Payment]:
    """Each is due on a working day; the first of them is the first made."""
    if (due_on is None) == (schedule is None):
        raise wrong("due_on", "Say when it is due, or give a schedule: one of the two.")
    columns = columns_of(said)
    check_change(columns.get("change_id"))
    days = _days(schedule) if schedule is not None else [due_on]
    plan_of = _keep(schedule, columns, by) if schedule is not None else None
    number = take_number("payment", len(days)) - len(days)
    holidays = queries.bank_holidays()
    made = [
        Payment(
            number=number + place,
            created_by=by.name,
            planned_by_person=by.person_id,
            schedule_id=plan_of.id if plan_of else None,
            scheduled_on=day,
            due_on=rules.next_working_day(day, holidays),
            **columns,
        )
        for place, day in enumerate(days, 1)
        if day is not None
    ]
    db.session.add_all(made)
    db.session.flush()
    for one in made:
        tell("payment.planned", one, by, to_value=one.due_on.isoformat())
    mail(made[0], "waits")
    return made


def approve_schedule(schedule: PaymentSchedule, *, by: Me) -> int:
    """All of its payments that wait, with one word; how many they were."""
    waiting = [
        one for one in queries.payments_of(schedule, to_change=True) if one.status == "planned"
    ]
    if not waiting:
        raise Refused("None of its payments waits for approval.")
    for one in waiting:
        move(one, "approved", by=by, is_told=one is waiting[0])
    return len(waiting)


def stop_schedule(schedule: PaymentSchedule, *, by: Me, reason: str) -> int:
    """Its payments that are not ordered yet are cancelled; how many they were."""
    if schedule.is_stopped:
        raise Refused("It has been stopped already.")
    schedule.is_stopped = True
    open_ones = [
        one
        for one in queries.payments_of(schedule, to_change=True)
        if one.status in ("planned", "approved")
    ]
    for one in open_ones:
        move(one, "cancelled", by=by, reason=reason, is_told=one is open_ones[0])
    db.session.flush()
    return len(open_ones)


def _days(schedule: Mapping[str, Any]) -> list[date | None]:
    rhythm, first = schedule["rhythm"], schedule["first_on"]
    last, times = schedule.get("last_on"), schedule.get("times")
    if rhythm != "once" and (last is None) == (times is None):
        raise wrong(_LAST, "Say how often, or until when: one of the two.")
    if last is not None and last < first:
        raise wrong(_LAST, "The last day must not be before the first")
    terms = queries.terms() if rhythm == "termly" else ()
    try:
        found = rules.scheduled_days(rhythm, first, last=last, times=times, terms=terms)
    except rules.TermsUnknown as unknown:
        known = f" after {unknown.until:%-d %B %Y}" if unknown.until else ""
        raise wrong(
            _LAST,
            f"The calendar has no term dates{known}. End it earlier, or ask for the dates to be "
            "entered.",
        ) from None
    if len(found) > rules.MOST_PAYMENTS:
        raise wrong(_LAST, f"There are at most {rules.MOST_PAYMENTS} payments. End it earlier.")
    if not found:
        raise wrong(_LAST, "No payment falls into this time.")
    return list(found)


def _keep(schedule: Mapping[str, Any], columns: dict[str, Any], by: Me) -> PaymentSchedule:
    made = PaymentSchedule(
        number=take_number("payment_schedule"),
        created_by=by.name,
        rhythm=schedule["rhythm"],
        first_on=schedule["first_on"],
        last_on=schedule.get("last_on"),
        **{name: columns.get(name) for name in (*_KEPT, *_KEPT_IDS)},
    )
    db.session.add(made)
    db.session.flush()
    return made
