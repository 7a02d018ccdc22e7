"""Licences: known again by product, how they are counted, and their first day."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import func, select

from app.imports.readers.base import Batch, Field, Line
from app.imports.readers.by_action import ByAction, key_named, key_of
from app.imports.values import day, folded, money, one_of, whole, words, yes_no
from app.licences import rules, schemas
from app.licences.actions import add_licence, change_licence
from app.licences.models import Licence
from tenants import db

# fmt: off
_METRIC_WORDS = {
    "device": "device", "devices": "device", "per device": "device", "machine": "device",
    "pc": "device", "computer": "device", "seat": "device", "seats": "device", "install":
    "device", "user": "named_user", "users": "named_user", "per user": "named_user",
    "named user": "named_user", "named users": "named_user", "staff": "named_user",
    "concurrent": "concurrent", "concurrent users": "concurrent", "floating": "concurrent",
    "site": "site", "site licence": "site", "site license": "site", "whole school": "site",
    "school": "site", "unlimited": "site", "fte": "pupil_fte", "pupil": "pupil_fte",
    "pupils": "pupil_fte", "pupil fte": "pupil_fte", "per pupil": "pupil_fte",
    "student": "pupil_fte", "tier": "subscription_tier", "subscription": "subscription_tier",
    "band": "subscription_tier",
}
# fmt: on


class Licences(ByAction):
    register, permission, shape = "licences", "licence.edit", schemas.NewLicence
    key_names = ("product", "metric", "start", "purchase_date")
    # fmt: off
    fields = (
        Field("product", "Product", words(200),
              ("Software", "Licence", "License", "Name", "Title", "Application", "Program",
               "Product name", "Software title"), is_required=True),
        Field("publisher", "Publisher", words(200), ("Vendor", "Maker", "Manufacturer", "Company")),
        Field("edition", "Edition or version", words(200), ("Edition", "Version")),
        Field("metric", "How it is counted", one_of(rules.METRIC_WORDS, _METRIC_WORDS),
              ("Metric", "Counted by", "Licence type", "License type", "Type", "Per", "Basis"),
              is_required=True),
        Field("quantity", "How many it covers", whole(1, schemas.MANY),
              ("Quantity", "Qty", "Number", "No of licences", "Licences", "Number of licences",
               "Seats", "Count", "How many", "No", "Users", "Number of seats", "Installs allowed")),
        Field("start", "First day", day,
              ("Start", "Start date", "From", "Valid from", "Begins", "Licence start"),
              is_required=True),
        Field("end", "Last day", day,
              ("End", "End date", "Expires", "Expiry", "Expiry date", "Until", "Valid to", "To",
               "Renewal date", "Renewal", "Licence end", "Expiration")),
        Field("auto_renew", "Renews by itself", yes_no,
              ("Auto renew", "Auto renewal", "Automatic renewal", "Rolling")),
        Field("notice_days", "Days of notice", whole(0, 1000), ("Notice", "Notice days")),
        Field("cost", "Cost", money,
              ("Price", "Amount", "Value", "Total", "Cost £", "Annual cost", "Total cost")),
        Field("purchase_date", "Bought on", day,
              ("Purchased", "Purchase date", "Date purchased", "Bought", "Order date")),
        Field("agreement_ref", "Number of the agreement", words(200),
              ("Agreement", "Agreement number", "Agreement no", "Reference", "Ref",
               "Order number")),
        Field("licence_key", "Licence key", words(500),
              ("Key", "Product key", "License key", "Serial", "Activation key", "Serial number")),
        Field("supplier", "Supplier", words(200), ("Bought from", "Reseller", "Supplied by")),
        Field("contract", "Contract", words(200), ("Part of contract", "Contract name")),
        Field("peak_use", "Most people at the same time", whole(0, schemas.MANY),
              ("Peak use", "Peak", "Peak users")),
        Field("curriculum", "Curriculum software", yes_no, ("Curriculum", "Teaching")),
        Field("home_use", "May be used at home", yes_no, ("Home use", "Home")),
        Field("notes", "Notes", words(10_000, is_long=True),
              ("Note", "Comments", "Comment", "Remarks")),
    )
    # fmt: on

    def is_missing(self, chosen: Collection[str]) -> str | None:
        """It may hold from the day on which it was bought."""
        names = set(chosen) | ({"start"} if "purchase_date" in chosen else set())
        return super().is_missing(names)

    def keys(self, said: dict[str, Any]) -> list[tuple[str, ...]]:
        start = said.get("start") or said.get("purchase_date")
        if start is None or not {"product", "metric"} <= set(said):
            return []
        return [("product", folded(said["product"]), said["metric"], start.isoformat())]

    def find(self, line: Line, batch: Batch) -> Any:
        said = line.said
        # What was bought holds from then on, unless another day is given.
        if "start" not in said and "purchase_date" in said:
            said["start"] = said["purchase_date"]
        if not {"product", "metric", "start"} <= set(said):
            return None
        wanted = select(Licence).where(
            func.lower(Licence.product) == said["product"].lower(),
            Licence.metric == said["metric"],
            Licence.start == said["start"],
        )
        return db.session.scalar(wanted.order_by(Licence.number).limit(1))

    def means(self, line: Line, batch: Batch) -> dict[str, Any]:
        said = dict(line.said)
        known = batch.known
        for name, there in (("supplier", known.suppliers), ("contract", known.contracts)):
            if name in said:
                said[name] = key_named(line, name, there, name)
        if line.thing is not None:
            said.pop("product")
            # One that is kept already stays: it cannot be compared without opening it.
            if line.thing.key_sealed is not None:
                said.pop("licence_key", None)
        return said

    def now(self, thing: Any, names: Iterable[str], batch: Batch) -> dict[str, Any]:
        named = {
            "licence_key": None,
            "supplier": key_of(thing.supplier_id, batch.known.suppliers),
            "contract": key_of(thing.contract_id, batch.known.contracts),
        }
        return {name: named[name] if name in named else getattr(thing, name) for name in names}

    def add(self, said: dict[str, Any], batch: Batch) -> None:
        add_licence(by=batch.by, secret_key=batch.secret_key, **said)

    def change(self, line: Line, batch: Batch) -> None:
        change_licence(
            line.thing,
            by=batch.by,
            secret_key=batch.secret_key,
            reason=f"From {batch.file_name}",
            **line.changes,
        )
