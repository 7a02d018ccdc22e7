"""Tells when people report: by school week, by weekday and by hour."""

from __future__ import annotations

from datetime import date, timedelta
from statistics import median

from app.performance.depth.reports import HOUR as BY_HOUR
from app.performance.depth.seen import Seen
from app.performance.depth.sums import DETAIL, KIND, figures_by_day, sums
from app.performance.depth.told import Table, Told, amount, words
from app.performance.periods import academic_year
from app.performance.poisson import at_most
from app.plots.shapes import Band, Bands, Cell, Week, Weeks

_A_WEEK = timedelta(days=7)
# Once in a thousand weeks by chance.
_BURST = 0.001
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
METHOD = (
    "Incidents and requests by the day they were reported. Usual for a week: the middle one of the "
    "school weeks of the year. A burst is a week with more than chance explains against that "
    "(Poisson, one in a thousand). Confidential incidents are left out of the hours."
)
_EMPTY = "Nothing was reported in this school year."


def tell(seen: Seen) -> Told:
    year = academic_year(min(seen.end - timedelta(days=1), seen.today))
    found = figures_by_day(seen, ("reported",), year.first, year.end)
    counts = {on: one.reported for on, one in found.items()}
    weeks = weeks_of(year.first, year.end, counts, seen.half_terms, seen.today)
    if not any(counts.values()):
        return Told("", METHOD, empty=_EMPTY)
    bursts = [one.label for one in weeks if one.is_burst]
    said = f"Bursts: the weeks of {', '.join(bursts)}." if bursts else "No week was a burst."
    finding = f"{sum(counts.values()):,} were reported in the {year.name.lower()}. {said}"
    plot = Weeks(
        key="weeks", title=f"Reported, week by week: {year.name}", finding=said, weeks=weeks
    )
    by_hour = _hours(seen)
    plots = [plot, by_hour] if by_hour else [plot]
    weekly = Table(
        "By school week",
        ("Week of", "Reported", "Usual", "Finding"),
        [
            [words(one.label), amount(one.amount), amount(one.usual, 1), words(_said(one))]
            for one in weeks
        ],
    )
    tables = [weekly, _weekdays(seen)]
    return Told(finding, METHOD, plots, tables, frozenset({"weeks"}), _EMPTY)


def weeks_of(
    first: date,
    end: date,
    counts: dict[date, int],
    half_terms: tuple[tuple[date, date], ...],
    today: date,
) -> list[Week]:
    """From the Monday on or before the first day; a week to come has no amount. Pure."""
    monday = first - timedelta(days=first.weekday())
    found: list[tuple[date, int, bool]] = []
    while monday < end:
        many = sum(counts.get(monday + timedelta(days=day), 0) for day in range(7))
        found.append((monday, many, _is_holiday(monday, half_terms)))
        monday += _A_WEEK
    over = [many for on, many, is_off in found if not is_off and on + _A_WEEK <= today]
    usual = float(median(over)) if over else None
    return [
        Week(
            label=f"{on:%-d %b}",
            amount=many if on <= today else None,
            is_holiday=is_off,
            usual=None if is_off else usual,
            is_burst=not is_off and is_burst(many, usual),
        )
        for on, many, is_off in found
    ]


def is_burst(many: int, usual: float | None) -> bool:
    return bool(usual) and 1.0 - at_most(many - 1, usual or 0.0) < _BURST


def _is_holiday(monday: date, half_terms: tuple[tuple[date, date], ...]) -> bool:
    """No day of it is a school day; where no terms are known, none is."""
    friday = monday + timedelta(days=4)
    return bool(half_terms) and not any(
        first <= friday and monday <= last for first, last in half_terms
    )


def _said(one: Week) -> str:
    if one.is_holiday:
        return "Holiday"
    return "Burst" if one.is_burst else ""


def _hours(seen: Seen) -> Bands | None:
    found: dict[str, int] = {}
    for one in sums(seen, BY_HOUR, DETAIL):
        found[one.keys[0]] = found.get(one.keys[0], 0) + one.hits
    if not found:
        return None
    first, last = min(found), max(found)
    most = max(found, key=lambda hour: found[hour])
    return Bands(
        key="hours",
        title="Reported, by hour of the day",
        finding=f"Most were reported between {most}:00 and {int(most) + 1:02}:00.",
        bands=[
            Band(label=f"{hour:02}:00", amount=found.get(f"{hour:02}", 0))
            for hour in range(int(first), int(last) + 1)
        ],
        label_words="Hour",
        amount_words="Reported",
    )


def _weekdays(seen: Seen) -> Table:
    found: dict[str, int] = {}
    for one in sums(seen, BY_HOUR, KIND):
        found[one.keys[0]] = found.get(one.keys[0], 0) + one.hits
    rows: list[list[Cell]] = [
        [words(name), amount(found[str(number)])]
        for number, name in enumerate(_WEEKDAYS, start=1)
        if found.get(str(number))
    ]
    return Table("By weekday", ("Weekday", "Reported"), rows)
