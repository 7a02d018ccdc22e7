"""The suppliers of a school as JSON."""

from __future__ import annotations

from collections.abc import Sequence
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
from app.shapes import PageArgs, instant
from app.suppliers import actions, queries, schemas
from app.suppliers.models import Supplier
from tenants import db

suppliers = Blueprint(
    "suppliers_api",
    __name__,
    url_prefix="/api/v1/schools/<slug:school>/suppliers",
    description="Who sells to a school and who mends for it",
)
_PLAIN = (
    *("key", "name", "kind", "specialities", "contact_name", "email", "phone", "website"),
    *("support_route", "account_number", "education_experience", "framework", "rating", "notes"),
    *("created_by", "version"),
)


@suppliers.route("")
class Suppliers(MethodView):
    @requires("supplier.view")
    @suppliers.arguments(schemas.SupplierArgs, location="query")
    @suppliers.response(200, schemas.SupplierPage)
    def get(self, args: dict[str, Any]) -> Response:
        """By name."""
        return listed("suppliers", args, queries.page_of_suppliers, _drawn)

    @requires("supplier.edit")
    @suppliers.arguments(schemas.NewSupplier)
    @suppliers.response(201, schemas.SupplierOut)
    def post(self, body: dict[str, Any]) -> Response:
        """Add one. `group` is the key of one of the school's supplier groups."""
        supplier = actions.add_supplier(by=me(), **body)
        return _one(supplier, 201, url_for("suppliers_api.One", key=supplier.key))


@suppliers.route("/<slug:key>")
class One(MethodView):
    @requires("supplier.view")
    @suppliers.response(200, schemas.SupplierOut)
    def get(self, key: str) -> Response:
        """One supplier."""
        supplier = queries.get_supplier(key)
        looked_at(f"supplier {supplier.name}", me())
        return _one(supplier)

    @requires("supplier.edit")
    @suppliers.arguments(schemas.SupplierChange(partial=True))
    @suppliers.response(200, schemas.SupplierOut)
    def patch(self, changes: dict[str, Any], key: str) -> Response:
        """Change what is known of it, or archive it. Needs If-Match."""
        supplier = queries.get_supplier(key, to_change=True)
        check_version(supplier.version, is_needed=True)
        actions.change_supplier(supplier, by=me(), **changes)
        return _one(supplier)

    @requires("supplier.edit")
    @suppliers.response(204)
    def delete(self, key: str) -> Response:
        """Remove one from whom the school never had anything."""
        supplier = queries.get_supplier(key, to_change=True)
        check_version(supplier.version)
        actions.remove_supplier(supplier, by=me())
        return Response(status=204)


@suppliers.route("/<slug:key>/group")
class Group(MethodView):
    @requires("supplier.edit")
    @suppliers.arguments(schemas.SupplierGroupBody)
    @suppliers.response(200, schemas.SupplierOut)
    def post(self, body: dict[str, Any], key: str) -> Response:
        """Make a third-line group with its name and e-mail address, so that incidents can be
        passed to it. Needs the permission to change the school's groups as well."""
        supplier = queries.get_supplier(key, to_change=True)
        check_version(supplier.version)
        actions.make_group(supplier, by=me())
        return _one(supplier)


@suppliers.route("/<slug:key>/timeline")
class Timeline(MethodView):
    @requires("supplier.view")
    @suppliers.arguments(PageArgs, location="query")
    @suppliers.response(200, EventPage)
    def get(self, args: dict[str, Any], key: str) -> Response:
        """What became of it, the newest first."""
        supplier = queries.get_supplier(key)
        return timeline("supplier", supplier.id, args)


def _one(supplier: Supplier, status: int = 200, there: str | None = None) -> Response:
    db.session.flush()
    (shown,) = _drawn([supplier])
    return reply(shown, status, version=supplier.version, location=there)


def _drawn(found: Sequence[Supplier]) -> list[dict[str, Any]]:
    groups = queries.groups_of(found)
    return [
        {
            **{name: getattr(one, name) for name in _PLAIN},
            "group": groups[one.group_id][0] if one.group_id is not None else None,
            "archived": one.is_archived,
            "created_at": instant(one.created_at),
            "updated_at": instant(one.updated_at),
        }
        for one in found
    ]
