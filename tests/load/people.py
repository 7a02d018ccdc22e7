"""Who asks: a SPOC and a reporter for each school, and the LA's first line."""

from __future__ import annotations

from typing import Any

TECHNICIANS = 12

_MAKE = """
    -- It is day: what is done at night, about figures these incidents never had, has been done.
    INSERT INTO periods (task, period, done_at)
    SELECT task, to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD'), now()
      FROM (VALUES ('check_figures'), ('count_in_depth')) night(task);
    INSERT INTO people (email, name, kind, is_active, keyboard_shortcuts, version)
    SELECT who.role || '-' || n || '@load.example', initcap(who.role) || ' ' || n, 'staff', true,
           true, 1
      FROM generate_series(1, {schools}) n, (VALUES ('spoc'), ('reporter')) who(role)
     UNION ALL
    SELECT 'tech-' || n || '@load.example', 'Tech ' || n, 'la_staff', true, true, 1
      FROM generate_series(1, {technicians}) n;
    INSERT INTO memberships (school_id, person_id, name, role, valid_from, version)
    SELECT s.id, p.id, p.name, split_part(p.email, '-', 1), current_date - 400, 1
      FROM people p
      JOIN schools s ON s.slug = 'bench-' || split_part(split_part(p.email, '@', 1), '-', 2)
     WHERE p.email LIKE '%%@load.example' AND p.kind = 'staff';
    INSERT INTO la_memberships (person_id, name, role, version)
    SELECT id, name, 'la_first_line', 1 FROM people WHERE email LIKE 'tech-%%@load.example';
    INSERT INTO la_support_group_members (group_id, membership_id)
    SELECT g.id, m.id FROM la_support_groups g, la_memberships m
     WHERE g.line = 1 AND m.name LIKE 'Tech %%';
    INSERT INTO sessions (id, token_hash, person_id, device, is_shared_computer, idle_seconds,
                          created_at, last_seen_at, expires_at)
    SELECT gen_random_uuid(), sha256(('session-of-' || email)::bytea), id, 'load', false, 864000,
           now(), now(), now() + interval '10 days'
      FROM people WHERE email LIKE '%%@load.example';
    INSERT INTO api_tokens (id, token_hash, person_id, name, is_read_only, created_at, expires_at)
    SELECT gen_random_uuid(), sha256(('deskbell_' || email)::bytea), id, 'load', false, now(),
           now() + interval '10 days'
      FROM people WHERE email LIKE '%%@load.example';
    ANALYZE;
"""
_OPEN = """
    SELECT s.slug, i.number, i.status FROM incidents i JOIN schools s ON s.id = i.school_id
     WHERE i.is_open AND i.line = 1 AND i.status IN ('queued', 'in_progress')
     ORDER BY i.logged_at DESC LIMIT 20000
"""


def make_people(cursor: Any, schools: int) -> None:
    cursor.execute(_MAKE.format(schools=schools, technicians=TECHNICIANS).replace("%%", "%"))


def open_incidents(cursor: Any) -> dict[str, list[tuple[str, int]]]:
    """Those at the LA's first line, by status."""
    cursor.execute(_OPEN)
    found: dict[str, list[tuple[str, int]]] = {"queued": [], "in_progress": []}
    for slug, number, status in cursor.fetchall():
        found[status].append((slug, number))
    return found


def cookie(email: str) -> dict[str, str]:
    return {"Cookie": f"__Host-deskbell=session-of-{email}"}


def token(email: str) -> dict[str, str]:
    return {"Authorization": f"Bearer deskbell_{email}"}
