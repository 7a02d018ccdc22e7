"""The comparison of all schools of a very large authority, as the worker makes it to be kept
(kept.py): what schools are compared with, how many lie where, and some of them for the picture.

One answer a kind of agreement. It holds ids of schools, which stay with the server: whoever shows
it puts names to them or leaves them away.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from sqlalchemy import select

from app import clock
from app.contracts import kept as agreements
from app.performance import choosing, kept
from app.performance import statistics as stats
from app.performance.comparing import Baseline, Shown, baselines_of, judged
from app.performance.figures import DRAWN, FIGURES, Figure, denominator
from app.performance.kept import Maker, Question
from app.performance.totals import AGREEMENT_KINDS, Asked, Counts, Group, Row, rows, together
from tenants import School, across_schools, db

KIND: Final = "comparison"
# An answer of another shape is another question.
_SHAPE = 1
_MOST_FLAGGED, _MOST_DOTS = 200, 300
# Schools that are shown without a name, with all their figures.
_MOST_OTHERS = 60
# Of so few schools the answer says which ones they are, so that nobody looks for them in thousands.
_FEW_SCHOOLS = 1000
_AT_ONCE = 1000
_QUIET = (None, "within", "too_few")
_NEEDED: Final = frozenset(
    name for key in DRAWN for name in (*FIGURES[key].numerator, *FIGURES[key].denominator)
)
Dot = tuple[int, Shown]


def question_of(asked: Asked, kind: str, target: float | None) -> dict[str, Any]:
    """Of whom somebody asked makes no difference: it is of everybody."""
    found = {
        "shape": _SHAPE,
        "first": asked.first.isoformat(),
        "end": asked.end.isoformat(),
        "agreement_kind": kind,
        "versions": [sorted(one) for one in asked.versions] if asked.versions else None,
        "providers": None if asked.providers is None else sorted(asked.providers),
        "priority": asked.priority,
        "type": asked.type,
        "target": target,
    }
    return {name: value for name, value in found.items() if value is not None}


def asked_by(question: Question) -> Asked:
    versions, providers = question.get("versions"), question.get("providers")
    return Asked(
        date.fromisoformat(question["first"]),
        date.fromisoformat(question["end"]),
        kind=question["agreement_kind"],
        versions=(frozenset(versions[0]), frozenset(versions[1])) if versions else None,
        providers=None if providers is None else frozenset(providers),
        priority=question.get("priority"),
        type=question.get("type"),
    )


def make(question: Question) -> dict[str, Any]:
    asked = asked_by(question)
    with across_schools("schools are compared with each other"):
        base = list(_every_row(asked))
        others = _even([row.group.school_id for row in sorted(base, key=_size)], _MOST_OTHERS)
        shown = rows(replace(asked, school_ids=frozenset(others)))
    return told(base, shown, asked, question.get("target"))


MAKERS: Final[Mapping[str, Maker]] = {KIND: make}


def want_usual() -> None:
    """What the LA usually asks for, so that nobody waits for it in the morning. To be asked across
    schools or as the administration."""
    today, half_terms = clock.today(), list(agreements.here().la.days.terms)
    found = (
        choosing.period_of(key, today, half_terms) for key in choosing.PERIODS if key != "custom"
    )
    asked = {Asked(one.first, choosing.end_so_far(one, today)) for one in found if one is not None}
    kept.want(KIND, [question_of(one, kind, None) for one in asked for kind in AGREEMENT_KINDS])


def told(
    base: Sequence[Row], others: Iterable[Row], asked: Asked, target: float | None
) -> dict[str, Any]:
    """`base`: every school's row; `others`: of which all figures are to be shown."""
    assert asked.kind
    baselines = baselines_of(base, [asked.kind], target)
    schools = sorted(row.group.school_id for row in base)
    return {
        "many": len(schools),
        "schools": schools if len(schools) <= _FEW_SCHOOLS else None,
        "figures": {
            key: _figure(FIGURES[key], base, baseline) for (_, key), baseline in baselines.items()
        },
        "others": [
            [row.group.school_id, _strata(row.strata), _strata(row.every)] for row in others
        ],
    }


def baselines_in(answer: Any, kind: str) -> dict[tuple[str, str], Baseline]:
    return {
        (kind, key): Baseline(
            one["centre"],
            {int(priority): share for priority, share in one["shares"].items()},
            one["phi"],
            one["is_widened"],
        )
        # The keys of a JSON object come in an order of its own.
        for key in FIGURES
        if (one := answer["figures"].get(key))
    }


def flags_in(answer: Any, figure: Figure) -> list[str | None]:
    """Of every school of which something was counted."""
    flags = answer["figures"][figure.key]["flags"]
    return [flag or None for flag, many in flags.items() for _ in range(many)]


def dots_in(answer: Any, figure: Figure) -> Iterator[Dot]:
    """Schools as they lay when it was made."""
    for school, met, of, flag, plain, expected in answer["figures"][figure.key]["dots"]:
        low, high = stats.wilson(met, of) or (None, None)
        yield school, Shown(figure, met, of, met / of, low, high, expected, flag, plain)


def others_in(answer: Any, kind: str) -> Iterator[Row]:
    for school, strata, every in answer["others"]:
        yield Row(Group(kind, school), _read(strata), _read(every))


def _every_row(asked: Asked) -> Iterator[Row]:
    """Some schools at a time, and only what is compared: all of all would take a gigabyte."""
    ids = db.session.scalars(select(School.id).order_by(School.id)).all()
    for at in range(0, len(ids), _AT_ONCE):
        for row in rows(replace(asked, school_ids=frozenset(ids[at : at + _AT_ONCE]))):
            yield Row(row.group, _slim(row.strata, _NEEDED), _slim(row.every, _NEEDED))


def _slim(strata: Mapping[int, Counts], names: Iterable[str] | None = None) -> dict[int, Counts]:
    return {
        priority: {name: counts[name] for name in (names or counts) if counts.get(name)}
        for priority, counts in strata.items()
    }


def _strata(strata: Mapping[int, Counts]) -> dict[str, Counts]:
    return {str(priority): counts for priority, counts in _slim(strata).items()}


def _read(strata: Mapping[str, Counts]) -> dict[int, Counts]:
    return {int(priority): counts for priority, counts in strata.items()}


def _size(row: Row) -> tuple[int, int]:
    size = denominator(FIGURES["resolution_met"], together(row.strata))
    return size, row.group.school_id


def _figure(figure: Figure, base: Iterable[Row], baseline: Baseline) -> dict[str, Any]:
    found = [(row.group.school_id, judged(figure, row, baseline)) for row in base]
    counted = [one for one in found if one[1].denominator]
    return {
        "centre": baseline.centre,
        "shares": {str(priority): share for priority, share in baseline.shares.items()},
        "phi": baseline.phi,
        "is_widened": baseline.is_widened,
        # JSON knows no key that is not text.
        "flags": Counter(one.flag or "" for _, one in counted),
        "dots": [
            [school, one.numerator, one.denominator, one.flag, one.plain_flag, one.expected]
            for school, one in _drawn(counted)
        ],
    }


def _drawn(counted: Iterable[Dot]) -> list[Dot]:
    """Those that differ most by more than chance, and of the rest some of every size."""
    by_size = sorted(counted, key=lambda one: (one[1].denominator, one[0]))
    flagged = [one for one in by_size if one[1].flag not in _QUIET]
    quiet = [one for one in by_size if one[1].flag in _QUIET]
    flagged = sorted(flagged, key=lambda one: -_how_far(one[1]))[:_MOST_FLAGGED]
    return flagged + _even(quiet, _MOST_DOTS - len(flagged))


def _how_far(one: Shown) -> float:
    share = (one.expected or 0.0) / one.denominator
    z = stats.z_score(one.numerator, one.denominator, share)
    # Where nothing is left to chance, nothing is further out.
    return float("inf") if z is None else abs(z)


def _even(found: Sequence[Any], most: int) -> list[Any]:
    """The first, the last and some in between, as far apart as each other."""
    if len(found) <= most:
        return list(found)
    return [found[round(at * (len(found) - 1) / (most - 1))] for at in range(most)]
