"""Plots drawn on the server as SVG: seen without colour, read without eyes, printed without loss.

`draw(shape)` makes any of shapes.py a Figure; _plot.html puts it on a page. A leaf: it knows
nothing of incidents, schools or the database.
"""

from __future__ import annotations

from app.plots.drawing import draw
from app.plots.spark import spark

__all__ = ["draw", "spark"]
