"""Names beside points, as many as there is room for: no name on another or on another's point."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from app.plots.canvas import Canvas, fitting, text_width

_MOST_WIDE, _MOST_NARROW = 14, 6

Box = tuple[float, float, float, float]  # left, top, right, bottom


class Named(NamedTuple):
    x: float
    y: float
    name: str
    order: tuple[float, ...]  # the smallest is written first
    is_own: bool = False


class Room(NamedTuple):
    right: float
    top: float
    bottom: float


def write_labels(
    canvas: Canvas, points: Sequence[Named], quiet: Sequence[tuple[float, float]], room: Room
) -> None:
    """`quiet`: points without a name, which a name may cover if it must."""
    size = canvas.font - 1
    points = sorted(points, key=lambda one: one.order)
    taken: list[Box] = [(one.x - 8, one.y - 8, one.x + 8, one.y + 8) for one in points]
    most = _MOST_NARROW if canvas.form.is_narrow else _MOST_WIDE
    for one in points[:most]:
        words = fitting(one.name, size, canvas.width * 0.36)
        free = [
            box
            for box in _places(one, text_width(words, size), size)
            if _fits(box, room) and not any(_meet(box, other) for other in taken)
        ]
        if free:
            box = min(free, key=lambda box: sum(_covers(box, *place) for place in quiet))
            middle = (box[1] + box[3]) / 2 + size * 0.35
            canvas.write(box[0], middle, words, size=size, is_bold=one.is_own, has_halo=True)
            taken.append(box)


def _places(one: Named, width: float, size: float) -> list[Box]:
    """Right of it, left, above, below."""
    gap, half = (14 if one.is_own else 10), size * 0.6
    middles = (
        (one.x + gap, one.y),
        (one.x - gap - width, one.y),
        (one.x - width / 2, one.y - gap - half),
        (one.x - width / 2, one.y + gap + half),
    )
    return [(x, y - half, x + width, y + half) for x, y in middles]


def _fits(box: Box, room: Room) -> bool:
    return box[0] > 2 and box[2] < room.right and box[1] > room.top and box[3] < room.bottom


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _covers(box: Box, x: float, y: float) -> bool:
    return box[0] - 3 < x < box[2] + 3 and box[1] - 3 < y < box[3] + 3
