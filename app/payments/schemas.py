"""What comes in and goes out about payments, for pages and JSON alike."""

from __future__ import annotations

from marshmallow import fields

from app.payments import rules
from app.shapes import (
    LINE,
    LONG,
    SHORT,
    Day,
    Flag,
    Instant,
    Money,
    PageArgs,
    Shape,
    Text,
    Whole,
    choice,
)

LARGEST = 999_999_999
_STATUS_WORDS = {name: words for name, (words, _) in rules.STATUSES.items()}
_TIMES = {"label": "How many times", "kind": "number", "width": "3"}


class _ForWhat(Shape):
    description = Text(
        SHORT,
        required=True,
        metadata={
            "label": "What is paid for?",
            "missing": "Say what is paid for",
            "hint": "For example: Broadband, or 30 laptops for Year 5",
        },
    )
    amount = Money(
        required=True,
        metadata={
            "label": "Amount in pounds, without VAT",
            "missing": "Enter the amount",
            "kind": "money",
            "hint": "For example 120.00",
            "width": "10",
        },
    )
    vat = Money(
        allow_none=True,
        metadata={"label": "VAT in pounds", "kind": "money", "width": "10"},
    )
    cost_code = Text(
        50, allow_none=True, metadata={"label": "Cost code", "hint": "As your budget names it"}
    )
    supplier = Text(SHORT, allow_none=True, metadata={"label": "To whom", "kind": "select"})
    contract = Whole(
        1, LARGEST, allow_none=True, metadata={"label": "Under which contract", "kind": "select"}
    )
    licence = Whole(
        1, LARGEST, allow_none=True, metadata={"label": "For which licence", "kind": "select"}
    )
    asset = Text(SHORT, allow_none=True, metadata={"label": "For which equipment: its tag"})
    change = Whole(
        1, LARGEST, allow_none=True, metadata={"label": "For which change", "kind": "select"}
    )
    order_ref = Text(SHORT, allow_none=True, metadata={"label": "Order number"})
    notes = Text(LONG, is_long=True, allow_none=True, metadata={"label": "Notes", "rows": 3})


class Schedule(Shape):
    """Payments on days that come again; each is moved to the next working day."""

    rhythm = choice(rules.RHYTHM_WORDS, required=True)
    first_on = Day(required=True)
    last_on = Day(allow_none=True)
    times = Whole(1, rules.MOST_PAYMENTS, allow_none=True)


class NewPayment(_ForWhat):
    due_on = Day(metadata={"description": "Moved to the next working day; or give a `schedule`"})
    schedule = fields.Nested(Schedule)


class PaymentChange(_ForWhat):
    """Loaded `partial`: what is left out stays as it is."""

    due_on = Day()


class PaymentOnPage(_ForWhat):
    """The form that plans one, or several."""

    due_on = Day(
        required=True,
        metadata={
            "label": "When is it due?",
            "missing": "Enter when it is due",
            "hint": "The first time, where it comes again. A weekend or bank holiday becomes the "
            "next working day.",
        },
    )
    rhythm = choice(
        rules.RHYTHM_WORDS,
        load_default="once",
        metadata={"label": "How often?", "kind": "radios", "optional": False},
    )
    times = Whole(
        1,
        rules.MOST_PAYMENTS,
        allow_none=True,
        metadata={**_TIMES, "hint": "Where it comes again: this, or the last day"},
    )
    last_on = Day(allow_none=True, metadata={"label": "Or until which day"})


class PaymentChangeOnPage(_ForWhat):
    due_on = Day(
        required=True, metadata={"label": "When is it due?", "missing": "Enter when it is due"}
    )


class PaymentStatus(Shape):
    """The next step, with what belongs to it."""

    status = choice(tuple(rules.STEPS), required=True)
    on = Day(
        allow_none=True,
        metadata={"label": "On which day?", "hint": "Left empty: today", "description": "Or today"},
    )
    order_ref = Text(SHORT, allow_none=True, metadata={"label": "Order number"})
    invoice_ref = Text(SHORT, allow_none=True, metadata={"label": "Invoice number"})
    reason = Text(
        LINE, allow_none=True, metadata={"label": "Why?", "hint": "Whoever planned it reads this"}
    )


class ScheduleStop(Shape):
    reason = Text(
        LINE, required=True, metadata={"label": "Why?", "missing": "Say why it is stopped"}
    )


class PaymentArgs(PageArgs):
    q = Text(SHORT, metadata={"description": "Part of description, references or cost code"})
    status = choice(_STATUS_WORDS)
    overdue = Flag(metadata={"description": "Due before today and neither paid nor cancelled"})
    from_day = Day(data_key="from", metadata={"description": "Due on this day or later"})
    to_day = Day(data_key="to", metadata={"description": "Due on this day or earlier"})
    cost_code = Text(50)
    supplier = Text(SHORT, metadata={"description": "Its key"})
    contract = Whole(1, LARGEST, metadata={"description": "Its number"})
    licence = Whole(1, LARGEST, metadata={"description": "Its number"})
    asset = Text(SHORT, metadata={"description": "Its tag"})
    schedule = Whole(1, LARGEST, metadata={"description": "Its number"})


class YearArgs(Shape):
    year = Whole(2000, 2198, metadata={"description": "The one in which it begins; this one"})
    kind = choice(
        rules.YEAR_KINDS,
        load_default="financial",
        metadata={"description": "financial: April to March; academic: September to August"},
    )


class ScheduleOut(Shape):
    number = fields.Integer(required=True)
    rhythm = choice(rules.RHYTHM_WORDS, required=True)
    first_on = fields.Date(required=True)
    last_on = fields.Date(allow_none=True, required=True)
    stopped = Flag(required=True)


class PaymentListed(Shape):
    number = fields.Integer(required=True)
    description = fields.String(required=True)
    amount = fields.String(required=True, metadata={"description": "Without VAT"})
    vat = fields.String(allow_none=True, required=True)
    gross = fields.String(required=True)
    due_on = fields.Date(required=True)
    scheduled_on = fields.Date(
        allow_none=True,
        required=True,
        metadata={"description": "Before it was moved to a working day"},
    )
    status = choice(_STATUS_WORDS, required=True)
    overdue = Flag(required=True)
    cost_code = fields.String(allow_none=True, required=True)
    order_ref = fields.String(allow_none=True, required=True)
    invoice_ref = fields.String(allow_none=True, required=True)
    supplier = fields.String(allow_none=True, required=True)
    contract = fields.Integer(allow_none=True, required=True)
    licence = fields.Integer(allow_none=True, required=True)
    asset = fields.String(allow_none=True, required=True)
    change = fields.Integer(allow_none=True, required=True)
    schedule = fields.Integer(
        allow_none=True, required=True, metadata={"description": "The number of its schedule"}
    )
    version = fields.Integer(required=True)


class PaymentPage(Shape):
    items = fields.List(fields.Nested(PaymentListed), required=True)
    next = fields.String(allow_none=True, required=True)


class PaymentOut(PaymentListed):
    notes = fields.String(allow_none=True, required=True)
    reason = fields.String(allow_none=True, required=True)
    planned_by = fields.String(required=True)
    approved_by = fields.String(allow_none=True, required=True)
    approved_at = Instant(allow_none=True, required=True)
    ordered_on = fields.Date(allow_none=True, required=True)
    invoiced_on = fields.Date(allow_none=True, required=True)
    paid_on = fields.Date(allow_none=True, required=True)
    created_at = Instant(required=True)


class PlannedOut(PaymentOut):
    payments = fields.List(
        fields.Nested(PaymentListed),
        required=True,
        metadata={"description": "All that were planned; the first of them stands around this"},
    )


class ScheduleDetail(ScheduleOut):
    description = fields.String(required=True)
    payments = fields.List(fields.Nested(PaymentListed), required=True)
    version = fields.Integer(required=True)


class StatusSums(Shape):
    payments = fields.Integer(required=True)
    net = fields.String(required=True)
    vat = fields.String(required=True)
    gross = fields.String(required=True)


class YearRow(StatusSums):
    cost_code = fields.String(allow_none=True, required=True)
    by_status = fields.Dict(
        keys=choice(rules.COUNTED), values=fields.Nested(StatusSums), required=True
    )


class PaymentYearOut(Shape):
    year = fields.Integer(required=True)
    kind = choice(rules.YEAR_KINDS, required=True)
    first_day = fields.Date(required=True)
    last_day = fields.Date(required=True)
    items = fields.List(fields.Nested(YearRow), required=True)
    next = fields.String(allow_none=True, required=True)
    total = fields.Nested(YearRow, required=True)
