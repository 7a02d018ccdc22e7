"""Which tables travel, which of their columns, in which order, and what points at the authority's
own rows: all of it read from the database, so that a new table or column travels by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any

from tenants.policies import RIGHTS, school_column

# What is of no use at another desk, and what opens something.
STAYS = frozenset(
    {"schools", "school_identifiers", "idempotency_keys", "drafts", "digest_entries"}
    | {"mail_troubles", "diary_feeds", "invitations", "labels", "register_imports"}
    | {"import_mistakes", "import_mappings", "brought_incidents"}
)
# What is counted anew from the rest.
COUNTED_ANEW = ("figure_", "depth_")
# Many rows that nothing points at: they get the ids that come.
WITHOUT_ID = frozenset(
    {"events", "turns", "clocks", "access_records", "diagnostic_checks", "worklogs"}
)
# An order in which one row is much like the one before; the others go by their key.
ORDER = {
    "events": ("school_id", "subject_kind", "subject_id", "at", "id"),
    "turns": ("school_id", "incident_id", "began_at", "id"),
    "clocks": ("school_id", "incident_id", "id"),
}
# Of no table's reference, but a member of the LA's lines all the same.
SOFT_LINKS = {("events", "actor_la_membership_id"): "la_memberships"}
# These may name the school itself; then 0 travels.
OF_ITSELF = {("events", "subject_id")}
# A mail of those days is not sent today.
ONLY_ROWS = {
    "outbox": "done_at IS NULL AND failed_at IS NULL AND task !~ '^(tell|send|remind)_'",
}


@dataclass(frozen=True)
class Column:
    name: str
    type: str
    # The authority's table whose row it names.
    link: str | None = None
    is_made_now: bool = False


@dataclass(frozen=True)
class Table:
    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    # Its ids are numbers that the database gives, so what is played has those from far up.
    has_number: bool = False

    @property
    def order(self) -> tuple[str, ...]:
        return ORDER.get(self.name, self.key)


_COLUMNS = """
    SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
           coalesce(pg_get_expr(d.adbin, d.adrelid), '') = 'now()'
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
      LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (a.attrelid, a.attnum)
     WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0
       AND NOT a.attisdropped AND a.attgenerated = ''
     ORDER BY c.relname, a.attnum"""
_KEYS = """
    SELECT k.conrelid::regclass::text, array_agg(a.attname::text ORDER BY o.place)
      FROM pg_constraint k CROSS JOIN unnest(k.conkey) WITH ORDINALITY o(number, place)
      JOIN pg_attribute a ON (a.attrelid, a.attnum) = (k.conrelid, o.number)
     WHERE k.contype = 'p' AND k.connamespace = 'public'::regnamespace
     GROUP BY k.conrelid"""
_REFERENCES = """
    SELECT k.conrelid::regclass::text, k.confrelid::regclass::text,
           array_agg(a.attname::text ORDER BY o.place)
      FROM pg_constraint k CROSS JOIN unnest(k.conkey) WITH ORDINALITY o(number, place)
      JOIN pg_attribute a ON (a.attrelid, a.attnum) = (k.conrelid, o.number)
     WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace
     GROUP BY k.oid, k.conrelid, k.confrelid"""


def travelling(cursor: Any) -> list[Table]:
    """In an order in which what is pointed at comes first."""
    of_schools = {name for name in RIGHTS if school_column(name) == "school_id"} - STAYS
    names = {name for name in of_schools if not name.startswith(COUNTED_ANEW)}
    references = _rows(cursor, _REFERENCES)
    links = dict(SOFT_LINKS)
    before: dict[str, set[str]] = {name: set() for name in names}
    for table, other, columns in references:
        if other.startswith("la_") and len(columns) == 1:
            links[table, columns[0]] = other
        if table in names and other in names and other != table:
            before[table].add(other)
    found = _columns(cursor, links)
    keys = dict(_rows(cursor, _KEYS))
    order = TopologicalSorter({name: sorted(before[name]) for name in sorted(names)})
    return [
        Table(name, _that_travel(name, found[name]), tuple(keys[name]), _has_number(found[name]))
        for name in order.static_order()
    ]


def _that_travel(table: str, columns: list[Column]) -> tuple[Column, ...]:
    return tuple(one for one in columns if one.name != "id" or table not in WITHOUT_ID)


def _has_number(columns: list[Column]) -> bool:
    return any(one.name == "id" and one.type in ("integer", "bigint") for one in columns)


def _columns(cursor: Any, links: dict[tuple[str, str], str]) -> dict[str, list[Column]]:
    found: dict[str, list[Column]] = {}
    for table, name, kind, is_made_now in _rows(cursor, _COLUMNS):
        column = Column(name, kind, links.get((table, name)), is_made_now)
        found.setdefault(table, []).append(column)
    return found


def _rows(cursor: Any, question: str) -> Iterator[Any]:
    cursor.execute(question)
    return iter(cursor.fetchall())
