"""Reads the SQL of a migration for what would hold a lock on a table with rows in it for long,
or would break the release that is still running."""

from __future__ import annotations

import re
from collections.abc import Iterable

_CREATES = re.compile(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+)", re.I)
_ON_TABLE = (
    re.compile(r"ALTER TABLE (?:ONLY )?(\w+)", re.I),
    re.compile(r"CREATE (?:UNIQUE )?INDEX .*? ON (?:ONLY )?(\w+)", re.I | re.S),
    re.compile(r"(?:UPDATE|DELETE FROM|LOCK TABLE|TRUNCATE|DROP TABLE) (?:ONLY )?(\w+)", re.I),
)

# fmt: off
# What may not stand in a step, unless the table is made in that very step; and what to do instead.
_TOO_LONG = {
    r"CREATE (UNIQUE )?INDEX (?!CONCURRENTLY)":
        "builds an index while nobody may write: CONCURRENTLY, in a step of its own",
    r"ADD COLUMN (?!.*\bDEFAULT\b).*\bNOT NULL\b":
        "adds a column that must be filled: give it a constant default, or fill it later",
    r"ADD COLUMN .*\bDEFAULT\b.*(random|uuid|clock_timestamp|nextval|GENERATED)":
        "writes every row anew: add the column empty and fill it in small steps",
    r"ADD (CONSTRAINT \w+ )?(FOREIGN KEY|CHECK)(?!.*NOT VALID)":
        "looks at every row under a lock: NOT VALID now, VALIDATE CONSTRAINT in the next step",
    r"ADD (CONSTRAINT \w+ )?(UNIQUE|PRIMARY KEY)(?! USING INDEX)":
        "builds an index under a lock: build it CONCURRENTLY, then ADD … USING INDEX",
    r"ALTER COLUMN \w+ (SET DATA )?TYPE":
        "writes every row anew: add a second column",
    r"ALTER COLUMN \w+ SET NOT NULL":
        "looks at every row under a lock: a CHECK that is NOT VALID, then VALIDATE",
    r"^\s*(UPDATE|DELETE FROM)\b(?!.*\bLIMIT\b)":
        "touches every row in one transaction: small steps",
    r"^\s*(LOCK TABLE|TRUNCATE|CLUSTER|VACUUM FULL)\b":
        "keeps everybody out",
}
# What the release that is still running may need; a later release removes it.
_TOO_EARLY = {
    r"DROP COLUMN|DROP TABLE|RENAME (COLUMN|TO)": "takes away what running code may use",
    r"DROP INDEX (?!CONCURRENTLY)": "waits for a table's every user: DROP INDEX CONCURRENTLY",
}
# fmt: on


def complaints(statements: Iterable[str], later_in: str = "") -> list[str]:
    """One sentence for each statement of a step that must not run while the desk is open.

    Tables made in the step itself are empty, so anything may be done to them.
    """
    listed = list(statements)
    new = {name for one in listed for name in _CREATES.findall(one)}
    found = []
    for one in listed:
        flat = " ".join(one.split())
        table = next((hit[1] for look in _ON_TABLE if (hit := look.search(flat))), "")
        if table in new or _CREATES.match(flat) or table == "alembic_version":
            continue
        for pattern, why in {**_TOO_LONG, **_TOO_EARLY}.items():
            if re.search(pattern, flat, re.I):
                found.append(f"{later_in}{flat[:90]}: {why}")
    return found
