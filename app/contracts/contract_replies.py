"""What goes out about contracts of the register."""

from __future__ import annotations

from marshmallow import fields

from app.contracts import contract_rules as rules
from app.contracts.register import KINDS, RENEWALS, STATES
from app.shapes import Flag, Instant, Shape, choice

_TERM_END = "The last day of the term in which the day asked for lies"


class ContractOut(Shape):
    number = fields.Integer(required=True)
    name = fields.String(required=True)
    supplier = fields.String(allow_none=True, required=True, metadata={"description": "Its key"})
    supplier_name = fields.String(allow_none=True, required=True)
    kind = choice(KINDS, required=True)
    reference = fields.String(allow_none=True, required=True)
    scope = fields.String(allow_none=True, required=True)
    state = choice(STATES, required=True)
    start = fields.Date(required=True)
    initial_months = fields.Integer(required=True)
    renewal = choice(RENEWALS, required=True)
    renewal_months = fields.Integer(allow_none=True, required=True)
    renewed_until = fields.Date(allow_none=True, required=True)
    notice_months = fields.Integer(allow_none=True, required=True)
    notice_days = fields.Integer(allow_none=True, required=True)
    annual_charge = fields.String(allow_none=True, required=True)
    charging_year = choice(rules.YEAR_WORDS, required=True)
    payment_terms = fields.String(allow_none=True, required=True)
    framework = fields.String(allow_none=True, required=True)
    agreement = fields.String(allow_none=True, required=True)
    services = fields.List(fields.String(), required=True)
    visits_per_year = fields.Integer(allow_none=True, required=True)
    hours_included = fields.Float(allow_none=True, required=True)
    offer = fields.String(allow_none=True, required=True)
    predecessor = fields.Integer(allow_none=True, required=True)
    signed_by = fields.String(allow_none=True, required=True)
    signed_at = Instant(allow_none=True, required=True)
    ended_on = fields.Date(allow_none=True, required=True)
    end_reason = fields.String(allow_none=True, required=True)
    notes = fields.String(allow_none=True, required=True)
    current_term_start = fields.Date(required=True)
    current_term_end = fields.Date(required=True, metadata={"description": _TERM_END})
    last_notice_day = fields.Date(allow_none=True, required=True)
    in_notice_period = Flag(required=True)
    expired = Flag(required=True)
    assets = fields.Integer(required=True, metadata={"description": "How many it covers"})
    files = fields.Integer(required=True)
    created_by = fields.String(required=True)
    created_at = Instant(required=True)
    updated_at = Instant(required=True)
    version = fields.Integer(required=True)


class ContractPage(Shape):
    items = fields.List(fields.Nested(ContractOut), required=True)
    next = fields.String(allow_none=True, required=True)


class ContractVersionOut(Shape):
    number = fields.Integer(required=True)
    valid_from = fields.Date(required=True)
    terms = fields.Dict(keys=fields.String(), required=True)
    changed = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Names of the terms that differ from the version before"},
    )
    reason = fields.String(allow_none=True, required=True)
    changed_by = fields.String(required=True)
    at = Instant(required=True)


class ContractVersions(Shape):
    items = fields.List(fields.Nested(ContractVersionOut), required=True)
    next = fields.String(allow_none=True, required=True)


class ContractUseOut(Shape):
    number = fields.Integer(required=True)
    on = fields.Date(required=True)
    visits = fields.Integer(required=True)
    hours = fields.Float(required=True)
    note = fields.String(allow_none=True, required=True)
    noted_by = fields.String(required=True)


class ContractUsePage(Shape):
    items = fields.List(fields.Nested(ContractUseOut), required=True)
    next = fields.String(allow_none=True, required=True)


class BudgetOut(Shape):
    included = fields.Float(required=True)
    used = fields.Float(required=True)
    left = fields.Float(required=True)
    is_low = Flag(required=True, metadata={"description": "Four fifths or more are used"})


class ContractBalanceOut(Shape):
    first_day = fields.Date(required=True)
    last_day = fields.Date(required=True)
    visits = fields.Nested(BudgetOut, allow_none=True, required=True)
    hours = fields.Nested(BudgetOut, allow_none=True, required=True)
    finding = fields.String(required=True)
