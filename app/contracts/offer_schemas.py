"""What comes in and goes out about contracts that the LA offers."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validates

from app.contracts import contract_rules as rules
from app.contracts.contract_offers import OTHERS
from app.contracts.contract_schemas import Hours
from app.schools.rules import Phase
from app.shapes import LONG, SHORT, Day, Flag, Instant, Money, Shape, Text, Whole, choice

PHASES = tuple(Phase)


class _Offered(Shape):
    name = Text(
        SHORT,
        required=True,
        metadata={"label": "Name of the contract", "missing": "Enter a name"},
    )
    kind = choice(
        rules.KIND_WORDS, required=True, metadata={"label": "Kind", "missing": "Choose a kind"}
    )
    summary = Text(
        LONG,
        is_long=True,
        required=True,
        metadata={
            "label": "What does a school get?",
            "missing": "Say what a school gets",
            "hint": "It becomes the scope of the school’s contract",
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
        },
    )
    renewal = choice(
        rules.RENEWAL_WORDS,
        load_default="none",
        metadata={"label": "At the end of the term", "kind": "radios", "optional": False},
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
        metadata={"label": "Notice, in months", "kind": "number", "width": "4"},
    )
    notice_days = Whole(
        0,
        rules.LONGEST_NOTICE_DAYS,
        allow_none=True,
        metadata={"label": "Or notice, in days", "kind": "number", "width": "4"},
    )
    charging_year = choice(
        rules.YEAR_WORDS,
        load_default="financial",
        metadata={"label": "Charging year", "optional": False},
    )
    agreement = Text(
        80,
        allow_none=True,
        metadata={"label": "Service level pack", "kind": "select"},
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
    open = Flag(load_default=True, metadata={"label": "Schools can take it"})


class NewOffer(_Offered):
    charges = fields.Dict(
        keys=fields.String(),
        values=Money(),
        required=True,
        metadata={"description": 'What a school pays a year, by phase; "" for all others'},
    )

    @validates("charges")
    def _known_phases(self, charges: dict[str, Any], **_: Any) -> None:
        if unknown := sorted(set(charges) - {*PHASES, OTHERS}):
            raise ValidationError(f"There is no phase {unknown[0]}.")


class OfferChange(NewOffer):
    """Loaded `partial`: what is left out stays as it is."""


def _charge(label: str) -> Money:
    return Money(allow_none=True, metadata={"label": label, "kind": "money", "width": "10"})


# fmt: off
# A page asks for each phase by itself.
CHARGES = {
    "charge_nursery":          (Phase.NURSERY,          "Nursery schools"),
    "charge_primary":          (Phase.PRIMARY,          "Primary schools"),
    "charge_middle_primary":   (Phase.MIDDLE_PRIMARY,   "Middle schools, deemed primary"),
    "charge_middle_secondary": (Phase.MIDDLE_SECONDARY, "Middle schools, deemed secondary"),
    "charge_secondary":        (Phase.SECONDARY,        "Secondary schools"),
    "charge_sixteen_plus":     (Phase.SIXTEEN_PLUS,     "16 plus"),
    "charge_all_through":      (Phase.ALL_THROUGH,      "All-through schools"),
    "charge_others":           (OTHERS,                 "All other schools"),
}
# fmt: on


class OfferForm(_Offered):
    charge_nursery = _charge(CHARGES["charge_nursery"][1])
    charge_primary = _charge(CHARGES["charge_primary"][1])
    charge_middle_primary = _charge(CHARGES["charge_middle_primary"][1])
    charge_middle_secondary = _charge(CHARGES["charge_middle_secondary"][1])
    charge_secondary = _charge(CHARGES["charge_secondary"][1])
    charge_sixteen_plus = _charge(CHARGES["charge_sixteen_plus"][1])
    charge_all_through = _charge(CHARGES["charge_all_through"][1])
    charge_others = _charge(CHARGES["charge_others"][1])


def as_said(data: dict[str, Any]) -> dict[str, Any]:
    """A form's charges as a program sends them."""
    charges = {str(CHARGES[name][0]): data[name] for name in CHARGES if data.get(name) is not None}
    rest = {name: value for name, value in data.items() if name not in CHARGES}
    return {**rest, "charges": charges}


def as_typed(charges: dict[str, Any]) -> dict[str, Any]:
    return {name: charges.get(str(phase)) for name, (phase, _) in CHARGES.items()}


class OfferOut(Shape):
    key = fields.String(required=True)
    name = fields.String(required=True)
    kind = choice(rules.KIND_WORDS, required=True)
    summary = fields.String(required=True)
    start = fields.Date(required=True)
    initial_months = fields.Integer(required=True)
    renewal = choice(rules.RENEWAL_WORDS, required=True)
    renewal_months = fields.Integer(allow_none=True, required=True)
    notice_months = fields.Integer(allow_none=True, required=True)
    notice_days = fields.Integer(allow_none=True, required=True)
    charges = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    charging_year = choice(rules.YEAR_WORDS, required=True)
    agreement = fields.String(allow_none=True, required=True)
    visits_per_year = fields.Integer(allow_none=True, required=True)
    hours_included = fields.Float(allow_none=True, required=True)
    open = Flag(required=True)
    created_by = fields.String(required=True)
    created_at = Instant(required=True)
    updated_at = Instant(required=True)
    version = fields.Integer(required=True)


class OfferPage(Shape):
    items = fields.List(fields.Nested(OfferOut), required=True)
    next = fields.String(allow_none=True, required=True)


class OfferHere(Shape):
    key = fields.String(required=True)
    name = fields.String(required=True)
    kind = choice(rules.KIND_WORDS, required=True)
    summary = fields.String(required=True)
    annual_charge = fields.String(allow_none=True, required=True)


class OfferedHere(Shape):
    items = fields.List(fields.Nested(OfferHere), required=True)
    next = fields.String(allow_none=True, required=True)


class OfferTaken(Shape):
    school = fields.String(required=True, metadata={"description": "Its slug"})
    school_name = fields.String(required=True)
    number = fields.Integer(required=True)
    state = choice(rules.STATE_WORDS, required=True)
    current_term_end = fields.Date(required=True)
    last_notice_day = fields.Date(allow_none=True, required=True)


class OfferTakers(Shape):
    items = fields.List(fields.Nested(OfferTaken), required=True)
    next = fields.String(allow_none=True, required=True)
