"""What a change of calendar or agreement would move, as JSON. Nothing is saved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response
from flask.views import MethodView

from app.api.body import Blueprint
from app.api.reply import reply
from app.contracts import (
    agreements_actions,
    calendar_actions,
    calendar_schemas,
    la_days,
    la_packs,
    schemas,
)
from app.contracts import agreements_queries as queries
from app.door import me, requires
from app.incidents.what_if import WhatIf, shown, what_if_everywhere, what_if_here
from app.permissions import may
from tenants import administering, db

previews = Blueprint(
    "previews_api",
    __name__,
    url_prefix="/api/v1",
    description="What a change would move, before it is saved",
)
_SCHOOL = "/schools/<slug:school>"


@previews.route(f"{_SCHOOL}/calendar/preview")
class CalendarPreview(MethodView):
    @requires("calendar.edit")
    @previews.arguments(calendar_schemas.CalendarBody)
    @previews.response(200, schemas.WhatIfOut)
    def post(self, body: dict[str, Any]) -> Response:
        """Which open clocks would move if this were the school's calendar; the first 50 of them."""

        def act() -> None:
            row = calendar_actions.calendar_here(to_change=True)
            calendar_actions.keep_calendar(row, body, by=me())

        return _answer(what_if_here, act)


@previews.route(f"{_SCHOOL}/agreements/<slug:key>/preview")
class AgreementPreview(MethodView):
    @requires("agreement.edit")
    @previews.arguments(schemas.ProposalBody)
    @previews.response(200, schemas.WhatIfOut)
    def post(self, body: dict[str, Any], key: str) -> Response:
        """Which open clocks would move if this were proposed and signed."""

        def act() -> None:
            found = queries.get_agreement(key, to_change=True)
            agreements_actions.propose(found, schemas.written(body), by=me())
            agreements_actions.sign(found, by=me())

        return _answer(what_if_here, act)


@previews.route(f"{_SCHOOL}/agreement_choices/preview")
class ChoicePreview(MethodView):
    @requires("agreement.edit")
    @previews.arguments(schemas.ChoiceBody)
    @previews.response(200, schemas.WhatIfOut)
    def post(self, body: dict[str, Any]) -> Response:
        """Which open clocks would move if the school went by this agreement."""

        def act() -> None:
            agreements_actions.choose(**schemas.chosen(body), by=me())

        return _answer(what_if_here, act)


@previews.route("/service_levels/<slug:key>/preview")
class PackPreview(MethodView):
    @requires("authority.packs")
    @previews.arguments(schemas.VersionBody)
    @previews.response(200, schemas.WhatIfOut)
    def post(self, body: dict[str, Any], key: str) -> Response:
        """Which open clocks of any school would move if this were the pack's next version."""
        written = schemas.written(body)

        def act() -> None:
            with administering("what a new version would move"):
                found = queries.get_pack(key, to_change=True)
                la_packs.add_version(found, written, by=me())

        return _answer(what_if_everywhere, act)


@previews.route("/calendar/bank_holidays/preview")
class BankHolidayPreview(MethodView):
    @requires("authority.calendar")
    @previews.arguments(calendar_schemas.BankHolidayBody)
    @previews.response(200, schemas.WhatIfOut)
    def post(self, body: dict[str, Any]) -> Response:
        """Which open clocks of any school would move with this bank holiday."""

        def act() -> None:
            with administering("what a bank holiday would move"):
                la_days.add_bank_holiday(body["on"], body["name"], by=me())

        return _answer(what_if_everywhere, act)


@previews.route("/calendar/bank_holidays/<day:day>/removal/preview")
class RemovalPreview(MethodView):
    @requires("authority.calendar")
    @previews.response(200, schemas.WhatIfOut)
    def post(self, day: str) -> Response:
        """Which open clocks of any school would move without this bank holiday."""

        def act() -> None:
            with administering("what would move without a bank holiday"):
                la_days.remove_bank_holiday(la_days.bank_holiday(la_days.day_named(day)), by=me())

        return _answer(what_if_everywhere, act)


@previews.route("/calendar/terms/<academic_year>/preview")
class TermsPreview(MethodView):
    @requires("authority.calendar")
    @previews.arguments(calendar_schemas.YearBody)
    @previews.response(200, schemas.WhatIfOut)
    def post(self, body: dict[str, Any], academic_year: str) -> Response:
        """Which open clocks of any school would move with these term dates."""
        terms = [(one["name"], one["first_day"], one["last_day"]) for one in body["terms"]]

        def act() -> None:
            with administering("what other terms would move"):
                la_days.keep_year(academic_year, terms, by=me())

        return _answer(what_if_everywhere, act)


def _answer(how: Callable[[Callable[[], object]], WhatIf], act: Callable[[], None]) -> Response:
    """Administrators run the platform and see no incidents: to them it says how many."""
    person = me()
    is_here = how is what_if_here
    sees = person.may("desk.view") if is_here else may(person.all_roles, "queue.view")
    body = shown(how(act), with_items=sees)
    db.session.rollback()
    return reply(body)
