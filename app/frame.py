"""What stands around every page: the authority, who is here, which school, and where they may go.

No statement of its own: all of it came with the one that identified the person. Only the sign-in
page, where nobody is known yet, asks for the authority's name, and keeps it for a minute.
"""

from __future__ import annotations

import time
from functools import lru_cache
from typing import Any, NamedTuple

from flask import Flask, current_app, g, request, url_for
from sqlalchemy import select

from app import sessions
from app.people.identity import Me, SchoolName
from app.permissions import Role, may
from app.reachability import views_card
from config import Settings
from tenants import Binding, db, rebind
from tenants.context import FRONT_DOOR
from tenants.models import LocalAuthority


class Entry(NamedTuple):
    text: str
    endpoint: str
    permission: str
    where: str = ""


# To add an entry: one line where people look for it. What somebody needs every day stands in the
# line itself; everything else is folded behind the one word "More", under these headings and in
# this order. A line that is short for somebody's role is shown whole, folded or not.
REGISTERS, PLANS, DESK, SCHOOL = "Registers", "Diary and plans", "The desk", "The school"
MORE = "The local authority"
QUEUE = "incidents.queue"
_SHORT_MENU = 6
# fmt: off
OF_THE_LA = (
    Entry("LA overview",      "la_overview.show",    "authority.overview"),
    Entry("Queue",            "incidents.queue",     "queue.view"),
    Entry("Performance",      "performance.la_index", "authority.overview"),
    Entry("My visits",        "visits.day_plan",     "day_plan.view"),
    Entry("Schools",          "schools.index",       "authority.schools"),
    Entry("LA knowledge",     "la_knowledge.index",  "queue.view"),
    Entry("Figures in depth", "figures_in_depth.la_index", "authority.overview", MORE),
    Entry("Kept ready by the LA", "incidents.la_ready", "authority.knowledge", MORE),
    Entry("LA announcements", "la_announcements.index", "authority.announce", MORE),
    Entry("Without cover",    "la_reachability.without_cover", "authority.cover", MORE),
    Entry("Area teams",       "area_teams.index",    "authority.office", MORE),
    Entry("LA calendar",      "calendars.la_calendar", "authority.calendar", MORE),
    Entry("Service levels",   "packs.index",         "authority.packs_view", MORE),
    Entry("Contract offers",  "offers.index",        "authority.offers", MORE),
    Entry("Away",             "la_reachability.absences", "authority.absences", MORE),
    Entry("Mail and work",    "notifications.waiting", "authority.mail", MORE),
    Entry("Second factors",   "factor_resets.of_authority", "authority.office", MORE),
    Entry("Invitations",      "invitations.la_index", "authority.office", MORE),
    Entry("Back office",      "office.index",        "authority.office"),
)
OF_A_SCHOOL = (
    Entry("Work list",        "incidents.desk",      "desk.view"),
    Entry("Report a problem", "incidents.log",       "incident.log"),
    Entry("My reports",       "incidents.mine",      "incident.log"),
    Entry("Help somebody",    "incidents.offered_to_me", "incident.advise"),
    Entry("Call log",         "incidents.call_log",  "desk.view"),
    Entry("To approve",       "incidents.waiting_for_approval", "incident.approve"),
    Entry("Knowledge",        "knowledge.index",     "article.view"),
    Entry("Equipment",        "assets.index",        "asset.view",         REGISTERS),
    Entry("Stock-takes",      "stock_takes.index",   "asset.edit",         REGISTERS),
    Entry("Print labels",     "labels.index",        "label.print",        REGISTERS),
    Entry("Locations",        "locations.index",     "location.edit",      REGISTERS),
    Entry("Licences",         "licences.index",      "licence.view",       REGISTERS),
    Entry("Contracts",        "contracts.index",     "contract.view",      REGISTERS),
    Entry("Suppliers",        "suppliers.index",     "supplier.view",      REGISTERS),
    Entry("Services",         "services.index",      "service.view",       REGISTERS),
    Entry("Import",           "imports.index",       "import.run",         REGISTERS),
    Entry("Diary",            "diary.index",         "diary.view",         PLANS),
    Entry("Payments",         "payments.index",      "payment.view",       PLANS),
    Entry("Payments to approve", "payments.to_approve", "payment.approve", PLANS),
    Entry("Monitor progress", "implementations.monitor", "progress.view",  PLANS),
    Entry("Changes",          "changes.index",       "change.view",        PLANS),
    Entry("Critical dates",   "critical_dates.index", "critical_date.view", PLANS),
    Entry("Overview",         "reports.show",        "school.overview",    DESK),
    Entry("How support performs", "performance.index", "performance.view", DESK),
    Entry("Figures in depth", "figures_in_depth.index", "performance.in_depth", DESK),
    Entry("Reports",          "issued_reports.index", "report.view",       DESK),
    Entry("Problem log",      "problems_log.index",  "problem.view",       DESK),
    Entry("Announcements",    "announcements.index", "announcement.view",  DESK),
    Entry("Visits",           "visits.index",        "visit.view",         DESK),
    Entry("Tech Advisors",    "incidents.advisors_page", "incident.countersign", DESK),
    Entry("Kept ready",       "incidents.ready",     "desk.keep_ready",    DESK),
    Entry("Procedures",       "documents.index",     "document.view",      DESK),
    Entry("Who supports us",  "incidents.support",   "lines.view",         DESK),
    Entry("Agreements",       "agreements.index",    "agreement.view",     DESK),
    Entry("Being there",      "reachability.show",   "reach.edit",         DESK),
    Entry("Calendar",         "calendars.school_calendar", "calendar.edit", SCHOOL),
    Entry("People",           "people.index",        "school.people",      SCHOOL),
    Entry("Settings",         "desk_settings.change", "desk.settings",     SCHOOL),
    Entry("Who looked",       "history.access",      "access_record.view", SCHOOL),
    Entry("Mail troubles",    "notifications.troubles", "school.mail_troubles", SCHOOL),
    Entry("This school",      "schools.details",     "school.view",        SCHOOL),
)
FOOTER = (
    ("About",                 "web.about"),
    ("Accessibility",         "web.accessibility"),
    ("Who may do what",       "people.roles_page"),
)
# fmt: on

# Public pages that greet whoever is signed in; the sign-in page asks for itself.
_GREETING = frozenset(endpoint for _, endpoint in FOOTER)
_SHORT_LIST = 12
_KEPT_SECONDS = 60.0


class _Authority:
    name = ""
    until = 0.0


def init_app(app: Flask) -> None:
    app.before_request(_greet_on_public_pages)
    app.context_processor(_around_the_page)
    app.context_processor(views_card.around)


def greet() -> Me | None:
    """On a page that is open to everybody: find out who is there all the same."""
    rebind(Binding(FRONT_DOOR))
    g.me = sessions.person_of_request(None)
    if g.me is None and time.monotonic() >= _Authority.until:
        _Authority.name = db.session.scalar(select(LocalAuthority.name)) or ""
        _Authority.until = time.monotonic() + _KEPT_SECONDS
    found: Me | None = g.me
    return found


def home_of(person: Me) -> str:
    """Where a person's work is. Several schools: they choose, nothing is chosen for them."""
    for entry in OF_THE_LA:
        if may(person.all_roles, entry.permission):
            return url_for(entry.endpoint)
    if len(person.schools) == 1:
        return url_for("people.school_home", school=person.schools[0].slug)
    return url_for("people.pick_school")


def _greet_on_public_pages() -> None:
    if request.endpoint in _GREETING:
        greet()


def _around_the_page() -> dict[str, Any]:
    person: Me | None = g.get("me")
    name = person.authority if person else _Authority.name
    around = {
        "authority": {"name": name, "home_url": "/"} if name else None,
        "footer_links": _footer(),
        "me": person,
    }
    return {**around, **(_for_them(person) if person else _for_nobody())}


def _for_nobody() -> dict[str, Any]:
    is_there = request.endpoint in ("people.sign_in", None)
    return {"sign_in_url": None if is_there else url_for("people.sign_in")}


def _for_them(person: Me) -> dict[str, Any]:
    settings: Settings = current_app.config["SETTINGS"]
    if person.owes_second_factor(is_required=settings.is_second_factor_required):
        # Half signed in: no page of theirs opens yet but the one that asks for the rest.
        return {"sign_out_url": url_for("people.sign_out")}
    here = person.school
    names = sorted(person.schools, key=lambda one: one.name)
    if here is None:
        entries = _la_entries(person.all_roles) or tuple(
            Made(one.name, _school_url(one.slug), "") for one in names[:_SHORT_LIST]
        )
    else:
        entries = _both_entries(person.roles, here.slug)
    return {
        "account_url": url_for("people.account"),
        "sign_out_url": url_for("people.sign_out"),
        "school": _shown(here) if here else None,
        "search_url": url_for("reports.find", school=here.slug) if here else None,
        "school_choices": [
            {"text": one.name, "href": _school_url(one.slug), "is_current": one == here}
            for one in names[:_SHORT_LIST]
        ],
        "schools_url": url_for("people.pick_school") if len(names) > _SHORT_LIST else None,
        **_menu(entries),
    }


def _menu(entries: tuple[Made, ...]) -> dict[str, list[dict[str, Any]]]:
    """The line, and what is folded away behind "More"."""
    is_short = len(entries) <= _SHORT_MENU
    shown: dict[str, list[dict[str, Any]]] = {"navigation": [], "navigation_more": []}
    for one in entries:
        part = "navigation_more" if one.where and not is_short else "navigation"
        is_current = one.endpoint == request.endpoint
        shown[part].append(
            {"text": one.text, "href": one.href, "is_current": is_current, "heading": one.where}
        )
    return shown


def _shown(school: SchoolName) -> dict[str, str]:
    return {"name": school.name, "code": school.code, "home_url": _school_url(school.slug)}


class Made(NamedTuple):
    """An entry with its address."""

    text: str
    href: str
    endpoint: str
    where: str = ""


# Addresses of a role in a school are always the same, and making them is what costs.
@lru_cache(maxsize=64)
def _la_entries(roles: frozenset[Role]) -> tuple[Made, ...]:
    return tuple(
        Made(entry.text, url_for(entry.endpoint), entry.endpoint, entry.where)
        for entry in OF_THE_LA
        if may(roles, entry.permission)
    )


@lru_cache(maxsize=2000)
def _school_entries(roles: frozenset[Role], slug: str) -> tuple[Made, ...]:
    return tuple(
        Made(entry.text, url_for(entry.endpoint, school=slug), entry.endpoint, entry.where)
        for entry in OF_A_SCHOOL
        if may(roles, entry.permission)
    )


@lru_cache(maxsize=2000)
def _both_entries(roles: frozenset[Role], slug: str) -> tuple[Made, ...]:
    """Somebody of the LA in a school: the way back to the queue, the school, the LA's other
    pages behind it."""
    of_la = _la_entries(roles)
    back = tuple(one for one in of_la if one.endpoint == QUEUE)[:1] or of_la[:1]
    behind = tuple(one._replace(where=MORE) for one in of_la if one not in back)
    return back + _school_entries(roles, slug) + behind


@lru_cache(maxsize=2000)
def _school_url(slug: str) -> str:
    return url_for("people.school_home", school=slug)


@lru_cache(maxsize=1)
def _footer() -> list[dict[str, str]]:
    return [{"text": text, "href": url_for(endpoint)} for text, endpoint in FOOTER]
