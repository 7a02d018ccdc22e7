"""Tells how much of the work puts out fires [N22], and what became of problems and changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from app.performance import statistics as stats
from app.performance.depth.registers import CHANGE, LOGGED, OPEN, PROBLEM, RECURRING, RESOLVED
from app.performance.depth.seen import Seen
from app.performance.depth.success import METHOD, PROBLEMS_METHOD
from app.performance.depth.sums import (
    KIND,
    ON,
    Sums,
    by_month,
    figures,
    figures_by_month,
    sums,
)
from app.performance.depth.sums import schools as schools_seen
from app.performance.depth.told import (
    Table,
    Told,
    amount,
    beyond_sentence,
    control_points,
    hours,
    labelled_months,
    share,
    share_words,
    text_number,
    words,
)
from app.performance.models import FigureDay
from app.plots.shapes import Cell, Trend
from app.plots.words import NONE, per_cent

_KINDS = ("minutes_reactive", "minutes_proactive", "minutes_change")
_FIRES = (
    "Of the minutes of work logged in a month, those that put something right again (reactive); "
    "the rest prevents faults (proactive) or brings something new (change). The limits are those "
    "of a control chart: the mean of the months, and 2.66 times the mean step from one month to "
    "the next on either side."
)
_NO_WORK = (
    "No work was logged in this period. Whoever works on an incident logs the minutes and their "
    "kind with it."
)


def ratio_words(reactive: float, rest: float) -> str:
    """Reactive : proactive, as `3.2 : 1`."""
    return f"{reactive / rest:.1f} : 1" if rest else NONE


def tell_fires(seen: Seen) -> Told:
    found = figures_by_month(seen, _KINDS)
    days = labelled_months(seen.first, seen.end, seen.today)
    minutes = [_minutes(found.get(day)) for day in days]
    values = [one[0] / sum(one) if sum(one) else None for one in minutes]
    said = [_said(one) for one in minutes]
    control = stats.xmr(values, lowest=0.0, highest=1.0)
    total = [sum(one[place] for one in minutes) for place in range(3)]
    if not sum(total):
        return Told("", _FIRES, empty=_NO_WORK)
    finding = (
        f"{per_cent(total[0] / sum(total))} of the work logged put something right again; reactive "
        f"to the rest is {ratio_words(total[0], total[1] + total[2])}. "
        f"{beyond_sentence(days, control, said)}"
    )
    plot = Trend(
        key="fire-fighting",
        title="Fire-fighting, month by month",
        finding=beyond_sentence(days, control, said),
        points=control_points(days, values, said, control),
        value_words="Reactive share",
        centre=control.centre,
        centre_words="Mean of the months",
    )
    tables = [_by_month(days, minutes, values)]
    if seen.is_everywhere:
        tables.append(_by_school(seen))
    return Told(finding, _FIRES, [plot], tables, frozenset({"fire-fighting"}), _NO_WORK)


def tell_problems(seen: Seen) -> Told:
    kept: dict[str, dict[date, Sums]] = {one: {} for one in (LOGGED, RESOLVED, RECURRING, OPEN)}
    for one in sums(seen, PROBLEM, ON, KIND):
        kept[one.keys[1]][one.keys[0]] = one
    changes = by_month(seen, CHANGE)
    days = labelled_months(seen.first, seen.end, seen.today)
    fixed = sum(one.hits for one in kept[RESOLVED].values())
    seconds = sum(one.amount for one in kept[RESOLVED].values())
    ended, good = _both(changes.values())
    backed_out = sum(one.amount for one in changes.values())
    recurring = sum(one.hits for one in kept[RECURRING].values())
    still_open = sum(one.hits for one in kept[OPEN].values())
    within = f", on average within {hours(seconds / fixed).text} hours" if fixed else ""
    # Those that are open stand in the month that runs, so a past period does not know them.
    now = f"{_times(still_open, 'is open', 'are open')} now, and " if seen.end > seen.today else ""
    finding = (
        f"Problems: {_times(fixed, 'was resolved', 'were resolved')}{within}; {now}"
        f"{_times(recurring, 'incident recurred', 'incidents recurred')} after the error was "
        f"known. Changes that succeeded: {share_words(good, ended)}; {backed_out} backed out."
    )
    is_empty = not any(kept[kind] for kind in (LOGGED, RESOLVED, RECURRING)) and not ended
    table = Table(
        "Problems and changes by month",
        (
            "Month",
            "Problems logged",
            "Resolved",
            "Mean hours to fix",
            "Recurring incidents",
            "Changes ended",
            "Succeeded",
            "Backed out",
        ),
        [] if is_empty else [_problem_row(day, kept, changes.get(day)) for day in days],
    )
    plots = [_success(days, changes)] if ended else []
    return Told(
        finding,
        f"{PROBLEMS_METHOD} {METHOD}",
        plots,
        [table],
        frozenset({"changes"}),
        "No problem was logged and no change ended in this period.",
    )


def _success(days: Sequence[date], changes: dict[date, Sums]) -> Trend:
    counts = [(changes[day].hits, changes[day].base) if day in changes else (0, 0) for day in days]
    control = stats.p_chart(counts)
    said = [f"{met} of {of}" if of else "" for met, of in counts]
    return Trend(
        key="changes",
        title="Changes that succeeded",
        finding=beyond_sentence(days, control, said),
        points=control_points(days, [m / n if n else None for m, n in counts], said, control),
        value_words="Succeeded",
        centre=control.centre,
    )


def _problem_row(day: date, kept: dict[str, dict[date, Sums]], change: Sums | None) -> list[Cell]:
    fixed = kept[RESOLVED].get(day)
    return [
        words(f"{day:%B %Y}"),
        amount(_hits(kept[LOGGED].get(day))),
        amount(_hits(fixed)),
        hours(fixed.amount / fixed.hits if fixed else None),
        amount(_hits(kept[RECURRING].get(day))),
        amount(change.base if change else 0),
        share(change.hits, change.base) if change else text_number(NONE),
        amount(change.amount if change else 0),
    ]


def _by_month(
    days: Sequence[date], minutes: Sequence[Sequence[int]], values: Sequence[float | None]
) -> Table:
    return Table(
        "Hours of work by month",
        ("Month", "Reactive", "Proactive", "Change", "Reactive share", "Reactive to the rest"),
        [
            [words(f"{day:%B %Y}"), *_work(one), text_number(per_cent(value)), _ratio(one)]
            for day, one, value in zip(days, minutes, values, strict=True)
        ],
    )


def _by_school(seen: Seen) -> Table:
    rows = {row[0]: _minutes(row) for row in figures(seen, _KINDS, FigureDay.school_id)}
    return Table(
        "Hours of work by school",
        ("School", "Reactive", "Proactive", "Change", "Reactive share", "Reactive to the rest"),
        [
            [
                words(school.name, f"/{school.slug}/performance/in-depth/fire-fighting"),
                *_work(one),
                text_number(per_cent(one[0] / sum(one))),
                _ratio(one),
            ]
            for school in schools_seen(seen).values()
            if sum(one := rows.get(school.id, (0, 0, 0)))
        ],
    )


def _work(minutes: Sequence[int]) -> list[Cell]:
    return [amount(one / 60, 1) for one in minutes]


def _ratio(minutes: Sequence[int]) -> Cell:
    return text_number(ratio_words(minutes[0], minutes[1] + minutes[2]))


def _minutes(row: Any) -> tuple[int, int, int]:
    if row is None:
        return 0, 0, 0
    return row.minutes_reactive, row.minutes_proactive, row.minutes_change


def _said(minutes: Sequence[int]) -> str:
    return f"{minutes[0] / 60:,.1f} of {sum(minutes) / 60:,.1f} h" if sum(minutes) else ""


def _both(found: Any) -> tuple[int, int]:
    those = list(found)
    return sum(one.base for one in those), sum(one.hits for one in those)


def _hits(one: Sums | None) -> int:
    return one.hits if one else 0


def _times(many: int, one: str, several: str) -> str:
    return f"{many} {one if many == 1 else several}"
