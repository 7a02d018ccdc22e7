"""What comes in at the page that says who looked, and how an event goes out."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from marshmallow import EXCLUDE, ValidationError, fields

from app.clock import LONDON
from app.history.models import VISIBILITIES
from app.shapes import Shape, Text, choice

_MONTH = re.compile(r"(2[01][0-9]{2})-(0[1-9]|1[0-2])")


EVERY_MONTH = "all"


class Month(fields.Field[date | None]):
    """`2026-01`, as its first day; every month is none."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **extra: Any) -> date | None:
        if value == EVERY_MONTH:
            return None
        found = _MONTH.fullmatch(str(value))
        if found is None:
            raise ValidationError("Choose a month, like 2026-01")
        return date(int(found[1]), int(found[2]), 1)


class AccessArgs(Shape):
    class Meta:
        unknown = EXCLUDE

    month = Month(load_default=None)
    who = Text(100, load_default=None)
    what = Text(100, load_default=None)


class EventOut(Shape):
    at = fields.String(required=True, metadata={"format": "date-time"})
    actor = fields.String(required=True)
    kind = fields.String(required=True)
    from_ = fields.String(data_key="from", allow_none=True, required=True)
    to = fields.String(allow_none=True, required=True)
    note = fields.String(allow_none=True, required=True)
    visibility = choice(VISIBILITIES, required=True)


class EventPage(Shape):
    items = fields.List(fields.Nested(EventOut), required=True)
    next = fields.String(allow_none=True, required=True)


def next_month(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def midnight(on: date) -> datetime:
    """When that day begins in London."""
    return datetime(on.year, on.month, on.day, tzinfo=LONDON)
