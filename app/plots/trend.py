"""A trend: one figure over months with its control limits; where a month has none, a gap."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from app.plots.axes import (
    Entry,
    Scale,
    axis_width,
    left_axis,
    legend,
    line_sample,
    round_ticks,
    share_range,
    share_ticks,
)
from app.plots.canvas import HIGH, INK, LOW, QUIET, Canvas, polyline, text_width
from app.plots.marks import Mark, mark_sample, marks
from app.plots.shapes import Flag, Point, Trend
from app.plots.words import number, per_cent, places

_BEYOND: dict[str | None, Flag] = {None: "within", "low": "low_998", "high": "high_998"}
_BEYOND_WORDS = {"low": "Below its limits", "high": "Above its limits"}


def draw(canvas: Canvas, trend: Trend) -> float:
    low, high, ticks = _range(trend)
    left, right = axis_width(canvas, ticks, trend.is_share), canvas.width - 26
    top, bottom = max(20, canvas.font * 1.9), 210 if canvas.form.is_narrow else 280
    ys = Scale(low, high, bottom, top)
    xs = [_place(at, len(trend.points), left + 14, right) for at in range(len(trend.points))]
    left_axis(canvas, ys, ticks, canvas.width - 4, trend.is_share)
    _months(canvas, trend.points, xs, bottom)
    for value, dashes, colour in _levels(trend):
        y = ys.at(value)
        canvas.path(
            f"M{left:.1f} {y:.1f}H{canvas.width - 4}",
            stroke=colour,
            stroke_width=1.5,
            **_dashed(dashes),
        )
    for side in ("low", "high"):
        line = [(x, getattr(point, side)) for x, point in zip(xs, trend.points, strict=True)]
        for d in _runs(line, ys):
            canvas.path(d, stroke=HIGH, stroke_width=1.3, stroke_dasharray="2 4")
    for d in _runs([(x, point.value) for x, point in zip(xs, trend.points, strict=True)], ys):
        canvas.path(d, stroke_width=2)
    _points(canvas, trend, xs, ys)
    return legend(canvas, list(_entries(trend)), bottom + canvas.font * 2.2) + 4


def _range(trend: Trend) -> tuple[float, float, list[float]]:
    values = [point.value for point in trend.points]
    values += [point.low for point in trend.points] + [point.high for point in trend.points]
    known = [one for one in (*values, trend.centre, trend.target) if one is not None]
    if trend.is_share:
        low, high = share_range(known)
        return low, high, share_ticks(low, high)
    ticks = round_ticks(max(known, default=1.0))
    lowest = min(known, default=0.0)
    if lowest < 0:
        below = [-tick for tick in round_ticks(-lowest, 3) if tick]
        ticks = sorted(below) + ticks
    return ticks[0], ticks[-1], ticks


def _place(at: int, of: int, left: float, right: float) -> float:
    return (left + right) / 2 if of == 1 else left + (right - left) * at / (of - 1)


def _months(canvas: Canvas, points: Sequence[Point], xs: Sequence[float], bottom: float) -> None:
    """As many names as do not touch; the newest always has its own."""
    if not points:
        return
    widest = max(text_width(point.label, canvas.font) for point in points) + 10
    apart = (xs[-1] - xs[0]) / max(len(points) - 1, 1) or widest
    every = max(-(-int(widest) // max(int(apart), 1)), 1)
    for back, (x, point) in enumerate(zip(reversed(xs), reversed(points), strict=True)):
        canvas.line(x, bottom, x, bottom + (5 if back % every == 0 else 3), stroke=INK)
        if back % every == 0:
            half = text_width(point.label, canvas.font) / 2
            x = min(x, canvas.width - half - 1)
            canvas.write(x, bottom + canvas.font * 1.4, point.label, "middle", colour=QUIET)


def _runs(line: Iterable[tuple[float, float | None]], ys: Scale) -> Iterator[str]:
    """One path for each stretch without a gap; a value alone is a dot and needs none."""
    for is_known, run in groupby(line, key=lambda one: one[1] is not None):
        places = [(x, ys.at(value)) for x, value in run if value is not None]
        if is_known and len(places) > 1:
            yield polyline(places)


def _points(canvas: Canvas, trend: Trend, xs: Sequence[float], ys: Scale) -> None:
    """All marks, then the values of the newest and of those beyond, which lie on top."""
    known = [
        (x, ys.at(point.value), point)
        for x, point in zip(xs, trend.points, strict=True)
        if point.value is not None
    ]
    marks(canvas, [Mark(_BEYOND[at.beyond], x, y) for x, y, at in known], trend.is_low_good)
    for at, (x, y, point) in enumerate(known):
        if point.beyond or point is known[-1][2]:
            # A line that comes from above would run through what is written there.
            is_below = point.beyond == "low" or (
                point.beyond is None and at > 0 and known[at - 1][1] < y - canvas.font
            )
            _label(canvas, x, y, value_words(trend, point.value), point, ys.start, is_below)


def _label(
    canvas: Canvas, x: float, y: float, words: str, point: Point, bottom: float, is_below: bool
) -> None:
    """Above it or below it; beside it where the axis leaves no room."""
    font, width = canvas.font, text_width(words, canvas.font)
    is_beside = is_below and y + font * 1.8 > bottom
    if is_beside:
        x = x + 10 + width / 2 if x + 12 + width < canvas.width else x - 10 - width / 2
        y += font * 0.1
    else:
        x = min(x, canvas.width - width / 2 - 2)
        y += font * 1.7 if is_below else -font * 0.85
    canvas.write(x, y, words, "middle", is_bold=bool(point.beyond), has_halo=True)


def value_words(trend: Trend, value: float | None) -> str:
    if trend.is_share:
        return per_cent(value)
    return number(value, places(point.value for point in trend.points))


def _levels(trend: Trend) -> Iterator[tuple[float, str, str]]:
    if trend.centre is not None:
        yield trend.centre, "9 4", QUIET
    if trend.target is not None:
        yield trend.target, "12 3 2 3", LOW


def _entries(trend: Trend) -> Iterator[Entry]:
    yield Entry(trend.value_words, line_sample(None))
    if trend.centre is not None:
        words = f"{trend.centre_words}: {value_words(trend, trend.centre)}"
        yield Entry(words, line_sample("9 4", QUIET, 1.5))
    if trend.target is not None:
        words = f"{trend.target_words}: {value_words(trend, trend.target)}"
        yield Entry(words, line_sample("12 3 2 3", LOW, 1.5))
    if any(point.low is not None or point.high is not None for point in trend.points):
        yield Entry(trend.limits_words, line_sample("2 4", HIGH, 1.3))
    for side in ("low", "high"):
        if any(point.beyond == side for point in trend.points):
            yield Entry(_BEYOND_WORDS[side], mark_sample(_BEYOND[side], trend.is_low_good))


def _dashed(dashes: str) -> dict[str, str | float]:
    return {"stroke_dasharray": dashes}
