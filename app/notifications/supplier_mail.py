"""The letter that brings a supplier the link to one incident [S09]."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.clock import LONDON
from app.incidents.supplier_links import address_of, find
from app.incidents.turns import reference
from app.later import row_being_done
from app.notifications.letters import Letter
from app.notifications.post import absolute, post
from tenants import School, current_school_id, db


def send_supplier_link(link_id: str, key: str) -> None:
    """In the school's own scope. A link that opens nothing any more is not sent."""
    found = find(UUID(hex=link_id))
    if found is None or not found[0].email:
        return
    link, incident = found
    school = db.session.execute(
        select(School.code, School.name, School.slug).where(School.id == current_school_id())
    ).one()
    ref = reference(school.code, incident.number)
    until = link.expires_at.astimezone(LONDON)
    letter = Letter(
        to=link.email or "",
        to_name=link.supplier,
        subject=f"{ref} at {school.name}: {incident.title}",
        paragraphs=(
            f"{link.made_by} asks {link.supplier} for help with {ref} at {school.name}.",
            f"“{incident.title}”",
            "The link opens this one incident. There you read what is known and write a note, "
            "your own reference, when you come, and when it is done.",
            f"It is good until {until.day} {until:%B %Y}. Give it only to whoever works on this.",
        ),
        button=(f"Open {ref}", absolute(f"/supplier/{address_of(key, school.slug, link.id)}")),
        small_print=(
            f"You get this because the ICT service desk of {school.name} or its local authority "
            "entered your address. If it is not for you, do nothing.",
        ),
        thread=f"supplier-{link.id.hex}",
    )
    post(letter, message_id=row_being_done.get())
