"""Tells how much of their hours services were there, and whether licences cover what is used."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from app.performance.depth.downtime import METHOD, availability
from app.performance.depth.of_all import SERVICES, answer, asked
from app.performance.depth.registers import LICENCE
from app.performance.depth.reports import SERVICE
from app.performance.depth.seen import Seen
from app.performance.depth.sums import NAME, ON, SCHOOL, Sums, by_month, sums
from app.performance.depth.sums import schools as schools_seen
from app.performance.depth.told import (
    Table,
    Told,
    amount,
    hours,
    labelled_months,
    month_label,
    share,
    share_words,
    text_number,
    words,
)
from app.plots.shapes import Band, Bands, Plot, Point, Trend
from app.plots.words import NONE

_MOST_BARS, _SEVERAL = 30, 2
_NO_SERVICE = (
    "No service is kept, or none was named in an incident. Enter the services of the school, and "
    "name the service when an incident is about it."
)
_LICENCES = (
    "A product is compliant where what is used does not exceed what is owned; site licences cannot "
    "be counted and are left out. Each month as it stood on its last day, the current one today."
)
_NO_LICENCE = "No licence that can be counted is in the register."


class Services(NamedTuple):
    found: list[Sums]
    as_of: datetime | None = None
    is_awaited: bool = False


def services(seen: Seen) -> list[Sums]:
    """By name; the same name at several schools is one."""
    return _with_words(seen, sums(seen, SERVICE, NAME))


def services_kept(seen: Seen) -> Services:
    """The same, for the LA of a very large authority as the worker kept it."""
    if not (seen.is_everywhere and seen.is_vast):
        return Services(services(seen))
    said, made_at = answer(SERVICES, asked(seen))
    if said is None:
        return Services([], is_awaited=True)
    found = [Sums(tuple(keys), *rest) for keys, *rest in said]
    return Services(_with_words(seen, found), made_at)


def to_keep(seen: Seen) -> list[list[Any]]:
    return [list(one) for one in sums(seen, SERVICE, NAME)]


def _with_words(seen: Seen, found: list[Sums]) -> list[Sums]:
    words_asked = seen.words.lower()
    return [one for one in found if words_asked in one.keys[0]]


def availability_words(one: float | None) -> str:
    """Two decimals: a service is rarely away for as much as one per cent. Never rounded up to
    whole: what was away for a minute was not there all the time."""
    if one is None:
        return NONE
    return f"{min(round(one * 100, 2), 99.99 if one < 1 else 100.0):.2f} %"


def tell_availability(seen: Seen) -> Told:
    found = services(seen)
    open_for, down_for = sum(one.base for one in found), sum(one.amount for one in found)
    away = [one for one in found if one.amount]
    finding = (
        f"Services were there for {availability_words(availability(open_for, down_for))} of their "
        f"hours. Of {len(found):,} kept, {len(away) or 'none'} "
        f"{'was' if len(away) < _SEVERAL else 'were'} down at some time"
        f"{f', {down_for / 3600:,.1f} hours in all' if away else ''}."
    )
    headings = ["Service", "Service hours", "Outages", "Hours down", "Available"]
    if seen.is_everywhere:
        headings.insert(1, "Schools")
    rows = []
    for one in found:
        row = [
            words(one.name),
            hours(one.base),
            amount(one.hits),
            hours(one.amount),
            text_number(availability_words(availability(one.base, one.amount))),
        ]
        if seen.is_everywhere:
            row.insert(1, amount(one.schools))
        rows.append(row)
    return Told(
        finding,
        METHOD,
        _plots(seen, away),
        [Table("Services", headings, rows)],
        frozenset({"downtime"}),
        _NO_SERVICE,
    )


def tell_licences(seen: Seen) -> Told:
    months = by_month(seen, LICENCE)
    if not months:
        return Told("", _LICENCES, empty=_NO_LICENCE)
    newest = max(months)
    one = months[newest]
    finding = (
        f"In {newest:%B %Y} licences covered {share_words(one.hits, one.base)} products that can "
        f"be counted; {one.amount:,} licences are missing."
    )
    plot = Trend(
        key="licences",
        title="Licences that cover what is used",
        finding=finding,
        points=[
            _point(day, months[day].hits, months[day].base) if day in months else _point(day, 0, 0)
            for day in labelled_months(seen.first, seen.end, seen.today)
        ],
        value_words="Compliant",
    )
    tables = [_licences_by_school(seen, newest)] if seen.is_everywhere else []
    by_months = Table(
        "Licences by month",
        ("Month", "Products that can be counted", "Compliant", "Licences missing"),
        [
            [words(f"{day:%B %Y}"), amount(m.base), share(m.hits, m.base), amount(m.amount)]
            for day, m in sorted(months.items())
        ],
    )
    told = [*tables, by_months]
    return Told(finding, _LICENCES, [plot], told, frozenset({"licences"}), _NO_LICENCE)


def _plots(seen: Seen, away: list[Sums]) -> list[Plot]:
    months = by_month(seen, SERVICE)
    points = []
    for day in labelled_months(seen.first, seen.end, seen.today):
        one = months.get(day)
        value = availability(one.base, one.amount) if one else None
        said = f"{one.amount / 3600:,.1f} of {one.base / 3600:,.1f} h down" if one else ""
        points.append(Point(label=month_label(day), value=value, words=said))
    plots: list[Plot] = []
    if months:
        plots.append(
            Trend(
                key="availability",
                title="Availability, month by month",
                finding="All services together.",
                points=points,
                value_words="Available",
            )
        )
    if away:
        plots.append(
            Bands(
                key="downtime",
                title="Hours down, by service",
                finding="Only services that were down at some time, in order of name.",
                bands=[
                    Band(label=one.name, amount=round(one.amount / 3600, 1))
                    for one in away[:_MOST_BARS]
                ],
                label_words="Service",
                amount_words="Hours down",
            )
        )
    return plots


def _licences_by_school(seen: Seen, month: date) -> Table:
    rows = {one.keys[1]: one for one in sums(seen, LICENCE, ON, SCHOOL) if one.keys[0] == month}
    return Table(
        f"Schools in {month:%B %Y}",
        ("School", "Products that can be counted", "Compliant", "Licences missing"),
        [
            [
                words(school.name, f"/{school.slug}/licences"),
                amount(one.base),
                share(one.hits, one.base),
                amount(one.amount),
            ]
            for school in schools_seen(seen).values()
            if (one := rows.get(school.id)) is not None
        ],
    )


def _point(day: date, met: int, of: int) -> Point:
    return Point(
        label=month_label(day),
        value=met / of if of else None,
        words=f"{met} of {of}" if of else "",
    )
