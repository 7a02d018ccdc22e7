"""The same data as the picture, as a table: what a screen reader, a printout and a doubt need."""

from __future__ import annotations

from collections.abc import Sequence

from app.plots.bars import amount_words
from app.plots.funnel import MOST_DOTS
from app.plots.shapes import FLAG_WORDS, Bands, Cell, Dot, Flag, Funnel, Stacked, Trend, Weeks
from app.plots.trend import value_words
from app.plots.words import NONE, number, per_cent, places, share_of

Row = Sequence[Cell]
Table = tuple[Row, list[Row]]

_MOST_LISTED = 200


def of_funnel(plot: Funnel) -> Table:
    has_expected = any(dot.expected is not None for dot in plot.dots)
    has_interval = any(dot.interval is not None for dot in plot.dots)
    headings = [_cell(plot.who_words), _number(plot.met_words), _number(plot.of_words)]
    headings.append(_number(plot.share_words))
    headings += [_number("Interval (95 %)")] * has_interval
    headings += [_number("Expected of its mix")] * has_expected
    headings.append(_cell("Verdict"))
    listed, summed = _listed(plot)
    rows: list[Row] = []
    for dot in listed:
        is_few = dot.flag == "too_few"
        row = [
            _cell(dot.name or "Another school", dot.href),
            _number(str(dot.met)),
            _number(str(dot.of)),
            _number(_few(dot) if is_few else share_of(dot.met, dot.of)),
        ]
        row += [_number(_span(dot) if not is_few else NONE)] * has_interval
        row += [_number(per_cent(dot.expected) if not is_few else NONE)] * has_expected
        rows.append([*row, _cell(FLAG_WORDS[dot.flag])])
    blank = [_number("")] * (has_interval + has_expected)
    for flag, dots in summed.items():
        met, of = sum(dot.met for dot in dots), sum(dot.of for dot in dots)
        words = [_cell(f"{len(dots):,} others"), _number(f"{met:,}"), _number(f"{of:,}")]
        rows.append([*words, _number(share_of(met, of)), *blank, _cell(FLAG_WORDS[flag])])
    return headings, rows


def of_trend(plot: Trend) -> Table:
    headings = [_cell(plot.when_words), _number(plot.value_words)]
    has_words = any(point.words for point in plot.points)
    has_limits = any(point.low is not None or point.high is not None for point in plot.points)
    headings += [_number(plot.of_words)] * has_words
    headings += [_number(plot.limits_words)] * has_limits
    headings += [_cell("Beyond its limits")] * has_limits
    rows: list[Row] = []
    for point in plot.points:
        low, high = value_words(plot, point.low), value_words(plot, point.high)
        span = f"{low} to {high}" if low != NONE or high != NONE else NONE
        beyond = {"low": "Below", "high": "Above", None: "No"}[point.beyond]
        row = [_cell(point.label, point.href), _number(value_words(plot, point.value))]
        row += [_number(point.words or NONE)] * has_words
        row += [_number(span), _cell(beyond if span != NONE else NONE)] if has_limits else []
        rows.append(row)
    return headings, rows


def of_stacked(plot: Stacked) -> Table:
    headings = [_cell(plot.label_words)]
    headings += [_number(f"{part}, {plot.unit}") for part in plot.parts]
    headings.append(_number(f"All, {plot.unit}"))
    rows: list[Row] = []
    for bar in plot.bars:
        whole = sum(bar.amounts)
        amounts = [_number(_part(plot, amount, whole)) for amount in bar.amounts]
        rows.append([_cell(bar.label, bar.href), *amounts, _number(amount_words(plot, whole))])
    return headings, rows


def of_bands(plot: Bands) -> Table:
    decimals = places(band.amount for band in plot.bands)
    rows: list[Row] = [
        [_cell(band.label, band.href), _number(number(band.amount, decimals))]
        for band in plot.bands
    ]
    return [_cell(plot.label_words), _number(plot.amount_words)], rows


def of_weeks(plot: Weeks) -> Table:
    has_usual = any(week.usual is not None for week in plot.weeks)
    headings = [_cell("Week of"), _number(plot.amount_words)]
    headings += [_number(plot.usual_words)] * has_usual
    headings.append(_cell("What to know"))
    rows: list[Row] = []
    decimals = places(week.amount for week in plot.weeks)
    usual = places(week.usual for week in plot.weeks)
    for week in plot.weeks:
        known = ["Holiday"] * week.is_holiday + ["Unusually many"] * week.is_burst
        row = [_cell(week.label, week.href), _number(number(week.amount, decimals))]
        row += [_number(number(week.usual, usual))] * has_usual
        rows.append([*row, _cell(", ".join(known))])
    return headings, rows


def _listed(plot: Funnel) -> tuple[list[Dot], dict[Flag, list[Dot]]]:
    """In the order they came; those without a name by size, so that their place tells nothing. Of
    very many only own and flagged ones, the sharper flags first to be kept; the rest are summed."""
    dots = list(plot.dots)
    summed: dict[Flag, list[Dot]] = {}
    if len(dots) > MOST_DOTS:
        sharp = [dot for dot in dots if dot.is_own or dot.flag.endswith("998")]
        mild = [dot for dot in dots if dot.flag.endswith("95") and not dot.is_own]
        kept = {id(dot) for dot in [*sharp, *mild][:_MOST_LISTED]}
        for flag in FLAG_WORDS:
            rest = [dot for dot in dots if dot.flag == flag and id(dot) not in kept]
            if rest:
                summed[flag] = rest
        dots = [dot for dot in dots if id(dot) in kept]
    named = [dot for dot in dots if dot.name]
    others = sorted((dot for dot in dots if not dot.name), key=lambda dot: (dot.of, dot.met))
    return named + others, summed


def _part(plot: Stacked, amount: float, whole: float) -> str:
    words = amount_words(plot, amount)
    return f"{words} ({per_cent(amount / whole)})" if plot.is_share and whole else words


def _few(dot: Dot) -> str:
    return f"{dot.met} of {dot.of}" if dot.of else NONE


def _span(dot: Dot) -> str:
    if dot.interval is None:
        return NONE
    return f"{per_cent(dot.interval[0])} to {per_cent(dot.interval[1])}"


def _cell(text: str, href: str | None = None) -> Cell:
    return Cell(text=text, href=href)


def _number(text: str) -> Cell:
    return Cell(text=text, is_number=True)
