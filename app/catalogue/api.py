"""The service catalogue of a school as JSON."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask.views import MethodView

from app import clock
from app.api.body import Blueprint
from app.api.listed import listed
from app.api.manners import check_version
from app.api.reply import reply
from app.api.timelines import timeline
from app.catalogue import actions, queries, schemas, shown
from app.catalogue.models import Service
from app.door import me, requires
from app.history.schemas import EventPage
from app.shapes import PageArgs
from tenants import db

services = Blueprint(
    "services_api",
    __name__,
    url_prefix="/api/v1/schools/<slug:school>/services",
    description="What ICT does for a school: what each service is for and who uses it",
)


@services.route("")
class Services(MethodView):
    @requires("service.view")
    @services.arguments(schemas.ServiceArgs, location="query")
    @services.response(200, schemas.ServicePage)
    def get(self, args: dict[str, Any]) -> Response:
        """By name. `criticality` is that of today, times of the year counted."""
        today = clock.today()
        return listed(
            "services",
            args,
            lambda filters, after, limit: queries.page_of_services(filters, after, limit, on=today),
            lambda rows: shown.listed(rows, me()),
        )

    @requires("service.edit")
    @services.arguments(schemas.NewService)
    @services.response(201, schemas.ServiceOut)
    def post(self, body: dict[str, Any]) -> Response:
        """Add one. A part is an `asset` (tag), a `licence` or `contract` (number) or `words`."""
        service = actions.add_service(by=me(), **body)
        return _one(service, 201, url_for("services_api.One", key=service.key))


@services.route("/presets")
class Presets(MethodView):
    @requires("service.edit")
    @services.arguments(schemas.UsualServices)
    @services.response(200, schemas.ServicesOut)
    def post(self, body: dict[str, Any]) -> Response:
        """Add some of the services that most schools have; those of that name are left alone."""
        added = actions.add_usual(body["names"], by=me())
        db.session.flush()
        for one in added:
            db.session.refresh(one)
        return reply({"items": shown.listed(added, me())})


@services.route("/<slug:key>")
class One(MethodView):
    @requires("service.view")
    @services.response(200, schemas.ServiceOut)
    def get(self, key: str) -> Response:
        """One service."""
        return _one(queries.get_service(key))

    @requires("service.edit")
    @services.arguments(schemas.ServiceChange(partial=True))
    @services.response(200, schemas.ServiceOut)
    def patch(self, changes: dict[str, Any], key: str) -> Response:
        """Change or archive it; `parts` and `seasons` are given whole. Needs If-Match."""
        service = queries.get_service(key, to_change=True)
        check_version(service.version, is_needed=True)
        actions.change_service(service, by=me(), **changes)
        return _one(service)

    @requires("service.edit")
    @services.response(204)
    def delete(self, key: str) -> Response:
        """Remove one that nothing refers to."""
        service = queries.get_service(key, to_change=True)
        check_version(service.version)
        actions.remove_service(service, by=me())
        return Response(status=204)


@services.route("/<slug:key>/timeline")
class Timeline(MethodView):
    @requires("service.edit")
    @services.arguments(PageArgs, location="query")
    @services.response(200, EventPage)
    def get(self, args: dict[str, Any], key: str) -> Response:
        """What became of it, the newest first."""
        return timeline("service", queries.get_service(key).id, args)


def _one(service: Service, status: int = 200, there: str | None = None) -> Response:
    db.session.flush()
    db.session.refresh(service)
    return reply(shown.detail(service, me()), status, version=service.version, location=there)
