"""Tells how many visits came to nothing, and how much the Tech Advisors solved: shares of each
school, in a funnel. A school sees its own; who may compare sees the others without their names.
"""

from __future__ import annotations

from collections.abc import Iterable

from app.performance.depth.registers import OF_LA, OF_SCHOOL, OF_SUPPLIER, VISIT
from app.performance.depth.seen import Seen
from app.performance.depth.sums import KIND, SCHOOL, figures, sums
from app.performance.depth.sums import schools as schools_seen
from app.performance.depth.told import Counted, Table, Told, amount, funnel, share, words
from app.performance.figures import FIGURES
from app.performance.models import FigureDay
from app.plots.shapes import FLAG_WORDS, Flag

# fmt: off
PROVIDERS = {
    OF_LA:       "The local authority",
    OF_SCHOOL:   "The school’s own technician",
    OF_SUPPLIER: "Suppliers",
}
# fmt: on
METHOD = (
    "Visits that ended in the period, by the day on which they began. Aborted: whoever came could "
    "not get in, or had to break off. What was cancelled before is not counted."
)
_NO_VISIT = "No visit has ended in this period."
_NO_ADVICE = (
    "No sheet went to a Tech Advisor in this period. Whether a school has them is in its settings."
)
_ADVICE = FIGURES["deflection"]
Rows = list[tuple[int, int, int]]  # school, met, of


def visits(seen: Seen, *, of_all: bool = False) -> Rows:
    """School, aborted, ended."""
    return [(one.keys[0], one.hits, one.base) for one in sums(seen, VISIT, SCHOOL, of_all=of_all)]


def visits_by_provider(seen: Seen) -> list[tuple[str, int, int]]:
    found: dict[str, list[int]] = {}
    for one in sums(seen, VISIT, KIND):
        counts = found.setdefault(one.keys[0], [0, 0])
        counts[0] += one.hits
        counts[1] += one.base
    return [(kind, found[kind][0], found[kind][1]) for kind in PROVIDERS if kind in found]


def tell_visits(seen: Seen) -> Told:
    mine = visits(seen)
    aborted, ended = sum(one[1] for one in mine), sum(one[2] for one in mine)
    if not ended:
        return Told("", METHOD, empty=_NO_VISIT)
    others = visits(seen, of_all=True) if seen.sight.is_among_others else []
    rows = _rows(seen, mine, others, "visits")
    plot, flags = funnel(
        rows,
        key="visits",
        title="Aborted visits, by school",
        of_words="Visits",
        met_words="Aborted",
        heading="Aborted",
        what="aborted visits",
    )
    is_compared = plot is not None and (seen.is_everywhere or bool(others))
    of_provider = Table(
        "Aborted visits by who came",
        ("Who came", "Visits", "Aborted"),
        [
            [words(PROVIDERS[kind]), amount(of), share(met, of)]
            for kind, met, of in visits_by_provider(seen)
        ],
    )
    tables = [of_provider]
    if seen.is_everywhere:
        tables.append(_by_school(rows, flags, "Visits", "Aborted"))
    return Told(
        f"{aborted:,} of {ended:,} visits were aborted.",
        METHOD,
        [plot] if is_compared and plot else [],
        tables,
        _in_tables(seen, "visits"),
        _NO_VISIT,
    )


def tell_advice(seen: Seen) -> Told:
    names = ("advice_solved", "advice_entered")
    mine = [tuple(row) for row in figures(seen, names, FigureDay.school_id)]
    solved, entered = sum(one[1] for one in mine), sum(one[2] for one in mine)
    if not entered:
        return Told("", _ADVICE.sentence, empty=_NO_ADVICE)
    others = []
    if seen.sight.is_among_others:
        others = [tuple(r) for r in figures(seen, names, FigureDay.school_id, of_all=True)]
    rows = _rows(seen, mine, others, "advice")
    plot, flags = funnel(
        rows,
        key="advice",
        title="Solved by Tech Advisors, by school",
        of_words="Sheets",
        met_words="Solved",
        heading="Solved by advice",
        what="sheets solved by advice",
    )
    is_compared = plot is not None and (seen.is_everywhere or bool(others))
    tables = [_by_term(seen, names)]
    if seen.is_everywhere:
        tables.append(_by_school(rows, flags, "Sheets", "Solved by advice"))
    by_term = [one for one in tables if one.rows]
    return Told(
        f"Tech Advisors solved {solved:,} of {entered:,} sheets that went to them first.",
        _ADVICE.sentence,
        [plot] if is_compared and plot else [],
        by_term,
        _in_tables(seen, "advice"),
        _NO_ADVICE,
    )


def _rows(seen: Seen, mine: Iterable[tuple[int, ...]], others: Rows, topic: str) -> list[Counted]:
    """By name; the others behind them, without one."""
    schools = schools_seen(seen)
    counts = {school: (met, of) for school, met, of in mine}
    rows = [
        Counted(
            *counts[school.id],
            school.name,
            f"/{school.slug}/performance/in-depth/{topic}",
            is_own=not seen.is_everywhere,
        )
        for school in schools.values()
        if school.id in counts and counts[school.id][1]
    ]
    strangers = [
        Counted(met, of, None) for school, met, of in others if school not in seen.own and of
    ]
    return [*rows, *sorted(strangers, key=lambda one: (one.of, one.met))]


def _in_tables(seen: Seen, key: str) -> frozenset[str]:
    """For the LA every dot of the funnel stands in the table by school."""
    return frozenset({key}) if seen.is_everywhere else frozenset()


def _by_school(rows: list[Counted], flags: list[Flag], of: str, met: str) -> Table:
    return Table(
        "Schools, by name",
        ("School", of, met, "Against all schools"),
        [
            [
                words(one.name or "", one.href),
                amount(one.of),
                share(one.met, one.of),
                words(FLAG_WORDS[flag]),
            ]
            for one, flag in zip(rows, flags, strict=True)
        ],
    )


def _by_term(seen: Seen, names: tuple[str, str]) -> Table:
    rows = []
    for term in seen.terms():
        for solved, entered in figures(seen, names, first=term.first, end=term.end):
            if entered:
                rows.append([words(term.name), amount(entered), share(solved, entered)])
    return Table("Terms", ("Term", "Sheets", "Solved by advice"), rows)
