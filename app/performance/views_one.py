"""One school, agreement or supplier: all its figures, month by month, beside the period before."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from flask import redirect, render_template
from flask.typing import ResponseReturnValue as Answer

from app.door import requires
from app.performance import periods, views_plots, words
from app.performance.comparing import Line
from app.performance.cost import pounds
from app.performance.figures import FIGURES, rate
from app.performance.sight import each_of, within_sight
from app.performance.totals import Counts, add_to, rows, together
from app.performance.views import HERE, LA, Compared, around, compare, of_everybody, pages
from app.performance.views_asked import OnPage, read_page

_VIEW = "performance.view"


@pages.get(f"{LA}/one")
@requires(_VIEW)
@of_everybody
def la_one() -> Answer:
    return _one()


@pages.get(f"{HERE}/one")
@requires(_VIEW)
def one() -> Answer:
    return _one()


def _one() -> Answer:
    page = read_page()
    if page.asked is None:
        return render_template("performance/one.html", **around(page)), 422
    if not _is_of_one(page):
        return redirect(page.link("index"), 303)
    compared = compare(page)
    line = compared.lines[0] if compared.lines else None
    return render_template(
        "performance/one.html",
        **around(page),
        compared=compared,
        line=line,
        earlier=_before(page),
        **(_plots_and_costs(compared, line) if line else {}),
    )


def _is_of_one(page: OnPage) -> bool:
    if page.by == "school" and not page.is_la:
        return True
    return page.by != "priority" and bool(page.filters.given.get(page.by))


def _plots_and_costs(compared: Compared, line: Line) -> dict[str, Any]:
    return {
        "parties": views_plots.parties(compared, [line]),
        "pauses": views_plots.pauses(compared, [line]),
        "trend": views_plots.months(compared),
        "costs": _costs(compared, line),
        "facts": _facts(compared, line),
    }


def _before(page: OnPage) -> dict[str, Any] | None:
    """The figures of the period before, of the same."""
    assert page.period is not None and page.asked is not None
    period = periods.before(page.period, page.half_terms)
    if period is None:
        return None
    asked = within_sight(
        page.sight, replace(page.asked, first=period.first, end=period.end, kind=page.kind)
    )
    found = each_of(page.sight, lambda: rows(asked))
    sums: dict[bool, Counts] = {True: {}, False: {}}
    for row in found:
        for is_of_agreement, into in sums.items():
            add_to(into, together(row.counts(is_of_agreement=is_of_agreement)))
    return {
        "said": words.span(period.first, period.end),
        "values": {
            key: words.plain_value(figure, sums[figure.is_of_agreement])
            for key, figure in FIGURES.items()
            if rate(figure, sums[figure.is_of_agreement]) is not None
        },
    }


def _facts(compared: Compared, line: Line) -> list[tuple[str, str, str | None]]:
    """What is counted as it is: words, count, the list behind it."""
    page, counts = compared.page, line.counts
    found: list[tuple[str, str, str | None]] = [
        (
            words.FIGURE_WORDS[key],
            f"{counts.get(key, 0):,}",
            page.behind(key, "numerator") if counts.get(key) else None,
        )
        for key in ("reported", "resolved", "cancelled", "class_stopped", "priority_overridden")
    ]
    if page.by != "school":
        return found
    open_now = compared.found.backlogs.get(line.named.key, 0)
    assert page.asked is not None
    found.append((f"Open at the end of {words.last_day(page.asked.end)}", f"{open_now:,}", None))
    if pupils := compared.found.pupils.get(line.named.key):
        per_100 = 100 * counts.get("reported", 0) / pupils
        found.append(("Reported per 100 pupils", f"{per_100:.1f} ({pupils:,} pupils)", None))
    return found


def _costs(compared: Compared, line: Line) -> list[tuple[str, str]]:
    """Each rounded once, at the end."""
    one = compared.found.cost_of(line)
    if one is None:
        return []
    found = [
        ("Share of the contracts", _money(one.contract_share)),
        ("Labour", _money(one.labour)),
        ("Parts", _money(one.parts)),
        ("Together", _money(one.total)),
    ]
    by_what = {"incident resolved": line.counts.get("resolved", 0)}
    if compared.page.by == "school":
        by_what["pupil, in this period"] = compared.found.pupils.get(line.named.key, 0)
    for what, many in by_what.items():
        said = f"{_money(one.total / Fraction(many))} ({many:,})" if many else "–"
        found.append((f"Per {what}", said))
    return found


def _money(amount: Fraction) -> str:
    return words.money(pounds(amount))
