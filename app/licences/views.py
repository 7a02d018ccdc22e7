"""The licence list as pages: list, add, read, change, retire, remove."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app import clock
from app.door import me, requires
from app.errors import NotThere
from app.files.papers import papers_of
from app.files.views_papers import pages_of_papers
from app.history.queries import events_of, last_event
from app.history.shown import told
from app.keyset import Page
from app.licences import actions, queries, rules, schemas, shown
from app.licences.api import secret_key
from app.licences.models import Licence
from app.licences.named import CONTRACT, SUPPLIER, choices_of, named
from app.licences.reading import PAPERS, opened
from app.shapes import Shape
from app.suppliers.models import Supplier
from app.web import spreadsheets
from app.web.attempt import attempt, changed_by, check_current, is_stale
from app.web.forms import Form
from app.web.listed import Filters, listed, read_filters

pages = Blueprint("licences", __name__, template_folder="templates")

LIST = "/<slug:school>/licences"
ONE = f"{LIST}/<number:number>"
_HEADINGS = (
    "Number",
    "Product",
    "Publisher",
    "Edition",
    "Counted",
    "Quantity",
    "Allocated",
    "Short of the product",
    "Status",
    "First day",
    "Last day",
    "Supplier",
    "Agreement",
    "Curriculum",
    "Home use",
)
_COST_HEADING = "Cost"
_ON_SHEET = tuple(schemas.LicenceChangeOnPage().fields)

pages_of_papers(pages, ONE, PAPERS)


@pages.app_template_filter()
def licence_metric_words(metric: str) -> str:
    return rules.METRIC_WORDS.get(metric, metric)


@pages.app_template_filter()
def licence_status_words(status: str) -> str:
    return rules.STATUSES[status][0]


@pages.app_template_filter()
def licence_status_colour(status: str) -> str:
    return rules.STATUSES[status][1]


@pages.get(LIST)
@requires("licence.view")
def index() -> Answer:
    filters = read_filters(schemas.LicenceArgs)
    found = listed("licences", filters, queries.page_of_licences)
    on = filters.asked.get("on") or clock.today()
    licences = [row.Licence for row in found.rows]
    return render_template(
        "licences/index.html",
        licences=licences,
        around=shown.Around(licences, on),
        filters=filters,
        on=on,
        summary=rules.share(queries.standings(on)),
        metrics=rules.METRIC_WORDS,
        statuses={name: words for name, (words, _) in rules.STATUSES.items()},
        next_url=found.next_url,
        first_url=found.first_url,
    )


@pages.get(f"{LIST}.csv")
@requires("licence.view")
def as_csv() -> Answer:
    return _file("csv")


@pages.get(f"{LIST}.xlsx")
@requires("licence.view")
def as_xlsx() -> Answer:
    return _file("xlsx")


@pages.route(f"{LIST}/new", methods=["GET", "POST"])
@requires("licence.edit")
def add() -> Answer:
    start = {"notice_days": rules.NOTICE_DAYS, "state": "active", "start": clock.today()}
    form = Form(schemas.LicenceOnPage, start)
    status = 422 if form.errors else 200
    if form.is_ready:
        made: list[Licence] = []
        said = {**form.data, "by": me(), "secret_key": secret_key()}
        status = attempt(form, lambda: made.append(actions.add_licence(**said)))
        if not status:
            return done(made[0].number, f"{made[0].product} is in the list. Say who uses it.")
    return _form_page(form, None), status


@pages.get(ONE)
@requires("licence.view")
def show(number: int) -> Answer:
    licence = opened(number, me())
    around = shown.Around([licence], clock.today())
    hidden = () if me().may(shown.SEES_COST) else rules.COST_EVENTS
    events = events_of("licence", licence.id).rows
    return render_template(
        "licences/show.html",
        licence=licence,
        status=around.status(licence),
        standing=around.standing(licence),
        allocated=around.allocated(licence),
        supplier=named(around.names, "supplier", licence),
        contract=named(around.names, "contract", licence),
        sees_cost=me().may(shown.SEES_COST),
        allocations=queries.allocations_of(licence),
        today=clock.today(),
        steps=rules.STEPS[licence.state],
        files=papers_of("licence", licence.id),
        address=url_for(".show", number=number),
        events=told([one for one in events if one.kind not in hidden], rules.EVENT_WORDS),
    )


@pages.route(f"{ONE}/change", methods=["GET", "POST"])
@requires("licence.edit")
def change(number: int) -> Answer:
    if request.method != "POST":
        licence = queries.get_licence(number)
        return _form_page(Form(schemas.LicenceChangeOnPage, _saved(licence)), licence)
    licence = queries.get_licence(number, to_change=True)
    form, status = Form(schemas.LicenceChangeOnPage), 422
    if is_stale(licence.version, is_needed=True):
        status = form.stale(who_was_quicker(licence), _saved(licence), licence.version)
    elif form.is_ready:
        said = {**form.data, "by": me(), "secret_key": secret_key()}
        status = attempt(form, lambda: actions.change_licence(licence, **said))
        if not status:
            return done(number, f"{form.data['product']} has been changed.")
        licence = queries.get_licence(number)
    return _form_page(form, licence), status


@pages.post(f"{ONE}/state")
@requires("licence.edit")
def move(number: int) -> Answer:
    """In use, or retired."""
    licence = to_press(number)
    state = request.form.get("state", "")
    if state not in rules.STATE_WORDS:
        raise NotThere
    form = Form(Shape, is_posted=False)
    if attempt(form, lambda: actions.move_licence(licence, state, by=me())):
        return refused(form, number)
    return done(number, f"{licence.product}: {rules.STATE_WORDS[state].lower()}.")


@pages.post(f"{ONE}/removal")
@requires("licence.edit")
def remove(number: int) -> Answer:
    licence = to_press(number)
    product, form = licence.product, Form(Shape, is_posted=False)
    if attempt(form, lambda: actions.remove_licence(licence, by=me())):
        return refused(form, number)
    flash(f"{product} has been removed.", "success")
    return redirect(url_for(".index"), 303)


def to_press(number: int) -> Licence:
    """For a button that asks nothing."""
    licence = queries.get_licence(number, to_change=True)
    check_current(licence.version, lambda: who_was_quicker(licence), is_needed=True)
    return licence


def refused(form: Form, number: int) -> Answer:
    flash(form.problems[0][1], "error")
    return redirect(url_for("licences.show", number=number), 303)


def done(number: int, said: str) -> Answer:
    flash(said, "success")
    return redirect(url_for("licences.show", number=number), 303)


def who_was_quicker(licence: Licence) -> str:
    last = last_event("licence", licence.id)
    return changed_by(last.actor if last else None, last.at if last else None)


def _file(kind: str) -> Answer:
    """The list exactly as it is filtered."""
    filters: Filters = read_filters(schemas.LicenceArgs)
    if filters.errors:
        return index()
    on, person = filters.asked.get("on") or clock.today(), me()
    sees_cost = person.may(shown.SEES_COST)

    def fetch(after: list[Any] | None, limit: int) -> Page:
        return queries.page_of_licences(filters.asked, after, limit)

    def draw(rows: list[Any]) -> list[Any]:
        return _cells([row.Licence for row in rows], on, sees_cost=sees_cost)

    headings = (*_HEADINGS, _COST_HEADING) if sees_cost else _HEADINGS
    return spreadsheets.answer(spreadsheets.Table("licences", headings, fetch, draw), kind)


def _cells(licences: list[Licence], on: Any, *, sees_cost: bool) -> list[list[Any]]:
    around = shown.Around(licences, on)
    return [
        [
            one.number,
            one.product,
            one.publisher,
            one.edition,
            rules.METRIC_WORDS[one.metric],
            one.quantity,
            around.allocated(one),
            around.shortfall(one),
            rules.STATUSES[around.status(one)][0],
            one.start,
            one.end,
            found.called if (found := named(around.names, "supplier", one)) else None,
            one.agreement_ref,
            one.curriculum,
            one.home_use,
            *([one.cost] if sees_cost else []),
        ]
        for one in licences
    ]


def _form_page(form: Form, licence: Licence | None) -> str:
    page, _ = form.page(
        "licences/form.html",
        licence=licence,
        suppliers=choices_of(SUPPLIER, Supplier.is_archived.is_(False)),
        contracts=choices_of(CONTRACT),
    )
    return page


def _saved(licence: Licence) -> dict[str, Any]:
    body = shown.detail(licence, clock.today(), me())
    kept = {name: getattr(licence, name) for name in ("start", "end", "purchase_date")}
    return {**{name: body.get(name) for name in _ON_SHEET}, **kept}


# More pages of the same room.
from app.licences import views_figures, views_using  # noqa: E402

__all__ = ["pages", "views_figures", "views_using"]
