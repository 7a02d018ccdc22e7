"""What goes out about equipment: shapes for the API's description."""

from __future__ import annotations

from marshmallow import fields

from app.assets import rules
from app.shapes import Flag, Instant, Shape, choice


def _text() -> fields.String:
    return fields.String(allow_none=True, required=True)


def _day() -> fields.String:
    return fields.String(allow_none=True, required=True, metadata={"format": "date"})


class AssetRoomOut(Shape):
    key = fields.String(required=True)
    name = fields.String(required=True)


class AssetLoanOut(Shape):
    borrower = fields.String(required=True)
    lent_at = Instant(required=True)
    lent_by = fields.String(required=True)
    due_on = _day()
    overdue = Flag(required=True)
    note = _text()


class AssetAskedOut(Shape):
    status = choice(rules.CONFIRMED, required=True)
    by = _text()
    at = Instant(allow_none=True, required=True)
    reason = _text()


class AssetDisposalOut(Shape):
    disposed_on = _day()
    method = _text()
    wipe_evidence = _text()
    disposed_to = _text()
    confirmed_by = _text()


class AssetOut(Shape):
    tag = fields.String(required=True)
    type = choice(rules.TYPES, required=True)
    make = _text()
    model = _text()
    serial = _text()
    status = choice(rules.STATUS_WORDS, required=True)
    location = fields.Nested(AssetRoomOut, allow_none=True, required=True)
    holder = _text()
    purchase_date = _day()
    price = _text()
    funding = _text()
    supplier = _text()
    warranty_end = _day()
    contract = fields.Integer(allow_none=True, required=True)
    os_version = _text()
    notes = _text()
    own_fields = fields.Dict(keys=fields.String(), required=True)
    asked = fields.Nested(AssetAskedOut, allow_none=True, required=True)
    disposal = fields.Nested(AssetDisposalOut, allow_none=True, required=True)
    loan = fields.Nested(AssetLoanOut, allow_none=True, required=True)
    incidents_open = fields.Integer(required=True)
    seen_on = _day()
    created_at = Instant(required=True)
    updated_at = Instant(required=True)
    version = fields.Integer(required=True)


class AssetPage(Shape):
    items = fields.List(fields.Nested(AssetOut), required=True)
    next = _text()


class LoanOut(AssetLoanOut):
    tag = fields.String(required=True)
    type = choice(rules.TYPES, required=True)
    make = _text()


class LoanPage(Shape):
    items = fields.List(fields.Nested(LoanOut), required=True)
    next = _text()


class AssetFieldOut(Shape):
    key = fields.String(required=True)
    type = choice(rules.TYPES, required=True)
    label = fields.String(required=True)
    kind = choice(rules.FIELD_KINDS, required=True)
    choices = fields.List(fields.String(), required=True)
    position = fields.Integer(required=True)
    archived = Flag(required=True)
    version = fields.Integer(required=True)


class AssetFieldPage(Shape):
    items = fields.List(fields.Nested(AssetFieldOut), required=True)
    next = _text()
