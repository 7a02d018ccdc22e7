"""Tells where clocks stood still (and why targets are gamed there), and whether a well-filled sheet
saves time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from app.performance.behind import MOST_VALUES, single_values
from app.performance.counters import PAUSES
from app.performance.depth import sheets
from app.performance.depth.seen import Seen
from app.performance.depth.sums import figures
from app.performance.depth.sums import schools as schools_seen
from app.performance.depth.told import HOUR, Table, Told, amount, hours, text_number, words
from app.performance.figures import FIGURES
from app.performance.models import EVERY, FigureDay
from app.performance.words import KIND_WORDS, PAUSE_WORDS
from app.plots.shapes import Band, Bands, Bar, Cell, Stacked
from app.plots.words import NONE, per_cent

_MOST_BARS = 30
_REASONS = tuple(f"pause_{one}_seconds" for one in PAUSES)
_COUNTED = ("net_seconds", *_REASONS)
# At most eight patterns can be told apart, so what is agreed beforehand is one.
_DRAWN: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Running", ("net_seconds",)),
    ("Reporter", ("pause_awaiting_user_seconds",)),
    ("Room", ("pause_awaiting_site_access_seconds",)),
    ("Supplier or parts", ("pause_awaiting_supplier_seconds", "pause_awaiting_parts_seconds")),
    ("Approval", ("pause_awaiting_approval_seconds",)),
    (
        "Visit, change or problem",
        (
            "pause_agreed_visit_seconds",
            "pause_awaiting_change_seconds",
            "pause_awaiting_problem_seconds",
        ),
    ),
    ("Resolved, then reopened", ("pause_reopened_seconds",)),
    ("Back with the school", ("pause_with_school_seconds",)),
)
_COMPARED = ("sheet_poor", "sheet_good")
_PAUSED = (
    f"{FIGURES['paused_share'].sentence} A target is easily kept by a clock that stands still: "
    "look at the schools where far more of the time is paused than elsewhere, and for which reason."
)
_SHEETS = (
    "The score of a sheet says how much of what helps was filled in. Open hours of the school’s "
    "desk from the report to the last resolution, of the incidents resolved in the period. The "
    "difference has a 95 % interval (Welch)."
)
_NO_CLOCK = "No incident with such an agreement was resolved in this period."
_NOTHING = "Nothing was resolved in this period."


def tell_paused(seen: Seen) -> Told:
    kinds = [
        (kind, row) for kind in KIND_WORDS for row in figures(seen, _COUNTED, kind=kind) if any(row)
    ]
    totals = _together(kinds)
    if not totals:
        return Told("", _PAUSED, empty=_NO_CLOCK)
    paused = sum(sum(_reasons(row)) for row in totals.values())
    whole = paused + sum(row[0] for row in totals.values())
    by_school = _by_school(seen) if seen.is_everywhere else []
    bars = (
        [Bar(label=name, amounts=_amounts(row)) for name, _, row in by_school[:_MOST_BARS]]
        if by_school
        else [Bar(label=KIND_WORDS[kind], amounts=_amounts(row)) for kind, row in totals.items()]
    )
    plot = Stacked(
        key="paused",
        title="How long clocks ran, and why they stood still",
        finding="Schools in order of name." if by_school else "By agreement.",
        parts=[name for name, _ in _DRAWN],
        bars=bars,
        label_words="School" if by_school else "Agreement",
    )
    tables = [_by_reason(totals)]
    if by_school:
        tables.append(_table_of_schools(by_school))
    return Told(
        f"Clocks stood still for {per_cent(paused / whole)} of their open time "
        f"({paused / HOUR:,.1f} of {whole / HOUR:,.1f} hours).",
        _PAUSED,
        [plot],
        tables,
        empty=_NO_CLOCK,
    )


def tell_sheets(seen: Seen) -> Told:
    names = [name for band, _ in sheets.BANDS for name in (band, f"{band}_seconds")]
    rows = figures(seen, names)
    counts = [sum(row[place] or 0 for row in rows) for place in range(len(names))]
    bands = [
        (title, counts[2 * place], counts[2 * place + 1])
        for place, (_, title) in enumerate(sheets.BANDS)
    ]
    if not any(many for _, many, _ in bands):
        return Told("", _SHEETS, empty=_NOTHING)
    # Single times are only looked at where these are not too many for somebody who waits.
    is_too_much = sum(many for _, many, _ in bands) > MOST_VALUES
    single = {band: [] if is_too_much else _single(seen, band) for band in _COMPARED}
    said = sheets.sentence(sheets.difference(*single.values()), is_too_much=is_too_much)
    plot = Bands(
        key="sheets",
        title="Mean open hours to fix, by how well the sheet was filled in",
        finding=said,
        bands=[
            Band(label=title, amount=round(lost / many / HOUR, 1) if many else 0)
            for title, many, lost in bands
        ],
        label_words="Sheet",
        amount_words="Mean open hours",
    )
    table = Table(
        "Sheets",
        ("Sheet", "Incidents", "Mean open hours to fix"),
        [[words(t), amount(n), hours(lost / n if n else None)] for t, n, lost in bands],
    )
    return Told(said, _SHEETS, [plot], [table], frozenset({"sheets"}), _NOTHING)


def _single(seen: Seen, band: str) -> list[int]:
    """Each one's own time; none at all where there are too many to look at."""
    asked = seen.asked()
    found = seen.ask(lambda: single_values(asked, f"{band}_seconds", EVERY, counted_by=band))
    return [row[-1] for row in found]


def _together(kinds: Iterable[tuple[str, Any]]) -> dict[str, list[int]]:
    """A school after the other: the same kind added up."""
    found: dict[str, list[int]] = {}
    for kind, row in kinds:
        sums = found.setdefault(kind, [0] * len(_COUNTED))
        for place, value in enumerate(row):
            sums[place] += value or 0
    return {kind: sums for kind, sums in found.items() if any(sums)}


def _by_school(seen: Seen) -> list[tuple[str, str, list[int]]]:
    """Name, address, sums over all kinds of agreement; by name."""
    found: dict[int, list[int]] = {}
    for kind in KIND_WORDS:
        for row in figures(seen, _COUNTED, FigureDay.school_id, kind=kind):
            sums = found.setdefault(row[0], [0] * len(_COUNTED))
            for place, value in enumerate(row[1:]):
                sums[place] += value
    return [
        (one.name, f"/{one.slug}/performance/in-depth/paused", found[one.id])
        for one in schools_seen(seen).values()
        if any(found.get(one.id, ()))
    ]


def _reasons(row: Sequence[int]) -> list[int]:
    return [value or 0 for value in row[1:]]


def _amounts(row: Sequence[int]) -> list[float]:
    values = dict(zip(_COUNTED, row, strict=True))
    return [round(sum(values[name] for name in names) / HOUR, 2) for _, names in _DRAWN]


def _by_reason(totals: dict[str, list[int]]) -> Table:
    rows: list[list[Cell]] = []
    for kind, row in totals.items():
        whole = sum(row)
        rows.append([words(KIND_WORDS[kind]), words("It ran"), hours(row[0]), _of(row[0], whole)])
        rows += [
            [
                words(KIND_WORDS[kind]),
                words(PAUSE_WORDS[reason]),
                hours(seconds),
                _of(seconds, whole),
            ]
            for reason, seconds in zip(PAUSES, _reasons(row), strict=True)
            if seconds
        ]
    return Table("By reason", ("Agreement", "The clock", "Open hours", "Share"), rows)


def _table_of_schools(found: list[tuple[str, str, list[int]]]) -> Table:
    rows = []
    for name, href, row in found:
        reasons, whole = _reasons(row), sum(row)
        most = max(range(len(PAUSES)), key=lambda at: reasons[at])
        rows.append(
            [
                words(name, href),
                hours(whole),
                hours(sum(reasons)),
                _of(sum(reasons), whole),
                words(PAUSE_WORDS[PAUSES[most]] if reasons[most] else NONE),
            ]
        )
    headings = ("School", "Open hours", "Paused hours", "Paused", "Mostly because")
    return Table("By school", headings, rows)


def _of(seconds: int, whole: int) -> Cell:
    return text_number(per_cent(seconds / whole if whole else None))
