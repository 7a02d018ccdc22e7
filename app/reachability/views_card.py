"""The card of the desk for the frame around a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import g, url_for
from markupsafe import Markup

from app import clock
from app.people.identity import Me
from app.permissions import Role
from app.reachability import queries
from app.reachability.queries import Card, Desk
from app.web.drawn import drawn
from tenants.context import SCHOOL, current_binding

_WITHOUT_CONTACTS = frozenset({Role.TECH_ADVISOR})
_AT_THE_DESK = frozenset({Role.SPOC, Role.SERVICE_DESK_OWNER, Role.ICT_OWNER})


@dataclass(frozen=True)
class Shown:
    card: Card
    href: str
    contacts: bool
    is_staff: bool


def desk_card() -> Shown | None:
    """Of the school the page is about. Where it is not at hand, and the page is not bound to that
    school any more, the page does without it."""
    desk = _desk()
    if desk is None:
        return None
    contacts, is_staff = _what_they_see()
    href = url_for("reachability.show", school=desk.slug)
    return Shown(desk.card(clock.now()), href, contacts, is_staff)


def drawn_card() -> Markup:
    """The same as it stands at the foot of the page; drawn once a minute for each kind of reader,
    as it stands on every page."""
    desk = _desk()
    if desk is None:
        return Markup()
    desk.card(clock.now())
    reader = _what_they_see()
    if reader not in desk.drawn:
        desk.drawn[reader] = drawn("reachability/_footer_card.html", desk=desk_card())
    found: Markup = desk.drawn[reader]
    return found


def around() -> dict[str, Any]:
    """For `app.context_processor`: asked only by a page that shows it."""
    return {"desk_card": desk_card, "drawn_card": drawn_card}


def _desk() -> Desk | None:
    person: Me | None = g.get("me")
    if person is None or person.school is None or not person.roles:
        return None
    kept = queries.kept_desk(person.school.id)
    if kept is not None:
        return kept
    binding = current_binding()
    if binding is None or binding.role != SCHOOL or binding.school_id != person.school.id:
        return None
    return queries.desk_here()


def _what_they_see() -> tuple[bool, bool]:
    """Contacts, and whether nobody covers."""
    person: Me = g.me
    is_staff = bool(person.roles & _AT_THE_DESK) or bool(person.la_membership_ids)
    return bool(person.roles - _WITHOUT_CONTACTS), is_staff
