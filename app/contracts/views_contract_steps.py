"""What becomes of a contract, as pages: signed, renewed, terminated, closed; and what is drawn from
its balance by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue as Answer

from app import clock
from app.contracts import contract_balance, contract_schemas, contract_steps
from app.contracts import contract_queries as queries
from app.contracts.register import Contract
from app.contracts.views_contracts import FORM, ONE, done, pages, show_page, who_was_quicker
from app.door import me, requires
from app.shapes import Shape
from app.web.attempt import attempt, is_stale
from app.web.forms import Form


@pages.post(f"{ONE}/signature")
@requires("contract.sign")
def sign(number: int) -> Answer:
    return _press(number, lambda one: contract_steps.sign(one, by=me()), "is signed and in force.")


@pages.post(f"{ONE}/ending")
@requires("contract.edit", "contract.sign")
def end(number: int) -> Answer:
    return _press(number, lambda one: contract_steps.end(one, by=me()), "is closed. It is kept.")


@pages.route(f"{ONE}/termination", methods=FORM)
@requires("contract.edit", "contract.sign")
def terminate(number: int) -> Answer:
    stand = queries.standings([queries.get_contract(me(), number)], clock.today())
    (standing,) = stand.values()
    return _asked(
        number,
        Form(contract_schemas.ContractTermination, {"on": standing.term_end}),
        lambda one, data: contract_steps.terminate(one, by=me(), **data),
        "contracts/terminate.html",
        "is terminated. It stays in the register.",
        standing=standing,
    )


@pages.route(f"{ONE}/renewal", methods=FORM)
@requires("contract.edit")
def renew(number: int) -> Answer:
    made: list[Contract] = []
    contract = queries.get_contract(me(), number)
    start: dict[str, Any] = {"months": contract.renewal_months}
    return _asked(
        number,
        Form(contract_schemas.ContractRenewal, {**start, "successor": contract.renewal == "tacit"}),
        lambda one, data: made.append(contract_steps.renew(one, by=me(), **data)),
        "contracts/renew.html",
        "is renewed.",
        then=lambda: made[0].number,
    )


@pages.route(f"{ONE}/uses", methods=FORM)
@requires("contract.edit")
def draw(number: int) -> Answer:
    return _asked(
        number,
        Form(contract_schemas.NewContractUse, {"on": clock.today(), "visits": 0, "hours": 0}),
        lambda one, data: contract_balance.add_use(one, by=me(), **data),
        "contracts/draw.html",
        "has it in its balance.",
        is_added=True,
    )


@pages.post(f"{ONE}/uses/<number:use>/removal")
@requires("contract.edit")
def undraw(number: int, use: int) -> Answer:
    contract = queries.get_contract(me(), number, to_change=True)
    contract_balance.get_use(contract, use)
    return _press(
        number,
        lambda one: contract_balance.remove_use(one, use, by=me()),
        "has it back in its balance.",
    )


def _press(number: int, act: Callable[[Contract], object], said: str) -> Answer:
    contract = queries.get_contract(me(), number, to_change=True)
    name, form = contract.name, Form(Shape, is_posted=False)
    if is_stale(contract.version, is_needed=True):
        status = form.stale(who_was_quicker(contract), {}, contract.version)
    else:
        status = attempt(form, lambda: act(contract))
    if not status:
        return done(f"{name} {said}", number)
    return show_page(queries.get_contract(me(), number), form), status


def _asked(
    number: int,
    form: Form,
    act: Callable[[Contract, dict[str, Any]], object],
    template: str,
    said: str,
    *,
    then: Callable[[], int] | None = None,
    is_added: bool = False,
    **more: Any,
) -> Answer:
    """A page that asks before it does something. `is_added`: what only adds overwrites nothing, so
    it needs no version."""
    contract = queries.get_contract(me(), number, to_change=request.method == "POST")
    status = 422 if form.errors else 200
    if form.is_posted and is_stale(contract.version, is_needed=not is_added):
        status = form.stale(who_was_quicker(contract), {}, contract.version)
    elif form.is_ready:
        name = contract.name
        status = attempt(form, lambda: act(contract, form.data))
        if not status:
            return done(f"{name} {said}", then() if then else number)
        contract = queries.get_contract(me(), number)
    page, _ = form.page(template, contract=contract, **more)
    return page, status


__all__ = ["pages"]
