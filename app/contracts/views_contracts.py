"""The contract register of a school: list, add, show, change, remove, and what to watch (R88)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app import clock
from app.contracts import contract_actions, contract_offers, contract_schemas, contract_shown
from app.contracts import contract_balance as balances
from app.contracts import contract_queries as queries
from app.contracts import contract_rules as rules
from app.contracts.contract_api import PAPERS
from app.contracts.contract_opening import open_list, open_to_read
from app.contracts.contract_watch import watched
from app.contracts.register import Contract
from app.door import me, requires
from app.files.papers import papers_of
from app.files.views_papers import pages_of_papers
from app.history.queries import events_of, last_event
from app.history.shown import told
from app.suppliers.queries import supplier_choices
from app.web.attempt import attempt, changed_by, is_stale
from app.web.forms import Form
from app.web.listed import listed, read_filters
from app.web.spreadsheets import Table, answer

pages = Blueprint("contracts", __name__, template_folder="templates")

CONTRACTS = "/<slug:school>/contracts"
ONE = f"{CONTRACTS}/<number:number>"
FORM = ("GET", "POST")
pages_of_papers(pages, ONE, PAPERS)
for _name, _words in (
    ("contract_kind_words", rules.KIND_WORDS),
    ("contract_state_words", rules.STATE_WORDS),
    ("contract_state_colour", rules.STATE_COLOURS),
    ("contract_renewal_words", rules.RENEWAL_WORDS),
    ("contract_term_words", rules.TERM_WORDS),
    ("charging_year_words", rules.YEAR_WORDS),
):
    pages.add_app_template_filter(lambda one, words=_words: words.get(one, one), _name)


@pages.get(CONTRACTS)
@requires("contract.view")
def index() -> Answer:
    open_list(me())
    filters = read_filters(contract_schemas.ContractArgs)
    on = filters.asked.get("on") or clock.today()
    found = listed(
        "contracts",
        filters,
        lambda asked, after, limit: queries.page_of_contracts(me(), asked, after, limit),
    )
    page = render_template(
        "contracts/index.html",
        found=found,
        rows=contract_shown.listed(found.rows, on),
        filters=filters,
        kinds=rules.KIND_WORDS,
        states=rules.STATE_WORDS,
        suppliers=dict(supplier_choices()),
    )
    return page, 422 if filters.errors else 200


@pages.get(f"{CONTRACTS}.csv")
@requires("contract.view")
def csv() -> Answer:
    return _file("csv")


@pages.get(f"{CONTRACTS}.xlsx")
@requires("contract.view")
def xlsx() -> Answer:
    return _file("xlsx")


def _file(kind: str) -> Answer:
    """Exactly what the filters show, all of it."""
    filters = read_filters(contract_schemas.ContractArgs)
    if filters.errors:
        return index()
    person, asked = me(), filters.asked
    on = asked.get("on") or clock.today()

    def draw(found: list[Contract]) -> list[Sequence[Any]]:
        return contract_shown.as_cells(found, on)

    def fetch(after: list[Any] | None, limit: int) -> Any:
        return queries.page_of_contracts(person, asked, after, limit)

    return answer(Table("contracts", contract_shown.HEADINGS, fetch, draw), kind)


@pages.get(f"{CONTRACTS}/watch")
@requires("contract.edit", "contract.sign")
def watch() -> Answer:
    """What a SPOC looks at once a week: whose notice day comes, and what is missing."""
    return render_template("contracts/watch.html", watched=watched(me(), clock.today()))


@pages.route(f"{CONTRACTS}/new", methods=FORM)
@requires("contract.edit")
def add() -> Answer:
    form = Form(contract_schemas.NewContract, {"renewal": "none", "charging_year": "financial"})
    status = 422 if form.errors else 200
    if form.is_ready:
        made: list[Contract] = []
        status = attempt(
            form, lambda: made.append(contract_actions.add_contract(by=me(), **form.data))
        )
        if not status:
            said = f"{made[0].name} is in the register, as a draft until the ICT owner signs it."
            return done(said, made[0].number)
    return _form_page(form, None), status


@pages.route(f"{CONTRACTS}/from-the-la", methods=FORM)
@requires("contract.edit")
def take() -> Answer:
    """A contract that the LA offers to its schools, at the charge of this school's phase."""
    form = Form(contract_schemas.Taking)
    status = 422 if form.errors else 200
    if form.is_ready:
        made: list[Contract] = []
        status = attempt(
            form, lambda: made.append(contract_offers.take(form.data["offer"], by=me()))
        )
        if not status:
            said = f"{made[0].name} is in the register, as a draft until the ICT owner signs it."
            return done(said, made[0].number)
    page, _ = form.page("contracts/take.html", offered=contract_offers.offered())
    return page, status


@pages.get(ONE)
@requires("contract.view")
def show(number: int) -> Answer:
    return show_page(open_to_read(me(), number))


def show_page(contract: Contract, form: Form | None = None) -> str:
    """`form`: a button on this page that was refused."""
    today = clock.today()
    balance = balances.balance_of(contract, today)
    versions = queries.versions_of(contract)
    return render_template(
        "contracts/show.html",
        form=form,
        contract=contract,
        shown=contract_shown.detail(contract, today),
        balance=balance,
        left=balances.burn_down(contract, balance, today) if balance else [],
        uses=balances.page_of_uses(contract, None, queries.MOST_SHOWN).rows if balance else [],
        versions=contract_shown.versions_listed(versions),
        targets=queries.terms_of_agreement(contract, today),
        assets=queries.assets_of(contract),
        most=queries.MOST_SHOWN,
        papers=papers_of("contract", contract.id),
        history=told(events_of("contract", contract.id).rows, rules.EVENT_WORDS),
        today=today,
    )


@pages.route(f"{ONE}/change", methods=FORM)
@requires("contract.edit")
def change(number: int) -> Answer:
    shape = contract_schemas.ContractChange
    contract = queries.get_contract(me(), number, to_change=request.method == "POST")
    form = Form(shape, _saved(contract))
    status = 422 if form.errors else 200
    if form.is_posted and is_stale(contract.version, is_needed=True):
        status = form.stale(who_was_quicker(contract), _saved(contract), contract.version)
    elif form.is_ready:
        # No tick at all sends nothing, and means none.
        said = {"services": [], **form.data}
        status = attempt(form, lambda: contract_actions.change_contract(contract, by=me(), **said))
        if not status:
            return done(f"{contract.name} has been changed.", number)
        contract = queries.get_contract(me(), number)
    return _form_page(form, contract), status


@pages.post(f"{ONE}/removal")
@requires("contract.edit")
def remove(number: int) -> Answer:
    contract = queries.get_contract(me(), number, to_change=True)
    name, form = contract.name, Form(contract_schemas.NewContract, is_posted=False)
    if is_stale(contract.version, is_needed=True):
        status = form.stale(who_was_quicker(contract), {}, contract.version)
    else:
        status = attempt(form, lambda: contract_actions.remove_contract(contract, by=me()))
    if not status:
        flash(f"{name} has been removed.", "success")
        return redirect(url_for(".index"), 303)
    return show_page(queries.get_contract(me(), number), form), status


def done(said: str, number: int) -> Answer:
    flash(said, "success")
    return redirect(url_for("contracts.show", number=number), 303)


def who_was_quicker(contract: Contract) -> str:
    last = last_event("contract", contract.id)
    return changed_by(last.actor if last else None, last.at if last else None)


def _form_page(form: Form, contract: Contract | None) -> str:
    suppliers = supplier_choices()
    if contract is not None:
        # One that is no longer used stays chosen where it was.
        kept = queries.suppliers_of([contract]).get(contract.supplier_id)
        if kept is not None and kept not in suppliers:
            suppliers.append(kept)
    page, _ = form.page(
        "contracts/form.html",
        contract=contract,
        suppliers=suppliers,
        agreements=queries.agreement_choices(),
        services=queries.service_choices(contract),
    )
    return page


def _saved(contract: Contract) -> dict[str, Any]:
    said = {**contract_shown.detail(contract, clock.today())}
    return {
        name: said[name] for name in contract_schemas.NewContract().load_fields if name in said
    } | {"hours_included": contract.hours_included}
