"""What a page of figures was asked: its filters with their defaults, and addresses made of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from flask import url_for

from app import clock
from app.contracts import kept
from app.door import me
from app.errors import Wrong, wrong
from app.performance import choosing
from app.performance.page_schemas import DEFAULT_FIGURE, PageFilters
from app.performance.periods import A_DAY, Days, Period
from app.performance.read_args import asked_for
from app.performance.sight import Sight, each_of, sight_of
from app.performance.totals import Asked
from app.web.listed import Filters, read_filters

_DAYS = ("from", "to", "last")
# Pages to which each row of a page has its links.
_ROWS_LEAD_TO = ("one", "behind")
# What an address may carry besides the period; a row's own key stands under what it is by.
_OF_WHOM = ("school", "contract", "supplier", "priority", "type")


@dataclass(frozen=True)
class OnPage:
    """One page's question. `asked` None: it made no sense, and `filters.errors` says why."""

    sight: Sight
    filters: Filters
    figure: str
    kind: str
    period_key: str
    period: Period | None
    half_terms: list[Days]
    # Key and name of the agreements that can be asked for.
    agreements: dict[str, str]
    target: float | None
    asked: Asked | None
    _written: dict[tuple[Any, ...], str] = field(default_factory=dict, init=False, compare=False)

    @property
    def by(self) -> str:
        return self.asked.by if self.asked else str(self.filters.asked.get("by") or "school")

    @property
    def given(self) -> dict[str, Any]:
        """Everything that was asked for, with the defaults; to draw the form and links from."""
        found = {**self.filters.given, "by": self.by, "figure": self.figure}
        found |= {"agreement_kind": self.kind, "period": self.period_key}
        return found

    @property
    def is_so_far(self) -> bool:
        return bool(self.asked and self.period and self.asked.end < self.period.end)

    @property
    def last_day(self) -> str:
        """Of days of somebody's own, for the form."""
        given = self.filters.given.get("last", "")
        if given or self.period_key != "custom" or self.period is None:
            return given
        return (self.period.end - A_DAY).isoformat()

    @property
    def agreements_offered(self) -> dict[str, str]:
        """Those that are known, and the one that was asked for."""
        chosen = self.filters.given.get("contract")
        return {**({chosen: chosen} if chosen else {}), **self.agreements}

    @property
    def is_la(self) -> bool:
        return me().school is None

    def link(self, page: str, **more: Any) -> str:
        """Another page of figures about the same; a keyword None leaves that out."""
        left_out = () if self.period_key == "custom" else _DAYS
        shared = {key: one for key, one in self.given.items() if key not in left_out}
        more = {key: one for key, one in more.items() if key not in left_out}
        return self._address(page, shared, more)

    def behind(self, figure: str, part: str, **row: Any) -> str:
        """The incidents behind a number: of days, so that the address always means the same."""
        assert self.asked is not None
        given = {key: one for key, one in self.filters.given.items() if key in _OF_WHOM}
        days = {"from": self.asked.first.isoformat(), "to": self.asked.end.isoformat()}
        shared = {**given, "agreement_kind": self.kind, **days}
        return self._address("behind", shared, {"figure": figure, "part": part, **row})

    def _address(self, page: str, shared: dict[str, Any], more: dict[str, Any]) -> str:
        """Of a thousand addresses on a page most differ in a word: what they share is written
        once."""
        is_more = not any(one is None or key in shared for key, one in more.items())
        if page not in _ROWS_LEAD_TO or not is_more:
            wanted = {**shared, **more}
            return place(page, **{key: one for key, one in wanted.items() if one is not None})
        key = (page, *shared.items())
        if key not in self._written:
            self._written[key] = place(page, **shared)
        if not self.is_la:
            more = {name: one for name, one in more.items() if name != "school"}
        return "&".join((self._written[key], *(_pair(*one) for one in more.items())))


@lru_cache(maxsize=4096)
def _pair(name: str, value: Any) -> str:
    """On a page there are thousands of a few hundred."""
    return urlencode({name: value})


def place(page: str, **values: Any) -> str:
    """A page of figures of the LA, or the same of the school where somebody is. There the school
    in the address is where they are, and not a filter."""
    if me().school is None:
        return url_for(f"performance.la_{page}", **values)
    return url_for(f"performance.{page}", **{k: v for k, v in values.items() if k != "school"})


def read_page(shape: type[PageFilters] = PageFilters) -> OnPage:
    """Of what does not make sense a sentence stands in `filters.errors`."""
    sight = sight_of(me())
    filters = read_filters(shape)
    asked = filters.asked
    half_terms, agreements = each_of(sight, lambda: [_known_here()])[0]
    found = OnPage(
        sight=sight,
        filters=filters,
        figure=asked.get("figure") or filters.given.get("figure") or DEFAULT_FIGURE,
        kind=asked.get("agreement_kind") or ("uc" if sight.providers is not None else "sla"),
        period_key=_period_key(filters, half_terms),
        period=None,
        half_terms=half_terms,
        agreements=agreements,
        target=asked["target"] / 100 if asked.get("target") else None,
        asked=None,
    )
    if filters.errors:
        return found
    try:
        return _resolved(found)
    except Wrong as mistakes:
        said = [sentence for sentences in mistakes.errors.values() for sentence in sentences]
        return replace(found, filters=filters._replace(errors=said))


def _resolved(page: OnPage) -> OnPage:
    today = clock.today()
    period = _period(page, today)
    args = {
        **page.filters.asked,
        "first": period.first,
        "end": choosing.end_so_far(period, today),
        "agreement_kind": page.kind,
        "priority": None,
    }
    if me().school is not None:
        args["school"] = None
    asked = asked_for(args, page.sight)
    if (priority := page.filters.asked.get("priority")) is not None:
        # Rows of what is not checked yet have a key too.
        asked = replace(asked, priority=0 if priority == "unchecked" else int(priority[1]))
    return replace(page, period=period, asked=asked)


def _period_key(filters: Filters, half_terms: list[Days]) -> str:
    given = filters.given
    if key := given.get("period"):
        return key
    has_days = any(name in given for name in ("from", "to", "last"))
    return "custom" if has_days else choosing.usual(clock.today(), half_terms)


def _period(page: OnPage, today: date) -> Period:
    if page.period_key != "custom":
        found = choosing.period_of(page.period_key, today, page.half_terms)
        if found is None:
            raise wrong("period", "No term dates are known so far back. Choose another period.")
        return found
    asked = page.filters.asked
    first, end = asked.get("first"), asked.get("end")
    if asked.get("last"):
        end = choosing.after(asked["last"])
    if first is None or end is None:
        raise wrong("from", "Give the first and the last day.")
    if end <= first:
        raise wrong("last", "The last day must not be before the first.")
    return choosing.of_days(first, end)


def _known_here() -> tuple[list[Days], dict[str, str]]:
    """Half terms and agreements, of the school where somebody is or of the LA."""
    here = kept.here()
    own = here.days.terms if here.days else None
    agreements = sorted({(one.name, one.key) for one in here.versions})
    half_terms = here.la.days.terms if own is None else own
    return list(half_terms), {key: name for name, key in agreements}
