"""Checklists that the desk keeps ready: the school's own and the LA's for every school.

A line of one that was answered is a line of the diagnostics sheet, which names list and place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert

from app import clock
from app.errors import NotThere, Refused, wrong
from app.history.actions import record, record_at_la
from app.incidents.beside import Checklist, LaChecklist
from app.incidents.models import DiagnosticCheck, Incident
from app.people.identity import Me
from tenants import db

MOST_ITEMS = 40
AnyChecklist = Checklist | LaChecklist
Item = dict[str, Any]

# fmt: off
# What a new deployment begins with, of the LA. "*": a Tech Advisor may try it.
EXAMPLES: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("screen-no-picture", "Projector or screen shows no picture", "display", (
        "*Is it switched on, and is there a light?", "*Are both ends of the cable pushed in?",
        "*Is the right input chosen?", "*Does another laptop show a picture?",
        "Does another cable show a picture?", "Lamp hours and error light")),
    ("printer-does-not-print", "Printer does not print", "print", (
        "*Is it on, and what does its display say?", "*Is there paper in the tray?",
        "*Is there toner, and no jam?", "*Does another computer print to it?",
        "Is the queue stuck? Clear it", "Does it answer on the network?",
        "Driver removed and added")),
    ("no-network", "No network or Wi-Fi", "network", (
        "*Is it one device or all in the room?", "*Wi-Fi off and on again",
        "*Does it work in another room?", "Does it get an address?",
        "Access point: light, power, cable", "Switch port and VLAN", "Filter or proxy")),
    ("cannot-sign-in", "Cannot sign in", "account", (
        "*Is the name typed right, and caps lock off?", "*Does it work on another computer?",
        "Is the account locked or expired?", "Password reset, and told safely",
        "Licence of the account")),
    ("computer-slow-or-dead", "Computer does not start or is slow", "hardware", (
        "*Is the mains on, and the charger in?", "*Restarted?", "*Anything new plugged in?",
        "Disk: space and health", "Updates waiting", "Memory and temperature")),
    ("program-fails", "A program does not work", "software", (
        "*What exactly does the message say?", "*Closed and opened again?",
        "*Does it work for somebody else?", "Version and updates", "Licence",
        "Repaired or installed again")),
    ("filter", "Web filter blocks, or does not", "safeguarding_filtering", (
        "The address, and who asked for it", "Is it blocked for staff and pupils?",
        "Which rule of the filter", "Told the safeguarding lead?")),
    ("telephone", "Telephone is dead", "telephony", (
        "*Is the cable in?", "*Does another handset work there?", "Port, power over Ethernet",
        "Status of the provider")),
)
# fmt: on
_NOT_IN_KEY = re.compile(r"[^a-z0-9]+")


def offered(category: str | None = None) -> list[AnyChecklist]:
    """What can be chosen, those of the category first, the school's own before the LA's."""
    found: list[AnyChecklist] = []
    for model in (Checklist, LaChecklist):
        wanted: Any = select(model).where(model.is_archived.is_(False)).order_by(model.name)
        found += db.session.scalars(wanted.limit(200))
    own = {one.key for one in found if isinstance(one, Checklist)}
    # A school's own of the same key stands in place of the LA's.
    shown = [one for one in found if isinstance(one, Checklist) or one.key not in own]
    return sorted(shown, key=lambda one: one.category != category)


def checklist_named(key: str) -> AnyChecklist:
    """The school's own first. Raises NotThere."""
    for model in (Checklist, LaChecklist):
        wanted: Any = select(model).where(model.key == key, model.is_archived.is_(False))
        if (found := db.session.scalar(wanted)) is not None:
            one: AnyChecklist = found
            return one
    raise NotThere


def check_line(key: str | None, position: int | None) -> None:
    """Both or neither, and the list has such a place."""
    if not key or not position:
        raise wrong("position" if key else "checklist", "Name the checklist and the place on it.")
    try:
        found = checklist_named(key)
    except NotThere:
        raise wrong("checklist", "There is no such checklist.") from None
    if position > len(found.items):
        raise wrong("position", f"This checklist ends at {len(found.items)}.")


def answered(incident: Incident, key: str) -> dict[int, DiagnosticCheck]:
    """The last answer to each place of a list."""
    lines = db.session.scalars(
        select(DiagnosticCheck)
        .where(DiagnosticCheck.incident_id == incident.id, DiagnosticCheck.checklist_key == key)
        .order_by(DiagnosticCheck.id)
    )
    return {line.position: line for line in lines if line.position}


def last_used(incident: Incident) -> str | None:
    """The list that was begun, so that the page goes on with it."""
    return db.session.scalar(
        select(DiagnosticCheck.checklist_key)
        .where(
            DiagnosticCheck.incident_id == incident.id,
            DiagnosticCheck.checklist_key.is_not(None),
        )
        .order_by(DiagnosticCheck.id.desc())
        .limit(1)
    )


def shown_checklist(one: AnyChecklist) -> dict[str, Any]:
    return {
        "key": one.key,
        "name": one.name,
        "category": one.category,
        "scope": "school" if isinstance(one, Checklist) else "la",
        "items": [
            {"position": place, "text": item["text"], "safe": bool(item.get("is_safe"))}
            for place, item in enumerate(one.items, start=1)
        ],
    }


# --- keeping them ---


def all_of_school() -> Sequence[Checklist]:
    return db.session.scalars(select(Checklist).order_by(Checklist.name).limit(200)).all()


def all_of_la() -> Sequence[LaChecklist]:
    return db.session.scalars(select(LaChecklist).order_by(LaChecklist.name).limit(200)).all()


def kept(number: int, *, at_la: bool = False) -> AnyChecklist:
    """Raises NotThere."""
    model: Any = LaChecklist if at_la else Checklist
    found: AnyChecklist | None = db.session.scalar(
        select(model).where(model.id == number).with_for_update()
    )
    if found is None:
        raise NotThere
    return found


def items_from(text: str) -> list[Item]:
    """One a line; a line that begins with a star is safe for a Tech Advisor to try."""
    items = [_item(line) for line in text.splitlines() if line.strip(" *")]
    if not items:
        raise wrong("items", "Write at least one check.")
    if len(items) > MOST_ITEMS:
        raise wrong("items", f"Write at most {MOST_ITEMS} checks; a longer list is not used.")
    if any(len(one["text"]) > 500 for one in items):
        raise wrong("items", "A check must be 500 characters or fewer.")
    return items


def text_of(items: Iterable[Item]) -> str:
    return "\n".join(f"{'*' if one.get('is_safe') else ''}{one['text']}" for one in items)


def add(*, by: Me, at_la: bool = False, **said: Any) -> AnyChecklist:
    model: Any = LaChecklist if at_la else Checklist
    key = _key_of(said["name"])
    taken = select(model.id).where(or_(model.key == key, model.name == said["name"]))
    if db.session.scalar(taken) is not None:
        raise wrong("name", "There is a checklist of this name already.")
    at = clock.now()
    one: AnyChecklist = model(
        key=key,
        name=said["name"],
        category=said.get("category"),
        items=items_from(said["items"]),
        updated_at=at,
    )
    db.session.add(one)
    db.session.flush()
    _record("checklist.added", one, by)
    return one


def change(one: AnyChecklist, *, by: Me, **said: Any) -> None:
    """The key stays, so what was answered stays with it."""
    model: Any = type(one)
    taken = select(model.id).where(model.name == said["name"], model.id != one.id)
    if db.session.scalar(taken) is not None:
        raise wrong("name", "There is a checklist of this name already.")
    one.name, one.category = said["name"], said.get("category")
    one.items = items_from(said["items"])
    _touch(one)
    _record("checklist.changed", one, by)


def archive(one: AnyChecklist, *, by: Me, is_archived: bool) -> None:
    if one.is_archived == is_archived:
        raise Refused("It is like that already.")
    one.is_archived = is_archived
    _touch(one)
    _record("checklist.archived" if is_archived else "checklist.restored", one, by)


def ship_examples() -> None:
    """In the LA's administration; what is there, or was put away, stays as it is."""
    for key, name, category, lines in EXAMPLES:
        db.session.execute(
            insert(LaChecklist)
            .values(key=key, name=name, category=category, items=[_item(one) for one in lines])
            .on_conflict_do_nothing(index_elements=["key"])
        )


def _item(line: str) -> Item:
    text = line.strip()
    return {"text": text.lstrip("* ").strip(), "is_safe": text.startswith("*")}


def _key_of(name: str) -> str:
    return _NOT_IN_KEY.sub("-", name.lower()).strip("-")[:80] or "checklist"


def _touch(one: AnyChecklist) -> None:
    one.version += 1
    one.updated_at = clock.now()
    db.session.flush()


def _record(kind: str, one: AnyChecklist, by: Me) -> None:
    at = clock.now()
    if isinstance(one, Checklist):
        record(kind, subject_kind="checklist", subject_id=one.id, at=at, by=by, to_value=one.name)
    else:
        record_at_la(kind, one.name, at=at, by=by, to_value=one.name)
