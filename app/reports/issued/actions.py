"""Draft a report, edit its words, count again, issue it, throw a draft away (S19)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from app import clock
from app.errors import Refused, wrong
from app.history.actions import SYSTEM, record
from app.people.identity import Me
from app.performance.periods import Period, of_kind
from app.reports.issued import queries, rules, writing
from app.reports.issued.counting import count
from app.reports.issued.models import IssuedReport
from tenants import db
from tenants.numbers import take_number

# Numbers are read from the roll-ups day by day.
_MOST_DAYS = 2 * 366


def period_asked(kind: str, said: Mapping[str, Any]) -> Period:
    """`period` with a day `on`, or days `first` and `end`; else the last whole one of the kind that
    is usual for the report. Raises Wrong."""
    today, terms = clock.today(), queries.half_terms()
    first, end = said.get("first"), said.get("end")
    if first is not None or end is not None:
        return _days(first, end, today)
    span = said.get("period") or rules.KINDS[kind].usual
    on: date | None = said.get("on")
    found = of_kind(span, on, terms) if on else rules.last_whole(span, today, terms)
    if found is None:
        raise wrong("period", "The calendar has no such term. Give the days instead.")
    if found.first > today:
        raise wrong("on", "That time has not begun yet.")
    return found


def _days(first: date | None, end: date | None, today: date) -> Period:
    if first is None or end is None:
        raise wrong("from" if first is None else "to", "Give both days, or none.")
    if end <= first:
        raise wrong("to", "The period must end after it begins.")
    if (end - first).days > _MOST_DAYS:
        raise wrong("to", "Ask for at most two years at once.")
    if first > today:
        raise wrong("from", "That time has not begun yet.")
    return Period("custom", first, end, "")


def draft(
    kind: str, period: Period, *, by: Me | None, schedule_id: int | None = None
) -> IssuedReport:
    """Counted and written. `by` None is Deskbell itself, by a schedule."""
    figures = _count(kind, period)
    report = IssuedReport(
        number=take_number("report"),
        kind=kind,
        period_kind=period.kind,
        period_name=figures["period"]["name"],
        first_on=period.first,
        end_on=period.end,
        title=writing.title(kind, figures),
        sections=writing.write(kind, figures),
        figures=figures,
        counted_at=clock.now(),
        created_by=by.name if by else SYSTEM,
        schedule_id=schedule_id,
    )
    db.session.add(report)
    db.session.flush()
    _record("report.drafted", report, by, to_value=report.title)
    return report


def _count(kind: str, period: Period) -> dict[str, Any]:
    found = count(kind, period, queries.half_terms())
    last = queries.issued_before(kind, period)
    found["last"] = None if last is None else _agreed(last)
    return found


def _agreed(last: IssuedReport) -> dict[str, Any]:
    assert last.issued_at is not None
    actions = next(one for one in last.sections if one["key"] == writing.ACTIONS)
    return {
        "number": last.number,
        "issued_on": last.issued_at.astimezone(clock.LONDON).date().isoformat(),
        "actions": writing.text_of(actions),
    }


def edit(
    report: IssuedReport,
    *,
    by: Me,
    title: str | None = None,
    sections: Mapping[str, str | None] | None = None,
) -> None:
    """Other words for some sections; None brings the generated ones back."""
    check_draft(report)
    words = dict(sections or {})
    known = {one["key"]: one["heading"] for one in report.sections}
    # Whoever sends the generated words back has edited nothing.
    words |= {one["key"]: None for one in report.sections if words.get(one["key"]) == one["text"]}
    for key in words:
        if key not in known:
            raise wrong("sections", f"This report has no section of the key “{key}”.")
    changed = [key for key in known if key in words and words[key] != _edited(report, key)]
    report.sections = [
        {**one, "edited": words[one["key"]]} if one["key"] in changed else one
        for one in report.sections
    ]
    if title and title != report.title:
        report.title = title
        changed.append("title")
    if changed:
        _touch(report)
        said = ", ".join(known.get(key, "title") for key in changed)
        _record("report.changed", report, by, to_value=said)


def _edited(report: IssuedReport, key: str) -> str | None:
    found: str | None = next(one["edited"] for one in report.sections if one["key"] == key)
    return found


def recount(report: IssuedReport, *, by: Me) -> None:
    """The figures as they are now, and generated words from them; what was edited stays."""
    check_draft(report)
    period = Period(report.period_kind, report.first_on, report.end_on, report.period_name)
    report.figures = _count(report.kind, period)
    report.sections = writing.rewritten(report.sections, writing.write(report.kind, report.figures))
    report.counted_at = clock.now()
    _touch(report)
    _record("report.recounted", report, by)


def issue(report: IssuedReport, *, by: Me) -> None:
    """From now on it stays as it is, in place of one of the same kind and days."""
    if report.state != "draft":
        raise Refused(f"Report {report.number} has been issued already.")
    if report.end_on > clock.today():
        raise Refused(
            f"Its time goes on until {rules.day(report.end_on - rules.A_DAY)}. Issue it after that."
        )
    period = Period(report.period_kind, report.first_on, report.end_on, report.period_name)
    earlier = queries.in_force(report.kind, period)
    if earlier is not None:
        earlier.state, earlier.superseded_by = "superseded", report.number
        report.supersedes = earlier.number
        _record("report.superseded", earlier, by, to_value=str(report.number))
    report.state, report.issued_by, report.issued_at = "issued", by.name, clock.now()
    db.session.flush()
    _record("report.issued", report, by, to_value=report.title)


def discard(report: IssuedReport, *, by: Me) -> None:
    if report.state != "draft":
        raise Refused(
            f"Report {report.number} has been issued, so it stays. Issue another one in its place."
        )
    _record("report.discarded", report, by, to_value=report.title)
    db.session.delete(report)
    db.session.flush()


def check_draft(report: IssuedReport) -> None:
    if report.state != "draft":
        raise Refused(
            f"Report {report.number} has been issued and stays as it is. Draft another one for the "
            "same time and issue it in its place."
        )


def _touch(report: IssuedReport) -> None:
    report.updated_at = clock.now()
    db.session.flush()


def _record(kind: str, report: IssuedReport, by: Me | None, **more: Any) -> None:
    record(
        kind,
        subject_kind="report",
        subject_id=report.id,
        at=clock.now(),
        by=by,
        visibility="internal",
        **more,
    )
