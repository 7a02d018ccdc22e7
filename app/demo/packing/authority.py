"""The authority's own rows that schools point at: told by what people call them, not by their ids,
so that they are found again in another database."""

from __future__ import annotations

import json
from typing import Any

# By table: id, and the words that it is known by.
_KNOWN_BY = {
    "la_memberships": """
        SELECT m.id, p.email || ' ' || m.role FROM la_memberships m
          JOIN people p ON p.id = m.person_id ORDER BY m.id DESC""",
    "la_support_groups": "SELECT id, key FROM la_support_groups",
    "la_agreements": "SELECT id, key FROM la_agreements",
    "la_agreement_versions": """
        SELECT v.id, a.key || ' ' || v.number FROM la_agreement_versions v
          JOIN la_agreements a ON a.id = v.agreement_id""",
    "la_contract_offers": "SELECT id, key FROM la_contract_offers",
}
_PACKS = """
    SELECT a.key, a.name, a.kind, v.number, v.valid_from, v.terms
      FROM la_agreements a JOIN la_agreement_versions v ON v.agreement_id = a.id
     WHERE a.kind = 'uc' AND NOT a.is_default AND NOT a.is_example ORDER BY a.key, v.number"""


def words_of(cursor: Any, table: str) -> dict[str, str]:
    """Id → words. Nothing of a table that no played school points at."""
    if table not in _KNOWN_BY:
        return {}
    cursor.execute(_KNOWN_BY[table])
    return {str(number): words for number, words in cursor.fetchall()}


def ids_of(cursor: Any, table: str) -> dict[str, str]:
    """Words → id; the oldest of two."""
    return {words: number for number, words in words_of(cursor, table).items()}


def packs(cursor: Any) -> list[dict[str, Any]]:
    """What suppliers promise the schools of the authority."""
    cursor.execute(_PACKS)
    names = ("key", "name", "kind", "number", "valid_from", "terms")
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [{**one, "valid_from": one["valid_from"].isoformat()} for one in rows]


def add_missing(cursor: Any, wanted: list[dict[str, Any]]) -> None:
    have = ids_of(cursor, "la_agreement_versions")
    for one in wanted:
        if f"{one['key']} {one['number']}" in have:
            continue
        cursor.execute(
            """INSERT INTO la_agreements (key, name, kind, is_default)
               VALUES (%(key)s, %(name)s, %(kind)s, false) ON CONFLICT (key) DO NOTHING""",
            one,
        )
        cursor.execute(
            """INSERT INTO la_agreement_versions (agreement_id, number, valid_from, terms)
               SELECT id, %(number)s, %(valid_from)s, %(said)s::jsonb
                 FROM la_agreements WHERE key = %(key)s""",
            {**one, "said": json.dumps(one["terms"])},
        )
