"""“See what moves”, beside Save: the same form again, with the open incidents that would move."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue as Answer

from app.contracts import agreements_actions, calendar_actions, la_days, la_packs, schemas
from app.contracts import agreements_queries as queries
from app.contracts.calendar_schemas import BankHolidayBody, SchoolCalendarForm, YearForm, body_of
from app.contracts.views_agreements import ChoiceForm, ProposalForm, agreement_form, index_page
from app.contracts.views_calendar import change_page, la_page, year_page
from app.contracts.views_packs import VersionForm, pack_form_page
from app.door import me, requires
from app.errors import DeskError, Wrong
from app.incidents.what_if import WhatIf, what_if_everywhere, what_if_here
from app.permissions import may
from app.web.forms import Form
from tenants import administering, db

pages = Blueprint("what_if", __name__)


@pages.post("/<slug:school>/calendar/preview")
@requires("calendar.edit")
def school_calendar() -> Answer:
    form = Form(SchoolCalendarForm)

    def act() -> None:
        body, reasons = body_of(form.data)
        row = calendar_actions.calendar_here(to_change=True)
        calendar_actions.keep_calendar(row, body, by=me(), reasons=reasons)

    found = _try(form, act, what_if_here)
    return _shown(form, change_page(form, what_if=found))


@pages.post("/<slug:school>/agreements/<slug:key>/preview")
@requires("agreement.edit")
def agreement(key: str) -> Answer:
    form = Form(ProposalForm)

    def act() -> None:
        found = queries.get_agreement(key, to_change=True)
        written = schemas.written_on_page(form.data, found.kind)
        agreements_actions.propose(found, written, by=me())
        agreements_actions.sign(found, by=me())

    found = _try(form, act, what_if_here)
    return _shown(form, agreement_form(form, queries.get_agreement(key), what_if=found))


@pages.post("/<slug:school>/agreements/choice/preview")
@requires("agreement.edit")
def choice() -> Answer:
    form = Form(ChoiceForm)

    def act() -> None:
        agreements_actions.choose(**schemas.chosen_on_page(form.data), by=me())

    found = _try(form, act, what_if_here)
    return _shown(form, index_page(form, what_if=found))


@pages.post("/service-levels/<slug:key>/preview")
@requires("authority.packs")
def pack(key: str) -> Answer:
    form = Form(VersionForm)

    def act() -> None:
        with administering("what a new version would move"):
            found = queries.get_pack(key, to_change=True)
            written = schemas.written_on_page(form.data, found.kind)
            la_packs.add_version(found, written, by=me())

    found = _try(form, act, what_if_everywhere)
    return _shown(form, pack_form_page(form, key, what_if=found, may_open=_sees()))


@pages.post("/calendar/bank-holidays/preview")
@requires("authority.calendar")
def bank_holiday() -> Answer:
    form = Form(BankHolidayBody)

    def act() -> None:
        with administering("what a bank holiday would move"):
            la_days.add_bank_holiday(**form.data, by=me())

    found = _try(form, act, what_if_everywhere)
    return _shown(form, la_page(form, what_if=found, may_open=_sees()))


@pages.post("/calendar/bank-holidays/<day>/removal/preview")
@requires("authority.calendar")
def no_bank_holiday(day: str) -> Answer:
    form = Form(BankHolidayBody, is_posted=False)

    def act() -> None:
        with administering("what would move without a bank holiday"):
            la_days.remove_bank_holiday(la_days.bank_holiday(la_days.day_named(day)), by=me())

    found = what_if_everywhere(act)
    return _shown(form, la_page(form, what_if=found, may_open=_sees()))


@pages.post("/calendar/terms/<academic_year>/preview")
@requires("authority.calendar")
def terms(academic_year: str) -> Answer:
    form = Form(YearForm)

    def act() -> None:
        with administering("what other terms would move"):
            given = [(one.words, one.first, one.last) for one in form.data["terms"]]
            la_days.keep_year(academic_year, given, by=me())

    found = _try(form, act, what_if_everywhere)
    return _shown(form, year_page(form, academic_year, what_if=found, may_open=_sees()))


def _try(
    form: Form, act: Callable[[], None], how: Callable[[Callable[[], object]], WhatIf]
) -> WhatIf | None:
    """None where the form cannot be used; its mistakes are in it then."""
    if form.errors:
        return None
    try:
        return how(act)
    except Wrong as mistakes:
        known = form.fields
        form.add_errors({_field(name, known): said for name, said in mistakes.errors.items()})
    except DeskError as refusal:
        form.add_errors({"": [refusal.sentence]})
    return None


def _field(path: str, known: Any) -> str:
    """`opening.mon` is told at the box for Monday."""
    return next((part for part in reversed(path.split(".")) if part in known), "")


def _sees() -> bool:
    """Administrators run the platform and see no incidents: to them it says how many."""
    return may(me().all_roles, "queue.view")


def _shown(form: Form, page: str) -> Answer:
    """Nothing at all is kept, not even that this form was sent: it can still be saved."""
    db.session.rollback()
    return page, 422 if form.errors else 200
