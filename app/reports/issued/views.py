"""Reports as pages: list, draft, read, edit, count again, issue, print."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app.door import me, requires
from app.errors import NotThere
from app.history.queries import events_of, last_event
from app.history.shown import told
from app.reports.issued import actions, export, queries, rules, schemas, shown, writing
from app.reports.issued.models import IssuedReport
from app.web.attempt import attempt, changed_by, check_current, is_stale
from app.web.forms import Form
from app.web.listed import listed, read_filters

pages = Blueprint("issued_reports", __name__, template_folder="templates")

LIST = "/<slug:school>/reports"
ONE = f"{LIST}/<number:number>"
FORM = ("GET", "POST")


@pages.app_template_filter()
def report_kind_words(kind: str) -> str:
    return rules.KIND_WORDS.get(kind, kind)


@pages.app_template_filter()
def report_state_words(state: str) -> str:
    return rules.STATE_WORDS.get(state, state)


@pages.app_template_filter()
def report_state_colour(state: str) -> str:
    return rules.STATE_COLOURS.get(state, "grey")


@pages.get(LIST)
@requires("report.view")
def index() -> Answer:
    filters = read_filters(schemas.ReportFilters)
    found = listed("reports", filters, queries.page_of_reports)
    page = render_template(
        "issued/index.html",
        rows=found.rows,
        filters=filters,
        kinds=rules.KIND_WORDS,
        states=rules.STATE_WORDS,
        next_url=found.next_url,
        first_url=found.first_url,
    )
    return page, 422 if filters.errors else 200


@pages.route(f"{LIST}/new", methods=FORM)
@requires("report.write")
def add() -> Answer:
    form = Form(schemas.NewReportOnPage, {"kind": "service"})
    status = 422 if form.errors else 200
    if form.is_ready:
        made: list[IssuedReport] = []
        status = attempt(form, lambda: made.append(_draft(form)))
        if not status:
            return _done(made[0].number, f"{made[0].title} is drafted. Read it before it goes out.")
    page, _ = form.page("issued/new.html", kinds=rules.KINDS)
    return page, status


def _draft(form: Form) -> IssuedReport:
    kind = form.data["kind"]
    return actions.draft(kind, actions.period_asked(kind, form.data), by=me())


@pages.get(ONE)
@requires("report.view")
def show(number: int) -> Answer:
    report = queries.get_report(number)
    export.looked(report)
    return render_template(
        "issued/show.html",
        report=report,
        sections=shown.on_page(report),
        said=export.issued_words(report),
        is_draft=report.state == "draft",
        events=told(events_of("report", report.id).rows, rules.EVENT_WORDS),
    )


@pages.get(f"{ONE}/print")
@requires("report.view")
def on_paper(number: int) -> Answer:
    report = queries.get_report(number)
    export.looked(report)
    return render_template(
        "issued/print.html",
        report=report,
        sections=shown.on_page(report),
        said=export.issued_words(report),
        days=rules.span_words(report.first_on, report.end_on),
    )


@pages.get(f"{ONE}.pdf")
@requires("report.view")
def as_pdf(number: int) -> Answer:
    return export.pdf_of(queries.get_report(number))


@pages.get(f"{ONE}.csv")
@requires("report.view")
def as_csv(number: int) -> Answer:
    return export.csv_of(queries.get_report(number))


@pages.route(f"{ONE}/title", methods=FORM)
@requires("report.write")
def rename(number: int) -> Answer:
    report = _draft_of(number)
    saved = {"title": report.title}
    form = Form(schemas.ReportTitle, saved)
    status = _save(form, report, saved, lambda: actions.edit(report, by=me(), **form.data))
    if status is None:
        return _done(number, "The title has been changed.")
    page, _ = form.page("issued/title.html", report=queries.get_report(number))
    return page, status


@pages.route(f"{ONE}/sections/<slug:key>", methods=FORM)
@requires("report.write")
def edit(number: int, key: str) -> Answer:
    """The words of one section. Its figures stay as they were counted."""
    report = _draft_of(number)
    section = _section(report, key.replace("-", "_"))
    saved = {"text": writing.text_of(section)}
    form = Form(schemas.SectionWords, saved)
    status = _save(form, report, saved, lambda: _put(report, section["key"], form))
    if status is None:
        return _done(number, f"The words of “{section['heading']}” have been changed.")
    page, _ = form.page("issued/edit.html", report=queries.get_report(number), section=section)
    return page, status


def _draft_of(number: int) -> IssuedReport:
    report = queries.get_report(number, to_change=request.method == "POST")
    actions.check_draft(report)
    return report


def _section(report: IssuedReport, key: str) -> dict[str, Any]:
    found = next((one for one in report.sections if one["key"] == key), None)
    if found is None:
        raise NotThere
    return found


def _put(report: IssuedReport, key: str, form: Form) -> None:
    actions.edit(report, by=me(), sections={key: form.data.get("text")})


def _save(
    form: Form, report: IssuedReport, saved: dict[str, Any], act: Callable[[], None]
) -> int | None:
    """None when it is done; otherwise the status to show the form with."""
    if not form.is_posted:
        return 200
    if is_stale(report.version, is_needed=True):
        return form.stale(_who_was_quicker(report), saved, report.version)
    return (attempt(form, act) or None) if form.is_ready else 422


@pages.post(f"{ONE}/figures")
@requires("report.write")
def recount(number: int) -> Answer:
    report = _current(number)
    actions.recount(report, by=me())
    return _done(number, "Counted again. Words that somebody had edited stay as they put them.")


@pages.post(f"{ONE}/issue")
@requires("report.issue")
def issue(number: int) -> Answer:
    report = _current(number)
    actions.issue(report, by=me())
    return _done(number, f"{report.title} is issued. From now on it stays as it is.")


@pages.post(f"{ONE}/discard")
@requires("report.write")
def discard(number: int) -> Answer:
    report = _current(number)
    actions.discard(report, by=me())
    flash(f"The draft {report.title} has been thrown away.", "success")
    return redirect(url_for(".index"), 303)


def _current(number: int) -> IssuedReport:
    report = queries.get_report(number, to_change=True)
    check_current(report.version, lambda: _who_was_quicker(report), is_needed=True)
    return report


def _who_was_quicker(report: IssuedReport) -> str:
    last = last_event("report", report.id)
    return changed_by(last.actor if last else None, last.at if last else None)


def _done(number: int, said: str) -> Answer:
    flash(said, "success")
    return redirect(url_for(".show", number=number), 303)
