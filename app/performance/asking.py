"""Figures as somebody asks for them: found, named, compared, priced; for page, API and report."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from app.licences.queries import held_by_school
from app.licences.rules import Share, share, standings
from app.performance import cost
from app.performance.behind import single_values
from app.performance.comparing import Comparison, Line, compare
from app.performance.figures import FIGURES
from app.performance.models import EVERY
from app.performance.naming import Named, Names, merged, names_of
from app.performance.periods import A_DAY
from app.performance.sight import Sight, each_of, within_sight
from app.performance.totals import Asked, Counts, Group, Row, backlog, rows

OTHERS = Named("", "Another school")
FEWEST_OTHERS = 3


@dataclass(frozen=True)
class Answer:
    asked: Asked
    comparison: Comparison
    names: Names
    costs: dict[tuple[str, str], cost.Cost]  # by kind and key of a line
    backlogs: dict[str, int]  # by school
    pupils: dict[str, int]
    # What licences cover on the last day of the period, by school.
    licences: dict[str, Share]
    # Rows of schools that stay unnamed, in order of their size.
    others: list[Line]

    def cost_of(self, line: Line) -> cost.Cost | None:
        return self.costs.get((line.kind, line.named.key))


def performance(sight: Sight, asked: Asked, *, target: float | None = None) -> Answer:
    """`asked` says the period and what by; whose it is, the sight decides."""
    mine = within_sight(sight, asked)
    found: list[tuple[list[Row], Names]] = each_of(sight, lambda: [_named(mine)])
    names = _joined([one for _, one in found])
    named = merged([row for rows_, _ in found for row in rows_], names, asked.by)
    among = _among(sight, asked, named)
    medians = each_of(sight, lambda: _medians(mine, names))
    comparison = compare(named, among, target=target, medians=_by_line(medians))
    charges = each_of(sight, lambda: _charges(mine))
    rate = each_of(sight, lambda: [cost.labour_rate()])
    left = each_of(sight, lambda: list(backlog(mine, asked.end).items()))
    return Answer(
        asked,
        comparison,
        names,
        # What the school's and the LA's own work cost is not a supplier's business.
        {}
        if sight.suppliers is not None
        else _costs(comparison.lines, charges, rate[0] if rate else Decimal(0), asked),
        {names.schools[school].slug: count for school, count in left if school in names.schools},
        {one.slug: one.pupils for one in names.schools.values() if one.pupils},
        {
            names.schools[school].slug: found
            for school, found in each_of(sight, lambda: _licences(mine))
            if school in names.schools
        },
        _others(sight, asked, among, named, target),
    )


def _licences(asked: Asked) -> list[tuple[int, Share]]:
    """Both ends of a licence count, so the last day that belongs to the period is asked about."""
    if asked.by != "school" or asked.suppliers is not None:
        return []
    last = asked.end - A_DAY
    held = held_by_school(last)
    return [(school, share(standings(found, last))) for school, found in held.items()]


def _charges(asked: Asked) -> list[cost.Charge]:
    """Where one supplier is asked for, of its contracts only. What no supplier keeps is the LA's,
    which may well stand in a school's list of suppliers."""
    found = cost.charges_of(asked.first, asked.end, asked.school_ids)
    if asked.providers is None or "" in asked.providers:
        return found
    return [one for one in found if one.supplier in asked.providers]


def _named(asked: Asked) -> tuple[list[Row], Names]:
    found = rows(asked)
    return found, names_of(found)


def _joined(names: Sequence[Names]) -> Names:
    found = Names({}, {}, {}, "")
    for one in names:
        found = Names(
            found.schools | one.schools,
            found.la | one.la,
            found.own | one.own,
            one.authority or found.authority,
        )
    return found


def _among(sight: Sight, asked: Asked, named: Sequence[tuple[Named, Row]]) -> list[Row] | None:
    """Everybody's rows, to compare with; where only some were asked for, the rest as well."""
    if sight.is_everywhere:
        if asked.school_ids is None and asked.providers is None and asked.versions is None:
            return [row for _, row in named]
    elif not sight.is_among_others:
        return None
    whole = replace(asked, school_ids=None, sees_hidden=False)
    if asked.by in ("contract", "supplier"):
        whole = replace(whole, providers=None, versions=None)
    everywhere = Sight(None)
    found = each_of(everywhere, lambda: _compared_with(whole))
    if not sight.is_everywhere and whole.is_narrow and _is_telling(sight, found):
        return None
    return found


def _compared_with(whole: Asked) -> list[Row]:
    """Of an agreement all versions are one row, here as in what is shown."""
    found = rows(whole)
    if whole.by != "contract":
        return found
    return [row for _, row in merged(found, names_of(found), whole.by)]


def _is_telling(sight: Sight, found: Sequence[Row]) -> bool:
    """Asked about one supplier, too few others would be as good as named."""
    others = {row.group.school_id for row in found} - {0} - (sight.school_ids or frozenset())
    return len(others) < FEWEST_OTHERS


def _others(
    sight: Sight,
    asked: Asked,
    among: list[Row] | None,
    named: Sequence[tuple[Named, Row]],
    target: float | None,
) -> list[Line]:
    """The other schools as dots without a name, by size: no order that tells who is who."""
    if sight.is_everywhere or among is None or asked.by != "school":
        return []
    own = {row.group for _, row in named}
    strangers = [(OTHERS, row) for row in among if row.group not in own]
    lines = compare(strangers, among, target=target).lines
    return sorted(lines, key=_by_size)


def _by_size(line: Line) -> tuple[Any, ...]:
    """Of the same size: by what is counted, never by which school it is."""
    return line.promised.get("resolution_decided", 0), line.kind, sorted(line.promised.items())


def _medians(asked: Asked, names: Names) -> list[tuple[tuple[str, str, str], int]]:
    """Single values by line and figure, for the figures that have a median."""
    found = []
    kinds = (asked.kind,) if asked.kind else ("ola", "sla", "uc")
    for figure in FIGURES.values():
        if figure.median_of is None:
            continue
        is_whole = not figure.is_of_agreement and asked.is_whole
        for kind in (EVERY,) if is_whole else kinds:
            for school, la, own, provider, priority, value in single_values(
                asked, figure.median_of, kind, counted_by=figure.denominator[0]
            ):
                group = {
                    "school": Group(kind, school_id=school),
                    "priority": Group(kind, priority=priority),
                    "supplier": Group(kind, provider=provider.lower()),
                    "contract": Group(kind, school if own else 0, la, own),
                }[asked.by]
                if asked.by == "school" and school not in names.schools:
                    continue  # nothing was promised there, so it has no row
                key = names.of(asked.by, group).key
                for each in kinds if is_whole else (kind,):
                    found.append(((each, key, figure.key), value))
    return found


def _by_line(
    values: Sequence[tuple[tuple[str, str, str], int]],
) -> dict[tuple[str, str, str], list[int]]:
    found: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for key, value in values:
        found[key].append(value)
    return found


def _costs(
    lines: Sequence[Line], charges: Sequence[cost.Charge], rate: Decimal, asked: Asked
) -> dict[tuple[str, str], cost.Cost]:
    """Only where a contract can be told to be of a row: a school's, or a supplier's."""
    found = {}
    for line in lines:
        paying = [
            one for one in charges if cost.pays_for(one, line.kind) and _is_of(one, line, asked.by)
        ]
        if asked.by in ("school", "supplier"):
            counts: Counts = line.counts
            found[line.kind, line.named.key] = cost.cost(
                paying, counts, rate, asked.first, asked.end
            )
    return found


def _is_of(one: cost.Charge, line: Line, by: str) -> bool:
    if by == "school":
        return one.school_id == line.row.group.school_id
    return not line.row.group.provider or one.supplier == line.row.group.provider
