"""The plots of the pages of figures: funnel, who waited for whom, pauses, months. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, cast

from app.performance import statistics as stats
from app.performance import words
from app.performance.comparing import Baseline, Line, Shown
from app.performance.counters import PAUSES
from app.performance.figures import DRAWN, HOURS, SHARE, Figure, denominator, numerator, rate
from app.performance.periods import Period
from app.performance.totals import Counts
from app.plots.shapes import Band, Bands, Bar, Dot, Flag, Funnel, Limit, Point, Stacked, Trend

Link = Callable[[Line], str | None]
_NOT_ALL = (
    "Not all {} are drawn: those that differ most by more than chance, and some of every size."
)


def funnel(
    lines: Sequence[Line], others: Sequence[Line], figure: Figure, baseline: Baseline, **said: Any
) -> Funnel | None:
    """None where there is nobody to compare with. `said`: link, who_words, centre_words, csv_url;
    `own` the key of the school that looks; `flags` of all, where not all are drawn."""
    if baseline.centre is None:
        return None
    link: Link = said["link"]
    named = [(one, one.figures[figure.key]) for one in lines]
    dots = [_dot(shown, one.named.name, link(one), said["is_own"]) for one, shown in named]
    dots += [_dot(one.figures[figure.key]) for one in others]
    counted = [dot for dot in dots if dot.of]
    if len(counted) < 2:
        return None
    widen = math.sqrt(baseline.phi) if baseline.is_widened and baseline.phi else 1.0
    sizes = stats.funnel_sizes(max(dot.of for dot in counted))
    notes = [spread_words(baseline, said["many_words"])]
    notes += [_NOT_ALL.format(said["many_words"])] if said.get("flags") else []
    return Funnel(
        key="funnel",
        title=f"{figure.title}: who differs by more than chance",
        finding=finding(
            said.get("flags") or [one.flag for one in counted], figure, said["many_words"]
        ),
        note=" ".join(one for one in notes if one) or None,
        csv_url=said["csv_url"],
        dots=dots,
        limits=[Limit(of=n, **stats.limits(n, baseline.centre, widen)._asdict()) for n in sizes],
        centre=baseline.centre,
        centre_words=said["centre_words"],
        of_words="Out of",
        met_words="Counted",
        share_words=figure.title,
        who_words=said["who_words"],
        limits_words="Widened limits" if baseline.is_widened else "Limits",
    )


def _dot(one: Shown, name: str | None = None, href: str | None = None, is_own: bool = False) -> Dot:
    return Dot(
        met=one.numerator,
        of=one.denominator,
        flag=cast(Flag, one.flag or "too_few"),
        name=name,
        href=href,
        is_own=is_own,
        expected=None if one.expected is None else one.expected / one.denominator,
        interval=None if one.low is None or one.high is None else (one.low, one.high),
    )


def finding(flags: Sequence[str | None], figure: Figure, many: str) -> str:
    """How many lie where; never who is first."""
    judged = [one for one in flags if one not in (None, "too_few")]
    few = len(flags) - len(judged)
    said = [
        f"{count:,} {_within_a_sentence(words.flag_words(figure, flag))}"
        for flag in ("low_998", "low_95", "high_95", "high_998")
        if (count := judged.count(flag))
    ]
    within = judged.count("within")
    found = f"Of {len(flags):,} {many}, {within:,} {'is' if within == 1 else 'are'} within expected"
    found += " variation" + "".join(f", {one}" for one in said)
    if few:
        found += f"; {few:,} {'has' if few == 1 else 'have'} fewer than five, too few to say"
    return f"{found}."


def _within_a_sentence(said: str) -> str:
    return said[:1].lower() + said[1:]


def spread_words(baseline: Baseline, many: str) -> str | None:
    """What φ says, in a sentence."""
    if baseline.phi is None:
        return None
    phi = f"φ = {baseline.phi:.1f}"
    if baseline.is_widened:
        return (
            f"The {many} differ among themselves by more than chance explains ({phi}), so the "
            f"limits are widened by {math.sqrt(baseline.phi):.1f}; where that calmed a verdict, "
            "the one without it stands beside it."
        )
    if baseline.phi > 1:
        return f"Limits as chance alone sets them ({phi}; with fewer than ten {many} not widened)."
    return f"Limits as chance alone sets them ({phi}, so nothing is to be corrected)."


def parties(lines: Sequence[tuple[str, Counts]], label: str, csv_url: str | None) -> Stacked | None:
    """Who waited for whom: the time that incidents resolved in the period were with each."""
    amounts = [(name, hours_by_party(counts)) for name, counts in lines]
    known = [one for one in amounts if sum(one[1])]
    if not known:
        return None
    sums = [sum(column) for column in zip(*(one for _, one in known), strict=True)]
    used = [at for at, total in enumerate(sums) if total]
    names = list(words.PARTY_WORDS.values())
    most = max(used, key=lambda at: sums[at])
    return Stacked(
        key="parties",
        title="Who waited for whom",
        finding=(
            f"Incidents resolved in the period spent most of their open time with: "
            f"{names[most].lower()} ({sums[most]:,.1f} of {sum(sums):,.1f} open hours)."
        ),
        note="Open hours of the school’s desk, from the report to the last resolution.",
        csv_url=csv_url,
        parts=[names[at] for at in used],
        bars=[Bar(label=name, amounts=[one[at] for at in used]) for name, one in known],
        label_words=label,
    )


def hours_by_party(counts: Counts) -> list[float]:
    """As PARTY_WORDS."""
    return [counts.get(f"party_{one}_seconds", 0) / HOURS for one in words.PARTY_WORDS]


def pauses(counts: Counts, csv_url: str | None) -> Bands | None:
    """Why clocks of the agreement stood still."""
    hours = {one: counts.get(f"pause_{one}_seconds", 0) / HOURS for one in PAUSES}
    total = sum(hours.values())
    if not total:
        return None
    running = counts.get("net_seconds", 0) / HOURS
    return Bands(
        key="pauses",
        title="Why clocks stood still",
        finding=(
            f"Resolution clocks stood still for {total:,.1f} of {total + running:,.1f} open "
            f"hours ({100 * total / (total + running):.1f} %)."
        ),
        note="Of incidents resolved in the period, in the agreement’s own hours.",
        csv_url=csv_url,
        bands=[
            Band(label=words.PAUSE_WORDS[one], amount=round(amount, 2))
            for one, amount in hours.items()
            if amount
        ],
        label_words="Reason",
        amount_words="Hours paused",
    )


def months(
    figure: Figure,
    found: Sequence[tuple[Period, Counts]],
    link: Callable[[Period], str],
    csv_url: str | None,
) -> Trend | None:
    """A figure month by month with its control limits: of counts of yes and no a p chart, of
    everything else individuals and moving range."""
    counts = [(numerator(figure, one), denominator(figure, one)) for _, one in found]
    if sum(1 for _, below in counts if below) < 2:
        return None
    is_share = figure.kind == SHARE
    if figure.key in DRAWN:
        control = stats.p_chart(counts)
    else:
        rates = [rate(figure, one) for _, one in found]
        control = stats.xmr(rates, lowest=0.0, highest=1.0 if is_share else None)
    points = [
        _point(figure, period, one, at, link)
        for (period, one), at in zip(found, control.points, strict=True)
    ]
    return Trend(
        key="months",
        title=f"{figure.title}, month by month",
        finding=_beyond_words(figure, points),
        csv_url=csv_url,
        points=points,
        value_words=figure.title if is_share else f"{figure.title}{_of_unit(figure)}",
        is_share=is_share,
        centre=control.centre,
        centre_words="Mean of these months",
    )


def _point(
    figure: Figure, period: Period, counts: Counts, at: stats.At, link: Callable[[Period], str]
) -> Point:
    below = denominator(figure, counts)
    above = words.amount(figure.numerator[0], numerator(figure, counts))
    return Point(
        label=f"{period.first:%b %y}",
        value=at.value,
        words=f"{above} of {words.amount(figure.denominator[0], below)}" if below else "",
        low=at.low,
        high=at.high,
        beyond=at.beyond,
        href=link(period) if below else None,
    )


def _beyond_words(figure: Figure, points: Sequence[Point]) -> str:
    unlike = [one for one in points if one.beyond]
    if not any(one.low is not None for one in points):
        return "There are too few in a month to say which one is unlike the others."
    if not unlike:
        return "No month is unlike the others: what goes up and down here is chance."
    said = ", ".join(
        f"{one.label} ({'below' if one.beyond == 'low' else 'above'} its limits)" for one in unlike
    )
    return f"Unlike the other months: {said}. It is worth asking what happened then."


def _of_unit(figure: Figure) -> str:
    return ", hours" if figure.unit == HOURS else ""
