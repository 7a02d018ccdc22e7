"""Tells how many visits came to nothing, and how much the Tech Advisors solved: shares of each
school, in a funnel. A school sees its own; who may compare sees the others without their names.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from app.performance.depth import shares
from app.performance.depth.registers import OF_LA, OF_SCHOOL, OF_SUPPLIER, VISIT
from app.performance.depth.seen import Seen
from app.performance.depth.shares import Others, Share, everybody, others_of
from app.performance.depth.sums import KIND, SCHOOL, figures, sums
from app.performance.depth.sums import schools as schools_seen
from app.performance.depth.told import Counted, Table, Told, amount, funnel, share, words
from app.performance.figures import FIGURES
from app.performance.models import FigureDay
from app.plots.shapes import FLAG_WORDS, Flag, Plot

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
_SOLVED = ("advice_solved", "advice_entered")


class _Drawn(NamedTuple):
    """The words of a funnel."""

    key: str
    title: str
    of_words: str
    met_words: str
    heading: str
    what: str


_VISITS_DRAWN: Final = _Drawn(
    "visits", "Aborted visits, by school", "Visits", "Aborted", "Aborted", "aborted visits"
)
_ADVICE_DRAWN: Final = _Drawn(
    "advice",
    "Solved by Tech Advisors, by school",
    "Sheets",
    "Solved",
    "Solved by advice",
    "sheets solved by advice",
)


def visits(seen: Seen, *, of_all: bool = False) -> list[Share]:
    """Aborted of ended."""
    found = sums(seen, VISIT, SCHOOL, of_all=of_all)
    return [Share(one.keys[0], one.hits, one.base) for one in found]


def advice(seen: Seen, *, of_all: bool = False) -> list[Share]:
    """Solved of entered."""
    return [Share(*row) for row in figures(seen, _SOLVED, FigureDay.school_id, of_all=of_all)]


# What the worker keeps of every school, by topic.
SHARED: Final = {"visits": visits, "advice": advice}


def visits_by_name(seen: Seen) -> Others:
    """Of every school that the person sees and that had visits."""
    if not (seen.is_vast and seen.is_everywhere):
        return Others(by_name(seen, visits(seen)))
    return everybody(seen, "visits", schools_seen(seen) if seen.words else None)


def by_name(seen: Seen, found: Iterable[Share]) -> list[Share]:
    shares = {one.school_id: one for one in found if one.of}
    return [shares[school] for school in schools_seen(seen) if school in shares]


def to_keep(seen: Seen, topic: str) -> dict[str, Any]:
    """For the worker."""
    return shares.to_keep(by_name(seen, SHARED[topic](seen)))


def visits_by_provider(seen: Seen) -> list[tuple[str, int, int]]:
    found: dict[str, list[int]] = {}
    for one in sums(seen, VISIT, KIND):
        counts = found.setdefault(one.keys[0], [0, 0])
        counts[0] += one.hits
        counts[1] += one.base
    return [(kind, found[kind][0], found[kind][1]) for kind in PROVIDERS if kind in found]


def tell_visits(seen: Seen) -> Told:
    mine = visits(seen)
    aborted, ended = _sums(mine)
    if not ended:
        return Told("", METHOD, empty=_NO_VISIT)
    compared = _compared(seen, mine, _VISITS_DRAWN)
    of_provider = Table(
        "Aborted visits by who came",
        ("Who came", "Visits", "Aborted"),
        [
            [words(PROVIDERS[kind]), amount(of), share(met, of)]
            for kind, met, of in visits_by_provider(seen)
        ],
    )
    return _told(
        seen,
        f"{aborted:,} of {ended:,} visits were aborted.",
        METHOD,
        compared,
        of_provider,
        _NO_VISIT,
    )


def tell_advice(seen: Seen) -> Told:
    mine = advice(seen)
    solved, entered = _sums(mine)
    if not entered:
        return Told("", _ADVICE.sentence, empty=_NO_ADVICE)
    compared = _compared(seen, mine, _ADVICE_DRAWN)
    return _told(
        seen,
        f"Tech Advisors solved {solved:,} of {entered:,} sheets that went to them first.",
        _ADVICE.sentence,
        compared,
        _by_term(seen),
        _NO_ADVICE,
    )


class _Compared(NamedTuple):
    key: str
    plots: Sequence[Plot]
    tables: Sequence[Table]  # of every school, for the LA
    others: Others


def _compared(seen: Seen, mine: Sequence[Share], drawn: _Drawn) -> _Compared:
    """The funnel: of the LA's schools by name, or of the own ones among others without one."""
    others = Others()
    if seen.sight.is_among_others:
        others = others_of(seen, drawn.key, SHARED[drawn.key])
    rows = _rows(seen, mine, others, drawn.key)
    plot, flags = funnel(rows, **drawn._asdict(), among=others.among, note=others.note)
    is_compared = plot is not None and (seen.is_everywhere or bool(others.shares))
    by_school = _by_school(rows, flags, drawn.of_words, drawn.heading)
    return _Compared(
        drawn.key,
        [plot] if is_compared and plot else [],
        [by_school] if seen.is_everywhere else [],
        others,
    )


def _told(
    seen: Seen, finding: str, method: str, compared: _Compared, first: Table, empty: str
) -> Told:
    # For the LA every dot of the funnel stands in the table by school.
    in_tables = frozenset({compared.key}) if seen.is_everywhere else frozenset()
    tables = [one for one in (first, *compared.tables) if one.rows]
    others = compared.others
    return Told(
        finding,
        method,
        compared.plots,
        tables,
        in_tables,
        empty,
        as_of=others.as_of,
        is_awaited=others.is_awaited,
    )


def _sums(mine: Sequence[Share]) -> tuple[int, int]:
    return sum(one.met for one in mine), sum(one.of for one in mine)


def _rows(seen: Seen, mine: Iterable[Share], others: Others, topic: str) -> list[Counted]:
    """By name; the others behind them, without one."""
    counts = {one.school_id: one for one in mine}
    rows = [
        Counted(
            counts[school.id].met,
            counts[school.id].of,
            school.name,
            f"/{school.slug}/performance/in-depth/{topic}",
            is_own=not seen.is_everywhere,
        )
        for school in schools_seen(seen).values()
        if school.id in counts and counts[school.id].of
    ]
    strangers = [Counted(one.met, one.of, None) for one in others.shares]
    return [*rows, *sorted(strangers, key=lambda one: (one.of, one.met))]


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


def _by_term(seen: Seen) -> Table:
    rows = []
    for term in seen.terms():
        for solved, entered in figures(seen, _SOLVED, first=term.first, end=term.end):
            if entered:
                rows.append([words(term.name), amount(entered), share(solved, entered)])
    return Table("Terms", ("Term", "Sheets", "Solved by advice"), rows)
