"""Changes, implementations and the progress of a school as JSON."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask.views import MethodView

from app.api.body import Blueprint
from app.api.listed import listed
from app.api.manners import check_version
from app.api.reply import reply
from app.api.timelines import timeline
from app.door import me, requires
from app.history.glass import looked_at
from app.history.schemas import EventPage
from app.progress import actions, implementing, queries, schemas, shown
from app.progress import schemas_implementing as more
from app.progress.models import Change, Implementation
from app.shapes import PageArgs
from tenants import db

_SCHOOL = "/api/v1/schools/<slug:school>"
changes = Blueprint(
    "changes_api",
    __name__,
    url_prefix=f"{_SCHOOL}/changes",
    description="Requests for change: asked for, approved twice, prepared, implemented",
)
implementations = Blueprint(
    "implementations_api",
    __name__,
    url_prefix=f"{_SCHOOL}/implementations",
    description="What is being put in place, with its milestones",
)
progress = Blueprint(
    "progress_api",
    __name__,
    url_prefix=f"{_SCHOOL}/progress",
    description="What the ICT owner watches",
)


@changes.route("")
class Changes(MethodView):
    @requires("change.view")
    @changes.arguments(schemas.ChangeArgs, location="query")
    @changes.response(200, schemas.ChangePage)
    def get(self, args: dict[str, Any]) -> Response:
        """The latest first."""
        code = _code()
        return listed(
            "changes", args, queries.page_of_changes, lambda rows: shown.changes(rows, code)
        )

    @requires("change.originate")
    @changes.arguments(schemas.NewChange)
    @changes.response(201, schemas.ChangeOut)
    def post(self, body: dict[str, Any]) -> Response:
        """Ask for one; it is a draft until it is submitted."""
        change = actions.ask_for(by=me(), **body)
        return _change(change, 201, url_for("changes_api.One", number=change.number))


@changes.route("/<number:number>")
class One(MethodView):
    @requires("change.view")
    @changes.response(200, schemas.ChangeOut)
    def get(self, number: int) -> Response:
        """One change; `next_states` are the steps that you can take."""
        change = queries.get_change(number)
        looked_at(f"change {number}", me())
        return _change(change)

    @requires("change.originate", "change.work")
    @changes.arguments(schemas.WrittenUp(partial=True))
    @changes.response(200, schemas.ChangeOut)
    def patch(self, changes: dict[str, Any], number: int) -> Response:
        """Write it up. What was approved stays as it was. Needs If-Match."""
        change = queries.get_change(number, to_change=True)
        check_version(change.version, is_needed=True)
        actions.write_up(change, by=me(), **changes)
        return _change(change)


@changes.route("/<number:number>/state")
class State(MethodView):
    @requires("change.originate", "change.work", "change.approve")
    @changes.arguments(schemas.ChangeState)
    @changes.response(200, schemas.ChangeOut)
    def put(self, body: dict[str, Any], number: int) -> Response:
        """The next state. The ICT owner approves, and not what they asked for themselves unless
        nobody else may; `rejected` and `cancelled` need a `note`, `implemented` and `backed_out`
        an `outcome`."""
        change = queries.get_change(number, to_change=True)
        check_version(change.version)
        actions.move(change, body.pop("state"), by=me(), **body)
        return _change(change)


@changes.route("/<number:number>/timeline")
class Timeline(MethodView):
    @requires("change.view")
    @changes.arguments(PageArgs, location="query")
    @changes.response(200, EventPage)
    def get(self, args: dict[str, Any], number: int) -> Response:
        """What became of it, the newest first."""
        return timeline("change", queries.get_change(number).id, args)


@implementations.route("")
class Implementations(MethodView):
    @requires("progress.view")
    @implementations.arguments(more.ImplementationArgs, location="query")
    @implementations.response(200, more.ImplementationPage)
    def get(self, args: dict[str, Any]) -> Response:
        """The latest first."""
        return listed(
            "implementations", args, queries.page_of_implementations, shown.implementations
        )

    @requires("progress.edit")
    @implementations.arguments(more.NewImplementation)
    @implementations.response(201, more.ImplementationOut)
    def post(self, body: dict[str, Any]) -> Response:
        """Set one up, with its milestones in order."""
        found = implementing.add(by=me(), **body)
        there = url_for("implementations_api.Implementing", number=found.number)
        return _implementation(found, 201, there)


@implementations.route("/<number:number>")
class Implementing(MethodView):
    @requires("progress.view")
    @implementations.response(200, more.ImplementationOut)
    def get(self, number: int) -> Response:
        """One of them; percent is the milestones reached of all."""
        found = queries.get_implementation(number)
        looked_at(found.title, me())
        return _implementation(found)

    @requires("progress.edit")
    @implementations.arguments(more.ImplementationChange(partial=True))
    @implementations.response(200, more.ImplementationOut)
    def patch(self, changes: dict[str, Any], number: int) -> Response:
        """Change it, or say how it stands; `stopped` needs a `reason`. Needs If-Match."""
        found = queries.get_implementation(number, to_change=True)
        check_version(found.version, is_needed=True)
        implementing.change(found, by=me(), **changes)
        return _implementation(found)


@implementations.route("/<number:number>/milestones/<number:position>")
class Milestones(MethodView):
    @requires("progress.edit")
    @implementations.arguments(more.MilestoneIn)
    @implementations.response(200, more.ImplementationOut)
    def put(self, body: dict[str, Any], number: int, position: int) -> Response:
        """That milestone, or the next after the last; `done_on` says that it is reached."""
        found = queries.get_implementation(number, to_change=True)
        check_version(found.version)
        implementing.set_milestone(found, position, by=me(), **body)
        return _implementation(found)

    @requires("progress.edit")
    @implementations.response(204)
    def delete(self, number: int, position: int) -> Response:
        """Those behind it move up."""
        found = queries.get_implementation(number, to_change=True)
        check_version(found.version)
        implementing.remove_milestone(found, position, by=me())
        return Response(status=204)


@implementations.route("/<number:number>/timeline")
class ImplementationTimeline(MethodView):
    @requires("progress.view")
    @implementations.arguments(PageArgs, location="query")
    @implementations.response(200, EventPage)
    def get(self, args: dict[str, Any], number: int) -> Response:
        """What became of it, the newest first."""
        return timeline("implementation", queries.get_implementation(number).id, args)


@progress.route("")
class Progress(MethodView):
    @requires("progress.view")
    @progress.response(200, more.ProgressOut)
    def get(self) -> Response:
        """Open implementations, problems with a planned solution, changes to decide and to come."""
        looked_at("progress", me())
        return reply(shown.progress(_code()))


def _code() -> str:
    school = me().school
    assert school is not None
    return school.code


def _change(change: Change, status: int = 200, there: str | None = None) -> Response:
    db.session.flush()
    db.session.refresh(change)
    body = shown.change_detail(change, _code(), me())
    return reply(body, status, version=change.version, location=there)


def _implementation(found: Implementation, status: int = 200, there: str | None = None) -> Response:
    db.session.flush()
    db.session.refresh(found)
    body = shown.implementation_detail(found)
    return reply(body, status, version=found.version, location=there)
