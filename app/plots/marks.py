"""The shapes of points: what is low points down, what is high points up, whatever the colour."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from app.plots.axes import Sample
from app.plots.canvas import CALM, HIGH, INK, LOW, PAPER, Canvas
from app.plots.shapes import Flag

_COLOURS: dict[Flag, str] = {
    "within": CALM,
    "too_few": CALM,
    "low_95": LOW,
    "low_998": LOW,
    "high_95": HIGH,
    "high_998": HIGH,
}
# Hollow: too few, or the milder of two flags.
_HOLLOW: frozenset[Flag] = frozenset({"too_few", "low_95", "high_95"})


class Mark(NamedTuple):
    flag: Flag
    x: float
    y: float
    size: float = 5


def mark(canvas: Canvas, flag: Flag, x: float, y: float, size: float = 5) -> None:
    marks(canvas, [Mark(flag, x, y, size)])


def marks(canvas: Canvas, of: Iterable[Mark], is_low_good: bool = False) -> None:
    """Circles, and triangles that point where the value lies. Neighbours of one kind share their
    paint: a picture of hundreds stays small."""
    for flag, alike in groupby(of, key=lambda one: one.flag):
        canvas.open("g", **_paint(flag, is_low_good))
        for one in alike:
            _shape(canvas, one)
        canvas.close("g")


def _paint(flag: Flag, is_low_good: bool) -> dict[str, str | float | None]:
    colour = _COLOURS[flag]
    if is_low_good:
        colour = {LOW: HIGH, HIGH: LOW}.get(colour, colour)
    if flag == "within":  # paper around it, so that one beside another is still one
        return {"fill": colour, "stroke": PAPER, "stroke_width": 0.8, "class_": "plot-dot"}
    is_hollow = flag in _HOLLOW
    return {
        "fill": PAPER if is_hollow else colour,
        "stroke": colour,
        "stroke_width": 1.8,
        "class_": "plot-hollow" if is_hollow else "plot-mark",
    }


def _shape(canvas: Canvas, one: Mark) -> None:
    _, x, y, size = one
    if one.flag in ("within", "too_few"):
        canvas.add("circle", cx=x, cy=y, r=size * 0.8)
        return
    down = 1 if one.flag.startswith("low") else -1
    half, tip, base = size * 1.2, y + down * size * 1.1, y - down * size
    canvas.add("path", d=f"M{x - half:.1f} {base:.1f}H{x + half:.1f}L{x:.1f} {tip:.1f}Z")


def own_ring(canvas: Canvas, x: float, y: float) -> None:
    canvas.add(
        "circle", cx=x, cy=y, r=11, fill="none", stroke=INK, stroke_width=2, class_="plot-line"
    )


def mark_sample(flag: Flag, is_low_good: bool = False) -> Sample:
    return lambda canvas, x, y: marks(canvas, [Mark(flag, x, y)], is_low_good)


def own_sample(canvas: Canvas, x: float, y: float) -> None:
    own_ring(canvas, x, y)
    mark(canvas, "within", x, y)
