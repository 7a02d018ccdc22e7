"""Critical dates as pages: list, write one down, read, change, cancel."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app.catalogue import critical_actions as actions
from app.catalogue import critical_dates as queries
from app.catalogue import critical_rules as rules
from app.catalogue import critical_schemas as schemas
from app.catalogue import critical_shown as shown
from app.catalogue.models import CriticalDate
from app.catalogue.queries import service_choices
from app.door import me, requires
from app.history.queries import events_of, last_event
from app.history.shown import told
from app.locations.queries import location_choices
from app.web.attempt import attempt, changed_by, check_current, is_stale
from app.web.forms import Form
from app.web.listed import listed, read_filters
from app.web.spreadsheets import Table, answer

pages = Blueprint("critical_dates", __name__, template_folder="templates")

LIST = "/<slug:school>/critical-dates"
ONE = f"{LIST}/<number:number>"
FORM = ("GET", "POST")


@pages.app_template_filter()
def critical_kind_words(kind: str) -> str:
    return rules.KIND_WORDS.get(kind, kind)


@pages.app_template_filter()
def days_words(found: CriticalDate) -> str:
    return queries.days_words(found.first_day, found.last_day)


@pages.get(LIST)
@requires("critical_date.view")
def index() -> Answer:
    filters = read_filters(schemas.CriticalFilters)
    found = listed("critical dates", filters, queries.page_of_dates)
    page = render_template(
        "catalogue/critical_index.html",
        rows=list(zip(found.rows, shown.listed(found.rows), strict=True)),
        filters=filters,
        kinds=rules.KIND_WORDS,
        next_url=found.next_url,
        first_url=found.first_url,
    )
    return page, 422 if filters.errors else 200


@pages.get(f"{LIST}.csv")
@requires("critical_date.view")
def as_csv() -> Answer:
    return _file("csv")


@pages.get(f"{LIST}.xlsx")
@requires("critical_date.view")
def as_xlsx() -> Answer:
    return _file("xlsx")


def _file(kind: str) -> Answer:
    """Exactly what the list shows with these filters."""
    filters = read_filters(schemas.CriticalFilters)
    if filters.errors:
        return index()
    table = Table(
        "critical-dates",
        shown.HEADINGS,
        lambda after, limit: queries.page_of_dates(filters.asked, after, limit),
        shown.as_cells,
    )
    return answer(table, kind)


@pages.route(f"{LIST}/new", methods=FORM)
@requires("critical_date.edit")
def add() -> Answer:
    form = Form(schemas.NewCriticalDate, {"raises_priority": True, "freezes_changes": True})
    status = 422 if form.errors else 200
    if form.is_ready:
        status = attempt(form, lambda: actions.add_critical_date(by=me(), **form.data))
        if not status:
            flash(f"{form.data['title']} is written down.", "success")
            return redirect(url_for(".index"), 303)
    return _form_page(form, None), status


@pages.get(ONE)
@requires("critical_date.view")
def show(number: int) -> Answer:
    found = queries.get_critical_date(number)
    (one,) = shown.listed([found])
    return render_template(
        "catalogue/critical_show.html",
        found=found,
        one=one,
        events=told(events_of("critical_date", found.id).rows, rules.EVENT_WORDS),
    )


@pages.route(f"{ONE}/change", methods=FORM)
@requires("critical_date.edit")
def change(number: int) -> Answer:
    if request.method != "POST":
        found = queries.get_critical_date(number)
        return _form_page(Form(schemas.NewCriticalDate, _saved(found)), found)
    found = queries.get_critical_date(number, to_change=True)
    form, status = Form(schemas.NewCriticalDate), 422
    if is_stale(found.version, is_needed=True):
        status = form.stale(_who_was_quicker(found), _saved(found), found.version)
    elif form.is_ready:
        status = attempt(form, lambda: actions.change_critical_date(found, by=me(), **form.data))
        if not status:
            return _done(number, f"{form.data['title']} has been changed.")
        found = queries.get_critical_date(number)
    return _form_page(form, found), status


@pages.post(f"{ONE}/cancellation")
@requires("critical_date.edit")
def cancel(number: int) -> Answer:
    """Called off, or on again."""
    found = queries.get_critical_date(number, to_change=True)
    check_current(found.version, lambda: _who_was_quicker(found), is_needed=True)
    is_cancelled = request.form.get("cancelled") == "true"
    actions.change_critical_date(found, by=me(), cancelled=is_cancelled)
    return _done(number, f"{found.title} is {'cancelled' if is_cancelled else 'on again'}.")


def _done(number: int, said: str) -> Answer:
    flash(said, "success")
    return redirect(url_for(".show", number=number), 303)


def _form_page(form: Form, found: CriticalDate | None) -> str:
    page, _ = form.page(
        "catalogue/critical_form.html",
        found=found,
        services=service_choices(found.service_id if found else None),
        rooms=location_choices(),
    )
    return page


def _saved(found: CriticalDate) -> dict[str, Any]:
    (one,) = shown.listed([found])
    kept = ("title", "kind", "first_day", "last_day", "raises_priority", "freezes_changes")
    return {
        **{name: getattr(found, name) for name in kept},
        **{name: (one[name] or {}).get("key") for name in ("service", "location")},
    }


def _who_was_quicker(found: CriticalDate) -> str:
    last = last_event("critical_date", found.id)
    return changed_by(last.actor if last else None, last.at if last else None)
