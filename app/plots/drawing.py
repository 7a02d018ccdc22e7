"""From a shape to a figure: drawn twice, for a page and for a phone, with its table."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from markupsafe import Markup

from app.plots import bars, funnel, tables, trend, weeks
from app.plots.canvas import NARROW, WIDE, Canvas, Format, over
from app.plots.shapes import Bands, Figure, Funnel, Plot, Stacked, Trend, Weeks

_KEY = re.compile(r"[a-z][a-z0-9-]*")


class _Way(NamedTuple):
    name: str
    draw: Callable[[Canvas, Any], float]  # the answer is the height
    table: Callable[[Any], tables.Table]


_WAYS: dict[type[Plot], _Way] = {
    Funnel: _Way("funnel", funnel.draw, tables.of_funnel),
    Trend: _Way("trend", trend.draw, tables.of_trend),
    Stacked: _Way("stacked", bars.draw_stacked, tables.of_stacked),
    Bands: _Way("bands", bars.draw_bands, tables.of_bands),
    Weeks: _Way("weeks", weeks.draw, tables.of_weeks),
}


def draw(plot: Plot) -> Figure:
    if not _KEY.fullmatch(plot.key):
        raise ValueError(f"{plot.key!r} cannot begin an id")
    way = _WAYS[type(plot)]
    headings, rows = way.table(plot)
    wide, links = _drawn(way, plot, WIDE)
    narrow, _ = _drawn(way, plot, NARROW)
    return Figure(
        key=plot.key,
        title=plot.title,
        finding=plot.finding,
        wide=wide,
        narrow=narrow,
        links=links,
        headings=headings,
        rows=rows,
        csv_url=plot.csv_url,
        note=plot.note,
    )


def _drawn(way: _Way, plot: Plot, form: Format) -> tuple[Markup, Markup]:
    """The picture, and the sheet of links that lies on it."""
    canvas = Canvas(plot.key, way.name, form)
    height = way.draw(canvas, plot)
    links = ""
    if isinstance(plot, Funnel) and not form.is_narrow:
        links = funnel.links(canvas, plot)
    return canvas.svg(height, plot.title, plot.finding), over(canvas, height, links)
