"""Registers the back office: its start page and one view for each kind of thing."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, url_for
from flask_admin import Admin, BaseView, expose
from flask_admin.theme import Theme

from app.admin import history, queries
from app.admin.desk_views import (
    LaGroupsView,
    PacksView,
    SchoolGroupsView,
    SchoolsView,
)
from app.admin.people_views import LaMembershipsView, MembershipsView, PeopleView
from app.admin.view import OFFICE, Fenced
from app.contracts.models import LaAgreement
from app.door import requires
from app.people.models import LaMembership, LaSupportGroup, Membership, Person, SupportGroup
from app.web.headers import csp_nonce
from tenants import School, db

# fmt: off
# (view, model, name, last part of the address). Casework is not here, and could not be:
# the office's role in the database has no right on it.
VIEWS: tuple[tuple[Any, Any, str, str], ...] = (
    (PeopleView,        Person,         "People",                    "people"),
    (MembershipsView,   Membership,     "Memberships of schools",    "memberships"),
    (LaMembershipsView, LaMembership,   "Memberships of the LA",     "la-memberships"),
    (SchoolsView,       School,         "Schools",                   "schools"),
    (LaGroupsView,      LaSupportGroup, "Support groups of the LA",  "la-groups"),
    (SchoolGroupsView,  SupportGroup,   "Support groups of schools", "school-groups"),
    (PacksView,         LaAgreement,    "Packs",                     "packs"),
)
# What else the LA's administrator has.
ELSEWHERE = (
    ("Import a list of schools",      "schools.imports.upload"),
    ("Schools, with state and URN",   "schools.index"),
    ("Invitations to the LA",         "invitations.la_index"),
    ("Mail and work that waits",      "notifications.waiting"),
    ("Second factors to take off",    "factor_resets.of_authority"),
)
# fmt: on


class StartPage(Fenced, BaseView):
    @expose("/")
    @requires(OFFICE)
    def index(self) -> str:
        return str(
            self.render(
                "office/home.html",
                counts=queries.counts(),
                cap=queries.CAP,
                views=[
                    (name, url_for(f"{endpoint(part)}.index_view")) for _, _, name, part in VIEWS
                ],
                elsewhere=[(words, url_for(there)) for words, there in ELSEWHERE],
                lately=history.lately(),
            )
        )


def endpoint(part: str) -> str:
    return "office_" + part.replace("-", "_")


def init_app(app: Flask) -> None:
    """Its theme is our own layout, so neither its templates nor its static files are reachable."""
    app.register_blueprint(Blueprint("office_pages", __name__, template_folder="templates"))
    admin = Admin(
        app,
        name="Back office",
        index_view=StartPage(name="Back office", endpoint="office", url="/back-office"),
        theme=Theme(folder="none", base_template="layout.html"),
        csp_nonce_generator=csp_nonce,
    )
    for view, model, name, part in VIEWS:
        admin.add_view(
            view(model, db, name=name, endpoint=endpoint(part), url=f"/back-office/{part}")
        )
