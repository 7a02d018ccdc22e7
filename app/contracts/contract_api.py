"""The contract register of a school as JSON."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Response, url_for
from flask.views import MethodView

from app import clock
from app.api.body import Blueprint
from app.api.listed import listed
from app.api.manners import check_version
from app.api.reply import reply
from app.api.timelines import timeline
from app.contracts import (
    contract_actions,
    contract_balance,
    contract_offers,
    contract_queries,
    contract_replies,
    contract_schemas,
    contract_shown,
    contract_steps,
)
from app.contracts.contract_opening import open_list, open_to_read, owner_of_files
from app.contracts.register import Contract
from app.door import me, requires
from app.errors import NotThere
from app.files.papers import Papers
from app.files.papers_api import api_of_papers
from app.history.schemas import EventPage
from app.shapes import PageArgs
from tenants import db

contracts = Blueprint(
    "contracts_api",
    __name__,
    url_prefix="/api/v1/schools/<slug:school>/contracts",
    description="What the school has agreed on with suppliers",
)
PAPERS = Papers(
    "contract",
    view="contract.view",
    edit="contract.edit",
    find=lambda number, to_change=False: owner_of_files(me(), number, to_change=to_change),
)
contract_files = api_of_papers(
    "contract_files_api", "/api/v1/schools/<slug:school>/contracts/<number:number>", PAPERS
)


@contracts.route("")
class Contracts(MethodView):
    @requires("contract.view")
    @contracts.arguments(contract_schemas.ContractArgs, location="query")
    @contracts.response(200, contract_replies.ContractPage)
    def get(self, args: dict[str, Any]) -> Response:
        """By name, as they stand today or on a day."""
        open_list(me())
        on = args.get("on") or clock.today()
        return listed(
            "contracts",
            args,
            lambda filters, after, limit: contract_queries.page_of_contracts(
                me(), filters, after, limit
            ),
            lambda rows: [contract_shown.as_json(one) for one in contract_shown.listed(rows, on)],
        )

    @requires("contract.edit")
    @contracts.arguments(contract_schemas.PostedContract)
    @contracts.response(201, contract_replies.ContractOut)
    def post(self, body: dict[str, Any]) -> Response:
        """Add one, as a draft until the ICT owner signs it; or take the LA’s `offer`: its terms
        and the charge of the school’s phase, with what else is sent."""
        contract = contract_offers.add_or_take(by=me(), **body)
        return _one(contract, 201, url_for("contracts_api.OneContract", number=contract.number))


@contracts.route("/<number:number>")
class OneContract(MethodView):
    @requires("contract.view")
    @contracts.arguments(contract_schemas.OnArgs, location="query")
    @contracts.response(200, contract_replies.ContractOut)
    def get(self, args: dict[str, Any], number: int) -> Response:
        """One contract, with the end of its term and the last day to give notice: of today, or of
        the day `on`."""
        return _one(open_to_read(me(), number), on=args.get("on"))

    @requires("contract.edit")
    @contracts.arguments(contract_schemas.ContractChange(partial=True))
    @contracts.response(200, contract_replies.ContractOut)
    def patch(self, changes: dict[str, Any], number: int) -> Response:
        """Change it. Other terms of one in force need a `reason` and hold from `valid_from` (today
        if absent); they make a version. Needs If-Match."""
        contract = contract_queries.get_contract(me(), number, to_change=True)
        check_version(contract.version, is_needed=True)
        contract_actions.change_contract(contract, by=me(), **changes)
        return _one(contract)

    @requires("contract.edit")
    @contracts.response(204)
    def delete(self, number: int) -> Response:
        """Remove a draft on which nothing hangs. What was signed stays."""
        contract = contract_queries.get_contract(me(), number, to_change=True)
        check_version(contract.version)
        contract_actions.remove_contract(contract, by=me())
        return Response(status=204)


@contracts.route("/<number:number>/signature")
class Signature(MethodView):
    @requires("contract.sign")
    @contracts.response(200, contract_replies.ContractOut)
    def put(self, number: int) -> Response:
        """The ICT owner signs: it is in force. What it follows is superseded."""
        return _step(number, lambda one: contract_steps.sign(one, by=me()))


@contracts.route("/<number:number>/termination")
class Termination(MethodView):
    @requires("contract.edit", "contract.sign")
    @contracts.arguments(contract_schemas.ContractTermination)
    @contracts.response(200, contract_replies.ContractOut)
    def put(self, body: dict[str, Any], number: int) -> Response:
        """It ends before its time, or does not renew itself: `on` is its last day."""
        return _step(number, lambda one: contract_steps.terminate(one, by=me(), **body))


@contracts.route("/<number:number>/ending")
class Ending(MethodView):
    @requires("contract.edit", "contract.sign")
    @contracts.response(200, contract_replies.ContractOut)
    def put(self, number: int) -> Response:
        """It has run out: out of the way, and kept."""
        return _step(number, lambda one: contract_steps.end(one, by=me()))


@contracts.route("/<number:number>/renewal")
class Renewal(MethodView):
    @requires("contract.edit")
    @contracts.arguments(contract_schemas.ContractRenewal)
    @contracts.response(201, contract_replies.ContractOut)
    def post(self, body: dict[str, Any], number: int) -> Response:
        """For longer under the same terms; or `successor`: another contract, a draft, which begins
        the day after and replaces this one when it is signed."""
        contract = contract_queries.get_contract(me(), number, to_change=True)
        check_version(contract.version)
        renewed = contract_steps.renew(contract, by=me(), **body)
        return _one(renewed, 201, url_for("contracts_api.OneContract", number=renewed.number))


@contracts.route("/<number:number>/versions")
class Versions(MethodView):
    @requires("contract.view")
    @contracts.response(200, contract_replies.ContractVersions)
    def get(self, number: int) -> Response:
        """Its terms as they stood from which day on, the newest first."""
        found = contract_queries.versions_of(open_to_read(me(), number))
        return reply({"items": contract_shown.versions_listed(found), "next": None})


@contracts.route("/<number:number>/timeline")
class Timeline(MethodView):
    @requires("contract.view")
    @contracts.arguments(PageArgs, location="query")
    @contracts.response(200, EventPage)
    def get(self, args: dict[str, Any], number: int) -> Response:
        """What became of it, the newest first."""
        contract = open_to_read(me(), number)
        return timeline("contract", contract.id, args)


@contracts.route("/<number:number>/balance")
class Balance(MethodView):
    @requires("contract.view")
    @contracts.arguments(contract_schemas.OnArgs, location="query")
    @contracts.response(200, contract_replies.ContractBalanceOut)
    def get(self, args: dict[str, Any], number: int) -> Response:
        """What is left of the visits and hours of the charging year; 404 where none are."""
        contract = open_to_read(me(), number)
        found = contract_balance.balance_of(contract, args.get("on") or clock.today())
        if found is None:
            raise NotThere("This contract includes no visits and no hours.")
        return reply(contract_shown.balance_shown(found), version=contract.version)


@contracts.route("/<number:number>/uses")
class Uses(MethodView):
    @requires("contract.view")
    @contracts.arguments(PageArgs, location="query")
    @contracts.response(200, contract_replies.ContractUsePage)
    def get(self, args: dict[str, Any], number: int) -> Response:
        """What the desk wrote down as drawn from it, the newest first."""
        contract = open_to_read(me(), number)
        return listed(
            f"uses of contract {number}",
            args,
            lambda _, after, limit: contract_balance.page_of_uses(contract, after, limit),
            lambda rows: [contract_shown.use_shown(one) for one in rows],
        )

    @requires("contract.edit")
    @contracts.arguments(contract_schemas.NewContractUse)
    @contracts.response(201, contract_replies.ContractUseOut)
    def post(self, body: dict[str, Any], number: int) -> Response:
        """Write down visits or hours that no visit here tells of."""
        contract = contract_queries.get_contract(me(), number, to_change=True)
        check_version(contract.version)
        use = contract_balance.add_use(contract, by=me(), **body)
        there = url_for("contracts_api.OneUse", number=number, use=use.number)
        return reply(contract_shown.use_shown(use), 201, location=there)


@contracts.route("/<number:number>/uses/<number:use>")
class OneUse(MethodView):
    @requires("contract.view")
    @contracts.response(200, contract_replies.ContractUseOut)
    def get(self, number: int, use: int) -> Response:
        """One of them."""
        found = contract_balance.get_use(open_to_read(me(), number), use)
        # It is there or it is taken back; it never changes.
        return reply(contract_shown.use_shown(found), version=1)

    @requires("contract.edit")
    @contracts.response(204)
    def delete(self, number: int, use: int) -> Response:
        """It was written down by mistake."""
        contract = contract_queries.get_contract(me(), number, to_change=True)
        contract_balance.get_use(contract, use)
        check_version(1)
        contract_balance.remove_use(contract, use, by=me())
        return Response(status=204)


def _step(number: int, act: Callable[[Contract], object]) -> Response:
    contract = contract_queries.get_contract(me(), number, to_change=True)
    check_version(contract.version)
    act(contract)
    return _one(contract)


def _one(
    contract: Contract, status: int = 200, there: str | None = None, on: date | None = None
) -> Response:
    db.session.flush()
    shown = contract_shown.detail(contract, on or clock.today())
    return reply(contract_shown.as_json(shown), status, version=contract.version, location=there)
