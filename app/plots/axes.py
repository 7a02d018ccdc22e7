"""Axes: from a value to a place, ticks at round numbers, and the legend below."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from app.plots.canvas import INK, QUIET, Canvas, fitting, text_width
from app.plots.words import number, places

# Draws the sample of a legend's entry with its middle at (x, y).
Sample = Callable[[Canvas, float, float], None]
SAMPLE_WIDTH = 28
_MANY_TENTHS = 5


@dataclass(frozen=True)
class Scale:
    """A line from `first` at `start` to `last` at `end`; with `is_root`, by square roots."""

    first: float
    last: float
    start: float
    end: float
    is_root: bool = False

    def at(self, value: float) -> float:
        base, slope = self._line
        return base + slope * (math.sqrt(value) if self.is_root else value)

    def has(self, value: float) -> bool:
        return self.first - 1e-9 <= value <= self.last + 1e-9

    @cached_property
    def _line(self) -> tuple[float, float]:
        """Worked out once: a picture of 24,000 schools asks as often."""
        first, last = self.first, self.last
        if self.is_root:
            first, last = math.sqrt(first), math.sqrt(last)
        if last <= first:
            return (self.start + self.end) / 2, 0.0
        slope = (self.end - self.start) / (last - first)
        return self.start - slope * first, slope


@dataclass(frozen=True)
class Entry:
    words: str
    sample: Sample


def round_ticks(last: float, most: int = 5) -> list[float]:
    """0 and round numbers up to the first that is not below `last`."""
    if last <= 0:
        return [0.0, 1.0]
    rough = last / most
    power = 10 ** math.floor(math.log10(rough))
    step = next(one * power for one in (1, 2, 5, 10) if one * power >= rough * 0.999)
    step = max(step, 1.0) if last >= 2 else step
    return [step * n for n in range(math.ceil(last / step - 1e-9) + 1)]


def root_ticks(last: float) -> list[float]:
    """Round numbers that stand apart on a square-root axis."""
    all_ticks = [0, 5, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000]
    return [float(tick) for tick in all_ticks if tick <= last]


def share_range(shares: Sequence[float]) -> tuple[float, float]:
    """Whole tenths around all of them, at least three; fifths where there are many."""
    low = math.floor(min(shares, default=0.0) * 10 + 1e-9)
    high = math.ceil(max(shares, default=1.0) * 10 - 1e-9)
    low = min(low, max(high - 3, 0))
    high = max(high, low + 3)
    if high - low > _MANY_TENTHS:
        low, high = low - low % 2, high + high % 2
    return low / 10, high / 10


def share_ticks(low: float, high: float) -> list[float]:
    first, last = round(low * 10), round(high * 10)
    return [tick / 10 for tick in range(first, last + 1, 1 if last - first <= _MANY_TENTHS else 2)]


def left_axis(
    canvas: Canvas, scale: Scale, ticks: Sequence[float], right: float, is_share: bool
) -> None:
    """Lines across at each tick, their numbers to the left."""
    left = axis_width(canvas, ticks, is_share)
    for tick in ticks:
        y = scale.at(tick)
        canvas.line(left, y, right, y, stroke="#dee0e2")
        canvas.write(left - 6, y + canvas.font * 0.35, _tick(tick, is_share), "end", colour=QUIET)


def axis_width(canvas: Canvas, ticks: Sequence[float], is_share: bool) -> float:
    return max(text_width(_tick(tick, is_share), canvas.font) for tick in ticks) + 10


def legend(canvas: Canvas, entries: Sequence[Entry], top: float) -> float:
    """As many to a line as fit; the answer is where the next thing may begin."""
    x, y, height = 0.0, top, canvas.font * 1.55
    for entry in entries:
        words = fitting(entry.words, canvas.font, canvas.width - SAMPLE_WIDTH - 8)
        width = SAMPLE_WIDTH + 8 + text_width(words, canvas.font) + 14
        if x and x + width > canvas.width + 14:
            x, y = 0.0, y + height
        entry.sample(canvas, x + SAMPLE_WIDTH / 2, y + canvas.font * 0.6)
        canvas.write(x + SAMPLE_WIDTH + 6, y + canvas.font * 0.95, words)
        x += width
    return y + height if entries else top


def line_sample(dashes: str | None, colour: str = INK, width: float = 2) -> Sample:
    def drawn(canvas: Canvas, x: float, y: float) -> None:
        half = SAMPLE_WIDTH / 2 - 1
        canvas.path(
            f"M{x - half:.1f} {y:.1f}H{x + half:.1f}",
            stroke=colour,
            stroke_width=width,
            **({"stroke_dasharray": dashes} if dashes else {}),
        )

    return drawn


def _tick(value: float, is_share: bool) -> str:
    return f"{round(value * 100)} %" if is_share else number(value, places([value]))
