"""The mapping file: which of their columns and words are which of ours (docs/history.md). Pure.

A mapping that cannot be meant is refused in one sentence before a row is read.
"""

from __future__ import annotations

import codecs
import tomllib
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from app.contracts.rules import HOLD_REASONS
from app.past.words import OURS, READ, REST, alike

ISO, UNIX = "iso", "unix"
# fmt: off
COLUMNS = (
    "incident", "time", "status", "group", "line", "person", "priority", "impact", "urgency",
    "hold_reason", "category", "type", "title", "reporter", "reported_at",
)
# Other names that people give them.
_CALLED = {
    "id": "incident", "case": "incident", "number": "incident", "reference": "incident",
    "key": "incident", "timestamp": "time", "at": "time", "state": "status", "team": "group",
    "assignee": "person", "reason": "hold_reason",
}
# fmt: on
_FIXED = ("slug", "fixed", "school", "code", "urn")
_NEEDED = ("incident", "time")
_SECTIONS = frozenset(
    {"columns", "time", "values", "school", "missing", "source", "file", "defaults"}
)


class CannotMap(Exception):
    """One sentence for whoever wrote the mapping."""


@dataclass(frozen=True)
class SchoolBy:
    """Always one school, or what a column says: their value → slug, code or URN."""

    slug: str | None = None
    column: str | None = None
    values: AnyMapping[str, str] | None = None


@dataclass(frozen=True)
class Mapping:
    source: str
    columns: AnyMapping[str, tuple[str, ...]]
    formats: tuple[str, ...]
    zone: tzinfo
    values: AnyMapping[str, AnyMapping[str, Any]]
    school: SchoolBy
    missing: frozenset[str]
    defaults: AnyMapping[str, Any]
    delimiter: str | None = None
    encoding: str | None = None
    # What stands in it and is not known here: said, and left aside.
    unused: tuple[str, ...] = ()


def read_mapping(path: Path) -> Mapping:
    """Raises CannotMap."""
    try:
        found = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise CannotMap(f"The mapping cannot be opened: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise CannotMap("The mapping is not UTF-8. Save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise CannotMap(f"The mapping is not TOML: {error}.") from error
    return mapping_of(found, source=path.stem)


def mapping_of(found: dict[str, Any], *, source: str) -> Mapping:
    columns, unused = _columns(_table(found, "columns"))
    values, more = _values(_table(found, "values"))
    time, file = _table(found, "time"), _table(found, "file")
    unused += more + [one for one in found if one not in _SECTIONS]
    return Mapping(
        source=_text(found.get("source", source), "source"),
        columns=columns,
        formats=_formats(time),
        zone=_zone(time.get("zone", "Europe/London")),
        values=values,
        school=_school(found.get("school"), _table(found, "values").get("school")),
        missing=_missing(found),
        defaults=_defaults(_table(found, "defaults")),
        delimiter=_delimiter(file.get("delimiter")),
        encoding=_encoding(file.get("encoding")),
        unused=tuple(unused),
    )


def _table(found: AnyMapping[str, Any], name: str) -> dict[str, Any]:
    part = found.get(name, {})
    if not isinstance(part, dict):
        raise CannotMap(f"[{name}] in the mapping has to be a table of its own.")
    return part


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise CannotMap(f"“{where}” in the mapping has to be a text.")
    return value.strip()


def _columns(part: dict[str, Any]) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    found: dict[str, tuple[str, ...]] = {}
    unused = []
    for name, theirs in part.items():
        ours = _CALLED.get(name, name)
        if ours in COLUMNS:
            found[ours] = _headings(theirs, name)
        elif name not in ("sub_status", "sub-status", "missing"):
            unused.append(f"columns.{name}")
    for name in ("sub_status", "sub-status"):
        if name in part:
            found["status"] = (*found.get("status", ()), *_headings(part[name], name))
    for name in _NEEDED:
        if name not in found:
            raise CannotMap(f"[columns] has to name the column of “{name}”.")
    return found, unused


def _headings(theirs: Any, name: str) -> tuple[str, ...]:
    several = theirs if isinstance(theirs, list) and theirs else [theirs]
    return tuple(_text(one, f"columns.{name}") for one in several)


def _values(part: dict[str, Any]) -> tuple[dict[str, dict[str, Any]], list[str]]:
    found = {}
    for name in part:
        if name in READ:
            table = _table(part, name)
            found[name] = {_key(theirs): _ours(name, ours) for theirs, ours in table.items()}
    others = [one for one in part if one not in READ and one not in ("school", "missing")]
    return found, [f"values.{one}" for one in others]


def _key(theirs: str) -> str:
    return alike(theirs) or REST


def _ours(name: str, value: Any) -> Any:
    """None for "": such a value says nothing."""
    if value == "":
        return None
    read = READ[name](str(value)) if isinstance(value, str | int) else None
    if read is None:
        raise CannotMap(f"“{value}” in [values.{name}] is none of ours. Choose of: {OURS[name]}.")
    return read


def _defaults(part: dict[str, Any]) -> dict[str, Any]:
    known = ("status", "line", "priority", "type", "category")
    given = {name: value for name, value in part.items() if name != "missing"}
    for name in given:
        if name not in known:
            raise CannotMap(f"[defaults] knows {', '.join(known)}, not “{name}”.")
    found = {name: _ours(name, value) for name, value in given.items()}
    if found.get("status") in HOLD_REASONS:
        raise CannotMap("[defaults] names a state, not why something waits.")
    return {name: value for name, value in found.items() if value is not None}


def _formats(time: dict[str, Any]) -> tuple[str, ...]:
    given = time.get("format", ISO)
    several = given if isinstance(given, list) and given else [given]
    found = tuple(_text(one, "time.format") for one in several)
    for one in found:
        if one.lower() not in (ISO, UNIX) and "%" not in one:
            raise CannotMap(
                f"“{one}” in [time] is no format. Write it like %d/%m/%Y %H:%M, or iso or unix."
            )
    return found


def _zone(name: Any) -> tzinfo:
    try:
        return ZoneInfo(_text(name, "time.zone"))
    except (KeyError, ValueError, OSError) as error:
        raise CannotMap(f"“{name}” in [time] is no time zone, like Europe/London.") from error


def _school(part: Any, named: Any) -> SchoolBy:
    if isinstance(part, str):
        part = {"slug": part}
    if not isinstance(part, dict) or not part:
        raise CannotMap("[school] has to name the school: slug = “…”, or column = “…”.")
    fixed = next((part[one] for one in _FIXED if one in part), None)
    if (fixed is None) == ("column" not in part):
        raise CannotMap("[school] has to have either a slug or a column.")
    if fixed is not None:
        return SchoolBy(slug=_text(str(fixed), "school.slug"))
    values = {**(named or {}), **_table(part, "values")}
    return SchoolBy(
        column=_text(part["column"], "school.column"),
        values={_key(one): _text(ours, "school.values") for one, ours in values.items()},
    )


def _missing(found: dict[str, Any]) -> frozenset[str]:
    """In TOML a line below a table belongs to that table; there it means the same."""
    tables = [one for one in found.values() if isinstance(one, dict)]
    given = [one["missing"] for one in (found, *tables) if "missing" in one]
    several = [text for one in given for text in (one if isinstance(one, list) else [one])]
    if not all(isinstance(one, str) for one in several):
        raise CannotMap('“missing” has to be a list of texts, like ["?"].')
    return frozenset({"", *(alike(one) for one in several)})


def _delimiter(value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or len(value) != 1 or value in '"\r\n':
        raise CannotMap("“delimiter” in [file] has to be one character, like “;”.")
    return value


def _encoding(value: Any) -> str | None:
    if value is None:
        return None
    name = _text(value, "file.encoding")
    try:
        return codecs.lookup(name).name
    except LookupError as error:
        raise CannotMap(f"“{value}” in [file] is no encoding, like utf-8 or cp1252.") from error
