"""Stock-takes as JSON: begin one in a room, say what was seen, confirm what becomes of it."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask.views import MethodView

from app.api.body import Blueprint
from app.api.listed import listed
from app.api.manners import check_version
from app.api.reply import reply
from app.assets import stocktaking_actions as actions
from app.assets import stocktaking_queries as queries
from app.assets import stocktaking_schemas as shapes
from app.assets.stocktaking import StockTake
from app.assets.views_stocktake import note_reader
from app.door import me, requires
from app.locations.models import Location
from app.shapes import instant
from tenants import db

stock_takes_api = Blueprint(
    "stock_takes_api",
    __name__,
    url_prefix="/api/v1/schools/<slug:school>/stock_takes",
    description="Taking stock of a room; nothing moves until it is confirmed",
)


@stock_takes_api.route("")
class StockTakes(MethodView):
    @requires("asset.view")
    @stock_takes_api.arguments(shapes.StockTakeArgs, location="query")
    @stock_takes_api.response(200, shapes.StockTakePage)
    def get(self, args: dict[str, Any]) -> Response:
        """The newest first."""
        return listed("stock takes", args, queries.page_of_takes, _all_shown)

    @requires("asset.edit")
    @stock_takes_api.arguments(shapes.NewStockTake)
    @stock_takes_api.response(201, shapes.StockTakeOut)
    def post(self, body: dict[str, Any]) -> Response:
        """Begin one. What the register has in the room and in rooms inside it is expected. Where
        one is going on there, 409 says its `number`."""
        take = actions.start(body["location"], by=me())
        return _one(take, 201, url_for("stock_takes_api.One", number=take.number))


@stock_takes_api.route("/<number:number>")
class One(MethodView):
    @requires("asset.view")
    @stock_takes_api.response(200, shapes.StockTakeOut)
    def get(self, number: int) -> Response:
        """One with its report: found, missing, in the wrong room, not in the register."""
        take = queries.get_take(number)
        note_reader(number)
        return _one(take)


@stock_takes_api.route("/<number:number>/seen")
class SeenHere(MethodView):
    @requires("asset.edit")
    @stock_takes_api.arguments(shapes.SeenTag)
    @stock_takes_api.response(200, shapes.StockTakeSeen)
    def post(self, body: dict[str, Any], number: int) -> Response:
        """A tag, or the address on a label. Twice is once."""
        take = queries.get_take(number, to_change=True)
        check_version(take.version)
        seen = actions.see(take, body["tag"], by=me())
        db.session.flush()
        shown = {
            "tag": seen.row.shown_tag,
            "outcome": seen.outcome,
            "should_be": _room_out(seen.room),
            "said": seen.said,
            "again": seen.is_again,
        }
        return reply(shown, version=take.version)


@stock_takes_api.route("/<number:number>/seen/<tag:key>")
class NotSeen(MethodView):
    @requires("asset.edit")
    @stock_takes_api.response(204)
    def delete(self, number: int, key: str) -> Response:
        """It was said by mistake."""
        take = queries.get_take(number, to_change=True)
        check_version(take.version)
        actions.unsee(take, key, by=me())
        return Response(status=204)


@stock_takes_api.route("/<number:number>/confirmation")
class Confirmed(MethodView):
    @requires("asset.edit")
    @stock_takes_api.arguments(shapes.StockTakeConfirmation)
    @stock_takes_api.response(200, shapes.StockTakeOut)
    def put(self, body: dict[str, Any], number: int) -> Response:
        """End it and carry out the choices: `move` or `leave` what was in the wrong room, `leave`
        what is missing or mark it `lost`."""
        take = queries.get_take(number, to_change=True)
        check_version(take.version)
        actions.confirm(take, {one["tag"]: one["choice"] for one in body["choices"]}, by=me())
        return _one(take)


@stock_takes_api.route("/<number:number>/cancellation")
class Cancelled(MethodView):
    @requires("asset.edit")
    @stock_takes_api.response(200, shapes.StockTakeOut)
    def put(self, number: int) -> Response:
        """End it without changing anything."""
        take = queries.get_take(number, to_change=True)
        check_version(take.version)
        actions.cancel(take, by=me())
        return _one(take)


def _one(take: StockTake, status: int = 200, there: str | None = None) -> Response:
    db.session.flush()
    report = queries.report_of(take)
    shown = {
        **_listed(take, queries.room_of(take)),
        "counts": report.counts,
        "lines": [_line(one) for one in report.lines],
    }
    return reply(shown, status, version=take.version, location=there)


def _all_shown(rows: list[Any]) -> list[dict[str, Any]]:
    return [_listed(take, room) for take, room in rows]


def _listed(take: StockTake, room: Location) -> dict[str, Any]:
    return {
        "number": take.number,
        "location": _room_out(room),
        "state": take.state,
        "started_at": instant(take.created_at),
        "started_by": take.created_by,
        "ended_at": instant(take.ended_at),
        "ended_by": take.ended_by,
        "version": take.version,
    }


def _line(line: queries.Line) -> dict[str, Any]:
    return {
        "tag": line.tag,
        "outcome": line.outcome,
        "choice": line.choice,
        "registered": line.asset is not None,
        "should_be": {"key": line.room_key, "name": line.room} if line.room_key else None,
        "seen_at": instant(line.row.seen_at),
        "seen_by": line.row.seen_by,
    }


def _room_out(room: Location | None) -> dict[str, str] | None:
    return {"key": room.key, "name": room.name} if room else None
