"""The shapes of schools that go out, for the API's description."""

from __future__ import annotations

from marshmallow import fields

from app.shapes import Shape, choice
from tenants.models import SCHOOL_STATES


class SpocOut(Shape):
    name = fields.String(required=True)
    # Monday to Friday, 08:00 to 17:00, while the school has published nothing else.
    reachable_now = fields.Boolean(required=True)
    until = fields.String(allow_none=True, required=True)


class SchoolListed(Shape):
    slug = fields.String(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    urn = fields.Integer(allow_none=True, required=True)
    phase = fields.String(allow_none=True, required=True)
    status = choice(SCHOOL_STATES, required=True)


class SchoolOut(SchoolListed):
    spocs = fields.List(fields.Nested(SpocOut), required=True)


class SchoolPage(Shape):
    items = fields.List(fields.Nested(SchoolListed), required=True)
    next = fields.String(allow_none=True, required=True)
