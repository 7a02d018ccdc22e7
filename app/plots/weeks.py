"""Columns over the weeks of the school year: holidays are shaded and have none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.plots.axes import Entry, Scale, axis_width, left_axis, legend, line_sample, round_ticks
from app.plots.canvas import CALM, INK, LINE, LOW, QUIET, SHADE, Canvas, text_width
from app.plots.marks import Mark, mark_sample, marks
from app.plots.shapes import Week, Weeks
from app.plots.words import number, places


def draw(canvas: Canvas, plot: Weeks) -> float:
    amounts = [one for week in plot.weeks for one in (week.amount, week.usual) if one is not None]
    ticks = round_ticks(max([*amounts, 0.0]))
    left, right = axis_width(canvas, ticks, False), canvas.width - 6
    top, bottom = 24, 190 if canvas.form.is_narrow else 240
    ys = Scale(0, ticks[-1], bottom, top)
    step = (right - left) / max(len(plot.weeks), 1)
    for at, week in enumerate(plot.weeks):
        if week.is_holiday:
            _shade(canvas, left + at * step, top, step, bottom - top)
    left_axis(canvas, ys, ticks, right, is_share=False)
    for at, week in enumerate(plot.weeks):
        _column(canvas, week, left + at * step, step, ys)
    canvas.line(left, bottom, right, bottom, stroke=INK)
    _names(canvas, plot.weeks, left, step, bottom)
    return legend(canvas, list(_entries(plot)), bottom + canvas.font * 2.2) + 4


def _column(canvas: Canvas, week: Week, x: float, step: float, ys: Scale) -> None:
    gap = min(step * 0.15, 3)
    if week.amount:
        y = ys.at(week.amount)
        canvas.add(
            "rect", x=x + gap, y=y, width=step - 2 * gap, height=ys.start - y,
            fill=LOW if week.is_burst else CALM, class_="plot-mark",
        )  # fmt: skip
        if week.is_burst:
            middle = x + step / 2
            marks(canvas, [Mark("high_998", middle, y - 9, 4)], is_low_good=True)
            canvas.write(
                middle, y - 17, number(week.amount, places([week.amount])), "middle", is_bold=True
            )
    if week.usual is not None:
        y = ys.at(week.usual)
        # Paper around it, for it crosses the columns.
        d = f"M{x + 0.5:.1f} {y:.1f}H{x + step - 0.5:.1f}"
        canvas.path(d, stroke="#ffffff", stroke_width=4, class_="plot-halo")
        canvas.path(d, stroke_width=2)


def _shade(canvas: Canvas, x: float, y: float, width: float, height: float) -> None:
    canvas.add("rect", x=x, y=y, width=width, height=height, fill=SHADE, class_="plot-shade")
    canvas.line(x, y, x + width, y, stroke=LINE, stroke_width=2)


def _names(canvas: Canvas, weeks: Sequence[Week], left: float, step: float, bottom: float) -> None:
    """As many as do not touch, from the first."""
    taken = -1.0
    for at, week in enumerate(weeks):
        x, half = left + (at + 0.5) * step, text_width(week.label, canvas.font) / 2
        x = max(x, half)
        if x - half > taken and x + half <= canvas.width:
            canvas.line(
                left + (at + 0.5) * step, bottom, left + (at + 0.5) * step, bottom + 4, stroke=INK
            )
            canvas.write(x, bottom + canvas.font * 1.4, week.label, "middle", colour=QUIET)
            taken = x + half + 12


def _entries(plot: Weeks) -> Iterator[Entry]:
    yield Entry(plot.amount_words, _swatch)
    if any(week.usual is not None for week in plot.weeks):
        yield Entry(plot.usual_words, line_sample(None))
    if any(week.is_holiday for week in plot.weeks):
        yield Entry("Holiday", _shade_sample)
    if any(week.is_burst for week in plot.weeks):
        yield Entry("Unusually many", mark_sample("high_998", is_low_good=True))


def _swatch(canvas: Canvas, x: float, y: float) -> None:
    canvas.add("rect", x=x - 7, y=y - 7, width=14, height=14, fill=CALM, class_="plot-mark")


def _shade_sample(canvas: Canvas, x: float, y: float) -> None:
    _shade(canvas, x - 12, y - 7, 24, 14)
