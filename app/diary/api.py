"""The diary as JSON: its days, its entries, what was done, and feeds for calendar programs."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask.views import MethodView

from app import clock
from app.answers import keep_sealed
from app.api.body import Blueprint
from app.api.listed import listed
from app.api.manners import check_version
from app.api.reply import reply
from app.api.timelines import timeline
from app.diary import actions, entries, feeds, marking, schemas, shown
from app.diary.items import Item
from app.diary.models import DiaryEntry
from app.door import me, requires
from app.history.schemas import EventPage
from app.shapes import PageArgs
from tenants import db

# Nothing of a feed is ever changed: it is made and ended.
_OF_A_FEED = 1

diary = Blueprint(
    "diary_api",
    __name__,
    url_prefix="/api/v1/schools/<slug:school>/diary",
    description="What is due when at a school: entered by hand, or known from its registers",
)


@diary.route("")
class Diary(MethodView):
    @requires("diary.view")
    @diary.arguments(schemas.ListArgs, location="query")
    @diary.response(200, schemas.DiaryPage)
    def get(self, args: dict[str, Any]) -> Response:
        """Day by day: entries as often as they fall, and what contracts, licences, equipment,
        payments, visits, documents and critical dates know, as far as you may see those."""
        return listed(
            "diary",
            args,
            lambda filters, after, limit: entries.page_of_diary(me(), filters, after, limit),
            _drawn,
        )

    @requires("diary.edit")
    @diary.arguments(schemas.DiaryNewEntry)
    @diary.response(201, schemas.DiaryEntryOut)
    def post(self, body: dict[str, Any]) -> Response:
        """Add an entry. `on` is its day, or of a series its first; an instant says the time too."""
        entry = actions.add(by=me(), **body)
        return _one(entry, 201, url_for("diary_api.One", number=entry.number))


@diary.route("/<number:number>")
class One(MethodView):
    @requires("diary.view")
    @diary.response(200, schemas.DiaryEntryOut)
    def get(self, number: int) -> Response:
        """One entry, with all its days."""
        return _one(entries.get_entry(number))

    @requires("diary.edit")
    @diary.arguments(schemas.DiaryEntryChange(partial=True))
    @diary.response(200, schemas.DiaryEntryOut)
    def patch(self, changes: dict[str, Any], number: int) -> Response:
        """Change it, and with it every day it falls on. Needs If-Match."""
        entry = entries.get_entry(number, to_change=True)
        check_version(entry.version, is_needed=True)
        actions.change(entry, by=me(), **changes)
        return _one(entry)

    @requires("diary.edit")
    @diary.response(204)
    def delete(self, number: int) -> Response:
        """Remove one with which nothing was done yet."""
        entry = entries.get_entry(number, to_change=True)
        check_version(entry.version)
        actions.remove(entry, by=me())
        return Response(status=204)


@diary.route("/<number:number>/single_days")
class SingleDays(MethodView):
    @requires("diary.edit")
    @diary.arguments(schemas.DiaryTakeOut(partial=("title",)))
    @diary.response(201, schemas.DiaryEntryOut)
    def post(self, body: dict[str, Any], number: int) -> Response:
        """Change one day of a series by itself: it becomes an entry of its own."""
        entry = entries.get_entry(number, to_change=True)
        check_version(entry.version)
        single = actions.take_out(entry, body.pop("day"), by=me(), **body)
        return _one(single, 201, url_for("diary_api.One", number=single.number))


@diary.route("/<number:number>/timeline")
class Timeline(MethodView):
    @requires("diary.view")
    @diary.arguments(PageArgs, location="query")
    @diary.response(200, EventPage)
    def get(self, args: dict[str, Any], number: int) -> Response:
        """What became of it, the newest first."""
        entry = entries.get_entry(number)
        return timeline("diary", entry.id, args)


@diary.route("/marks")
class Marks(MethodView):
    @requires("diary.edit")
    @diary.arguments(schemas.DiaryMarkIn)
    @diary.response(200, schemas.DiaryItemOut)
    def put(self, body: dict[str, Any]) -> Response:
        """Say of one day that it is done, called off or planned again, and tick its points. What
        has a state of its own, like a payment, answers 409."""
        (item,) = _drawn([marking.mark(by=me(), **body)])
        return reply(item)


@diary.route("/presets")
class Presets(MethodView):
    @requires("diary.edit")
    @diary.response(200, schemas.DiaryPresetsOut)
    def get(self) -> Response:
        """Jobs that most schools have, as far as they are not in the diary yet."""
        left = actions.presets_left()
        return reply({"items": [{"key": key, **one._asdict()} for key, one in left.items()]})

    @requires("diary.edit")
    @diary.arguments(schemas.DiaryPresetsIn)
    @diary.response(200, schemas.DiaryEntriesOut)
    def post(self, body: dict[str, Any]) -> Response:
        """Take some of them over; those that are there already are left alone."""
        made = actions.take_presets(body["presets"], body["on"], by=me())
        db.session.flush()
        return reply({"items": [shown.entry_shown(one, clock.today()) for one in made]})


@diary.route("/feeds")
class Feeds(MethodView):
    @requires("diary.view")
    @diary.response(200, schemas.DiaryFeedsOut)
    def get(self) -> Response:
        """Your own."""
        return reply({"items": [shown.feed_shown(one) for one in feeds.feeds_of(me())]})

    @requires("diary.view")
    @diary.arguments(schemas.DiaryNewFeed)
    @diary.response(201, schemas.DiaryFeedMade)
    def post(self, body: dict[str, Any]) -> Response:
        """Make one. `address` is told this once; whoever has it reads the diary as you do."""
        feed, secret = feeds.make(by=me(), **body)
        address = url_for("diary.feed", token=secret, school=_slug(), _external=True)
        there = url_for("diary_api.OneFeed", key=feeds.key_of(feed))
        body = {**shown.feed_shown(feed), "address": address}
        return keep_sealed(reply(body, 201, version=_OF_A_FEED, location=there))


@diary.route("/feeds/<slug:key>")
class OneFeed(MethodView):
    @requires("diary.view")
    @diary.response(200, schemas.DiaryFeedOut)
    def get(self, key: str) -> Response:
        """One of your own, without its address."""
        return reply(shown.feed_shown(feeds.one_of(me(), key)), version=_OF_A_FEED)

    @requires("diary.view")
    @diary.response(204)
    def delete(self, key: str) -> Response:
        """End one of your own: its address opens nothing any more."""
        feeds.one_of(me(), key)
        check_version(_OF_A_FEED)
        feeds.end(key, by=me())
        return Response(status=204)


def _one(entry: DiaryEntry, status: int = 200, there: str | None = None) -> Response:
    db.session.flush()
    body = shown.entry_shown(entry, clock.today())
    return reply(body, status, version=entry.version, location=there)


def _drawn(items: list[Item]) -> list[dict[str, Any]]:
    today = clock.today()
    return [shown.item_shown(item, _slug(), today) for item in items]


def _slug() -> str:
    school = me().school
    assert school is not None
    return school.slug
