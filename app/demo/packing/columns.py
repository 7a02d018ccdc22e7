"""One column of a table as text that compresses well, and back. Pure.

Values are those of PostgreSQL's COPY: text, `\\N` for nothing. An instant becomes a number of
seconds (or millionths); a number may be kept as its difference to the row before, or to another
column of the same row: whatever is shortest. Rows are in an order that makes differences small.
"""

from __future__ import annotations

import lzma
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND, _SECOND = timedelta(microseconds=1), 1_000_000
# Where the differences are taken to.
PLAIN, PREVIOUS = "plain", "previous"
TEXT, NUMBER, INSTANT = "text", "number", "instant"
_MOST_TRIED = 20_000
Values = Sequence[str]


@dataclass(frozen=True)
class Kept:
    """How a column is kept."""

    kind: str
    unit: int = 1
    # PLAIN, PREVIOUS, or the name of another column.
    beside: str = PLAIN


def kept(kind: str, values: Values, numbers: Mapping[str, Values]) -> tuple[Kept, Values]:
    """The shortest way, and the column in it. `values` and `numbers` (other columns of the same
    kind) are whole."""
    if kind == TEXT:
        return Kept(TEXT), values
    ways = {PLAIN: values, PREVIOUS: _minus_previous(values)}
    ways |= {name: _minus(values, others) for name, others in numbers.items()}
    best = min(ways, key=lambda way: _size(ways[way]))
    unit = _SECOND if kind == INSTANT and _divisible(ways[best], _SECOND) else 1
    return Kept(kind, unit, best), _divided(ways[best], unit)


def unpacked(how: Kept, values: Values, numbers: Mapping[str, Values]) -> Values:
    """Whole again."""
    whole = [_times(one, how.unit) for one in values] if how.unit > 1 else values
    if how.beside == PREVIOUS:
        return _plus_previous(whole)
    return whole if how.beside == PLAIN else _plus(whole, numbers[how.beside])


def whole(kind: str, values: Values) -> Values:
    """Instants as millionths of seconds."""
    return [_as_whole(one) for one in values] if kind == INSTANT else values


def shown(kind: str, values: Values) -> Values:
    """As COPY wants them."""
    return [_as_instant(one) for one in values] if kind == INSTANT else values


def is_number(text: str) -> bool:
    return text.lstrip("-").isdecimal()


def _as_whole(text: str) -> str:
    if not text[:1].isdecimal():
        return text
    return str((datetime.fromisoformat(text) - EPOCH) // _MICROSECOND)


def _as_instant(text: str) -> str:
    if not is_number(text):
        return text
    return (EPOCH + timedelta(microseconds=int(text))).isoformat(" ")


def _divisible(values: Values, unit: int) -> bool:
    return all(int(one) % unit == 0 for one in values if is_number(one))


def _divided(values: Values, unit: int) -> Values:
    if unit == 1:
        return values
    return [str(int(one) // unit) if is_number(one) else one for one in values]


def _times(text: str, unit: int) -> str:
    return str(int(text) * unit) if is_number(text) else text


def _minus_previous(values: Values) -> Values:
    found, last = [], 0
    for one in values:
        if is_number(one):
            number = int(one)
            found.append(str(number - last))
            last = number
        else:
            found.append(one)
    return found


def _plus_previous(values: Values) -> Values:
    found, last = [], 0
    for one in values:
        if is_number(one):
            last += int(one)
            found.append(str(last))
        else:
            found.append(one)
    return found


def _minus(values: Values, others: Values) -> Values:
    return [
        str(int(one) - _base(other)) if is_number(one) else one
        for one, other in zip(values, others, strict=True)
    ]


def _plus(values: Values, others: Values) -> Values:
    return [
        str(int(one) + _base(other)) if is_number(one) else one
        for one, other in zip(values, others, strict=True)
    ]


def _base(text: str) -> int:
    return int(text) if is_number(text) else 0


def _size(values: Values) -> int:
    return len(lzma.compress("\n".join(values[:_MOST_TRIED]).encode(), preset=1))
