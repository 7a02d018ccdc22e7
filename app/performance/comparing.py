"""Rows of figures side by side, fairly: with intervals, with what was to be expected under each
row's own mix of priorities, and with flags that rarely cry wolf (domain.md 4.4).

Never a ranking: rows stand in the order of their names. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from statistics import median

from app.performance import statistics as stats
from app.performance.figures import DRAWN, FIGURES, Figure, denominator, numerator
from app.performance.naming import Named
from app.performance.totals import Counts, Row, together


@dataclass(frozen=True)
class Shown:
    """One figure of one row. `rate` is a share of 1 or a mean; None where nothing was counted."""

    figure: Figure
    numerator: int
    denominator: int
    rate: float | None
    low: float | None = None
    high: float | None = None
    # How many were to be expected, were each priority met as often as everywhere.
    expected: float | None = None
    flag: str | None = None
    plain_flag: str | None = None
    median: float | None = None


class Judged(dict[str, Shown]):
    """The figures of one row by their keys, each judged when it is asked for: a page shows six of
    sixteen."""

    def __init__(self, judge: Callable[[str], Shown]) -> None:
        self._judge = judge

    def __missing__(self, key: str) -> Shown:
        shown = self[key] = self._judge(key)
        return shown


@dataclass
class Line:
    named: Named
    kind: str
    row: Row
    figures: Mapping[str, Shown] = field(default_factory=dict)

    @property
    def place(self) -> tuple[str, str, str]:
        """Where it stands among the others: by its name."""
        return self.named.name.casefold(), self.named.key, self.kind

    @cached_property
    def counts(self) -> Counts:
        """Of all its incidents, whatever was promised."""
        return together(self.row.counts(is_of_agreement=False))

    @cached_property
    def promised(self) -> Counts:
        """Of the agreement's clocks."""
        return together(self.row.strata)


@dataclass(frozen=True)
class Baseline:
    """What a figure is compared with, of one kind of agreement."""

    centre: float | None
    # By priority; under a target the same for each.
    shares: Mapping[int, float]
    phi: float | None = None
    is_widened: bool = False


# Counted, and out of how many.
Made = tuple[int, int]
# By agreement kind and figure.
Baselines = dict[tuple[str, str], Baseline]
# Single values by agreement kind, key of a row and figure.
Medians = Mapping[tuple[str, str, str], Sequence[int]]


@dataclass(frozen=True)
class Comparison:
    lines: list[Line]
    baselines: Baselines


def compare(
    named: Sequence[tuple[Named, Row]],
    among: Iterable[Row] | None,
    *,
    target: float | None = None,
    medians: Medians | None = None,
) -> Comparison:
    """`among`: every row of the LA, with which these are compared; None: with nothing. `target`: a
    contract's target instead of the LA's own share."""
    kinds = {row.group.kind for _, row in named}
    return judge(named, {} if among is None else baselines_of(among, kinds, target), medians)


def baselines_of(
    among: Iterable[Row], kinds: Iterable[str], target: float | None = None
) -> Baselines:
    """What rows of these kinds are compared with, made of every row there is."""
    everybody, found = list(among), {}
    for kind in sorted(kinds):
        base = [row for row in everybody if row.group.kind == kind]
        for figure in FIGURES.values():
            if figure.key in DRAWN:
                found[kind, figure.key] = _baseline_of(figure, base, target)
    return found


def judge(
    named: Sequence[tuple[Named, Row]], baselines: Baselines, medians: Medians | None = None
) -> Comparison:
    """In the order of their names. What has no baseline is shown without a verdict."""
    lines = [
        Line(
            name, row.group.kind, row, Judged(partial(_shown, name, row, baselines, medians or {}))
        )
        for name, row in named
    ]
    lines.sort(key=lambda one: one.place)
    return Comparison(lines, baselines)


def _shown(name: Named, row: Row, baselines: Baselines, medians: Medians, key: str) -> Shown:
    kind = row.group.kind
    shown = judged(FIGURES[key], row, baselines.get((kind, key)))
    values = medians.get((kind, name.key, key))
    return _with_median(shown, values) if values else shown


def judged(figure: Figure, row: Row, baseline: Baseline | None) -> Shown:
    """One figure of one row."""
    strata = row.counts(is_of_agreement=figure.is_of_agreement)
    if baseline is None:
        return _plainly(figure, strata)
    expected = _expected(figure, strata, baseline)
    one = _counted(figure, strata, expected)
    return _judged(figure, one, expected, baseline.phi if baseline.is_widened else None)


def _with_median(shown: Shown, values: Sequence[int]) -> Shown:
    return Shown(**{**shown.__dict__, "median": median(values) / shown.figure.unit})


def _baseline_of(figure: Figure, base: Sequence[Row], target: float | None) -> Baseline:
    """How much the rows differ beyond chance is a matter of all of them, also of those not shown,
    and of themselves: a target that all of them miss makes none of them less of a miss."""
    own = _baseline(figure, base, None)
    spread = stats.dispersion(_scores(figure, base, own))
    found = own if target is None else _baseline(figure, base, target)
    return Baseline(found.centre, found.shares, spread.phi, spread.is_used)


def _baseline(figure: Figure, base: Sequence[Row], target: float | None) -> Baseline:
    sums: dict[int, Made] = {}
    for row in base:
        for priority, counts in row.counts(is_of_agreement=figure.is_of_agreement).items():
            met, of = sums.get(priority, (0, 0))
            sums[priority] = met + numerator(figure, counts), of + denominator(figure, counts)
    if target is not None and figure.is_of_agreement:
        return Baseline(target, dict.fromkeys(sums, target))
    shares = {priority: met / of for priority, (met, of) in sums.items() if of}
    met, of = (sum(one) for one in zip((0, 0), *sums.values(), strict=True))
    return Baseline(met / of if of else None, shares)


def _expected(figure: Figure, strata: Mapping[int, Counts], baseline: Baseline) -> float | None:
    counts = {priority: denominator(figure, one) for priority, one in strata.items()}
    if not any(counts.values()):
        return None
    # What nobody else knows of (sensitive, never forwarded) may be all there is of a priority.
    shares = {priority: baseline.shares.get(priority, baseline.centre) for priority in counts}
    known = {priority: share for priority, share in shares.items() if share is not None}
    return stats.expected(counts, known) if len(known) == len(shares) else None


def _counted(figure: Figure, strata: Mapping[int, Counts], expected: float | None) -> stats.Counted:
    met, of = _made_of(figure, strata)
    share = None if expected is None else min(max(expected / of, 0.0), 1.0)
    return stats.Counted(met, of, share)


def _made_of(figure: Figure, strata: Mapping[int, Counts]) -> Made:
    """Of all priorities together."""
    return (
        sum(numerator(figure, counts) for counts in strata.values()),
        sum(denominator(figure, counts) for counts in strata.values()),
    )


def _scores(figure: Figure, base: Sequence[Row], baseline: Baseline) -> list[float | None]:
    scores = []
    for row in base:
        strata = row.counts(is_of_agreement=figure.is_of_agreement)
        one = _counted(figure, strata, _expected(figure, strata, baseline))
        if one.of and one.expected is not None:
            scores.append(stats.z_score(one.met, one.of, one.expected))
    return scores


def _judged(figure: Figure, one: stats.Counted, expected: float | None, phi: float | None) -> Shown:
    low, high = stats.wilson(one.met, one.of) or (None, None)
    share = one.met / one.of if one.of else None
    if one.expected is None:
        # Nothing is less than five, and what has no like is compared with nothing.
        flag = "too_few" if one.of < stats.FEWEST else None
        return Shown(figure, one.met, one.of, share, low, high, None, flag, flag)
    plain = stats.flag(one.met, one.of, one.expected)
    z = stats.z_score(one.met, one.of, one.expected)
    return Shown(
        figure,
        one.met,
        one.of,
        share,
        low,
        high,
        expected,
        stats.calmed(plain, z, phi),
        plain,
    )


def _plainly(figure: Figure, strata: Mapping[int, Counts]) -> Shown:
    above, below = _made_of(figure, strata)
    interval = stats.wilson(above, below) if figure.key in DRAWN else None
    low, high = interval or (None, None)
    mean = above / figure.unit / below if below else None
    return Shown(figure, above, below, mean, low, high)
