"""The funnel: each school a point at (n, share), with the limits that chance sets around it."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from app.plots.axes import (
    Entry,
    Scale,
    axis_width,
    left_axis,
    legend,
    line_sample,
    root_ticks,
    share_range,
    share_ticks,
)
from app.plots.canvas import HIGH, INK, QUIET, Canvas, element, text_width, wrapped
from app.plots.labels import Named, Room, write_labels
from app.plots.marks import Mark, mark, mark_sample, marks, own_ring, own_sample
from app.plots.shapes import FLAG_WORDS, Dot, Flag, Funnel
from app.plots.words import number, per_cent, share_of

MOST_DOTS = 400  # more are drawn as heaps
_MOST_LINKS = 200
_CELL = 14  # of a heap, in units of the picture
_LARGEST = 8.5  # a heap that fills its cell
_QUIET_FLAGS: frozenset[Flag] = frozenset({"within", "too_few"})
_LIMITS = (("low_998", "2 4"), ("high_998", "2 4"), ("low_95", "7 4"), ("high_95", "7 4"))


class Placed(NamedTuple):
    """A point of the picture: a school, or a heap of schools that lie together."""

    dot: Dot
    x: float
    y: float
    how_many: int = 1

    def size(self, single: float) -> float:
        return min(single + math.sqrt(self.how_many - 1) * 0.8, max(_LARGEST, single))


class Frame(NamedTuple):
    """Where things lie, for the picture and for the sheet of links over it."""

    dots: list[Dot]  # those that have a place: 0 of 0 has none
    xs: Scale
    ys: Scale
    ticks: list[float]


def draw(canvas: Canvas, funnel: Funnel) -> float:
    """The answer is how high it is."""
    dots, xs, ys, ticks = _frame(canvas, funnel)
    left_axis(canvas, ys, ticks, xs.end, is_share=True)
    _bottom_axis(canvas, xs, ys.start, funnel.of_words)
    _limits(canvas, funnel, xs, ys)
    points = placed(dots, xs, ys)
    is_crowded = len(dots) > (60 if canvas.form.is_narrow else MOST_DOTS)
    single = 3.6 if is_crowded else 5
    marks(
        canvas,
        [Mark(one.dot.flag, one.x, one.y, one.size(single)) for one in points],
        funnel.is_low_good,
    )
    for one in points:
        if one.dot.is_own:
            own_ring(canvas, one.x, one.y)
    names = [
        _named(one) for one in points if _is_loud(one.dot) and one.dot.name and one.how_many == 1
    ]
    quiet = [(one.x, one.y) for one in points if not _is_loud(one.dot)]
    write_labels(canvas, names, quiet, Room(xs.end + 44, ys.end - 12, ys.start))
    return legend(canvas, _entries(funnel, dots), ys.start + canvas.font * 3.2) + 4


def _frame(canvas: Canvas, funnel: Funnel) -> Frame:
    dots = [dot for dot in funnel.dots if dot.of]
    low, high = _range(funnel, dots)
    ticks = share_ticks(low, high)
    largest = max([dot.of for dot in dots] + [10])
    left, right = axis_width(canvas, ticks, True), canvas.width - 48
    top, bottom = 14, 270 if canvas.form.is_narrow else 380
    xs = Scale(0, largest * 1.04, left, right, is_root=True)
    return Frame(dots, xs, Scale(low, high, bottom, top), ticks)


def placed(dots: Sequence[Dot], xs: Scale, ys: Scale) -> list[Placed]:
    """Quiet ones first, so that flagged and own points lie on top of them."""
    if len(dots) > MOST_DOTS:
        own = [dot for dot in dots if dot.is_own]
        points = _heaped(dots, xs, ys) + [_placed(dot, xs, ys) for dot in own]
    else:
        points = [_placed(dot, xs, ys) for dot in dots]
    return sorted(points, key=lambda one: (_loudness(one.dot), one.dot.flag))


def links(canvas: Canvas, funnel: Funnel) -> str:
    """A sheet over the picture on which a mouse finds the points: each tells who it is, and leads
    to its list. The table below has the same for the keyboard and for readers of the screen."""
    dots, xs, ys, _ = _frame(canvas, funnel)
    dots = [dot for dot in dots if dot.href]
    if len(dots) > _MOST_LINKS:
        dots = sorted(filter(_is_loud, dots), key=_loudness)[-_MOST_LINKS:]
    drawn = []
    for dot in dots:
        at = element("circle", cx=xs.at(dot.of), cy=ys.at(dot.met / dot.of), r=9)
        inside = element("title", said(dot)) + at
        drawn.append(wrapped("a", inside, href=dot.href, tabindex="-1"))
    return "".join(drawn)


def said(dot: Dot) -> str:
    """One point in words: "St Mary's: 45 of 60, 75.0 %. Low (99.8 %)"."""
    share = "" if dot.flag == "too_few" else f", {share_of(dot.met, dot.of)}"
    return f"{dot.name or 'Another school'}: {dot.met} of {dot.of}{share}. {FLAG_WORDS[dot.flag]}"


def _range(funnel: Funnel, dots: Sequence[Dot]) -> tuple[float, float]:
    """Around all points, the centre, and the 95 % limits of all but the very smallest."""
    shares = [dot.met / dot.of for dot in dots] + [funnel.centre]
    for limit in funnel.limits:
        if limit.of >= 10:
            shares += [one for one in (limit.low_95, limit.high_95) if one is not None]
    return share_range(shares)


def _bottom_axis(canvas: Canvas, xs: Scale, bottom: float, words: str) -> None:
    canvas.line(xs.start, bottom, xs.end, bottom, stroke=INK)
    font, taken = canvas.font, -1.0
    for tick in root_ticks(xs.last):
        x, half = xs.at(tick), text_width(number(tick), font) / 2
        if x - half < taken:
            continue
        canvas.line(x, bottom, x, bottom + 4, stroke=INK)
        canvas.write(x, bottom + font * 1.3, number(tick), "middle", colour=QUIET)
        taken = x + half + 6
    canvas.write((xs.start + xs.end) / 2, bottom + font * 2.6, words, "middle")


def _limits(canvas: Canvas, funnel: Funnel, xs: Scale, ys: Scale) -> None:
    y = ys.at(funnel.centre)
    canvas.path(f"M{xs.start:.1f} {y:.1f}H{xs.end:.1f}", stroke_width=1.6)
    ends: dict[str, float] = {}
    for name, dashes in _LIMITS:
        line = _inside([(limit.of, getattr(limit, name)) for limit in funnel.limits], ys)
        line = [(n, share) for n, share in line if xs.has(n)]
        if len(line) < 2:
            continue
        d = "M" + "L".join(f"{xs.at(n):.1f} {ys.at(share):.1f}" for n, share in line)
        canvas.path(d, stroke=HIGH, stroke_width=1.5, stroke_dasharray=dashes)
        ends[name] = ys.at(line[-1][1])
    # On the side that has more room, which is the lower one unless the share is small.
    side = "low" if funnel.centre >= (ys.first + ys.last) / 2 else "high"
    _name_limits(canvas, ends.get(f"{side}_95"), ends.get(f"{side}_998"), xs.end)


def _name_limits(canvas: Canvas, inner: float | None, outer: float | None, right: float) -> None:
    """At their right end; where those are too close, the outer one moves out."""
    size = canvas.font - 2
    apart = size * 1.1
    if inner is not None and outer is not None and abs(outer - inner) < apart:
        outer = inner + (apart if outer > inner else -apart)
    for y, words in ((inner, "95 %"), (outer, "99.8 %")):
        if y is not None:
            canvas.write(right + 4, y + size * 0.35, words, size=size, colour=HIGH)


def _inside(line: list[tuple[float, float | None]], ys: Scale) -> list[tuple[float, float]]:
    """Only the part of the line that the picture has room for, from where it comes in."""
    known = [(n, share) for n, share in line if share is not None]
    found = []
    for (n, share), (after_n, after) in pairwise(known):
        if share < ys.first <= after:
            part = (ys.first - share) / (after - share)
            found.append((n + part * (after_n - n), ys.first))
        elif ys.has(share):
            found.append((n, share))
    return found + [one for one in known[-1:] if ys.has(one[1])]


def _is_loud(dot: Dot) -> bool:
    return dot.is_own or dot.flag not in _QUIET_FLAGS


def _loudness(dot: Dot) -> int:
    if dot.is_own:
        return 3
    return 0 if dot.flag in _QUIET_FLAGS else 1 + dot.flag.endswith("998")


def _named(one: Placed) -> Named:
    order = (-_loudness(one.dot), -one.dot.of)
    return Named(one.x, one.y, one.dot.name or "", order, one.dot.is_own)


def _placed(dot: Dot, xs: Scale, ys: Scale) -> Placed:
    return Placed(dot, xs.at(dot.of), ys.at(dot.met / dot.of))


def _heaped(dots: Sequence[Dot], xs: Scale, ys: Scale) -> list[Placed]:
    """Those of one kind that lie in one cell become one bigger mark, in the middle of them. Your
    own never lies in a heap. What has the same counts has the same place, and is placed once."""
    alike: dict[tuple[Flag, int, int], list[Dot]] = defaultdict(list)
    for dot in dots:
        if not dot.is_own:
            alike[dot.flag, dot.of, dot.met].append(dot)
    cells: dict[tuple[Flag, int, int], list[Placed]] = defaultdict(list)
    for (flag, of, met), same in alike.items():
        x, y = xs.at(of), ys.at(met / of)
        cells[flag, int(x // _CELL), int(y // _CELL)].append(Placed(same[0], x, y, len(same)))
    return [_heap(cell) for cell in cells.values()]


def _heap(cell: list[Placed]) -> Placed:
    many = sum(one.how_many for one in cell)
    x = sum(one.x * one.how_many for one in cell) / many
    y = sum(one.y * one.how_many for one in cell) / many
    return Placed(cell[0].dot, x, y, many)


def _entries(funnel: Funnel, dots: Sequence[Dot]) -> list[Entry]:
    found = [
        Entry(f"{funnel.centre_words}: {per_cent(funnel.centre)}", line_sample(None, INK, 1.6))
    ]
    if funnel.limits:
        found.append(Entry(f"{funnel.limits_words} 95 %", line_sample("7 4", HIGH, 1.5)))
        found.append(Entry(f"{funnel.limits_words} 99.8 %", line_sample("2 4", HIGH, 1.5)))
    seen = {dot.flag for dot in dots}
    found += [
        Entry(words, mark_sample(flag, funnel.is_low_good))
        for flag, words in FLAG_WORDS.items()
        if flag in seen
    ]
    if any(dot.is_own for dot in dots):
        found.append(Entry("Your own", own_sample))
    if len(dots) > MOST_DOTS:
        found.append(
            Entry("Many together", lambda *at: mark(at[0], "within", at[1], at[2], _LARGEST))
        )
    return found
