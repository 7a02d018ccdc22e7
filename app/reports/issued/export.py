"""A report as a file: PDF, and its tables as CSV. Whoever opens one from outside leaves a trace."""

from __future__ import annotations

from datetime import datetime

from flask import Response

from app import clock
from app.door import me
from app.history.actions import record_access
from app.reports.issued import rules, shown
from app.reports.issued.models import IssuedReport
from app.reports.paper.printing import as_pdf
from app.web.spreadsheets import of_plot


def looked(report: IssuedReport, how: str = "read as LA staff") -> None:
    person = me()
    if person.is_from_outside:
        record_access(f"report {report.number}", how, at=clock.now(), by=person)


def pdf_of(report: IssuedReport) -> Response:
    looked(report, "taken as PDF")
    made = as_pdf(shown.on_paper(report, issued_words(report)))
    name = f"{report.kind}-report-{report.number}.pdf"
    return Response(
        made,
        mimetype="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
        },
    )


def csv_of(report: IssuedReport) -> Response:
    """Every table, a value a line."""
    looked(report, "exported as CSV")
    return of_plot(f"report-{report.number}", [shown.HEADINGS, *shown.as_rows(report)])


def issued_words(report: IssuedReport) -> str:
    """`Issued by Dora Owner on 5 January 2027`; of a draft when it was counted."""
    if report.issued_at is None:
        return f"Draft, counted on {_day(report.counted_at)}"
    said = f"Issued by {report.issued_by} on {_day(report.issued_at)}"
    if report.superseded_by:
        said += f"; replaced by report {report.superseded_by}"
    return said


def _day(at: datetime) -> str:
    return rules.day(at.astimezone(clock.LONDON).date())
