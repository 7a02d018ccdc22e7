"""Schools side by side where there are too many to look at all of them: a window of them in the
order of their names, and what the worker keeps of the others (keeping.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, func, literal, or_, select, tuple_

from app.performance import kept
from app.performance.comparing import Baselines, Line
from app.performance.figures import Figure
from app.performance.keeping import (
    KIND,
    Dot,
    baselines_in,
    dots_in,
    flags_in,
    others_in,
    question_of,
)
from app.performance.kept import Kept
from app.performance.naming import Named
from app.performance.periods import Pieces, pieces
from app.performance.sight import Sight, every_school
from app.performance.summed import EACH_SCHOOL
from app.performance.totals import AGREEMENT_KINDS, Asked, Group, Row, only, within
from tenants import School, db

OTHERS: Final = Named("", "Another school")
FEWEST_OTHERS: Final = 3
USUAL_WINDOW: Final = 50
_BY_NAME = (func.lower(School.name), School.slug)
Place = list[Any]
_PLACE: Final = 4  # 0, name, slug, kind


class Window(NamedTuple):
    """Schools that have figures: id → name and slug, in the order of the database."""

    places: dict[int, tuple[str, str]]
    after: Place | None
    limit: int

    def cut(self, lines: Sequence[Line]) -> tuple[list[Line], Place | None]:
        """In that order, from the place on; and the place where the next one begins."""
        order = {school: at for at, school in enumerate(self.places)}
        found = sorted(lines, key=lambda one: (order[one.row.group.school_id], one.kind))
        left = [one for one in found if self._is_left(one)]
        shown = left[: self.limit]
        return shown, self._place_of(shown[-1]) if len(left) > len(shown) else None

    def _place_of(self, line: Line) -> Place:
        return [0, *self.places[line.row.group.school_id], line.kind]

    def _is_left(self, line: Line) -> bool:
        """Of the school at which the last page ended, what did not stand there."""
        if self.after is None:
            return True
        is_same = self._place_of(line)[:3] == self.after[:3]
        return not is_same or line.kind > self.after[3]


@dataclass(frozen=True)
class Many:
    """What is kept of all schools, by kind of agreement; None of a kind until it is made."""

    answers: dict[str, Kept | None]
    own: frozenset[int] = frozenset()
    # Whether only a window of the schools was looked at, and where the next one begins.
    is_window: bool = False
    place: Place | None = None

    def at(self, place: Place | None) -> Many:
        return replace(self, is_window=True, place=place)

    @property
    def made_at(self) -> datetime | None:
        """None while any of it is being worked out."""
        made = [one.made_at for one in self.answers.values() if one]
        return min(made) if len(made) == len(self.answers) else None

    def baselines(self, kinds: Collection[str] | None = None) -> Baselines:
        """Of those kinds; None: of every kind that some school has."""
        found: Baselines = {}
        for kind, one in sorted(self.answers.items()):
            if one and (one.answer["many"] if kinds is None else kind in kinds):
                found |= baselines_in(one.answer, kind)
        return found

    def flags(self, kind: str, figure: Figure) -> list[str | None] | None:
        one = self.answers.get(kind)
        return flags_in(one.answer, figure) if one else None

    def dots(self, kind: str, figure: Figure, besides: Collection[int] = ()) -> list[Dot]:
        """Of schools by id; `besides`: of those that are shown already."""
        one = self.answers.get(kind)
        found = dots_in(one.answer, figure) if one else ()
        return [dot for dot in found if dot[0] not in self.own and dot[0] not in besides]

    def others(self) -> Iterator[Row]:
        """Some of the other schools, with all their figures."""
        for kind, one in self.answers.items():
            for row in others_in(one.answer, kind) if one else ():
                if row.group.school_id not in self.own:
                    yield row


def compared(sight: Sight, asked: Asked, target: float | None) -> Many | None:
    """With whom schools are compared; None where too few others would be as good as named."""
    kinds = (asked.kind,) if asked.kind else AGREEMENT_KINDS
    questions = {kind: question_of(asked, kind, target) for kind in kinds}
    found = Many(
        {kind: kept.kept(KIND, question) for kind, question in questions.items()},
        sight.school_ids or frozenset(),
    )
    if sight.is_everywhere or not asked.is_narrow:
        return found
    many = [one.answer["many"] - len(found.own) for one in found.answers.values() if one]
    return None if many and max(many) < FEWEST_OTHERS else found


def window(asked: Asked, many: Many | None, after: Place | None, limit: int) -> Window:
    """The schools that stand on a page, and one more. To be asked across schools."""
    few = _few(many) if asked.is_narrow else []
    wanted = select(School.id, *_BY_NAME).where(*few, _has_figures(asked))
    if after is not None and len(after) != _PLACE:
        after = None
    if after is not None:
        wanted = wanted.where(tuple_(*_BY_NAME) >= tuple_(*after[1:3]))
    # That at which the last page ended may have nothing more to show.
    found = db.session.execute(wanted.order_by(*_BY_NAME).limit(limit + 2))
    return Window({school: (name, slug) for school, name, slug in found}, after, limit)


def named_dots(found: Sequence[Dot], kind: str, figure: Figure) -> list[Line]:
    """For the LA, which knows their names."""
    ids = [school for school, _ in found]
    with every_school():
        wanted = select(School.id, School.slug, School.name).where(School.id.in_(ids))
        names = {school: Named(slug, name) for school, slug, name in db.session.execute(wanted)}
    return [_line(names[one[0]], one, kind, figure) for one in found if one[0] in names]


def unnamed_dots(found: Sequence[Dot], kind: str, figure: Figure) -> list[Line]:
    return [_line(OTHERS, one, kind, figure) for one in found]


def _line(named: Named, dot: Dot, kind: str, figure: Figure) -> Line:
    return Line(named, kind, Row(Group(kind, dot[0])), {figure.key: dot[1]})


def _few(many: Many | None) -> list[ColumnElement[bool]]:
    """Where only some schools have any figures, which ones is known from the comparison."""
    found: set[int] = set()
    for one in many.answers.values() if many else [None]:
        if one is None or one.answer["schools"] is None:
            return []
        found.update(one.answer["schools"])
    return [School.id.in_(found)]


def _has_figures(asked: Asked) -> ColumnElement[bool]:
    """Looked up school by school, so that the first ones are found without reading all figures."""
    months, days = pieces(asked.first, asked.end)
    none = (asked.first, asked.first)
    parts = [Pieces(months, ())] if months[0] < months[1] else []
    parts += [Pieces(none, (one,)) for one in days]
    return or_(*(_one_of(asked, one) for one in parts))


def _one_of(asked: Asked, part: Pieces) -> ColumnElement[bool]:
    of = EACH_SCHOOL.of
    kinds = (asked.kind,) if asked.kind else AGREEMENT_KINDS
    found = (
        select(literal(1))
        .where(of.school_id == School.id, within(part), of.agreement_kind.in_(kinds), *only(asked))
        .limit(1)
    )
    return found.correlate(School).scalar_subquery().is_not(None)
