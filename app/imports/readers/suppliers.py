"""Suppliers: known again by their name."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import func, select

from app.imports.readers.base import Batch, Field, Line
from app.imports.readers.by_action import ByAction
from app.imports.values import email, folded, one_of, whole, words
from app.suppliers import schemas
from app.suppliers.actions import add_supplier, change_supplier
from app.suppliers.models import Supplier
from app.suppliers.rules import KINDS, SPECIALITIES
from tenants import db

# fmt: off
_KIND_WORDS = {
    "company": "company", "firm": "company", "reseller": "company", "manufacturer": "maker",
    "maker": "maker", "publisher": "maker", "la": "la", "local authority": "la",
    "council": "la", "lea": "la",
}
_GOOD_AT = {
    "whiteboard": "whiteboard", "whiteboards": "whiteboard", "displays": "whiteboard",
    "printers": "printer", "printing": "printer", "copiers": "printer", "pcs": "pc",
    "laptops": "pc", "computers": "pc", "hardware": "pc", "tablets": "tablet",
    "servers": "server", "networking": "network", "networks": "network", "cabling": "network",
    "wi-fi": "wifi", "wifi": "wifi", "wireless": "wifi", "internet": "broadband",
    "sims": "mis", "software": "application", "apps": "application", "email": "cloud",
    "telephones": "telephone", "phones": "telephone", "telephony": "telephone",
    "av": "audio_visual",
    "sound": "audio_visual", "disposal": "recycling", "filter": "filtering",
}
# fmt: on
_BETWEEN = re.compile(r"\s*[,;/\n|]\s*|\s+and\s+")
_speciality = one_of(SPECIALITIES, _GOOD_AT)


def _specialities(text: str) -> list[str]:
    found = {_speciality(one) for one in _BETWEEN.split(text) if one.strip()}
    # As the register orders them.
    return [one for one in SPECIALITIES if one in found]


def _website(text: str) -> str:
    found = "".join(text.split())
    return found if re.match("https?://", found, re.I) else f"https://{found}"


class Suppliers(ByAction):
    register, permission, shape = "suppliers", "supplier.edit", schemas.NewSupplier
    key_names = ("name",)
    # fmt: off
    fields = (
        Field("name", "Name", words(120),
              ("Supplier", "Company", "Supplier name", "Company name", "Firm", "Organisation",
               "Vendor"), is_required=True),
        Field("kind", "What they are", one_of(KINDS, _KIND_WORDS), ("Kind", "Type")),
        Field("specialities", "What they are good at", _specialities,
              ("Specialities", "Speciality", "Services", "Supplies", "Category", "What for",
               "Specialism")),
        Field("contact_name", "Who to ask for", words(200),
              ("Contact", "Contact name", "Account manager", "Contact person")),
        Field("email", "E-mail address", email,
              ("Email", "Mail", "Contact email", "Support email", "Email address")),
        Field("phone", "Telephone", words(50),
              ("Phone", "Tel", "Telephone number", "Phone number", "Contact number", "Tel no",
               "Support number", "Support phone")),
        Field("website", "Website", _website, ("Web", "Url", "Web site", "Web address", "Portal")),
        Field("support_route", "How to ask for help", words(1000, is_long=True),
              ("Support", "Support route", "Helpdesk", "How to log a call")),
        Field("account_number", "Account number", words(200),
              ("Account", "Account no", "Customer number", "Customer no", "Our account",
               "Account ref", "Customer ref")),
        Field("education_experience", "What they know of schools", words(1000, is_long=True),
              ("Education experience", "Experience")),
        Field("framework", "Procurement framework", words(200), ("Framework",)),
        Field("rating", "Rating, 1 to 5", whole(1, 5), ("Rating", "Score", "Stars")),
        Field("notes", "Notes", words(10_000, is_long=True),
              ("Note", "Comments", "Comment", "Remarks", "Address")),
    )
    # fmt: on

    def keys(self, said: dict[str, Any]) -> list[tuple[str, ...]]:
        return [("name", folded(said["name"]))] if "name" in said else []

    def find(self, line: Line, batch: Batch) -> Any:
        name = line.said.get("name", "")
        found = batch.known.suppliers.get(folded(name))
        same = Supplier.id == found.id if found else func.lower(Supplier.name) == name.lower()
        return db.session.scalar(select(Supplier).where(same))

    def means(self, line: Line, batch: Batch) -> dict[str, Any]:
        is_new = line.thing is None
        return {name: one for name, one in line.said.items() if is_new or name != "name"}

    def add(self, said: dict[str, Any], batch: Batch) -> None:
        add_supplier(by=batch.by, **said)

    def change(self, line: Line, batch: Batch) -> None:
        change_supplier(line.thing, by=batch.by, **line.changes)
