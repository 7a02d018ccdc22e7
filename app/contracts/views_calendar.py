"""A school's calendar as a page, and the LA's terms and bank holidays as another."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue as Answer

from app import clock
from app.contracts import calendar_actions, calendar_text, kept, la_days
from app.contracts.calendar_schemas import BankHolidayBody, SchoolCalendarForm, YearForm, body_of
from app.contracts.models import SchoolCalendar
from app.contracts.pack_fields import WEEKDAYS
from app.door import me, requires
from app.errors import Wrong
from app.history.queries import last_event, last_event_at_la
from app.permissions import may
from app.web.attempt import attempt, changed_by, is_stale
from app.web.forms import Form
from tenants import administering

pages = Blueprint("calendars", __name__, template_folder="templates")

_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


# --- a school's own ---


@pages.get("/<slug:school>/calendar")
@requires("calendar.view")
def school_calendar() -> Answer:
    row = calendar_actions.calendar_here()
    found = calendar_actions.written(row)
    reasons = row.reasons if row else {}
    la_terms = kept.here().la.days.terms
    return render_template(
        "calendars/school.html",
        row=row,
        week=[
            (name, _said(found["opening"].get(weekday)))
            for weekday, name in zip(WEEKDAYS, _NAMES, strict=True)
        ],
        breaks=calendar_text.show_breaks(found["breaks"]),
        is_own_terms=found["terms"] is not None,
        terms=_coming([tuple(map(str, one)) for one in found["terms"] or la_terms]),
        inset_days=_days(found["inset_days"], reasons),
        closures=_days(found["closures"], reasons),
        may_change=may(me().roles, "calendar.edit"),
    )


@pages.route("/<slug:school>/calendar/change", methods=["GET", "POST"])
@requires("calendar.edit")
def change_school_calendar() -> Answer:
    form = Form(SchoolCalendarForm, _shown(calendar_actions.calendar_here()))
    status = 422 if form.errors else 200
    row = calendar_actions.calendar_here(to_change=form.is_posted)
    if form.is_posted and is_stale(row.version if row else 0, is_needed=True):
        status = form.stale(_who_was_quicker(row), _shown(row), row.version if row else 0)
    elif form.is_ready:
        body, reasons = body_of(form.data)
        status = attempt(form, lambda: _keep(row, body, reasons))
        if not status:
            flash("The calendar is saved. Promised times of open incidents follow.", "success")
            return redirect(url_for(".school_calendar"), 303)
    return change_page(form), status


def change_page(form: Form, **more: Any) -> str:
    """The form; `what_if` shows above it what would move."""
    row = calendar_actions.calendar_here()
    version_now = row.version if row else 0
    page, _ = form.page("calendars/change.html", weekdays=WEEKDAYS, version_now=version_now, **more)
    return page


def _keep(row: SchoolCalendar | None, body: dict[str, Any], reasons: dict[str, str]) -> None:
    """`opening.mon` and `terms` are told at the field of the page that they were typed in."""
    try:
        calendar_actions.keep_calendar(row, body, by=me(), reasons=reasons)
    except Wrong as error:
        raise Wrong({_field(name): said for name, said in error.errors.items()}) from None


def _field(path: str) -> str:
    part, _, weekday = path.partition(".")
    return (weekday or WEEKDAYS[0]) if part == "opening" else part


def _shown(row: SchoolCalendar | None) -> dict[str, Any]:
    """What is saved, as the form has it."""
    found = calendar_actions.written(row)
    reasons = row.reasons if row else {}
    opening = {one: _text(found["opening"].get(one)) for one in WEEKDAYS}
    return opening | {
        "breaks": calendar_text.show_breaks(found["breaks"]),
        "whose_terms": "la" if found["terms"] is None else "own",
        "terms": calendar_text.show_days(found["terms"] or [], {}),
        "inset_days": calendar_text.show_days(found["inset_days"], reasons),
        "closures": calendar_text.show_days(found["closures"], reasons),
    }


def _who_was_quicker(row: SchoolCalendar | None) -> str:
    last = last_event("calendar", row.school_id) if row else None
    return changed_by(last.actor if last else None, last.at if last else None)


def _text(hours: Any) -> str:
    return calendar_text.show_hours(hours or [])


def _said(hours: Any) -> str:
    return _text(hours) or "closed"


def _days(entries: list[Any], reasons: dict[str, str]) -> list[tuple[date, date, str]]:
    spans = [calendar_text.span_of(one) for one in entries]
    found = [(*_dates(span), reasons.get(span[0], "")) for span in spans]
    return sorted(found)


def _coming(spans: list[Any]) -> list[tuple[date, date]]:
    """This school year's terms and later ones; where there are none, all."""
    found = sorted(_dates(one) for one in spans)
    today = clock.today()
    begins = date(today.year - (today.month < 9), 9, 1)
    return [one for one in found if one[1] >= begins] or found


def _dates(span: Any) -> tuple[date, date]:
    return date.fromisoformat(span[0]), date.fromisoformat(span[1])


# --- the LA's ---


@pages.get("/calendar")
@requires("authority.calendar")
def la_calendar() -> Answer:
    return _la_page(Form(BankHolidayBody, is_posted=False), 200)


@pages.post("/calendar/bank-holidays")
@requires("authority.calendar")
def add_bank_holiday() -> Answer:
    form = Form(BankHolidayBody)
    status = 422 if form.errors else 200
    if form.is_ready:
        with administering("a bank holiday"):
            status = attempt(form, lambda: la_days.add_bank_holiday(**form.data, by=me()))
        if not status:
            flash(f"{form.data['name']} is added. Promised times follow.", "success")
            return redirect(url_for(".la_calendar"), 303)
    return _la_page(form, status)


@pages.post("/calendar/bank-holidays/<day>/removal")
@requires("authority.calendar")
def remove_bank_holiday(day: str) -> Answer:
    with administering("a bank holiday"):
        found = la_days.bank_holiday(la_days.day_named(day))
        name = found.name
        la_days.remove_bank_holiday(found, by=me())
    flash(f"{name} is removed. Promised times follow.", "success")
    return redirect(url_for(".la_calendar"), 303)


@pages.route("/calendar/terms/<academic_year>", methods=["GET", "POST"])
@requires("authority.calendar")
def la_year(academic_year: str) -> Answer:
    with administering("a school year"):
        found = la_days.year(academic_year)
        version = la_days.version_of(found)
        form = Form(YearForm, _lines(found))
        status = 422 if form.errors else 200
        if form.is_posted and is_stale(version, is_needed=True):
            last = last_event_at_la("terms.", f"School year {academic_year}")
            said = changed_by(last.actor if last else None, last.at if last else None)
            status = form.stale(said, _lines(found), version)
        elif form.is_ready:
            terms = [(one.words, one.first, one.last) for one in form.data["terms"]]
            status = attempt(form, lambda: la_days.keep_year(academic_year, terms, by=me()))
            if not status:
                flash(f"The terms of {academic_year} are saved.", "success")
                return redirect(url_for(".la_calendar"), 303)
    return year_page(form, academic_year), status


def year_page(form: Form, academic_year: str, **more: Any) -> str:
    with administering("a school year"):
        version = la_days.version_of(la_days.year(academic_year))
    page, _ = form.page(
        "calendars/year.html", academic_year=academic_year, version_now=version, **more
    )
    return page


def _lines(found: la_days.Year) -> dict[str, str]:
    lines = (f"{first} to {last} {name}" for name, first, last in found.terms)
    return {"terms": "\n".join(lines)}


def _la_page(form: Form, status: int) -> Answer:
    return la_page(form), status


def la_page(form: Form, **more: Any) -> str:
    this_year = clock.today().year
    with administering("the LA's calendar"):
        years = la_days.years()
        add = la_days.year_to_add()
        holidays = [
            (one.on, one.name) for one in la_days.bank_holidays() if one.on.year >= this_year
        ]
    page, _ = form.page(
        "calendars/la.html",
        years=years,
        year_to_add=add,
        usual=la_days.USUAL_SCHOOL_DAYS,
        holidays=holidays,
        **more,
    )
    return page
