"""A link to one incident for a supplier without an account [S09]: made, sent, revoked, opened.

The address is the school's slug, the link's id and a proof made from both with the deployment's
key. Nothing is looked up before the proof is right; the table opens nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, update

from app import clock
from app.errors import Refused, wrong
from app.incidents import rules, turns
from app.incidents.chronicle import noted
from app.incidents.models import Incident
from app.incidents.passed_on import SupplierLink
from app.incidents.queries import check_reach
from app.later import later, uuid7
from app.people.groups import Group
from app.people.identity import Me
from app.people.links import make_link, read_link
from tenants import db

USUAL_DAYS, MOST_DAYS = 30, 90
MOST_LINKS = 20
SENSITIVE = (
    "It is marked sensitive, so no supplier may read it. Tell the supplier what they need by phone."
)
_OPENS = frozenset({*rules.STEPS["supplier"][0], rules.Status.RESOLVED})


# --- the address ---


def address_of(key: str, slug: str, link_id: UUID) -> str:
    """The last part of the address: `st-marys.<id>.<proof>`."""
    return f"{slug}.{make_link(key, _purpose(slug), link_id)}"


def read_address(key: str, text: str) -> tuple[str, UUID] | None:
    """The school's slug and the link's id, once the proof has been found right."""
    slug, _, rest = text.partition(".")
    link_id = read_link(key, _purpose(slug), rest)
    return None if link_id is None else (slug, link_id)


def _purpose(slug: str) -> str:
    return f"supplier {slug}"


# --- by the desk and the LA's lines ---


def make(
    incident: Incident,
    *,
    by: Me,
    supplier: str,
    email: str | None = None,
    days: int = USUAL_DAYS,
    group: Group | None = None,
) -> SupplierLink:
    """A link, mailed where there is an address, and shown to whoever made it."""
    check_reach(by, "incident.supplier_link", incident)
    turns.check_step(incident, "supplier")
    if incident.is_sensitive:
        raise Refused(SENSITIVE)
    if len(links_of(incident)) >= MOST_LINKS:
        raise wrong("supplier", "There are many links to it already. Revoke one and use another.")
    at = turns.instant_for(incident)
    link = _put(incident, supplier, email, group, by, at, at + timedelta(days=days))
    noted(
        incident,
        "incident.supplier_link_made",
        at,
        by=by,
        after=supplier,
        note=f"Good until {link.expires_at:%-d %B %Y}",
        visibility="internal",
    )
    return link


def send_to_supplier(incident: Incident, supplier: Group, *, by: Me, at: datetime) -> None:
    """On passing it on: the supplier's address gets a link by itself. Nothing of a sensitive one
    goes out, and the event of passing it on says who did."""
    if supplier.email and not incident.is_sensitive:
        until = at + timedelta(days=USUAL_DAYS)
        _put(incident, supplier.name, supplier.email, supplier, by, at, until)


def revoke(incident: Incident, link_id: UUID, *, by: Me) -> None:
    """It opens nothing any more. Twice changes nothing."""
    check_reach(by, "incident.supplier_link", incident)
    at = turns.instant_for(incident)
    supplier = db.session.scalar(
        update(SupplierLink)
        .where(SupplierLink.id == link_id, *_live(incident))
        .values(revoked_at=at)
        .returning(SupplierLink.supplier)
        .execution_options(synchronize_session="fetch")
    )
    if supplier is not None:
        noted(
            incident,
            "incident.supplier_link_revoked",
            at,
            by=by,
            after=supplier,
            visibility="internal",
        )


def revoke_of_group(incident: Incident, group: Group | None, at: datetime) -> None:
    """What a supplier had been given goes with the work, also what the desk had made by hand and
    named for it."""
    if group is None:
        return
    whose = (
        SupplierLink.la_group_id == group.la_group_id
        if group.la_group_id is not None
        else SupplierLink.school_group_id == group.school_group_id
    )
    by_name = func.lower(SupplierLink.supplier) == group.name.lower()
    db.session.execute(
        update(SupplierLink)
        .where(*_live(incident), or_(whose, by_name))
        .values(revoked_at=at)
        .execution_options(synchronize_session="fetch")
    )


def give_back(incident: Incident, revoked_at: datetime) -> None:
    """The work had been taken from a supplier at that instant by mistake: its links open again."""
    db.session.execute(
        update(SupplierLink)
        .where(SupplierLink.incident_id == incident.id, SupplierLink.revoked_at == revoked_at)
        .values(revoked_at=None)
        .execution_options(synchronize_session="fetch")
    )


def links_of(incident: Incident) -> list[SupplierLink]:
    """The newest first."""
    found = select(SupplierLink).where(SupplierLink.incident_id == incident.id)
    return list(db.session.scalars(found.order_by(SupplierLink.created_at.desc()).limit(100)))


# --- by whoever has the link ---


def find(link_id: UUID, *, to_change: bool = False) -> tuple[SupplierLink, Incident] | None:
    """In the school that the address names: the link and its incident, while it is good."""
    link = db.session.scalar(select(SupplierLink).where(SupplierLink.id == link_id))
    if link is None or link.revoked_at is not None or link.expires_at <= clock.now():
        return None
    wanted = select(Incident).where(Incident.id == link.incident_id)
    incident = db.session.scalar(wanted.with_for_update() if to_change else wanted)
    if incident is None or incident.is_sensitive or incident.status not in _OPENS:
        return None
    return link, incident


def was_opened(link: SupplierLink, at: datetime) -> None:
    """When it was opened first: a record of access, which reading leaves here as for LA staff."""
    link.opened_at = link.opened_at or at


def _put(
    incident: Incident,
    supplier: str,
    email: str | None,
    group: Group | None,
    by: Me,
    at: datetime,
    until: datetime,
) -> SupplierLink:
    link = SupplierLink(
        id=uuid7(),
        incident_id=incident.id,
        school_group_id=group.school_group_id if group else None,
        la_group_id=group.la_group_id if group else None,
        supplier=supplier,
        email=email,
        made_by=by.name,
        created_at=at,
        expires_at=until,
    )
    db.session.add(link)
    db.session.flush()
    if email:
        later("send_supplier_link", at=at, link_id=link.id.hex)
    return link


def _live(incident: Incident) -> tuple[ColumnElement[bool], ...]:
    return (SupplierLink.incident_id == incident.id, SupplierLink.revoked_at.is_(None))
