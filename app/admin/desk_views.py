"""Schools, support groups and packs in the back office."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import g, url_for
from marshmallow import Schema

from app import clock
from app.admin import group_actions, pack_actions, pack_form, queries, schemas, school_actions
from app.admin.narrowing import OfSchool, OneOf
from app.admin.said import day_words, one_of
from app.admin.view import OfficeView
from app.contracts.agreements_queries import newest_versions, versions_of
from app.contracts.models import LaAgreement
from app.contracts.pack_form import target_field
from app.contracts.rules import LA_STANDARD, Metric
from app.door import me
from app.people.models import LaSupportGroup, SupportGroup
from app.schools.rules import Phase
from app.schools.schemas import STATE_WORDS
from tenants import School

WITH_NEW = ("index_view", "details_view", "edit_view", "create_view")


class SchoolsView(OfficeView):
    # fmt: off
    one, event, pages = "School", "school", WITH_NEW
    intro = (
        "What stands on the desk about each school. Lists of schools are imported; state, code and"
        " URN have pages of their own."
    )
    form_intro = "The next list that is imported may bring other facts than these."
    column_list            = ("name", "code", "phase", "status", "number_of_pupils")
    column_details_list    = (
        "name", "code", "slug", "status", *school_actions.FACTS[1:], "joined_on", "left_on",
        "updated_at",
    )
    column_searchable_list = ("name", "code", "slug")
    column_sortable_list   = ("name", "code", "phase", "status", "number_of_pupils")
    column_default_sort    = "name"
    column_filters         = (
        OneOf(School.status, "State", {one.value: words for one, words in STATE_WORDS.items()}),
        OneOf(School.phase, "Phase", {one.value: one.value for one in Phase}),
    )
    column_labels          = {
        "slug": "Address on the desk", "status": "State", "number_of_pupils": "Pupils",
        "pupils_as_at": "Pupils counted on", "address": "Postal address", "joined_on": "Joined",
        "left_on": "Left", "updated_at": "Last changed",
    }
    column_formatters      = {"status": one_of(STATE_WORDS, "status")}
    # fmt: on

    def links(self, row: School) -> list[tuple[str, str]]:
        parts: dict[str, Any] = {"flt0_school_code_is": row.slug}
        return [
            ("State, code and URN", url_for("schools.show", slug=row.slug)),
            ("Invite people into it", url_for("invitations.index", school=row.slug)),
            ("Its memberships", url_for("office_memberships.index_view", **parts)),
            ("Its support groups", url_for("office_school_groups.index_view", **parts)),
        ]

    def shape(self, row: Any | None) -> Schema:
        return schemas.NewSchool() if row is None else schemas.SchoolFacts()

    def start(self, row: Any | None) -> Mapping[str, Any]:
        return {"begins_on": clock.today()} if row is None else super().start(row)

    def save(self, row: Any | None, data: dict[str, Any]) -> tuple[Any, str]:
        if row is None:
            key, name = school_actions.open_school(data, by=me())
            return key, f"{name} is added. It is invited; move its state when it begins."
        key = row.id
        school_actions.change_facts(row, data, by=me())
        return key, f"{data['name']} is changed."


class _GroupsView(OfficeView):
    event = "group"

    def sections(self, row: Any) -> list[dict[str, Any]]:
        found = queries.names_of_members(row, queries.members_of(row))
        return [
            {
                "caption": "Who is in it",
                "headings": ["Name"],
                "rows": [[name] for name in sorted(found.values())],
                "empty": "Nobody is in it.",
            }
        ]

    def start(self, row: Any | None) -> Mapping[str, Any]:
        if row is None:
            return {}
        found = {**super().start(row), "members": [str(one) for one in queries.members_of(row)]}
        if isinstance(row, LaSupportGroup):
            found["agreement"] = group_actions.contract_of(row)
        return found

    def choices(self, row: Any | None) -> Mapping[str, Any]:
        offered: dict[str, Any] = {"agreement": group_actions.contracts()}
        return offered if row is None else {**offered, "members": list(_offered(row).items())}

    def save(self, row: Any | None, data: dict[str, Any]) -> tuple[Any, str]:
        if row is None:
            return group_actions.add_la_group(data, by=me()).id, f"{data['name']} is added."
        key = self.get_pk_value(row)
        group_actions.change_group(row, data, by=me())
        return key, f"{data['name']} is changed."


def _offered(row: Any) -> dict[int, str]:
    return {one.id: one.text for one in queries.may_be_members(row)}


class LaGroupsView(_GroupsView):
    # fmt: off
    one, pages = "Support group", WITH_NEW
    intro = "The LA’s lines, and suppliers to the LA. Work is forwarded and escalated to them."
    column_list            = ("name", "key", "kind", "line", "is_area_team")
    column_details_list    = (*column_list, "email", "phone")
    column_searchable_list = ("name", "key")
    column_sortable_list   = ("name", "line")
    column_default_sort    = [("line", False), ("name", False)]
    column_filters         = (OneOf(LaSupportGroup.line, "Line", schemas.LINES),)
    column_labels          = {
        "key": "Word for programs", "kind": "Whose", "is_area_team": "Area team",
        "email": "E-mail", "phone": "Telephone",
    }
    column_formatters      = {"kind": one_of(schemas.GROUP_KINDS, "kind")}
    # fmt: on

    def shape(self, row: Any | None) -> Schema:
        return schemas.NewLaGroup() if row is None else schemas.LaGroupChange(_offered(row))


def _school(view: Any, context: Any, row: Any, name: str) -> str:
    return str(g.office_schools.get(row.school_id, ""))


_OWN_KINDS = {"school": "The school’s own", "supplier": "A supplier’s"}


class SchoolGroupsView(_GroupsView):
    # fmt: off
    one = "School’s support group"
    intro = "Groups that schools have of their own: technicians, and suppliers of the school."
    column_list            = ("name", "school", "key", "kind", "line")
    column_details_list    = (*column_list, "email", "phone")
    column_searchable_list = ("name",)
    column_sortable_list   = ("name", "line")
    column_default_sort    = "name"
    column_filters         = (OfSchool(SupportGroup.school_id),)
    column_labels          = {
        "key": "Word for programs", "kind": "Whose", "email": "E-mail", "phone": "Telephone",
    }
    column_formatters      = {"school": _school, "kind": one_of(_OWN_KINDS, "kind")}
    # fmt: on

    def look_up(self, rows: Sequence[Any]) -> None:
        g.office_schools = queries.school_names({row.school_id for row in rows})

    def shape(self, row: Any | None) -> Schema:
        return schemas.GroupChange(_offered(row))


def _newest(view: Any, context: Any, row: Any, name: str) -> str:
    number, begins = g.office_versions.get(row.id, (0, None))
    return f"{number}, from {day_words(begins)}"


class PacksView(OfficeView):
    # fmt: off
    one, event, pages = "Pack", "pack", WITH_NEW
    intro = (
        "What is promised: opening hours and targets. A change is a new version from a day on;"
        " clocks that run already keep the version they began with."
    )
    form_intro = (
        "This makes the next version. Times are like 08:00–17:00, several with a comma between; a"
        " day without is closed. Targets are like 30 min, 4 h or 3 working days; empty is none."
    )
    headings = {
        "mon": "Opening hours",
        target_field("P1", Metric.RESPONSE): "Targets",
        "pause_reasons": "The clock",
    }
    column_list = column_details_list = ("name", "kind", "is_default", "newest")
    column_searchable_list = ("name",)
    column_sortable_list   = ("name", "kind")
    column_default_sort    = "name"
    column_filters         = (OneOf(LaAgreement.kind, "Kind", pack_form.KIND_WORDS),)
    column_labels          = {
        "kind": "Whose promise", "is_default": "For whoever has chosen none",
        "newest": "Newest version",
    }
    column_formatters      = {"kind": one_of(pack_form.KIND_WORDS, "kind"), "newest": _newest}
    # fmt: on

    def look_up(self, rows: Sequence[Any]) -> None:
        g.office_versions = newest_versions({row.id for row in rows})

    def version(self, row: LaAgreement) -> int:
        return versions_of(row.id)[0].number

    def sections(self, row: LaAgreement) -> list[dict[str, Any]]:
        return [
            {
                "caption": f"Version {one.number}, from {day_words(one.valid_from)}",
                "headings": ["What", "Terms"],
                "rows": pack_form.terms_rows(one.terms),
                "empty": "",
            }
            for one in versions_of(row.id)[:20]
        ]

    def shape(self, row: Any | None) -> Schema:
        return pack_form.NewPack() if row is None else pack_form.NewVersion()

    def start(self, row: Any | None) -> Mapping[str, Any]:
        if row is None:
            return {**pack_form.as_typed(LA_STANDARD), "kind": "sla"}
        newest = versions_of(row.id)[0]
        return {**pack_form.as_typed(newest.terms), "name": row.name}

    def save(self, row: Any | None, data: dict[str, Any]) -> tuple[Any, str]:
        if row is None:
            return pack_actions.add_pack(data, by=me()).id, f"{data['name']} is added."
        key = row.id
        number = pack_actions.add_version(row, data, by=me())
        return key, f"Version {number} begins on {day_words(data['valid_from'])}."
