"""Lying bars: who waited for whom, in patterns that need no colour; how old the backlog is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from app.plots.axes import Entry, Sample, legend
from app.plots.canvas import INK, PAPER, QUIET, Canvas, fitting, text_width
from app.plots.shapes import Bands, Bar, Stacked
from app.plots.words import NONE, number, per_cent, places

MOST_BARS = 60
_BAR = 22


class Pattern(NamedTuple):
    """A tile of eight by eight: its ground, its ink and what is drawn in it."""

    ground: str
    ink: str
    d: str  # strokes
    width: float = 2


# Told apart by texture alone: in print, in grey and in forced colours.
PATTERNS = (
    Pattern("#144e81", "#144e81", ""),
    Pattern(PAPER, "#94351a", "M-2 10L10 -2M-2 2L2 -2M6 10L10 6"),
    Pattern("#cfe0ec", "#cfe0ec", ""),
    Pattern(PAPER, "#2f5d1e", "M0 4H8", 2.5),
    Pattern(PAPER, "#6b2c7b", "M3.9 4H4.1", 4.5),
    Pattern(PAPER, "#5c4a12", "M4 0V8M0 4H8", 1.2),
    Pattern("#5a6b78", "#ffffff", "M-2 -2L10 10M6 -2L10 2M-2 6L2 10", 1.6),
    Pattern(PAPER, "#00615f", "M4 0V8", 2.5),
)
_LATE = 1


def draw_stacked(canvas: Canvas, plot: Stacked) -> float:
    used = range(min(len(plot.parts), len(PATTERNS)))
    _define(canvas, used)
    bars = plot.bars[:MOST_BARS]
    longest = max([sum(bar.amounts) for bar in bars] + [0.0])
    rows = _Rows(canvas, [bar.label for bar in bars], [_total(bar, plot) for bar in bars])

    def bar_at(at: int, y: float) -> None:
        bar = bars[at]
        whole = sum(bar.amounts)
        length = rows.length if plot.is_share else rows.length * whole / (longest or 1)
        _stack(canvas, bar, rows.left, y, length)

    bottom = rows.draw(bar_at)
    entries = [Entry(plot.parts[at], _swatch(at)) for at in used]
    return legend(canvas, entries, bottom + 8) + 4


def draw_bands(canvas: Canvas, plot: Bands) -> float:
    _define(canvas, (0, _LATE))
    longest = max([band.amount for band in plot.bands] + [0.0]) or 1.0
    decimals = places(band.amount for band in plot.bands)
    rows = _Rows(canvas, [band.label for band in plot.bands], ["" for _ in plot.bands], 60)

    def bar_at(at: int, y: float) -> None:
        band = plot.bands[at]
        length = rows.length * band.amount / longest
        if band.amount:
            _box(canvas, rows.left, y, length, _LATE if band.is_late else 0)
        else:
            canvas.line(rows.left, y, rows.left, y + _BAR, stroke=INK)
        canvas.write(
            rows.left + length + 6, y + _BAR * 0.7, number(band.amount, decimals), is_bold=True
        )

    return rows.draw(bar_at) + 2


class _Rows:
    """A bar to each label: beside it where there is room, below it on a phone."""

    def __init__(
        self, canvas: Canvas, labels: Sequence[str], ends: Sequence[str], spare: float = 8
    ) -> None:
        self.canvas, self.labels, self.ends = canvas, labels, ends
        font = canvas.font
        widest = max([text_width(label, font) for label in labels] + [0.0])
        end = max([text_width(words, font) for words in ends] + [0.0])
        self.is_below = canvas.form.is_narrow and widest > canvas.width * 0.3
        label = 0 if self.is_below else min(widest, canvas.width * 0.3) + 10
        self.left = max(label, 1)
        # On a phone the sum stands in the line of the label, above its bar.
        self.length = canvas.width - self.left - (0 if self.is_below else end) - spare
        self.room = canvas.width - end - 12 if self.is_below else label - 6

    def draw(self, bar_at: Callable[[int, float], None]) -> float:
        canvas, font, y = self.canvas, self.canvas.font, 4.0
        for at, label in enumerate(self.labels):
            words = fitting(label, font, self.room)
            if self.is_below:
                canvas.write(0, y + font, words)
                canvas.write(canvas.width - 8, y + font, self.ends[at], "end", colour=QUIET)
                y += font * 1.4
                bar_at(at, y)
            else:
                canvas.write(self.left - 8, y + _BAR * 0.7, words, "end")
                end = self.left + self.length + 8
                canvas.write(end, y + _BAR * 0.7, self.ends[at], colour=QUIET)
                bar_at(at, y)
            y += _BAR + 8
        return y


def _stack(canvas: Canvas, bar: Bar, left: float, y: float, length: float) -> None:
    whole = sum(bar.amounts)
    if not whole:
        canvas.write(left + 2, y + _BAR * 0.7, NONE)
        return
    x = left
    for at, amount in enumerate(bar.amounts[: len(PATTERNS)]):
        width = length * amount / whole
        if width > 0:
            _box(canvas, x, y, width, at)
            _part_label(canvas, x, y, width, per_cent(amount / whole))
        x += width


def _part_label(canvas: Canvas, x: float, y: float, width: float, words: str) -> None:
    size = canvas.font - 2
    wide = text_width(words, size) + 6
    if wide + 4 > width:
        return
    middle = x + width / 2
    canvas.add(
        "rect", x=middle - wide / 2, y=y + 3, width=wide, height=_BAR - 6, rx=2, fill=PAPER,
        class_="plot-paper",
    )  # fmt: skip
    canvas.write(middle, y + _BAR / 2 + size * 0.35, words, "middle", size=size)


def _box(canvas: Canvas, x: float, y: float, width: float, pattern: int) -> None:
    canvas.add(
        "rect", x=x, y=y, width=width, height=_BAR, fill=f"url(#{_id(canvas, pattern)})",
        stroke=INK, stroke_width=1, class_="plot-bar",
    )  # fmt: skip


def _swatch(pattern: int) -> Sample:
    def drawn(canvas: Canvas, x: float, y: float) -> None:
        canvas.add(
            "rect", x=x - 13, y=y - 7, width=26, height=14, fill=f"url(#{_id(canvas, pattern)})",
            stroke=INK, stroke_width=1, class_="plot-bar",
        )  # fmt: skip

    return drawn


def _define(canvas: Canvas, patterns: Sequence[int]) -> None:
    canvas.open("defs")
    for at in patterns:
        pattern = PATTERNS[at]
        canvas.open("pattern", id=_id(canvas, at), width=8, height=8, patternUnits="userSpaceOnUse")
        canvas.add("rect", width=8, height=8, fill=pattern.ground)
        if pattern.d:
            canvas.add(
                "path", d=pattern.d, stroke=pattern.ink, stroke_width=pattern.width, fill="none",
                stroke_linecap="round" if pattern.width > 4 else None,
            )  # fmt: skip
        canvas.close("pattern")
    canvas.close("defs")


def _id(canvas: Canvas, pattern: int) -> str:
    return f"{canvas.prefix}-pattern-{pattern}"


def amount_words(plot: Stacked, amount: float) -> str:
    return number(amount, places(one for bar in plot.bars for one in bar.amounts))


def _total(bar: Bar, plot: Stacked) -> str:
    whole = sum(bar.amounts)
    return f"{amount_words(plot, whole)} {plot.unit}" if whole else NONE
