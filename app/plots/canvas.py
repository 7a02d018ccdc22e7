"""A sheet of SVG: elements with escaped text and presentation attributes only, because our pages
allow no style attributes and because a picture must stand alone in a PDF."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup, escape

INK, QUIET, LINE, PAPER = "#0b0c0c", "#484949", "#b1b4b6", "#ffffff"
SHADE = "#f0f2f4"
LOW, HIGH, CALM = "#b3161b", "#144e81", "#5a6b78"

Anchor = Literal["start", "middle", "end"]
# How wide a letter is on average, in ems of Arial.
_LETTER = 0.54


@dataclass(frozen=True)
class Format:
    """One of the two sizes that a plot is drawn in."""

    name: str
    width: int
    font: int

    @property
    def is_narrow(self) -> bool:
        return self.width < 400


WIDE = Format("wide", 720, 14)
NARROW = Format("narrow", 320, 13)


class Canvas:
    def __init__(self, key: str, kind: str, form: Format) -> None:
        self.form, self.width, self.font = form, form.width, form.font
        self.prefix = f"{key}-{form.name}"
        self.kind = kind
        self._parts: list[str] = []

    def add(self, tag: str, text: str | None = None, /, **attributes: str | float | None) -> None:
        """`fill_opacity` becomes fill-opacity, `class_` becomes class; None is left out."""
        self._parts.append(element(tag, text, **attributes))

    def open(self, tag: str, **attributes: str | float | None) -> None:
        self._parts.append(f"<{tag}{_written(attributes)}>")

    def close(self, tag: str) -> None:
        self._parts.append(f"</{tag}>")

    def line(self, x1: float, y1: float, x2: float, y2: float, **attributes: str | float) -> None:
        drawn: dict[str, str | float] = {"stroke": LINE, "stroke_width": 1, "class_": "plot-rule"}
        self.add("line", x1=x1, y1=y1, x2=x2, y2=y2, **{**drawn, **attributes})

    def path(self, d: str, **attributes: str | float) -> None:
        drawn: dict[str, str | float] = {"fill": "none", "stroke": INK, "class_": "plot-line"}
        self.add("path", d=d, **{**drawn, **attributes})

    def write(
        self,
        x: float,
        y: float,
        text: str,
        anchor: Anchor = "start",
        *,
        colour: str = INK,
        size: float | None = None,
        is_bold: bool = False,
        has_halo: bool = False,
    ) -> None:
        """`has_halo`: with paper around each letter, so that it can be read across a line."""
        halo: dict[str, str | float] = (
            {
                "stroke": PAPER,
                "stroke_width": 3,
                "stroke_linejoin": "round",
                "paint_order": "stroke",
            }
            if has_halo
            else {}
        )
        self.add(
            "text",
            text,
            x=x,
            y=y,
            text_anchor=None if anchor == "start" else anchor,
            font_size=size,
            font_weight="700" if is_bold else None,
            fill=colour,
            **halo,
            class_="plot-label" if has_halo else "plot-text",
        )

    def svg(self, height: float, title: str, finding: str) -> Markup:
        """The whole picture: one image with a name and a description."""
        name, desc = f"{self.prefix}-title", f"{self.prefix}-desc"
        about = element("title", title, id=name) + element("desc", finding, id=desc)
        return Markup(
            wrapped(
                "svg",
                f"{about}{''.join(self._parts)}",
                xmlns="http://www.w3.org/2000/svg",
                class_=f"plot-svg plot-svg--{self.form.name} plot-svg--{self.kind}",
                viewBox=f"0 0 {self.width} {_number(height)}",
                role="img",
                aria_labelledby=f"{name} {desc}",
                font_family="arial, sans-serif",
                font_size=self.font,
            )
        )


def over(canvas: Canvas, height: float, links: str) -> Markup:
    """A sheet as large as the picture that a mouse presses on; for the keyboard and for screen
    readers the same links stand in the table."""
    if not links:
        return Markup("")
    size = f"0 0 {canvas.width} {_number(height)}"
    about = {"class_": "plot-over", "viewBox": size, "aria_hidden": "true"}
    return Markup(wrapped("svg", links, **about))


def element(tag: str, text: str | None = None, /, **attributes: str | float | None) -> str:
    if text is None:
        return f"<{tag}{_written(attributes)}/>"
    return wrapped(tag, str(escape(text)), **attributes)


def wrapped(tag: str, inside: str, /, **attributes: str | float | None) -> str:
    """`inside` is markup: what element and wrapped have made."""
    return f"<{tag}{_written(attributes)}>{inside}</{tag}>"


def text_width(text: str, size: float) -> float:
    return len(text) * size * _LETTER


def fitting(text: str, size: float, width: float) -> str:
    """As much of it as the width takes."""
    most = max(int(width / (size * _LETTER)), 2)
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def polyline(points: list[tuple[float, float]]) -> str:
    """The d of a path through them."""
    return "M" + "L".join(f"{_number(x)} {_number(y)}" for x, y in points) if points else ""


def _written(attributes: dict[str, str | float | None]) -> str:
    return "".join(
        f' {_name(name)}="{escape(value) if isinstance(value, str) else _number(value)}"'
        for name, value in attributes.items()
        if value is not None
    )


def _name(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


def _number(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".") if value % 1 else str(int(value))
