"""What comes in about contracts of the register, for pages and JSON alike."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from app.contracts import contract_rules as rules
from app.contracts.register import RENEWALS
from app.shapes import (
    LINE,
    LONG,
    SHORT,
    Day,
    Flag,
    Money,
    PageArgs,
    Shape,
    Text,
    Whole,
    choice,
)

_MOST_SERVICES = 100
_HOURS = re.compile(r"[0-9]{1,6}(\.[0-9]{1,2})?")


class Hours(fields.Field[Decimal]):
    """Hours of work, as a number: 12 or 7.5."""

    def __init__(self, **extra: Any) -> None:
        metadata = {"type": "number", "minimum": 0, "maximum": 999_999, **extra.pop("metadata", {})}
        super().__init__(metadata=metadata, **extra)

    def _deserialize(self, value: Any, attr: Any, data: Any, **extra: Any) -> Decimal:
        is_number = isinstance(value, int | float | str) and not isinstance(value, bool)
        text = str(value).strip() if is_number else ""
        if not (text.isascii() and _HOURS.fullmatch(text)):
            raise ValidationError("Enter hours, for example 12 or 7.5")
        return Decimal(text)


class ContractWord(Text):
    """The number of a contract of the register, or the key of a supplier's agreement."""

    def __init__(self) -> None:
        description = "Number of a contract, or key of a supplier’s agreement"
        super().__init__(
            80,
            allow_none=True,
            metadata={"description": description, "type": ["string", "integer"]},
        )

    def _deserialize(self, value: Any, attr: Any, data: Any, **extra: Any) -> Any:
        is_number = isinstance(value, int) and not isinstance(value, bool)
        return super()._deserialize(str(value) if is_number else value, attr, data, **extra)


class NewContract(Shape):
    """Also a change of one, loaded `partial`: what is left out stays as it is."""

    name = Text(
        SHORT,
        required=True,
        metadata={
            "label": "Name of the contract",
            "missing": "Enter a name",
            "hint": "As people say it, for example Broadband or Photocopier lease",
        },
    )
    supplier = Text(
        80,
        allow_none=True,
        metadata={
            "label": "Supplier",
            "kind": "select",
            "hint": "Whoever is not in the list yet is added under Suppliers",
        },
    )
    kind = choice(
        rules.KIND_WORDS,
        required=True,
        metadata={"label": "What kind of contract is it?", "missing": "Choose a kind"},
    )
    reference = Text(
        SHORT, allow_none=True, metadata={"label": "The supplier’s reference", "width": "20"}
    )
    scope = Text(
        LONG,
        is_long=True,
        allow_none=True,
        metadata={
            "label": "What does it cover?",
            "hint": "And what does it not cover: parts, cartridges, weekends",
        },
    )
    start = Day(required=True, metadata={"label": "First day", "missing": "Enter the first day"})
    initial_months = Whole(
        1,
        rules.LONGEST_MONTHS,
        required=True,
        metadata={
            "label": "First term, in months",
            "kind": "number",
            "width": "4",
            "missing": "Enter how many months the first term lasts",
            "hint": "36 for three years",
        },
    )
    renewal = choice(
        rules.RENEWAL_WORDS,
        load_default="none",
        metadata={
            "label": "What happens at the end of the term?",
            "kind": "radios",
            "optional": False,
        },
    )
    renewal_months = Whole(
        1,
        rules.LONGEST_MONTHS,
        allow_none=True,
        metadata={"label": "Each renewal, in months", "kind": "number", "width": "4"},
    )
    notice_months = Whole(
        0,
        rules.LONGEST_MONTHS,
        allow_none=True,
        metadata={
            "label": "Notice, in months",
            "kind": "number",
            "width": "4",
            "hint": "How long before the end of the term it must be cancelled",
        },
    )
    notice_days = Whole(
        0,
        rules.LONGEST_NOTICE_DAYS,
        allow_none=True,
        metadata={
            "label": "Or notice, in days",
            "kind": "number",
            "width": "4",
            "hint": "Where the contract counts days: 90",
        },
    )
    annual_charge = Money(
        allow_none=True,
        metadata={"label": "Charge a year, in pounds", "kind": "money", "width": "10"},
    )
    charging_year = choice(
        rules.YEAR_WORDS,
        load_default="financial",
        metadata={
            "label": "Which year is charged for?",
            "optional": False,
            "hint": "Visits and hours that are included are counted by this year too",
        },
    )
    payment_terms = Text(
        LINE,
        allow_none=True,
        metadata={"label": "Payment terms", "hint": "For example: yearly in advance, 30 days"},
    )
    framework = Text(
        SHORT,
        allow_none=True,
        metadata={"label": "Procurement framework", "hint": "Where it was bought through one"},
    )
    agreement = Text(
        80,
        allow_none=True,
        metadata={
            "label": "Agreement with its hours and targets",
            "kind": "select",
            "hint": "How quickly somebody answers and mends: from your agreements or the LA’s",
        },
    )
    services = fields.List(
        Text(80),
        validate=validate.Length(max=_MOST_SERVICES),
        metadata={"label": "Which services does it cover?", "kind": "checkboxes"},
    )
    visits_per_year = Whole(
        0,
        9999,
        allow_none=True,
        metadata={"label": "Visits included in a year", "kind": "number", "width": "4"},
    )
    hours_included = Hours(
        allow_none=True,
        metadata={"label": "Hours included in a year", "kind": "text", "width": "5"},
    )
    notes = Text(LONG, is_long=True, allow_none=True, metadata={"label": "Notes"})


class _Why(Shape):
    valid_from = Day(
        metadata={
            "label": "From which day?",
            "hint": "Today if you leave it empty",
            "description": "A contract in force: the day from which the other terms hold",
        }
    )
    reason = Text(
        LINE,
        metadata={
            "label": "Why do the terms change?",
            "description": "Needed where the terms of a contract in force change",
        },
    )


class ContractChange(NewContract, _Why):
    """Loaded `partial`."""


class PostedContract(NewContract):
    """A new one, or the LA’s `offer`: then everything else comes from the offer unless sent."""

    name = Text(SHORT, metadata={"description": "Needed without an offer"})
    kind = choice(rules.KIND_WORDS, metadata={"description": "Needed without an offer"})
    start = Day(metadata={"description": "Needed without an offer"})
    initial_months = Whole(
        1, rules.LONGEST_MONTHS, metadata={"description": "Needed without an offer"}
    )
    renewal = choice(rules.RENEWAL_WORDS)
    charging_year = choice(rules.YEAR_WORDS)
    offer = Text(80, metadata={"description": "Key of a contract that the LA offers"})

    @validates_schema
    def whole_without_an_offer(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("offer"):
            return
        missing = {name: [said] for name, said in _NEEDED.items() if data.get(name) is None}
        if missing:
            raise ValidationError(missing)


_NEEDED = {
    name: str(field.metadata["missing"])
    for name, field in NewContract().load_fields.items()
    if field.required
}


class Taking(Shape):
    offer = Text(
        80,
        required=True,
        metadata={"label": "Which of them?", "kind": "radios", "missing": "Choose a contract"},
    )


class ContractTermination(Shape):
    on = Day(required=True, metadata={"label": "Its last day", "missing": "Enter its last day"})
    reason = Text(
        LINE, required=True, metadata={"label": "Why?", "missing": "Say why it is terminated"}
    )


class ContractRenewal(Shape):
    may_be_left_out = True

    months = Whole(
        1,
        rules.LONGEST_MONTHS,
        allow_none=True,
        metadata={
            "label": "For how many months?",
            "kind": "number",
            "width": "4",
            "hint": "As the contract says, if you leave it empty",
        },
    )
    annual_charge = Money(
        allow_none=True,
        metadata={
            "label": "New charge a year, in pounds",
            "kind": "money",
            "width": "10",
            "hint": "Empty: as before",
        },
    )
    reason = Text(LINE, allow_none=True, metadata={"label": "Note"})
    successor = Flag(
        load_default=False,
        metadata={
            "label": "The terms are others: begin a new contract as a draft",
            "description": "A new contract follows this one, as a draft to be signed",
        },
    )


class NewContractUse(Shape):
    on = Day(required=True, metadata={"label": "On which day?", "missing": "Enter the day"})
    visits = Whole(
        0,
        366,
        load_default=0,
        metadata={"label": "Visits", "kind": "number", "width": "4", "optional": False},
    )
    hours = Hours(load_default=0, metadata={"label": "Hours", "kind": "text", "width": "5"})
    note = Text(LINE, allow_none=True, metadata={"label": "What for?"})


class OnArgs(Shape):
    on = Day(metadata={"description": "How it stands on that day; today if absent"})


class ContractArgs(PageArgs):
    q = Text(SHORT, metadata={"description": "Part of name, reference, scope or supplier"})
    state = choice(rules.STATE_WORDS)
    kind = choice(rules.KIND_WORDS)
    renewal = choice(RENEWALS)
    supplier = Text(80, metadata={"description": "Key of a supplier"})
    service = Text(80, metadata={"description": "Key of a service that it covers"})
    on = Day(metadata={"description": "How they stand on that day; today if absent"})
