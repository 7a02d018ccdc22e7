"""What comes in and goes out about licences, for pages and JSON alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from app.licences import rules
from app.licences.allocating import MOST
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

MANY = 9_999_999
_STATUS_WORDS = {name: words for name, (words, _) in rules.STATUSES.items()}
_HOLDERS = ("asset", "person", "count")
_ON = {"description": "As it stands on this day; today where it is left out"}


class NewAllocation(Shape):
    """To one asset, one person, or so many at once."""

    asset = Text(
        SHORT,
        allow_none=True,
        metadata={"label": "Tag of the equipment", "hint": "As it stands on its label"},
    )
    person = Text(
        SHORT, allow_none=True, metadata={"label": "Or a person", "hint": "Their name, or a class"}
    )
    count = Whole(
        1,
        MANY,
        allow_none=True,
        metadata={
            "label": "Or so many at once",
            "hint": "For example 30 for a trolley of tablets",
            "kind": "number",
            "width": "5",
        },
    )
    from_day = Day(
        data_key="from",
        allow_none=True,
        metadata={"label": "From", "hint": "Left empty: as long as the licence holds"},
    )
    to_day = Day(data_key="to", allow_none=True, metadata={"label": "Last day"})
    note = Text(LINE, allow_none=True, metadata={"label": "Note"})

    @validates_schema(skip_on_field_errors=True)
    def _one_holder(self, data: Mapping[str, Any], **_: Any) -> None:
        if sum(data.get(name) is not None for name in _HOLDERS) != 1:
            raise ValidationError("Give one of these: equipment, a person, or how many.", "asset")


class _Licence(Shape):
    product = Text(
        SHORT,
        required=True,
        metadata={
            "label": "Product",
            "missing": "Enter the product",
            "hint": "Licences of one product are counted together, so write it the same each time",
        },
    )
    publisher = Text(SHORT, allow_none=True, metadata={"label": "Publisher"})
    edition = Text(SHORT, allow_none=True, metadata={"label": "Edition or version"})
    metric = choice(
        rules.METRIC_WORDS,
        required=True,
        metadata={
            "label": "How is it counted?",
            "hint": "It stands on the invoice or in the agreement",
            "missing": "Choose how it is counted",
        },
    )
    quantity = Whole(
        1,
        MANY,
        allow_none=True,
        metadata={
            "label": "How many does it cover?",
            "hint": "Only a licence for the whole site may leave this empty",
            "kind": "number",
            "width": "5",
            "optional": False,
        },
    )
    start = Day(
        required=True, metadata={"label": "First day", "missing": "Enter the first day it holds"}
    )
    end = Day(
        allow_none=True,
        metadata={"label": "Last day", "hint": "Left empty: it was bought once and for all"},
    )
    auto_renew = Flag(load_default=False, metadata={"label": "It renews by itself"})
    notice_days = Whole(
        0,
        1000,
        load_default=rules.NOTICE_DAYS,
        metadata={
            "label": "How many days before its end should it be looked at?",
            "kind": "number",
            "width": "4",
            "optional": False,
        },
    )
    cost = Money(
        allow_none=True,
        metadata={
            "label": "What does it cost, in pounds?",
            "kind": "money",
            "hint": "For the whole time it holds, without VAT",
            "width": "10",
        },
    )
    purchase_date = Day(allow_none=True, metadata={"label": "Bought on"})
    agreement_ref = Text(SHORT, allow_none=True, metadata={"label": "Number of the agreement"})
    supplier = Text(SHORT, allow_none=True, metadata={"label": "Supplier", "kind": "select"})
    contract = Whole(
        1, 999_999_999, allow_none=True, metadata={"label": "Contract", "kind": "select"}
    )
    peak_use = Whole(
        0,
        MANY,
        allow_none=True,
        metadata={
            "label": "Most people who used it at the same time",
            "hint": "Only where it is counted by that: this is compared, not where it is installed",
            "kind": "number",
            "width": "5",
        },
    )
    curriculum = Flag(
        load_default=False, metadata={"label": "Pupils learn with it: curriculum software"}
    )
    home_use = Flag(load_default=False, metadata={"label": "It may be used at home"})
    notes = Text(LONG, is_long=True, allow_none=True, metadata={"label": "Notes", "rows": 3})


class _WithKey(_Licence):
    licence_key = Text(
        LINE,
        allow_none=True,
        metadata={
            "label": "Licence key",
            "hint": "Kept locked. Whoever looks at it later is written down.",
            "spellcheck": False,
            "autocomplete": "off",
        },
    )


class LicenceOnPage(_WithKey):
    """The form that adds one."""

    state = choice(
        {"active": "Yes", "draft": "No, it is only planned"},
        load_default="active",
        metadata={"label": "Is it bought?", "kind": "radios", "optional": False},
    )


class LicenceChangeOnPage(_Licence):
    """The form of changes: without the key, which has a page of its own."""

    reason = Text(
        LINE,
        allow_none=True,
        metadata={
            "label": "Why does the quantity change?",
            "hint": "Needed only where it does, for example “Ten more for Year 4”",
        },
    )


class LicenceKeyOnPage(Shape):
    licence_key = Text(
        LINE,
        required=True,
        metadata={
            "label": "Licence key",
            "missing": "Enter the licence key",
            "spellcheck": False,
            "autocomplete": "off",
        },
    )


class _WithAllocations(_WithKey):
    allocations = fields.List(
        fields.Nested(NewAllocation),
        validate=validate.Length(max=MOST),
        metadata={"description": "The whole list; without `from` an entry begins with the licence"},
    )


class NewLicence(_WithAllocations):
    state = choice(("draft", "active"), load_default="active")


class LicenceChange(_WithAllocations):
    """Loaded `partial`: what is left out stays as it is."""

    state = choice(rules.STATE_WORDS)
    reason = Text(LINE, allow_none=True, metadata={"description": "Why the quantity changes"})


class AllocationEnd(Shape):
    may_be_left_out = True

    on = Day(metadata={"label": "Last day", "description": "Its last day; today if left out"})


class OnArgs(Shape):
    on = Day(metadata=_ON)


class TrueUpArgs(OnArgs):
    pupils = Whole(
        0,
        MANY,
        metadata={
            "label": "Number of pupils",
            "description": "In place of the school’s own figure",
        },
    )


class LicenceArgs(PageArgs):
    q = Text(SHORT, metadata={"description": "Part of product, publisher, edition or agreement"})
    product = Text(SHORT, metadata={"description": "The whole name, capitals or not"})
    metric = choice(rules.METRIC_WORDS)
    status = choice(_STATUS_WORDS)
    curriculum = Flag(metadata={"description": "Only curriculum software, or only the rest"})
    over = Flag(metadata={"description": "Only products of which more is used than owned"})
    supplier = Text(SHORT, metadata={"description": "Its key"})
    contract = Whole(1, 999_999_999, metadata={"description": "Its number"})
    on = Day(metadata=_ON)


class AllocationOut(Shape):
    number = fields.Integer(required=True)
    asset = fields.String(allow_none=True, required=True)
    person = fields.String(allow_none=True, required=True)
    count = fields.Integer(allow_none=True, required=True)
    from_day = fields.Date(data_key="from", required=True)
    to_day = fields.Date(data_key="to", allow_none=True, required=True)
    note = fields.String(allow_none=True, required=True)


class AllocationList(Shape):
    items = fields.List(fields.Nested(AllocationOut), required=True)
    next = fields.String(allow_none=True, required=True)


class LicenceListed(Shape):
    number = fields.Integer(required=True)
    product = fields.String(required=True)
    publisher = fields.String(allow_none=True, required=True)
    edition = fields.String(allow_none=True, required=True)
    metric = choice(rules.METRIC_WORDS, required=True)
    quantity = fields.Integer(allow_none=True, required=True)
    state = choice(rules.STATE_WORDS, required=True)
    status = choice(_STATUS_WORDS, required=True)
    start = fields.Date(required=True)
    end = fields.Date(allow_none=True, required=True)
    auto_renew = Flag(required=True)
    notice_days = fields.Integer(required=True)
    cost = fields.String(
        allow_none=True, metadata={"description": "Only for those who may see what licences cost"}
    )
    agreement_ref = fields.String(allow_none=True, required=True)
    purchase_date = fields.Date(allow_none=True, required=True)
    supplier = fields.String(allow_none=True, required=True)
    contract = fields.Integer(allow_none=True, required=True)
    peak_use = fields.Integer(allow_none=True, required=True)
    home_use = Flag(required=True)
    curriculum = Flag(required=True)
    has_key = Flag(required=True)
    entitled = fields.Integer(
        allow_none=True, required=True, metadata={"description": "null: the whole site"}
    )
    allocated = fields.Integer(required=True)
    product_shortfall = fields.Integer(
        required=True, metadata={"description": "Of its product, over all licences of its metric"}
    )
    version = fields.Integer(required=True)


class LicencePage(Shape):
    items = fields.List(fields.Nested(LicenceListed), required=True)
    next = fields.String(allow_none=True, required=True)


class LicenceOut(LicenceListed):
    notes = fields.String(allow_none=True, required=True)
    retired_on = fields.Date(allow_none=True, required=True)
    allocations = fields.List(fields.Nested(AllocationOut), required=True)
    created_by = fields.String(required=True)
    created_at = Instant(required=True)


class LicenceKeyOut(Shape):
    licence_key = fields.String(required=True)


class StandingOut(Shape):
    product = fields.String(required=True)
    metric = choice(rules.METRIC_WORDS, required=True)
    entitled = fields.Integer(
        allow_none=True, required=True, metadata={"description": "null: the whole site"}
    )
    allocated = fields.Integer(required=True)
    peak_use = fields.Integer(allow_none=True, required=True)
    shortfall = fields.Integer(required=True)
    spare = fields.Integer(allow_none=True, required=True)
    compliant = Flag(
        allow_none=True,
        required=True,
        metadata={"description": "null: not countable, or its use was never counted"},
    )
    site = Flag(required=True)
    licences = fields.List(fields.Integer(), required=True)


class ComplianceSummary(Shape):
    products = fields.Integer(required=True)
    countable = fields.Integer(required=True)
    compliant = fields.Integer(required=True)
    shortfall = fields.Integer(required=True)
    rate = fields.Float(allow_none=True, required=True, metadata={"description": "null for 0/0"})


class ComplianceOut(Shape):
    on = fields.Date(required=True)
    items = fields.List(fields.Nested(StandingOut), required=True)
    next = fields.String(allow_none=True, required=True)
    summary = fields.Nested(ComplianceSummary, required=True)


class TrueUpRow(Shape):
    product = fields.String(required=True)
    metric = choice(rules.AGAINST_THE_ROLL, required=True)
    licensed = fields.Integer(
        allow_none=True, required=True, metadata={"description": "null: any number of pupils"}
    )
    over = fields.Integer(allow_none=True, required=True)
    under = fields.Integer(allow_none=True, required=True)
    cost = fields.String(allow_none=True)
    cost_each = fields.String(allow_none=True)
    over_cost = fields.String(allow_none=True)
    under_cost = fields.String(allow_none=True)


class TrueUpOut(Shape):
    on = fields.Date(required=True)
    pupils = fields.Integer(allow_none=True, required=True)
    pupils_as_at = fields.Date(allow_none=True, required=True)
    items = fields.List(fields.Nested(TrueUpRow), required=True)
    next = fields.String(allow_none=True, required=True)
