"""Whole terms out of the half terms that a school or its LA keeps: autumn, spring, summer. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

Span = tuple[date, date]

_AUGUST = 8
# Half term is a week; the holidays at Christmas and Easter are two. In autumn some schools have
# two weeks at half term as well, so there only the turn of the year begins another term.
_LONGEST_HALF_TERM = timedelta(days=12)


def whole_terms(half_terms: Iterable[Span]) -> list[Span]:
    """In order. What is given as whole terms already stays as it is."""
    found: list[Span] = []
    for first, last in sorted(half_terms):
        if found and _is_same_term(found[-1][1], first):
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return found


def _is_same_term(ended: date, begins: date) -> bool:
    if ended.year != begins.year or (ended.month < _AUGUST <= begins.month):
        return False
    return begins.month >= _AUGUST or begins - ended <= _LONGEST_HALF_TERM
