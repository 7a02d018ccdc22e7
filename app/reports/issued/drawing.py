"""Pictures of what plotted.py has kept as plain values. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.plots import draw
from app.plots.shapes import Band, Bands, Bar, Figure, Plot, Point, Stacked, Trend, Week, Weeks

# shape: (the plot, which of its values is a list of things, what each of them is)
_SHAPES: dict[str, tuple[type[Plot], str, type[Any]]] = {
    "weeks": (Weeks, "weeks", Week),
    "trend": (Trend, "points", Point),
    "stacked": (Stacked, "bars", Bar),
    "bands": (Bands, "bands", Band),
}


def drawn(plotted: Mapping[str, Any]) -> Figure:
    values = dict(plotted)
    plot, name, each = _SHAPES[values.pop("shape")]
    values.pop("table", None)
    values[name] = [each(**one) for one in values[name]]
    return draw(plot(**values))
