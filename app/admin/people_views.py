"""People, and what they are: at schools and at the LA."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from flask import g, url_for
from marshmallow import Schema

from app.admin import people_actions, queries, schemas
from app.admin.narrowing import InForce, OfSchool, OneOf
from app.admin.said import day_words, one_of
from app.admin.view import OfficeView
from app.door import me
from app.people.models import LaMembership, Membership, Person
from app.people.rules import ROLE_NAMES
from app.permissions import Role


def role_words(role: str) -> str:
    return ROLE_NAMES[Role(role)]


class PeopleView(OfficeView):
    # fmt: off
    one, event = "Person", "person"
    intro = (
        "Everybody who can sign in, or could. Nobody is deleted: whoever leaves is switched off,"
        " and what they did stays readable. New people are invited by a school or by the LA."
    )
    column_list            = ("name", "email", "kind", "is_active", "last_seen_at")
    column_details_list    = (
        "name", "email", "phone", "kind", "is_active", "last_seen_at", "second_factor_since",
        "created_at", "updated_at",
    )
    column_searchable_list = ("name", "email")
    column_sortable_list   = ("name", "email", "kind", "last_seen_at")
    column_default_sort    = "name"
    column_filters         = (
        OneOf(Person.kind, "Kind", schemas.PERSON_KINDS),
        OneOf(Person.is_active, "May sign in", {"yes": "May sign in", "no": "Switched off"}),
    )
    column_labels          = {
        "email": "E-mail address", "phone": "Telephone", "is_active": "May sign in",
        "last_seen_at": "Last here", "second_factor_since": "Second factor since",
        "created_at": "Known since", "updated_at": "Last changed",
    }
    column_formatters      = {"kind": one_of(schemas.PERSON_KINDS, "kind")}
    # fmt: on

    def sections(self, row: Person) -> list[dict[str, Any]]:
        schools = [
            [
                _link(one.school, "office_memberships.details_view", f"{one.school_id},{one.id}"),
                role_words(one.role),
                day_words(one.valid_from),
                day_words(one.valid_to),
            ]
            for one in queries.parts_of(row.id)
        ]
        la = [
            [
                _link(role_words(one.role), "office_la_memberships.details_view", str(one.id)),
                day_words(one.valid_from),
                day_words(one.valid_to),
            ]
            for one in queries.la_parts_of(row.id)
        ]
        count = queries.open_sign_ins(row.id)
        return [
            {
                "caption": "At schools",
                "headings": ["School", "Role", "First day", "Last day"],
                "rows": schools,
                "empty": "They belong to no school.",
            },
            {
                "caption": "At the LA",
                "headings": ["Role", "First day", "Last day"],
                "rows": la,
                "empty": "They have no part at the LA.",
            },
            {
                "caption": "Signed in",
                "headings": ["Browsers now"],
                "rows": [[str(count)]] if count else [],
                "empty": "They are signed in nowhere.",
            },
        ]

    def shape(self, row: Any | None) -> Schema:
        return schemas.PersonChange()

    def save(self, row: Any | None, data: dict[str, Any]) -> tuple[Any, str]:
        assert row is not None
        key = row.id
        people_actions.change_person(row, data, by=me())
        return key, f"{data['name']} is changed."


def _link(text: str, endpoint: str, key: str) -> dict[str, str]:
    return {"text": text, "href": url_for(endpoint, id=key)}


class _PartsView(OfficeView):
    """What memberships of schools and of the LA have in common."""

    event = "member"
    roles: ClassVar[Mapping[str, str]]

    def look_up(self, rows: Sequence[Any]) -> None:
        g.office_addresses = queries.addresses({row.person_id for row in rows})
        numbers = {row.school_id for row in rows if isinstance(row, Membership)}
        g.office_schools = queries.school_names(numbers)

    def links(self, row: Any) -> list[tuple[str, str]]:
        return [("The person", url_for("office_people.details_view", id=row.person_id))]

    def title(self, row: Any) -> str:
        return people_actions.subject_of(row)


def _address(view: Any, context: Any, row: Any, name: str) -> str:
    return str(g.office_addresses.get(row.person_id, ""))


def _school(view: Any, context: Any, row: Any, name: str) -> str:
    return str(g.office_schools.get(row.school_id, ""))


class MembershipsView(_PartsView):
    # fmt: off
    one = "Membership"
    intro = (
        "What people are at schools. A school’s service desk owner looks after this too; each"
        " change from here stands in the school’s history. People come in by invitation."
    )
    roles                  = schemas.SCHOOL_ROLE_NAMES
    column_list            = ("name", "address", "school", "role", "valid_from", "valid_to")
    column_details_list    = (
        "name", "address", "school", "role", "job_role", "valid_from", "valid_to", "updated_at",
    )
    column_searchable_list = ("name",)
    column_sortable_list   = ("name", "role", "valid_from", "valid_to")
    column_default_sort    = "name"
    column_filters         = (
        OneOf(Membership.role, "Role", schemas.SCHOOL_ROLE_NAMES),
        InForce(Membership),
        OfSchool(Membership.school_id),
    )
    column_labels          = {
        "name": "Name shown", "address": "E-mail address", "job_role": "Job title",
        "valid_from": "First day", "valid_to": "Last day", "updated_at": "Last changed",
    }
    column_formatters      = {
        "role": one_of(ROLE_NAMES, "role"), "address": _address, "school": _school,
    }
    # fmt: on

    def shape(self, row: Any | None) -> Schema:
        return schemas.MembershipChange()

    def save(self, row: Any | None, data: dict[str, Any]) -> tuple[Any, str]:
        assert row is not None
        school_id, number = people_actions.change_membership(row, data, by=me())
        return f"{school_id},{number}", f"{data['name']} is changed."


class LaMembershipsView(_PartsView):
    # fmt: off
    one = "LA membership"
    intro = "What people are at the LA. New staff are invited."
    roles                  = schemas.LA_ROLE_NAMES
    column_list            = ("name", "address", "role", "valid_from", "valid_to")
    column_details_list    = ("name", "address", "role", "valid_from", "valid_to", "updated_at")
    column_searchable_list = ("name",)
    column_sortable_list   = ("name", "role", "valid_from", "valid_to")
    column_default_sort    = "name"
    column_filters         = (
        OneOf(LaMembership.role, "Role", schemas.LA_ROLE_NAMES),
        InForce(LaMembership),
    )
    column_labels          = {
        "name": "Name shown", "address": "E-mail address", "valid_from": "First day",
        "valid_to": "Last day", "updated_at": "Last changed",
    }
    column_formatters      = {"role": one_of(ROLE_NAMES, "role"), "address": _address}
    # fmt: on

    def shape(self, row: Any | None) -> Schema:
        return schemas.LaMembershipChange()

    def save(self, row: Any | None, data: dict[str, Any]) -> tuple[Any, str]:
        assert row is not None
        number = people_actions.change_la_membership(row, data, by=me())
        return number, f"{data['name']} is changed."
