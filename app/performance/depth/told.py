"""What a topic tells: a finding, pictures, tables and how it is made. One page draws them all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from app import clock
from app.performance import statistics as stats
from app.performance.periods import months_of
from app.plots import draw
from app.plots.shapes import Cell, Dot, Figure, Flag, Funnel, Limit, Plot, Point
from app.plots.words import NONE, number, share_of

# So many rows stand on a page; the file has them all.
MOST_ROWS = 200
FEWEST = stats.FEWEST
HOUR = 3600


@dataclass(frozen=True)
class Table:
    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]

    @property
    def shown(self) -> Sequence[Sequence[Cell]]:
        return self.rows[:MOST_ROWS]

    @property
    def hidden(self) -> int:
        return max(0, len(self.rows) - MOST_ROWS)

    @property
    def numeric(self) -> list[bool]:
        """Which columns hold numbers."""
        return [bool(self.rows) and self.rows[0][at].is_number for at in range(len(self.headings))]


@dataclass(frozen=True)
class Told:
    finding: str
    method: str
    plots: Sequence[Plot] = ()
    tables: Sequence[Table] = field(default_factory=tuple)
    # Pictures whose data stands in one of the tables, so that it is not said twice.
    in_tables: frozenset[str] = frozenset()
    # What to do so that there is something to see here.
    empty: str = "Nothing was counted in this period."
    # As the worker drew them (told_json.py).
    drawn: Sequence[Figure] | None = None
    # In a very large authority what is of every school was worked out then, or is being worked out.
    as_of: datetime | None = None
    is_awaited: bool = False

    @property
    def is_empty(self) -> bool:
        return not any(one.rows for one in self.tables)

    @property
    def is_wholly_awaited(self) -> bool:
        return self.is_awaited and not self.tables

    @property
    def as_of_words(self) -> str:
        """`26 November, 02:14`."""
        here = self.as_of.astimezone(clock.LONDON) if self.as_of else None
        return f"{here.day} {here:%B, %H:%M}" if here else ""

    @property
    def figures(self) -> Sequence[Figure]:
        return [draw(one) for one in self.plots] if self.drawn is None else self.drawn


class Among(NamedTuple):
    """What is known of all schools together where only some of them are looked at."""

    met: int
    of: int
    dispersion: stats.Dispersion
    high: int  # how many are flagged so


class Counted(NamedTuple):
    """A row of a funnel. Without a name it is another school."""

    met: int
    of: int
    name: str | None
    href: str | None = None
    is_own: bool = False


def words(text: str, href: str | None = None) -> Cell:
    return Cell(text=text, href=href)


def amount(value: float | None, decimals: int = 0) -> Cell:
    return Cell(text=number(value, decimals), is_number=True)


def text_number(text: str) -> Cell:
    return Cell(text=text, is_number=True)


def share(met: int, of: int) -> Cell:
    """A share with what it is made of; of fewer than five the counts alone (domain.md 4.4)."""
    return Cell(text=share_words(met, of), is_number=True)


def share_words(met: int, of: int) -> str:
    if not of:
        return NONE
    return f"{met} of {of}" if of < FEWEST else f"{share_of(met, of)} ({met:,} of {of:,})"


def hours(seconds: float | None) -> Cell:
    return amount(None if seconds is None else seconds / HOUR, 1)


def month_label(day: date) -> str:
    return f"{day:%b %y}"


def labelled_months(first: date, end: date, today: date) -> list[date]:
    """Those that have begun."""
    return [one.first for one in months_of(first, end) if one.first <= today]


def funnel(
    rows: Sequence[Counted],
    *,
    key: str,
    title: str,
    of_words: str,
    met_words: str,
    heading: str,
    what: str,
    among: Among | None = None,
    note: str | None = None,
) -> tuple[Funnel | None, list[Flag]]:
    """Against the share of all together, widened where schools differ by more than chance (4.4);
    with the flag of each row. None where there is nothing to divide by. `among`: all schools, of
    which these rows are but some."""
    all_ = among or _together(rows)
    if not (rows and all_.of):
        return None, ["too_few"] * len(rows)
    centre = all_.met / all_.of
    counted = [stats.Counted(one.met, one.of) for one in rows]
    judged = stats.judge(counted, centre, among.dispersion if among else None)
    phi = (judged.dispersion.phi if judged.dispersion.is_used else None) or 1.0
    flags: list[Flag] = [one.flag for one in judged.rows]
    dots = [
        Dot(
            met=one.met,
            of=one.of,
            flag=flag,
            name=one.name,
            href=one.href,
            is_own=one.is_own,
            interval=stats.wilson(one.met, one.of),
        )
        for one, flag in zip(rows, flags, strict=True)
    ]
    sizes = stats.funnel_sizes(max(one.of for one in rows))
    high = among.high if among else sum(one.startswith("high") for one in flags)
    finding = (
        f"{heading} over all schools: {share_words(all_.met, all_.of)}. "
        f"{_schools(high)} more {what} than chance explains."
    )
    plot = Funnel(
        key=key,
        title=title,
        finding=finding,
        note=note,
        dots=dots,
        limits=[Limit(of=n, **stats.limits(n, centre, phi**0.5)._asdict()) for n in sizes],
        centre=centre,
        centre_words="All schools",
        of_words=of_words,
        met_words=met_words,
        share_words=heading,
        limits_words="Widened limits" if phi > 1 else "Limits",
    )
    return plot, flags


def control_points(
    days: Sequence[date],
    values: Sequence[float | None],
    said: Sequence[str],
    control: stats.Control,
) -> list[Point]:
    return [
        Point(
            label=month_label(day),
            value=value,
            words=made_of,
            low=at.low,
            high=at.high,
            beyond=at.beyond,
        )
        for day, value, made_of, at in zip(days, values, said, control.points, strict=True)
    ]


def beyond_sentence(days: Sequence[date], control: stats.Control, said: Sequence[str]) -> str:
    """Names the months that differ by more than chance."""
    found = [
        f"{day:%B %Y} ({made_of}) lies {'above' if at.beyond == 'high' else 'below'} the limits"
        for day, at, made_of in zip(days, control.points, said, strict=True)
        if at.beyond
    ]
    if not found:
        if all(at.low is None for at in control.points):
            return "There are too few months yet to say whether one of them is unusual."
        return "No month lies beyond the limits: what moves between them is chance."
    return f"{joined(found)}; the others differ by no more than chance."


def joined(found: Iterable[str]) -> str:
    those = list(found)
    return " and ".join([", ".join(those[:-1]), those[-1]] if len(those) > 1 else those)


def _together(rows: Sequence[Counted]) -> Among:
    met, of = sum(one.met for one in rows), sum(one.of for one in rows)
    return Among(met, of, stats.Dispersion(None, 0, is_used=False), 0)


def _schools(many: int) -> str:
    if not many:
        return "No school has"
    return "One school has" if many == 1 else f"{many:,} schools have"
