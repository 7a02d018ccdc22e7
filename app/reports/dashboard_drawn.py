"""The plots of a school's dashboard. Pure, but for the addresses that it is given."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.performance import drawing
from app.performance import statistics as stats
from app.performance.periods import Period
from app.performance.totals import Counts
from app.plots.shapes import Plot, Point, Trend
from app.reports import backlog_age
from app.reports.dashboard import Dashboard, known

Address = Callable[[str], str]  # of the file of a plot, by its key


def plots(found: Dashboard, csv_url: Address) -> dict[str, Plot]:
    """By key; what there is nothing to draw of is left out."""
    span = "term" if found.is_of_terms else "month"
    terms = [(f"This {span}", found.now.counts), (f"Last {span}", found.before.counts)]
    made = (
        backlog_age.drawn(found.backlog, whose="at this school", csv_url=csv_url("backlog-age")),
        drawing.parties(terms, "When", csv_url("parties")),
        _trend(found.months, csv_url("reported")) if known(found.months) else None,
    )
    return {one.key: one for one in made if one is not None}


def _trend(months: Sequence[tuple[Period, Counts]], csv_url: str) -> Trend:
    control = stats.xmr([float(one.get("reported", 0)) for _, one in months], lowest=0.0)
    points = [
        Point(
            label=f"{period.first:%b %y}",
            value=at.value,
            words=f"{counts.get('resolved', 0):,}",
            low=at.low,
            high=at.high,
            beyond=at.beyond,
        )
        for (period, counts), at in zip(months, control.points, strict=True)
    ]
    unlike = [one.label for one in points if one.beyond]
    return Trend(
        key="reported",
        title="Reported, month by month",
        finding=(
            f"Unlike the other months: {', '.join(unlike)}. It is worth asking what happened then."
            if unlike
            else "No month is unlike the others: what goes up and down here is chance."
        ),
        csv_url=csv_url,
        points=points,
        value_words="Reported",
        is_share=False,
        centre=control.centre,
        centre_words="Mean of these months",
        of_words="Resolved",
    )
