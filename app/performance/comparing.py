"""Rows of figures side by side, fairly: with intervals, with what was to be expected under each
row's own mix of priorities, and with flags that rarely cry wolf (domain.md 4.4).

Never a ranking: rows stand in the order of their names. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from app.performance import statistics as stats
from app.performance.figures import DRAWN, FIGURES, Figure, denominator, numerator, rate
from app.performance.naming import Named
from app.performance.totals import Counts, Row, add_to, together


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


@dataclass
class Line:
    named: Named
    kind: str
    row: Row
    figures: dict[str, Shown] = field(default_factory=dict)

    @property
    def place(self) -> tuple[str, str, str]:
        """Where it stands among the others: by its name."""
        return self.named.name.casefold(), self.named.key, self.kind

    @property
    def counts(self) -> Counts:
        """Of all its incidents, whatever was promised."""
        return together(self.row.counts(is_of_agreement=False))

    @property
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


@dataclass(frozen=True)
class Comparison:
    lines: list[Line]
    baselines: dict[tuple[str, str], Baseline]  # by agreement kind and figure


def compare(
    named: Sequence[tuple[Named, Row]],
    among: Iterable[Row] | None,
    *,
    target: float | None = None,
    medians: Mapping[tuple[str, str, str], Sequence[int]] | None = None,
) -> Comparison:
    """`among`: every row of the LA, with which these are compared; None: with nothing. `target`: a
    contract's target instead of the LA's own share."""
    lines = [Line(name, row.group.kind, row) for name, row in named]
    lines.sort(key=lambda one: one.place)
    everybody = None if among is None else list(among)
    baselines: dict[tuple[str, str], Baseline] = {}
    for kind in sorted({one.kind for one in lines}):
        of_kind = [one for one in lines if one.kind == kind]
        base = None if everybody is None else [row for row in everybody if row.group.kind == kind]
        for figure in FIGURES.values():
            found = _compare_one(figure, of_kind, base, target)
            if found is not None:
                baselines[kind, figure.key] = found
    for line in lines:
        for key, shown in line.figures.items():
            values = (medians or {}).get((line.kind, line.named.key, key))
            if values:
                line.figures[key] = _with_median(shown, values)
    return Comparison(lines, baselines)


def _with_median(shown: Shown, values: Sequence[int]) -> Shown:
    return Shown(**{**shown.__dict__, "median": median(values) / shown.figure.unit})


def _compare_one(
    figure: Figure, lines: Sequence[Line], base: Sequence[Row] | None, target: float | None
) -> Baseline | None:
    strata = [one.row.counts(is_of_agreement=figure.is_of_agreement) for one in lines]
    sums = [together(one) for one in strata]
    if figure.key not in DRAWN or base is None:
        for line, counts in zip(lines, sums, strict=True):
            line.figures[figure.key] = _plainly(figure, counts)
        return None
    baseline = _baseline(figure, base, target)
    wanted = [_expected(figure, one, baseline) for one in strata]
    counted = [
        _counted(figure, counts, expected) for counts, expected in zip(sums, wanted, strict=True)
    ]
    # How much the rows differ beyond chance is a matter of all of them, also of those not shown,
    # and of themselves: a target that all of them miss makes none of them less of a miss.
    spread = stats.dispersion(_scores(figure, base, _baseline(figure, base, None)))
    phi = spread.phi if spread.is_used else None
    for line, one, expected in zip(lines, counted, wanted, strict=True):
        line.figures[figure.key] = _judged(figure, one, expected, phi)
    return Baseline(baseline.centre, baseline.shares, spread.phi, spread.is_used)


def _baseline(figure: Figure, base: Sequence[Row], target: float | None) -> Baseline:
    sums: dict[int, Counts] = {}
    for row in base:
        for priority, counts in row.counts(is_of_agreement=figure.is_of_agreement).items():
            add_to(sums.setdefault(priority, {}), counts)
    centre = rate(figure, together(sums))
    shares = {
        priority: found
        for priority, counts in sums.items()
        if (found := rate(figure, counts)) is not None
    }
    if target is not None and figure.is_of_agreement:
        return Baseline(target, dict.fromkeys(sums, target))
    return Baseline(centre, shares)


def _expected(figure: Figure, strata: Mapping[int, Counts], baseline: Baseline) -> float | None:
    counts = {priority: denominator(figure, one) for priority, one in strata.items()}
    if not any(counts.values()):
        return None
    # What nobody else knows of (sensitive, never forwarded) may be all there is of a priority.
    shares = {priority: baseline.shares.get(priority, baseline.centre) for priority in counts}
    known = {priority: share for priority, share in shares.items() if share is not None}
    return stats.expected(counts, known) if len(known) == len(shares) else None


def _counted(figure: Figure, counts: Counts, expected: float | None) -> stats.Counted:
    of = denominator(figure, counts)
    share = None if expected is None else min(max(expected / of, 0.0), 1.0)
    return stats.Counted(numerator(figure, counts), of, share)


def _scores(figure: Figure, base: Sequence[Row], baseline: Baseline) -> list[float | None]:
    scores = []
    for row in base:
        strata = row.counts(is_of_agreement=figure.is_of_agreement)
        one = _counted(figure, together(strata), _expected(figure, strata, baseline))
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


def _plainly(figure: Figure, counts: Counts) -> Shown:
    above, below = numerator(figure, counts), denominator(figure, counts)
    interval = stats.wilson(above, below) if figure.key in DRAWN else None
    low, high = interval or (None, None)
    return Shown(figure, above, below, rate(figure, counts), low, high)
