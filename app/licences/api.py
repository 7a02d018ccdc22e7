"""The licences of a school as JSON, who uses them, and whether they are enough."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, current_app, url_for
from flask.views import MethodView

from app import clock
from app.answers import keep_sealed
from app.api.body import Blueprint
from app.api.listed import listed
from app.api.manners import check_version
from app.api.reply import reply
from app.door import me, requires
from app.files.papers_api import api_of_papers
from app.history.queries import events_of
from app.history.schemas import EventPage
from app.history.shown import event_as_json
from app.licences import actions, allocating, queries, rules, schemas, shown
from app.licences.keys import reveal_key
from app.licences.models import Licence
from app.licences.reading import PAPERS, opened
from app.shapes import PageArgs
from tenants import db

licences = Blueprint(
    "licences_api",
    __name__,
    url_prefix="/api/v1/schools/<slug:school>/licences",
    description="Software licences of a school",
)
licence_files = api_of_papers(
    "licence_files_api", "/api/v1/schools/<slug:school>/licences/<number:number>", PAPERS
)


@licences.route("")
class Licences(MethodView):
    @requires("licence.view")
    @licences.arguments(schemas.LicenceArgs, location="query")
    @licences.response(200, schemas.LicencePage)
    def get(self, args: dict[str, Any]) -> Response:
        """By product, as they stand on the day `on`."""
        on = args.get("on") or clock.today()
        return listed(
            "licences",
            args,
            queries.page_of_licences,
            lambda rows: shown.listed([row.Licence for row in rows], on, me()),
        )

    @requires("licence.edit")
    @licences.arguments(schemas.NewLicence)
    @licences.response(201, schemas.LicenceOut)
    def post(self, body: dict[str, Any]) -> Response:
        """Add one, with its key and who uses it. The key never comes out but by `key_reveal`."""
        licence = actions.add_licence(by=me(), secret_key=secret_key(), **body)
        return _one(licence, 201, url_for("licences_api.One", number=licence.number))


@licences.route("/<number:number>")
class One(MethodView):
    @requires("licence.view")
    @licences.arguments(schemas.OnArgs, location="query")
    @licences.response(200, schemas.LicenceOut)
    def get(self, args: dict[str, Any], number: int) -> Response:
        """One licence, as it stands on the day `on`."""
        return _one(opened(number, me()), on=args.get("on"))

    @requires("licence.edit")
    @licences.arguments(schemas.LicenceChange(partial=True))
    @licences.response(200, schemas.LicenceOut)
    def patch(self, changes: dict[str, Any], number: int) -> Response:
        """Change it. Another quantity needs a `reason`. Needs If-Match."""
        licence = queries.get_licence(number, to_change=True)
        check_version(licence.version, is_needed=True)
        actions.change_licence(licence, by=me(), secret_key=secret_key(), **changes)
        return _one(licence)

    @requires("licence.edit")
    @licences.response(204)
    def delete(self, number: int) -> Response:
        """Remove one that was added by mistake; one with history is retired."""
        licence = queries.get_licence(number, to_change=True)
        check_version(licence.version)
        actions.remove_licence(licence, by=me())
        return Response(status=204)


@licences.route("/<number:number>/timeline")
class Timeline(MethodView):
    @requires("licence.view")
    @licences.arguments(PageArgs, location="query")
    @licences.response(200, EventPage)
    def get(self, args: dict[str, Any], number: int) -> Response:
        """What became of it, the newest first. What it cost is told only to whoever may see it."""
        licence = queries.get_licence(number)
        hidden = () if me().may(shown.SEES_COST) else rules.COST_EVENTS
        return listed(
            f"licence {number} timeline",
            args,
            lambda _, after, limit: events_of("licence", licence.id, after, limit),
            lambda rows: [event_as_json(one) for one in rows if one.kind not in hidden],
        )


@licences.route("/<number:number>/key_reveal")
class KeyReveal(MethodView):
    @requires("licence.reveal")
    @licences.response(200, schemas.LicenceKeyOut)
    def post(self, number: int) -> Response:
        """The licence key. Who asked for it, and when, is written down."""
        licence = queries.get_licence(number, to_change=True)
        check_version(licence.version)
        key = reveal_key(licence, by=me(), secret_key=secret_key())
        return keep_sealed(reply({"licence_key": key}))


@licences.route("/<number:number>/allocations")
class Allocations(MethodView):
    @requires("licence.view")
    @licences.response(200, schemas.AllocationList)
    def get(self, number: int) -> Response:
        """All of them, in the order they were made."""
        return reply({"items": shown.allocations(opened(number, me())), "next": None})

    @requires("licence.edit")
    @licences.arguments(schemas.NewAllocation)
    @licences.response(201, schemas.AllocationOut)
    def post(self, body: dict[str, Any], number: int) -> Response:
        """Allocate it to an asset, a person, or so many at once; also more than there are."""
        licence = queries.get_licence(number, to_change=True)
        check_version(licence.version)
        made = allocating.allocate(licence, body, by=me())
        there = url_for("licences_api.OneAllocation", number=number, other=made.number)
        return _allocation(licence, made.number, 201, there)


@licences.route("/<number:number>/allocations/<number:other>")
class OneAllocation(MethodView):
    @requires("licence.view")
    @licences.response(200, schemas.AllocationOut)
    def get(self, number: int, other: int) -> Response:
        """One use of it; its version is the licence’s."""
        return _allocation(opened(number, me()), other)

    @requires("licence.edit")
    @licences.response(204)
    def delete(self, number: int, other: int) -> Response:
        """It was entered by mistake. One that was right is ended."""
        licence = queries.get_licence(number, to_change=True)
        check_version(licence.version)
        one = queries.get_allocation(licence, other)
        allocating.remove_allocation(licence, one, by=me())
        return Response(status=204)


@licences.route("/<number:number>/allocations/<number:other>/ending")
class AllocationEnding(MethodView):
    @requires("licence.edit")
    @licences.arguments(schemas.AllocationEnd, required=False)
    @licences.response(200, schemas.AllocationOut)
    def put(self, body: dict[str, Any], number: int, other: int) -> Response:
        """It is used no longer after `on`."""
        licence = queries.get_licence(number, to_change=True)
        check_version(licence.version)
        one = queries.get_allocation(licence, other)
        allocating.end_allocation(licence, one, by=me(), on=body.get("on") or clock.today())
        return _allocation(licence, other)


@licences.route("/compliance")
class Compliance(MethodView):
    @requires("licence.view")
    @licences.arguments(schemas.OnArgs, location="query")
    @licences.response(200, schemas.ComplianceOut)
    def get(self, args: dict[str, Any]) -> Response:
        """By product: what is owned, used and missing on the day `on`. A licence for the whole
        site is not countable; one by how many work at the same time compares its peak use."""
        return reply(shown.compliance(args.get("on") or clock.today()))


@licences.route("/true_up")
class TrueUp(MethodView):
    @requires("licence.view")
    @licences.arguments(schemas.TrueUpArgs, location="query")
    @licences.response(200, schemas.TrueUpOut)
    def get(self, args: dict[str, Any]) -> Response:
        """What is licensed by the pupil or for the site against the number of pupils: paid for too
        many (over) or too few (under), and what that many cost."""
        return reply(shown.true_up(args.get("on") or clock.today(), args.get("pupils"), me()))


def secret_key() -> str:
    """What licence keys are locked with."""
    return str(current_app.config["SECRET_KEY"])


def _one(
    licence: Licence, status: int = 200, there: str | None = None, on: date | None = None
) -> Response:
    db.session.flush()
    body = shown.detail(licence, on or clock.today(), me())
    return reply(body, status, version=licence.version, location=there)


def _allocation(
    licence: Licence, number: int, status: int = 200, there: str | None = None
) -> Response:
    db.session.flush()
    one = queries.get_allocation(licence, number)
    tag = allocating.tag_of(one.asset_id) if one.asset_id is not None else None
    return reply(shown.allocation(one, tag), status, version=licence.version, location=there)
