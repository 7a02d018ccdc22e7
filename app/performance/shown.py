"""A row of figures as JSON: numerator and denominator always, null where there is nothing to divide
by (api.md). Shares between 0 and 1; times in hours; money as text in pounds.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from app.incidents.rules import Party
from app.licences.rules import Share
from app.performance.asking import Answer
from app.performance.comparing import Comparison, Line, Shown
from app.performance.cost import Cost, pounds
from app.performance.counters import PAUSES
from app.performance.figures import FIGURES, TOTALS

_DIGITS = 6


def shown_row(line: Line, answer: Answer | None = None) -> dict[str, Any]:
    """`answer` None: of a school that stays unnamed, of which only figures are told."""
    counts = line.counts
    found: dict[str, Any] = {
        "key": line.named.key or None,
        "name": line.named.name,
        "agreement_kind": line.kind,
        **{key: _figure(line.figures[key]) for key in FIGURES},
    }
    if answer is None:
        return found
    return {
        **found,
        **{key: counts.get(key, 0) for key in TOTALS},
        "by_party_seconds": {one.value: counts.get(f"party_{one}_seconds", 0) for one in Party},
        "paused_seconds": {one: line.promised.get(f"pause_{one}_seconds", 0) for one in PAUSES},
        "lesson_hours_lost": round(counts.get("lesson_seconds", 0) / 3600, 1),
        **_of_school(line, answer),
        **_cost(line, answer),
    }


def shown_baselines(comparison: Comparison) -> list[dict[str, Any]]:
    """What was compared with, and how much rows differ beyond chance."""
    return [
        {
            "agreement_kind": kind,
            "figure": key,
            "centre": _rounded(one.centre),
            "overdispersion": _rounded(one.phi),
            "is_widened": one.is_widened,
        }
        for (kind, key), one in comparison.baselines.items()
    ]


def _figure(one: Shown) -> dict[str, Any]:
    found: dict[str, Any] = {
        "numerator": one.numerator,
        "denominator": one.denominator,
        "rate": _rounded(one.rate),
        "low": _rounded(one.low),
        "high": _rounded(one.high),
        "expected": _rounded(one.expected),
        "flag": one.flag,
        "plain_flag": one.plain_flag,
    }
    if one.figure.median_of is not None:
        found["median"] = _rounded(one.median)
    return found


def _of_school(line: Line, answer: Answer) -> dict[str, Any]:
    """What is known of a school as a whole."""
    if answer.asked.by != "school":
        return {}
    pupils = answer.pupils.get(line.named.key)
    reported = line.counts.get("reported", 0)
    return {
        "backlog": answer.backlogs.get(line.named.key, 0),
        "pupils": pupils,
        "incidents_per_100_pupils": {
            "numerator": reported,
            "denominator": pupils or 0,
            "rate": _rounded(100 * reported / pupils) if pupils else None,
        },
        **_licences(answer.licences.get(line.named.key)),
    }


def _licences(found: Share | None) -> dict[str, Any]:
    if found is None:
        return {}
    return {
        "licence_compliance": {
            "numerator": found.compliant,
            "denominator": found.countable,
            "rate": _rounded(found.compliant / found.countable) if found.countable else None,
        },
        "licence_shortfall": found.shortfall,
    }


def _cost(line: Line, answer: Answer) -> dict[str, Any]:
    one = answer.cost_of(line)
    if one is None:
        return {}
    pupils = answer.pupils.get(line.named.key) if answer.asked.by == "school" else None
    return {
        "cost": {
            "contract_share": pounds(one.contract_share),
            "labour": pounds(one.labour),
            "parts": pounds(one.parts),
            "total": pounds(one.total),
        },
        "cost_per_incident": _divided(one, line.counts.get("resolved", 0)),
        "cost_per_pupil": _divided(one, pupils or 0),
    }


def _divided(one: Cost, by: int) -> dict[str, Any]:
    """Rounded once, at the end."""
    return {
        "numerator": pounds(one.total),
        "denominator": by,
        "rate": pounds(one.total / Fraction(by)) if by else None,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)
