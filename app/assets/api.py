"""The asset register of a school as JSON, by tag."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask.views import MethodView

from app.api.body import Blueprint
from app.api.listed import listed
from app.api.manners import check_version
from app.api.reply import reply
from app.api.timelines import timeline
from app.assets import actions, lending, queries, replies, schemas, shown, states
from app.assets.models import Asset
from app.assets.reading import PAPERS, opened
from app.door import me, requires
from app.files.papers_api import api_of_papers
from app.history.schemas import EventPage
from app.shapes import PageArgs
from tenants import db

assets = Blueprint(
    "assets_api",
    __name__,
    url_prefix="/api/v1/schools/<slug:school>/assets",
    description="Equipment of a school",
)
asset_files = api_of_papers(
    "asset_files_api", "/api/v1/schools/<slug:school>/assets/<tag:key>", PAPERS
)
loans = Blueprint(
    "loans_api",
    __name__,
    url_prefix="/api/v1/schools/<slug:school>/loans",
    description="Equipment that is lent",
)


@assets.route("")
class Assets(MethodView):
    @requires("asset.view")
    @assets.arguments(schemas.AssetArgs, location="query")
    @assets.response(200, replies.AssetPage)
    def get(self, args: dict[str, Any]) -> Response:
        """By tag."""
        return listed("assets", args, queries.page_of_assets, lambda rows: shown.listed(rows, me()))

    @requires("asset.edit")
    @assets.arguments(schemas.NewAsset)
    @assets.response(201, replies.AssetOut)
    def post(self, body: dict[str, Any]) -> Response:
        """Add equipment. `location` is a key, `supplier` a key, `contract` a number, `holder` a
        name or the e-mail address of somebody of the school."""
        asset = actions.add_asset(by=me(), **queries.with_names(body, "holder"))
        return _one(asset, 201, url_for("assets_api.One", key=asset.tag))


@assets.route("/<tag:key>")
class One(MethodView):
    @requires("asset.view")
    @assets.response(200, replies.AssetOut)
    def get(self, key: str) -> Response:
        """One asset."""
        return _one(opened(key, me()))

    @requires("asset.edit")
    @assets.arguments(schemas.AssetChange(partial=True))
    @assets.response(200, replies.AssetOut)
    def patch(self, changes: dict[str, Any], key: str) -> Response:
        """Change what is written, move it, hand it over. Needs If-Match. Of `own_fields` those
        that are named change; null takes one away."""
        changes = queries.with_names(changes, "holder")
        asset = queries.get_asset(key, to_change=True)
        check_version(asset.version, is_needed=True)
        status, reason = changes.pop("status", None), changes.pop("reason", None)
        actions.change_asset(asset, by=me(), **changes)
        if status is not None and status != asset.status:
            states.set_status(asset, status, by=me(), reason=reason)
        return _one(asset)

    @requires("asset.edit")
    @assets.response(204)
    def delete(self, key: str) -> Response:
        """Remove one that was added by mistake; with history it is retired instead (409)."""
        asset = queries.get_asset(key, to_change=True)
        check_version(asset.version)
        actions.remove_asset(asset, by=me())
        return Response(status=204)


@assets.route("/<tag:key>/status")
class Status(MethodView):
    @requires("asset.edit", "asset.confirm")
    @assets.arguments(schemas.AssetStatus)
    @assets.response(200, replies.AssetOut)
    def put(self, body: dict[str, Any], key: str) -> Response:
        """The next status. `lost_or_stolen`, `retired` and `disposed` need a reason; `disposed`
        also `disposed_on`, `method` and `wipe_evidence`. Retiring and disposing are asked of the
        ICT owner (`asked`), unless the ICT owner says it."""
        body = queries.with_names(body, "borrower")
        asset = queries.get_asset(key, to_change=True)
        check_version(asset.version)
        body["disposal_method"] = body.pop("method", None)
        states.set_status(asset, body.pop("status"), by=me(), **body)
        return _one(asset)


@assets.route("/<tag:key>/confirmation")
class Confirmation(MethodView):
    @requires("asset.confirm")
    @assets.arguments(schemas.AssetConfirmation)
    @assets.response(200, replies.AssetOut)
    def put(self, body: dict[str, Any], key: str) -> Response:
        """The ICT owner's word: `confirmed` or `declined`, the latter with a reason."""
        asset = queries.get_asset(key, to_change=True)
        check_version(asset.version)
        states.decide(asset, body["decision"], by=me(), reason=body.get("reason"))
        return _one(asset)

    @requires("asset.edit")
    @assets.response(200, replies.AssetOut)
    def delete(self, key: str) -> Response:
        """It is no longer asked."""
        asset = queries.get_asset(key, to_change=True)
        check_version(asset.version)
        states.withdraw(asset, by=me())
        return _one(asset)


@assets.route("/<tag:key>/loan")
class Loan(MethodView):
    @requires("asset.edit")
    @assets.arguments(schemas.NewLoan)
    @assets.response(201, replies.AssetOut)
    def post(self, body: dict[str, Any], key: str) -> Response:
        """Lend it: to somebody of the school by name or e-mail address, or to a name."""
        body = queries.with_names(body, "borrower")
        asset = queries.get_asset(key, to_change=True)
        check_version(asset.version)
        lending.lend(asset, by=me(), **body)
        return _one(asset, 201, url_for("assets_api.One", key=asset.tag))

    @requires("asset.edit")
    @assets.response(200, replies.AssetOut)
    def delete(self, key: str) -> Response:
        """It came back."""
        asset = queries.get_asset(key, to_change=True)
        check_version(asset.version)
        lending.take_back(asset, by=me())
        return _one(asset)


@assets.route("/<tag:key>/timeline")
class Timeline(MethodView):
    @requires("asset.view")
    @assets.arguments(PageArgs, location="query")
    @assets.response(200, EventPage)
    def get(self, args: dict[str, Any], key: str) -> Response:
        """What happened to it, the newest first."""
        asset = queries.get_asset(key)
        return timeline("asset", asset.id, args)


@loans.route("")
class Loans(MethodView):
    @requires("asset.view")
    @loans.arguments(schemas.LoanArgs, location="query")
    @loans.response(200, replies.LoanPage)
    def get(self, args: dict[str, Any]) -> Response:
        """What is out, what is due first at the top."""
        return listed(
            "loans", args, lending.page_of_loans, lambda rows: [shown.loan_row(one) for one in rows]
        )


def _one(asset: Asset, status: int = 200, there: str | None = None) -> Response:
    db.session.flush()
    db.session.refresh(asset)
    return reply(shown.detail(asset, me()), status, version=asset.version, location=there)
