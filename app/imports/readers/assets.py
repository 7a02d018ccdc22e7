"""Equipment: known again by its tag, or by make and serial number where a line has no tag."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import func, select

from app.assets import rules
from app.assets.models import Asset
from app.assets.words import index_words
from app.imports.readers.base import CHANGED, Batch, Field, Line
from app.imports.readers.bulk import Bulk
from app.imports.readers.references import Room, missing
from app.imports.readers.rooms import kind_of_room
from app.imports.values import day, folded, money, one_of, short, words
from app.locations.actions import add_location
from tenants import db

# fmt: off
# Words for types as spreadsheets have them; also found inside longer ones ("Dell laptop").
_TYPE_WORDS = {
    "pc": "desktop", "computer": "desktop", "workstation": "desktop", "desktop pc": "desktop",
    "imac": "desktop", "mini pc": "desktop", "all in one": "desktop", "tower": "desktop",
    "notebook": "laptop", "macbook": "laptop", "netbook": "laptop", "server": "file_server",
    "nas": "file_server", "mfp": "printer", "mfd": "printer", "photocopier": "printer",
    "copier": "printer", "laser printer": "printer", "laserjet": "printer", "inkjet": "printer",
    "firewall": "router", "hub": "switch", "network switch": "switch", "ipad": "tablet",
    "surface": "tablet", "tab": "tablet", "kindle": "tablet", "chrome book": "chromebook",
    "whiteboard": "interactive_display", "interactive whiteboard": "interactive_display",
    "smartboard": "interactive_display", "smart board": "interactive_display",
    "iwb": "interactive_display", "promethean": "interactive_display",
    "clevertouch": "interactive_display", "touchscreen": "interactive_display",
    "interactive screen": "interactive_display", "beamer": "projector",
    "wap": "access_point", "wifi": "access_point", "wi-fi": "access_point",
    "wireless access point": "access_point", "ap": "access_point", "webcam": "camera",
    "visualiser": "camera", "visualizer": "camera", "cctv": "camera", "mobile": "phone",
    "handset": "phone", "telephone": "phone", "iphone": "phone", "battery": "ups",
    "monitor": "other", "screen": "other", "headset": "other", "keyboard": "other",
    "mouse": "other", "speaker": "other", "trolley": "other", "misc": "other",
}
_STATUS_WORDS = {
    "ordered": "on_order", "spare": "in_stock", "stock": "in_stock", "store": "in_stock",
    "stored": "in_stock", "available": "in_stock", "in store": "in_stock", "new": "in_stock",
    "used": "in_use", "active": "in_use", "deployed": "in_use", "live": "in_use", "ok": "in_use",
    "working": "in_use", "good": "in_use", "allocated": "in_use", "assigned": "in_use",
    "broken": "in_repair", "faulty": "in_repair", "repair": "in_repair", "away": "in_repair",
    "being repaired": "in_repair", "loan": "on_loan", "loaned": "on_loan", "lent": "on_loan",
    "lost": "lost_or_stolen", "stolen": "lost_or_stolen", "missing": "lost_or_stolen",
    "written off": "retired", "scrap": "retired", "scrapped": "disposed", "disposed": "disposed",
    "recycled": "disposed", "sold": "disposed",
}
# fmt: on
_PLAIN = (
    "tag",
    "type",
    "make",
    "model",
    "serial",
    "status",
    "purchase_date",
    "price",
    "funding",
    "warranty_end",
    "os_version",
    "notes",
)
_LABELS = {name: rules.TEXTS[name] for name in rules.TEXTS}
_TYPES = {**{folded(text): name for name, text in rules.TYPES.items()}, **_TYPE_WORDS}
_TYPES |= {name.replace("_", " "): name for name in rules.TYPES}
_LONGEST_FIRST = sorted(_TYPES, key=len, reverse=True)
# What stands at the foot of a list instead of a tag.
_SUMS = frozenset({"total", "totals", "grand total", "sub total", "subtotal", "sub-total", "sum"})
_HELD = re.compile(r"[^a-z0-9-]+")


def kind_of_thing(text: str) -> str:
    """The type that a cell names, or that a word of it does."""
    found = folded(text)
    if found in _TYPES:
        return _TYPES[found]
    said = f" {_HELD.sub(' ', found)} "
    for word in _LONGEST_FIRST:
        if f" {word} " in said or f" {word}s " in said:
            return _TYPES[word]
    raise ValueError(
        f"“{short(text)}” is no type of equipment here. Choose one, like Laptop, Printer or "
        f"Something else."
    )


def _guessed_type(said: dict[str, Any]) -> str:
    for name in ("model", "make", "notes"):
        try:
            return kind_of_thing(said.get(name) or "")
        except ValueError:
            continue
    return "other"


def _tag(text: str) -> str:
    found = " ".join(text.split())
    if folded(found).rstrip(":") in _SUMS:
        raise ValueError(
            f"“{short(found)}” is the sum below a list, not the tag of a thing. Leave this line"
            " out."
        )
    if mistake := rules.tag_mistake(found):
        raise ValueError(f"“{short(found)}”: {mistake}")
    return found


def _room(text: str) -> str:
    return str(words(100)(text) or "")


def _field(name: str, read: Any, *synonyms: str, column: str = "", required: bool = False) -> Field:
    return Field(name, _LABELS[name], read, synonyms, column, required)


class Assets(Bulk):
    register, subject, permission, model = "assets", "asset", "asset.edit", Asset
    key, known_by = "tag", frozenset({"tag"})
    key_names = ("tag", "make", "serial")
    # fmt: off
    fields = (
        _field("tag", _tag, "Asset No", "Asset number", "Asset tag", "Asset ID", "Asset", "Tag no",
               "Tag number", "Inventory number", "Inventory no", "Inventory", "Barcode",
               "Bar code", "Label", "ICT number", "Ref", "Reference", "Asset ref",
               "Security mark", "ID", "Code", "No", "Number", required=True),
        _field("type", kind_of_thing, "Asset type", "Kind", "Category", "Device type", "Device",
               "Equipment", "Equipment type", "Item", "Item type", "Description", "What",
               "Type of kit", "Type of equipment", "Type of device", "Kind of kit",
               "Kind of equipment", "Kit", "Kit type", "Hardware", "Hardware type"),
        _field("make", words(200), "Manufacturer", "Brand", "Maker", "Vendor make"),
        _field("model", words(200), "Model name", "Model number", "Model no", "Product"),
        _field("serial", words(200), "Serial", "Serial no", "S N", "SN", "Service tag",
               "Serial num", "Serialnumber", "Service tag number"),
        _field("location", _room, "Location", "Where", "Where is it", "Class", "Classroom",
               "Place", "Room name", "Room no", "Room number", "Site location", "Base",
               column="location_id"),
        _field("holder", words(200), "Assigned to", "Owner", "User", "Holder", "Used by",
               "Allocated to", "Person", "Staff", "Staff member", "Name", "Teacher", "Issued to"),
        _field("status", one_of(rules.STATUS_WORDS, _STATUS_WORDS), "State", "Condition"),
        _field("purchase_date", day, "Purchased", "Purchase date", "Date purchased", "Bought",
               "Date bought", "Date of purchase", "Acquired", "Date acquired", "Purchased on",
               "Delivery date", "Invoice date"),
        _field("price", money, "Cost", "Value", "Purchase price", "Purchase cost", "Unit price",
               "Amount", "Price paid", "Cost £", "Price £", "£", "Cost gbp", "Unit cost"),
        _field("funding", words(200), "Funding", "Budget", "Cost code", "Funded by",
               "Funding source", "Budget code", "Cost centre"),
        _field("supplier", words(200), "Bought from", "Purchased from", "Vendor", "Reseller",
               "Supplied by", column="supplier_id"),
        _field("warranty_end", day, "Warranty", "Warranty end", "Warranty expires",
               "Warranty expiry", "Warranty until", "Warranty end date", "Warranty to",
               "Guarantee", "Warranty expiry date"),
        _field("contract", words(200), "Covered by", "Support contract", "Maintenance contract",
               "Cover", column="contract_id"),
        _field("os_version", words(200), "OS", "Operating system", "OS version", "System",
               "Windows version"),
        _field("notes", words(10_000, is_long=True), "Note", "Comments", "Comment", "Remarks",
               "Details", "Info", "Information"),
    )
    # fmt: on
    defaults = {"make": "", "status": "in_use", "own_fields": {}}

    def is_missing(self, chosen: Collection[str]) -> str | None:
        """A list of serial numbers says something of what is there already."""
        if {"tag", "serial"} & set(chosen):
            return None
        return "Choose a column for the tag: what stands on the label of each thing."

    def keys(self, said: dict[str, Any]) -> list[tuple[str, ...]]:
        found: list[tuple[str, ...]] = []
        if "tag" in said:
            found.append(("tag", said["tag"].lower()))
        if "serial" in said:
            found.append(("serial", said.get("make", "").lower(), said["serial"].lower()))
        return found

    def look_up(self, batch: Batch) -> None:
        lines = batch.good
        by_tag = _by_tag(lines)
        by_serial = _by_serial(lines)
        for line in lines:
            line.thing = self._thing(line, by_tag, by_serial)
            line.row = {name: line.said[name] for name in _PLAIN if name in line.said}
            _set_references(line, batch)
            if line.thing is None and "type" not in line.row:
                line.row["type"] = _guessed_type(line.said)
            _check_serial(line, by_serial)

    def _thing(self, line: Line, by_tag: dict[str, Asset], by_serial: Serials) -> Asset | None:
        if "tag" in line.said:
            return by_tag.get(line.said["tag"].lower())
        found = by_serial.get(line.said.get("serial", "").lower(), [])
        if "make" in line.said:
            found = [one for one in found if one.make.lower() == line.said["make"].lower()]
        return found[0] if len(found) == 1 else None

    def check(self, line: Line, batch: Batch) -> None:
        wanted = line.row.get("status")
        if line.thing is None:
            if wanted is not None and wanted not in rules.FIRST:
                words_ = ", ".join(rules.STATUS_WORDS[one].lower() for one in rules.FIRST)
                line.refuse("status", f"New equipment is one of: {words_}.")
            return
        tag, status = line.thing.tag, line.thing.status
        if status == "disposed" and set(line.changes) - {"notes"}:
            line.refuse("", f"{tag} has been disposed of. Only its notes can be changed.")
        elif "status" in line.changes and wanted is not None:
            if wanted not in rules.MAY_FOLLOW[status]:
                line.refuse("status", rules.refusal(tag, status, wanted))
            elif wanted not in rules.FIRST or status not in rules.FIRST:
                line.refuse("status", f"Change this on the page of {tag}, not by a spreadsheet.")

    def title(self, thing: Any) -> str:
        return str(thing.tag)

    def words(self, column: str, value: Any, known: Any) -> str:
        named = {"type": rules.TYPES, "status": rules.STATUS_WORDS}.get(column, {})
        return named.get(value) or super().words(column, value, known)

    def kind_of(self, changes: Iterable[str]) -> tuple[str, str | None]:
        names = set(changes)
        for column, kind in _CALLED:
            if column in names:
                return kind, column
        return super().kind_of(names)

    def prepare(self, batch: Batch) -> None:
        """The rooms that are missing, where the person said so."""
        missing: dict[str, str] = {}
        for line in batch.good:
            text = line.said.get("location")
            if text is not None and batch.known.room(text) is None:
                missing.setdefault(folded(text), text)
        for text in missing.values():
            room = add_location(by=batch.by, name=text, kind=kind_of_room(text))
            batch.known.rooms[folded(text)] = Room(room.id, room.name, room.key)
        for line in batch.good:
            if folded(line.said.get("location", "")) not in missing:
                continue
            found = batch.known.room(line.said["location"])
            assert found is not None
            line.row["location_id"] = found.id
            if line.thing is not None:
                line.changes["location_id"] = found.id
                line.planned = CHANGED

    def finish(self, lines: list[Line]) -> None:
        """The words to find them by: five times as many rows as equipment."""
        by_tag, by_serial = _by_tag(lines), _by_serial(lines)
        found = [self._thing(line, by_tag, by_serial) for line in lines]
        there = {one.id: one for one in found if one is not None}
        if there:
            index_words(list(there.values()))

    def kept(self, added: Sequence[Any], changed: Sequence[Any]) -> None:
        if added:
            index_words(added, are_new=True)
        if changed:
            index_words(changed)


# Until the room has been made.
_NEW_ROOM = 0
Serials = dict[str, list[Asset]]
_CALLED = (
    ("status", "asset.status_changed"),
    ("location_id", "asset.moved"),
    ("holder", "asset.handed_over"),
)


def _by_tag(lines: Sequence[Line]) -> dict[str, Asset]:
    tags = [line.said["tag"].lower() for line in lines if "tag" in line.said]
    found = db.session.scalars(select(Asset).where(Asset.tag_key.in_(tags)))
    return {one.tag.lower(): one for one in found}


def _by_serial(lines: Sequence[Line]) -> Serials:
    serials = [line.said["serial"].lower() for line in lines if "serial" in line.said]
    found: Serials = {}
    if serials:
        for one in db.session.scalars(select(Asset).where(func.lower(Asset.serial).in_(serials))):
            found.setdefault((one.serial or "").lower(), []).append(one)
    return found


def _check_serial(line: Line, by_serial: Serials) -> None:
    serial = line.row.get("serial")
    if not serial:
        return
    make = line.row.get("make") or (line.thing.make if line.thing else "")
    for other in by_serial.get(serial.lower(), []):
        if other is not line.thing and other.make.lower() == make.lower():
            of_make = f" of {make}" if make else ""
            line.refuse("serial", f"{other.tag} has this serial number{of_make} already.")
            return


def _set_references(line: Line, batch: Batch) -> None:
    said, known = line.said, batch.known
    if room := said.get("location"):
        _set_room(line, room, batch)
    if holder := said.get("holder"):
        who = known.people.get(folded(holder))
        line.row["holder"] = who[1] if who else holder
        line.row["holder_id"] = who[0] if who else None
    for name, there, what in (
        ("supplier", known.suppliers, "supplier"),
        ("contract", known.contracts, "contract"),
    ):
        if text := said.get(name):
            if found := there.get(folded(text)):
                line.row[f"{name}_id"] = found.id
            else:
                line.refuse(name, missing(what, text))


def _set_room(line: Line, text: str, batch: Batch) -> None:
    room = batch.known.room(text)
    is_there = line.thing is not None and room is not None and line.thing.location_id == room.id
    if room is not None and room.is_archived and not is_there:
        line.refuse("location", f"{room.name} is no longer used. Choose another room.")
    elif room is not None:
        line.row["location_id"] = room.id
    else:
        batch.known.rooms_missing.setdefault(folded(text), text)
        if batch.add_rooms:
            # It is a move for what stands elsewhere now, or nowhere.
            line.row["location_id"] = _NEW_ROOM
        else:
            line.refuse("location", f"The school has no room “{short(text)}”.")
