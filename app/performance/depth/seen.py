"""What a page or a program asks of the figures in depth: whose, and of which months."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypeVar

from app import clock
from app.contracts import kept as agreements
from app.contracts.school_terms import whole_terms
from app.errors import NotAllowed, wrong
from app.people.identity import Me
from app.performance import periods, sight
from app.performance.depth import counting
from app.performance.kept import is_vast
from app.performance.periods import A_DAY, Days, Period, academic_year, month_of
from app.performance.sight import Sight
from app.performance.totals import Asked
from tenants import across_schools, acting_in

Found = TypeVar("Found")

# fmt: off
PERIODS: Final = {
    "12_months":        "The last twelve months",
    "24_months":        "The last two years",
    "school_year":      "This school year",
    "last_school_year": "Last school year",
}
# fmt: on
USUAL: Final = "12_months"
_LONGEST_DAYS: Final = 10 * 366
EVERYWHERE: Final = Sight(None)


@dataclass(frozen=True)
class Seen:
    """`first` and `end`: whole months, [first, end)."""

    sight: Sight
    first: date
    end: date
    now: datetime
    half_terms: tuple[Days, ...] = ()
    # Only types of equipment of this name, only schools or models with these words.
    kind: str | None = None
    words: str = ""
    group: str | None = None
    # In a very large authority nothing is added up over every school while somebody waits.
    is_vast: bool = False

    @property
    def is_everywhere(self) -> bool:
        return self.sight.is_everywhere

    @property
    def own(self) -> frozenset[int]:
        return self.sight.school_ids or frozenset()

    @property
    def today(self) -> date:
        return self.now.astimezone(clock.LONDON).date()

    @property
    def last_month(self) -> date:
        """The last of it that has begun, for people."""
        return min(self.end - A_DAY, self.today)

    def asked(self, first: date | None = None, end: date | None = None) -> Asked:
        """For the sums of figure_days."""
        whole = Asked(first or self.first, end or self.end)
        return sight.within_sight(self.sight, whole)

    def ask(self, question: Callable[[], list[Found]]) -> list[Found]:
        """In the schools that the person sees."""
        return sight.each_of(self.sight, question)

    def of_all(self, question: Callable[[], list[Found]]) -> list[Found]:
        """Of every school: only for what is told without a name, and not in a vast authority."""
        return sight.each_of(EVERYWHERE, question)

    def terms(self) -> list[Period]:
        """The terms that begin in the period, in order; with the holiday that follows each."""
        before = min(self.end, self.today + A_DAY)
        begun = [first for first, _ in whole_terms(self.half_terms) if self.first <= first < before]
        found = (periods.term_of(first, self.half_terms) for first in begun)
        return [term for term in found if term is not None]


def seen_by(person: Me, asked: dict[str, Any]) -> Seen:
    """Raises NotAllowed for a supplier: these are figures of the school as a whole."""
    found = sight.sight_of(person)
    if found.providers is not None:
        raise NotAllowed("These figures are of the school as a whole; yours are those of support.")
    first, end = months_asked(asked, clock.today())
    return Seen(
        found,
        first,
        end,
        clock.now(),
        half_terms_of(found),
        kind=asked.get("type"),
        words=(asked.get("q") or "").strip(),
        group=asked.get("group"),
        is_vast=is_vast(),
    )


def months_asked(asked: dict[str, Any], today: date) -> tuple[date, date]:
    """Whole months around what is asked for: [first, end). Pure. Raises Wrong."""
    if asked.get("first") or asked.get("end"):
        first = asked.get("first") or academic_year(asked["end"] - A_DAY).first
        end = asked.get("end") or max(today, first) + A_DAY
        if end <= first:
            raise wrong("to", "The period must end after it begins.")
        if (end - first).days > _LONGEST_DAYS:
            raise wrong("from", "Ask for at most ten years at once.")
        return month_of(first).first, month_of(end - A_DAY).end
    chosen = asked.get("period") or USUAL
    if chosen == "school_year":
        return academic_year(today).first, month_of(today).end
    if chosen == "last_school_year":
        last = academic_year(academic_year(today).first - A_DAY)
        return last.first, last.end
    years = 2 if chosen == "24_months" else 1
    end = month_of(today).end
    return end.replace(year=end.year - years), end


def months_named(seen: Seen) -> dict[str, str]:
    """The months of a page as an address asks for them: by name where they have one."""
    for name in PERIODS:
        if months_asked({"period": name}, seen.today) == (seen.first, seen.end):
            return {"period": name}
    return {"from": seen.first.isoformat(), "to": seen.end.isoformat()}


def freshen(seen: Seen) -> None:
    """Count what was not counted lately, where that is little; a big authority sees last night's
    figures, a vast one what the worker kept. First the incidents' own, which some of these read."""
    if seen.is_vast and seen.is_everywhere:
        return
    sight.catch_up(seen.sight)
    if seen.is_everywhere:
        with across_schools("figures in depth"):
            stale = counting.stale_schools(seen.now)
        for school_id, was_counted in stale:
            with acting_in(school_id):
                counting.freshen_here(was_counted=was_counted)
        return
    for school_id in sorted(seen.own):
        with acting_in(school_id):
            is_stale, was_counted = counting.is_stale_here(seen.now)
            if is_stale:
                counting.freshen_here(was_counted=was_counted)


def half_terms_of(found: Sight) -> tuple[Days, ...]:
    """Of the school, if it is one; else the LA's."""
    terms = sight.each_of(found, lambda: [_half_terms_here()])
    return terms[0] if terms else ()


def _half_terms_here() -> tuple[Days, ...]:
    here = agreements.here()
    own = here.days.terms if here.days is not None else None
    return here.la.days.terms if own is None else own
