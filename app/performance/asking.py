"""Figures as somebody asks for them: found, named, compared, priced; for page, API and report."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from app.keyset import Page
from app.licences.queries import held_by_school
from app.licences.rules import Share, share, standings
from app.performance import cost, kept, many
from app.performance.behind import MOST_VALUES, single_values
from app.performance.comparing import Comparison, Line, Medians, compare, judge
from app.performance.figures import FIGURES
from app.performance.many import FEWEST_OTHERS, OTHERS, USUAL_WINDOW, Many, Place
from app.performance.models import EVERY
from app.performance.naming import Named, Names, merged, names_of
from app.performance.periods import A_DAY
from app.performance.sight import Sight, each_of, every_school, within_sight
from app.performance.totals import Asked, Counts, Group, Row, add_to, backlog, rows


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
    # Of a very large authority, where only some of its schools were looked at.
    many: Many | None = None

    def cost_of(self, line: Line) -> cost.Cost | None:
        return self.costs.get((line.kind, line.named.key))

    @property
    def is_awaited(self) -> bool:
        """Whether the worker has not compared these schools yet."""
        return self.many is not None and self.many.made_at is None

    @property
    def is_window(self) -> bool:
        return self.many is not None and self.many.is_window

    def part(self, after: Place | None, limit: int, *, with_others: bool = True) -> Page:
        """So many lines from a place on: those with a name by name, then the others by size. Of a
        very large authority no more were looked at."""
        if self.many is not None and self.is_window:
            return Page(self.comparison.lines, self.many.place)
        placed: list[tuple[Place, Line]] = [([0, *one.place], one) for one in self.comparison.lines]
        if with_others:
            placed += [([1, at], one) for at, one in enumerate(self.others)]
        left = [one for one in placed if after is None or one[0] > after]
        shown = left[:limit]
        place = shown[-1][0] if len(left) > len(shown) else None
        return Page([line for _, line in shown], place)


def performance(
    sight: Sight,
    asked: Asked,
    *,
    target: float | None = None,
    after: Place | None = None,
    limit: int = USUAL_WINDOW,
) -> Answer:
    """`asked` says the period and what by; whose it is, the sight decides. `after` and `limit`: in
    a very large authority, of which schools."""
    with every_school() if sight.is_everywhere else nullcontext():
        if asked.by == "school" and sight.is_comparing and kept.is_vast():
            return _of_many(sight, asked, target, after, limit)
        return _of_all(sight, asked, target)


def _of_all(sight: Sight, asked: Asked, target: float | None) -> Answer:
    mine = within_sight(sight, asked)
    names, named = _found(sight, mine)
    among = _among(sight, asked, named)
    comparison = compare(
        named, among, target=target, medians=_medians_of(sight, mine, names, named)
    )
    return _answer(sight, mine, names, comparison, _others(sight, asked, among, named, target))


def _of_many(
    sight: Sight, asked: Asked, target: float | None, after: Place | None, limit: int
) -> Answer:
    """Only some schools are looked at; with what they are compared is kept."""
    mine = within_sight(sight, asked)
    compared = many.compared(sight, asked, target)
    window = None
    if mine.school_ids is None:
        window = many.window(mine, compared, after, limit)
        mine = replace(mine, school_ids=frozenset(window.places))
    names, named = _found(sight, mine)
    kinds = None if window else {row.group.kind for _, row in named}
    baselines = compared.baselines(kinds) if compared else {}
    comparison = judge(named, baselines, _medians_of(sight, mine, names, named))
    if window and compared:
        lines, place = window.cut(comparison.lines)
        comparison, compared = replace(comparison, lines=lines), compared.at(place)
    strangers = compared.others() if compared and not sight.is_everywhere else ()
    whole = compared.baselines() if compared else {}
    others = judge([(OTHERS, row) for row in strangers], whole).lines
    answer = _answer(sight, mine, names, comparison, sorted(others, key=_by_size))
    return replace(answer, many=compared)


def _found(sight: Sight, mine: Asked) -> tuple[Names, list[tuple[Named, Row]]]:
    found: list[tuple[list[Row], Names]] = each_of(sight, lambda: [_named(mine)])
    names = _joined([one for _, one in found])
    return names, merged([row for rows_, _ in found for row in rows_], names, mine.by)


def _answer(
    sight: Sight, mine: Asked, names: Names, comparison: Comparison, others: list[Line]
) -> Answer:
    """With what is known of schools as a whole, where it is by school, and what it cost."""
    is_costed = mine.by in ("school", "supplier") and sight.suppliers is None
    charges = each_of(sight, lambda: _charges(mine)) if is_costed else []
    rate = each_of(sight, lambda: [cost.labour_rate()]) if is_costed else []
    is_of_schools = mine.by == "school"
    left = each_of(sight, lambda: list(backlog(mine, mine.end).items())) if is_of_schools else []
    return Answer(
        mine,
        comparison,
        names,
        # What the school's and the LA's own work cost is not a supplier's business.
        _costs(comparison.lines, charges, rate[0] if rate else Decimal(0), mine)
        if is_costed
        else {},
        {names.schools[school].slug: count for school, count in left if school in names.schools},
        {one.slug: one.pupils for one in names.schools.values() if one.pupils},
        {
            names.schools[school].slug: found
            for school, found in each_of(sight, lambda: _licences(mine))
            if school in names.schools
        },
        others,
    )


def _licences(asked: Asked) -> list[tuple[int, Share]]:
    """Both ends of a licence count, so the last day that belongs to the period is asked about."""
    if asked.by != "school" or asked.suppliers is not None:
        return []
    last = asked.end - A_DAY
    held = held_by_school(last, asked.school_ids)
    return [(school, share(standings(found, last))) for school, found in held.items()]


def _charges(asked: Asked) -> list[cost.Charge]:
    """Where one supplier is asked for, of its contracts only. What no supplier keeps is the LA's,
    which may well stand in a school's list of suppliers."""
    ask = cost.charges_of if asked.by == "school" else cost.charges_of_suppliers
    found = ask(asked.first, asked.end, asked.school_ids)
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
    """Of the same size: by all that is counted, never by which school it is, nor by the order in
    which the database gave them."""
    said = [
        sorted((name, many) for name, many in counts.items() if many)
        for counts in (line.promised, line.counts)
    ]
    return line.promised.get("resolution_decided", 0), line.kind, *said


def _medians_of(
    sight: Sight, mine: Asked, names: Names, named: Sequence[tuple[Named, Row]]
) -> Medians:
    rows_ = [row for _, row in named] if sight.is_everywhere else []
    return _by_line(each_of(sight, lambda: _medians(mine, names, rows_)))


def _medians(
    asked: Asked, names: Names, found_rows: Sequence[Row]
) -> list[tuple[tuple[str, str, str], int]]:
    """Single values by line and figure, for the figures that have a median."""
    found = []
    kinds = (asked.kind,) if asked.kind else ("ola", "sla", "uc")
    for figure in FIGURES.values():
        if figure.median_of is None:
            continue
        is_whole = not figure.is_of_agreement and asked.is_whole
        counted_by = figure.denominator[0]
        for kind in (EVERY,) if is_whole else kinds:
            if _are_too_many(found_rows, counted_by, kind):
                continue
            for school, la, own, provider, priority, value in single_values(
                asked, figure.median_of, kind, counted_by=counted_by
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


def _are_too_many(found: Sequence[Row], counter: str, kind: str) -> bool:
    """Of so many there is no median, so nobody need read them."""
    by_kind: Counts = {}
    for row in found:
        strata = row.every if kind == EVERY else row.strata if row.group.kind == kind else {}
        for counts in strata.values():
            add_to(by_kind, {row.group.kind: counts.get(counter, 0)})
    return max(by_kind.values(), default=0) > MOST_VALUES


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
