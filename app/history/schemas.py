"""What comes in at the page that says who looked."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from marshmallow import EXCLUDE, ValidationError, fields

from app.clock import LONDON
from app.shapes import Shape, Text

_MONTH = re.compile(r"(2[01][0-9]{2})-(0[1-9]|1[0-2])")


class Month(fields.Field[date]):
    """`2026-01`, as its first day."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **extra: Any) -> date:
        found = _MONTH.fullmatch(str(value))
        if found is None:
            raise ValidationError("Choose a month, like 2026-01")
        return date(int(found[1]), int(found[2]), 1)


class AccessArgs(Shape):
    class Meta:
        unknown = EXCLUDE

    month = Month(load_default=None)
    who = Text(100, load_default=None)


def next_month(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def midnight(on: date) -> datetime:
    """When that day begins in London."""
    return datetime(on.year, on.month, on.day, tzinfo=LONDON)
