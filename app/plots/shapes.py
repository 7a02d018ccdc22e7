"""What a plot is given: frozen shapes, filled by whoever knows the figures. Nothing is counted.

Every plot says in `finding` the one sentence that it shows, and carries its own data as a table.
Shares are numbers from 0 to 1; None is a figure that does not exist (0 in the denominator) and is
shown as "–", never as 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

# What `statistics.flag` answers.
Flag = Literal["within", "low_95", "low_998", "high_95", "high_998", "too_few"]

FLAG_WORDS: dict[Flag, str] = {
    "within": "Within expected variation",
    "low_95": "Low (95 %)",
    "low_998": "Low (99.8 %)",
    "high_95": "High (95 %)",
    "high_998": "High (99.8 %)",
    "too_few": "Too few to say",
}


@dataclass(frozen=True, kw_only=True)
class Plot:
    """`key` is unique on its page (small letters, digits, hyphens): ids begin with it. So is the
    title, which names the picture and the table."""

    key: str
    title: str
    finding: str
    csv_url: str | None = None
    note: str | None = None  # how the figures are made, in a sentence; stands below the table


@dataclass(frozen=True, kw_only=True)
class Dot:
    """One school (or contract, supplier). Without a name it is "Another school"."""

    met: int
    of: int
    flag: Flag
    name: str | None = None
    href: str | None = None  # the list behind the number
    is_own: bool = False
    expected: float | None = None  # the share under its own mix of priorities
    interval: tuple[float, float] | None = None  # Wilson 95 %


@dataclass(frozen=True, kw_only=True)
class Limit:
    """Where the limits lie for this n; any of them may be missing (`statistics.limits`)."""

    of: int
    low_95: float | None
    high_95: float | None
    low_998: float | None
    high_998: float | None


@dataclass(frozen=True, kw_only=True)
class Funnel(Plot):
    """Share against size. Dots keep the order they come in (name or size, never share); those
    without a name are put in order of size, so that their place tells nothing."""

    dots: Sequence[Dot]
    limits: Sequence[Limit]  # by growing `of`; statistics.funnel_sizes says for which
    centre: float
    centre_words: str  # "All schools" or "Contract target"
    of_words: str = "Decided"  # heading and x axis: what n counts
    met_words: str = "Met"
    share_words: str = "Share met"
    who_words: str = "School"
    is_low_good: bool = False  # of reopenings, aborted visits: what is high has the colour of alarm
    limits_words: str = "Limits"  # "Widened limits" after a correction for overdispersion


@dataclass(frozen=True, kw_only=True)
class Point:
    """One month (half term, term) of a trend."""

    label: str  # short: "Sep 25"
    value: float | None
    words: str = ""  # what the value is made of: "7 of 9"
    low: float | None = None  # limits at this point (those of a share move with n)
    high: float | None = None
    beyond: Literal["low", "high"] | None = None
    href: str | None = None


@dataclass(frozen=True, kw_only=True)
class Trend(Plot):
    """A line over months with its control limits. Where a value is missing the line is broken."""

    points: Sequence[Point]
    value_words: str  # heading: "Response met", "Median hours to restore"
    is_share: bool = True  # shown as per cent; else as a plain number
    centre: float | None = None
    centre_words: str = "Centre line"
    target: float | None = None
    target_words: str = "Target"
    when_words: str = "Month"
    of_words: str = "Made of"  # heading of `Point.words`
    limits_words: str = "Control limits"
    is_low_good: bool = False  # hours, reopenings: what is high has the colour of alarm


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar of a stack: an amount for each of `Stacked.parts`, in their order."""

    label: str
    amounts: Sequence[float]
    href: str | None = None


@dataclass(frozen=True, kw_only=True)
class Stacked(Plot):
    """Who waited for whom: lying bars, each a whole (100 %) or, with `is_share=False`, as long as
    its sum. At most eight parts: so many patterns can be told apart."""

    parts: Sequence[str]
    bars: Sequence[Bar]
    unit: str = "hours"
    is_share: bool = True
    label_words: str = "School"


@dataclass(frozen=True, kw_only=True)
class Band:
    label: str
    amount: float
    href: str | None = None
    is_late: bool = False  # drawn in the pattern of what is late


@dataclass(frozen=True, kw_only=True)
class Bands(Plot):
    """Lying bars, one a band: the age of the backlog, incidents by priority."""

    bands: Sequence[Band]
    label_words: str = "Age in working days"
    amount_words: str = "Open incidents"


@dataclass(frozen=True, kw_only=True)
class Week:
    """`amount` is None where there is nothing to count (a holiday, a week to come)."""

    label: str  # "1 Sep"
    amount: float | None
    is_holiday: bool = False
    usual: float | None = None  # drawn as a short line across the column
    is_burst: bool = False  # more than chance explains: marked by shape
    href: str | None = None


@dataclass(frozen=True, kw_only=True)
class Weeks(Plot):
    """Columns over the weeks of the school year."""

    weeks: Sequence[Week]
    amount_words: str = "Incidents reported"
    usual_words: str = "Usual for the week"


class Cell(NamedTuple):
    text: str
    href: str | None = None
    is_number: bool = False


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A plot, drawn: `{{ plot(figure) }}` of _plot.html puts it on a page.

    `wide` stands alone (no style sheet needed), so a report as PDF may take it as a file.
    """

    key: str
    title: str
    finding: str
    wide: str  # Markup: an <svg>, 720 units across
    narrow: str  # Markup: the same for a phone, 340 units across
    links: str  # Markup: where a mouse may press on `wide`; the table has the same links
    headings: Sequence[Cell]
    rows: Sequence[Sequence[Cell]]
    csv_url: str | None = None
    note: str | None = None

    @property
    def texts(self) -> list[list[str]]:
        """The table as plain text, its headings first."""
        return [[one.text for one in row] for row in (self.headings, *self.rows)]
