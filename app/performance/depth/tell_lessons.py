"""Tells how much lesson time was lost: by term, school, model of equipment and supplier [N18]."""

from __future__ import annotations

from app.assets.rules import TYPES
from app.performance.depth.reliability import FEWEST_SCHOOLS
from app.performance.depth.reports import MODEL
from app.performance.depth.seen import Seen
from app.performance.depth.sums import DETAIL, KIND, NAME, figures, sums
from app.performance.depth.sums import schools as schools_seen
from app.performance.depth.told import HOUR, Table, Told, hours, words
from app.performance.models import FigureDay
from app.plots.shapes import Band, Bands, Cell, Plot

METHOD = (
    "An estimate: the time the school was open from when it happened until work could go on, at "
    "most as many lessons as the sheet names (one where it names none), each as long as the "
    "school’s settings say. Counted on the day of the last resolution. By model: incidents that "
    "name a device. By supplier: incidents that went to a supplier."
)
_LOST = ("lesson_seconds",)
_EMPTY = (
    "No incident of this period says that it stopped a class. The question stands on the sheet; "
    "from its answer this estimate is made."
)


def tell(seen: Seen) -> Told:
    total = sum(row[0] or 0 for row in figures(seen, _LOST))
    if not total:
        return Told("", METHOD, empty=_EMPTY)
    terms = [
        (term.name, sum(r[0] or 0 for r in figures(seen, _LOST, first=term.first, end=term.end)))
        for term in seen.terms()
    ]
    tables = [Table("By term", ("Term", "Lesson-hours lost"), _rows(terms))] if terms else []
    if seen.is_everywhere:
        tables.append(_by_school(seen))
    tables += [_by_model(seen), _by_supplier(seen)]
    return Told(
        f"About {total / HOUR:,.1f} lesson-hours were lost in this period.",
        METHOD,
        _plots(terms),
        [one for one in tables if one.rows],
        frozenset({"lessons"}),
        _EMPTY,
    )


def _plots(terms: list[tuple[str, int]]) -> list[Plot]:
    if not any(seconds for _, seconds in terms):
        return []
    return [
        Bands(
            key="lessons",
            title="Lesson-hours lost, by term",
            finding="Terms begin in the period; the holiday after a term belongs to it.",
            bands=[Band(label=name, amount=round(lost / HOUR, 1)) for name, lost in terms],
            label_words="Term",
            amount_words="Lesson-hours lost",
        )
    ]


def _by_school(seen: Seen) -> Table:
    lost = dict(tuple(row) for row in figures(seen, _LOST, FigureDay.school_id))
    return Table(
        "By school",
        ("School", "Lesson-hours lost"),
        [
            [words(one.name, f"/{one.slug}/performance/in-depth/lesson-hours"), hours(lost[one.id])]
            for one in schools_seen(seen).values()
            if lost.get(one.id)
        ],
    )


def _by_model(seen: Seen) -> Table:
    rows = []
    for one in sums(seen, MODEL, KIND, NAME, DETAIL):
        if one.amount and not (seen.is_everywhere and one.schools < FEWEST_SCHOOLS):
            name = " ".join(word for word in (one.name, one.detail) if word)
            kind = TYPES.get(one.keys[0], one.keys[0])
            rows.append([words(kind), words(name or "Not said"), hours(one.amount)])
    title = "By model that at least three schools have" if seen.is_everywhere else "By model"
    return Table(title, ("Type", "Make and model", "Lesson-hours lost"), rows)


def _by_supplier(seen: Seen) -> Table:
    found = figures(seen, _LOST, FigureDay.provider, kind="uc")
    return Table(
        "By supplier",
        ("Supplier", "Lesson-hours lost"),
        _rows([(name, lost) for name, lost in found if name and lost]),
    )


def _rows(found: list[tuple[str, int]]) -> list[list[Cell]]:
    return [[words(name), hours(lost)] for name, lost in found]
