"""A spark line: the weather of a week in the height of a line of text."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from markupsafe import Markup

from app.plots.axes import Scale
from app.plots.canvas import INK, element, polyline, wrapped

_WIDTH, _HEIGHT, _EDGE = 100, 24, 4


def spark(values: Sequence[float | None], words: str) -> Markup:
    """`words` says what is to be seen: "Reported each day: 3, 5, 2, 8, 4; most on Thursday"."""
    known = [value for value in values if value is not None]
    ys = Scale(min([0.0, *known]), max([1.0, *known]), _HEIGHT - _EDGE, _EDGE)
    step = (_WIDTH - 2 * _EDGE) / max(len(values) - 1, 1)
    line = [
        (_EDGE + at * step, None if value is None else ys.at(value))
        for at, value in enumerate(values)
    ]
    drawn = ""
    for is_known, run in groupby(line, key=lambda one: one[1] is not None):
        places = [(x, y) for x, y in run if y is not None]
        if is_known and len(places) > 1:
            drawn += element(
                "path", d=polyline(places), fill="none", stroke=INK, stroke_width=1.5,
                class_="plot-line",
            )  # fmt: skip
        elif is_known:
            drawn += _dot(*places[0], 1.5)
    last = [(x, y) for x, y in line if y is not None][-1:]
    drawn += "".join(_dot(x, y, 2.5) for x, y in last)
    return Markup(
        wrapped(
            "svg",
            drawn,
            class_="plot-spark",
            viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
            width=_WIDTH,
            height=_HEIGHT,
            role="img",
            aria_label=words,
        )
    )


def _dot(x: float, y: float, size: float) -> str:
    return element("circle", cx=x, cy=y, r=size, fill=INK, class_="plot-mark")
