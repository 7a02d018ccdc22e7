"""Databases to measure on: 520 schools with so many incidents, made by SQL in bulk.

15 % are open in the newest tenth and 6 % elsewhere. One more school holds 100,000 incidents of its
own for the export. Every incident has turns, clocks and events.
"""

from __future__ import annotations

import time
from typing import Any

import psycopg2
from sqlalchemy.engine import make_url

from tests.bench.said import say

SCHOOLS = 520
BIG_SCHOOL = 100_000
SECRET = "bench-session-of-the-technician"
SPOC_SECRET = "bench-session-of-the-spoc"
TECHNICIAN_TOKEN = "deskbell_bench_technician"
SPOC_TOKEN = "deskbell_bench_spoc"
RARE, COMMON = "zyzzyva", "projector"

_INDEXES_LATER = """
    SELECT format('DROP INDEX %I', indexname), indexdef FROM pg_indexes
     WHERE schemaname = 'public' AND tablename IN ('incidents', 'events', 'turns', 'clocks')
       AND indexname NOT IN (SELECT conname FROM pg_constraint)
"""
_PEOPLE = """
    INSERT INTO people (email, name, kind, is_active, keyboard_shortcuts, version)
    VALUES ('tech@la.example', 'Bench Technician', 'la_staff', true, true, 1),
           ('spoc@big.example', 'Bench Spoc', 'staff', true, true, 1);
    INSERT INTO la_memberships (person_id, name, role, version)
    SELECT id, name, 'la_first_line', 1 FROM people WHERE email = 'tech@la.example';
    INSERT INTO la_support_group_members (group_id, membership_id)
    SELECT g.id, m.id FROM la_support_groups g, la_memberships m WHERE g.line = 1;
    INSERT INTO schools (slug, code, name, status, pupils_invented, version)
    SELECT 'bench-' || n, translate(to_char(n, 'FM00000'), '0123456789', 'ABCDEFGHIJ'),
           'Bench school ' || n, 'active', true, 1
      FROM generate_series(1, {schools}) n;
    INSERT INTO locations (school_id, key, name, kind, is_preset, is_archived, version)
    SELECT s.id, 'room-' || r, 'Room ' || r, 'classroom', true, false, 1
      FROM schools s, generate_series(1, 20) r;
    INSERT INTO memberships (school_id, person_id, name, role, version)
    SELECT s.id, p.id, p.name, 'spoc', 1 FROM schools s, people p WHERE p.email = 'spoc@big.example'
       AND s.slug IN ('bench-1', 'bench-{schools}');
    INSERT INTO sessions (id, token_hash, person_id, device, is_shared_computer, idle_seconds,
                          created_at, last_seen_at, expires_at)
    SELECT gen_random_uuid(), sha256(k.secret::bytea), p.id, 'bench', false, 864000, now(), now(),
           now() + interval '10 days'
      FROM people p JOIN (VALUES ('tech@la.example', '{secret}'),
                                 ('spoc@big.example', '{spoc_secret}')) k(email, secret)
        ON k.email = p.email;
    INSERT INTO api_tokens (id, token_hash, person_id, name, is_read_only, created_at, expires_at)
    SELECT gen_random_uuid(), sha256(k.secret::bytea), p.id, 'bench', false, now(),
           now() + interval '10 days'
      FROM people p JOIN (VALUES ('tech@la.example', '{token}'),
                                 ('spoc@big.example', '{spoc_token}')) k(email, secret)
        ON k.email = p.email;
"""
# n counts through time: the last tenth is the newest; m is n shuffled, so that every school has
# some of everything. Every 20,011th mentions the rare word.
_INCIDENTS = """
    INSERT INTO incidents (school_id, number, type, status, line, waiting_for, title, expected,
        happened, location_id, is_sensitive, category, impact, urgency, priority, priority_history,
        reporter_name, logged_by, channel, reported_at, logged_at, updated_at, highest_line,
        la_group_id, group_name, forwarded_at, resolved_at, reopen_count, reassignment_count,
        escalation_count, next_due_at, version)
    SELECT x.school_id, x.number, 'incident',
           CASE WHEN x.is_open THEN (ARRAY['new', 'queued', 'in_progress', 'on_hold'])[1 + x.m % 4]
                ELSE (ARRAY['closed', 'closed', 'closed', 'resolved'])[1 + x.m % 4] END,
           CASE WHEN x.m % 4 = 0 AND x.is_open THEN 0 ELSE 1 END,
           CASE WHEN x.m % 4 = 0 OR NOT x.is_open THEN 'school_desk' ELSE 'first_line' END,
           (ARRAY['Projector shows no picture', 'Printer prints blank pages', 'Wi-Fi drops in class',
                  'Laptop will not start', 'Password forgotten'])[1 + x.m % 5] || ' ' || n,
           'It works as it did last week for the whole class',
           'It stopped in the middle of the lesson and did not come back '
             || CASE WHEN n % 20011 = 0 THEN '{rare}' ELSE '' END
             || CASE WHEN x.m % 3 = 0 THEN '{common}' ELSE '' END,
           l.id, false, 'hardware', 2, 2, 1 + x.m % 4, '[]', 'Teacher ' || x.m % 997, 'Bench Spoc', 'web',
           x.at, x.at, x.at, CASE WHEN x.m % 4 = 0 AND x.is_open THEN 0 ELSE 1 END,
           CASE WHEN x.m % 4 = 0 AND x.is_open THEN NULL ELSE g.id END,
           CASE WHEN x.m % 4 = 0 AND x.is_open THEN NULL ELSE g.name END,
           CASE WHEN x.m % 4 = 0 AND x.is_open THEN NULL ELSE x.at END,
           CASE WHEN x.is_open THEN NULL ELSE x.at + interval '5 hours' END, 0, 0, 0,
           CASE WHEN x.is_open THEN x.at + (x.m % 97) * interval '1 hour'
                ELSE 'infinity'::timestamptz END, 1
      FROM (SELECT n, n::bigint * 7919 % 10007 AS m, {school} AS school_id, {number} AS number,
                   now() - ({total} - n) * ({seconds} * interval '1 second') AS at,
                   ((n::bigint * 7919 % 10007) % 100) < CASE WHEN n > {total} * 9 / 10 THEN 15 ELSE 6 END AS is_open
              FROM generate_series(1, {total}) n) x
      JOIN locations l ON l.school_id = x.school_id AND l.key = 'room-' || (1 + x.n % 20)
      CROSS JOIN (SELECT id, name FROM la_support_groups WHERE line = 1) g
"""
_AROUND = """
    INSERT INTO turns (school_id, incident_id, party, line, status, group_name, began_at, ended_at)
    SELECT school_id, id, 'school_desk', 0, 'new', NULL, logged_at, logged_at + interval '1 hour'
      FROM incidents
    UNION ALL
    SELECT school_id, id, waiting_for, line, status, group_name, logged_at + interval '1 hour',
           CASE WHEN is_open THEN NULL ELSE logged_at + interval '6 hours' END FROM incidents;
    INSERT INTO events (school_id, at, kind, subject_kind, subject_id, actor, to_value, visibility)
    SELECT i.school_id, i.logged_at + k.n * interval '20 minutes', k.kind, 'incident', i.id,
           'Bench Spoc', 'queued', 'public'
      FROM incidents i, (VALUES (0, 'incident.logged'), (1, 'incident.checked'),
                                (2, 'incident.escalated')) k(n, kind);
    INSERT INTO clocks (school_id, incident_id, la_agreement_version_id, agreement_kind, metric,
        target_seconds, started_at, due_at, state, stopped_at, decided_at, elapsed_seconds,
        paused_seconds)
    SELECT i.school_id, i.id, v.id, a.kind, k.metric, 28800, i.logged_at,
           i.logged_at + interval '9 hours', CASE WHEN i.is_open THEN 'running' ELSE 'met' END,
           i.resolved_at, i.resolved_at, 3600, 0
      FROM incidents i, la_agreement_versions v JOIN la_agreements a ON a.id = v.agreement_id,
           (VALUES ('response'), ('resolution')) k(metric)
     WHERE a.is_default AND a.kind IN ('ola', 'sla');
    INSERT INTO counters (school_id, kind, last_number)
    SELECT school_id, 'incident', max(number) FROM incidents GROUP BY school_id;
"""


def fill(
    admin_url: str,
    database: str,
    incidents: int,
    *,
    with_big_school: bool,
    schools: int = SCHOOLS,
) -> None:
    """Some minutes for a million."""
    url = make_url(admin_url).set(database=database, drivername="postgresql")
    connection = psycopg2.connect(url.render_as_string(hide_password=False))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica; SET work_mem = '256MB'")
        cursor.execute("SET maintenance_work_mem = '512MB'; SET synchronous_commit = off")
        cursor.execute(_INDEXES_LATER)
        indexes = cursor.fetchall()
        for drop, _ in indexes:
            cursor.execute(drop)
        _say(cursor, "people, schools, rooms", _PEOPLE.format(**_words(schools=schools + 1)))
        cursor.execute("SELECT min(id), max(id) FROM schools")
        first, last = cursor.fetchone()
        span = 3 * 365 * 86400
        _say(
            cursor,
            f"{incidents:,} incidents",
            _INCIDENTS.format(
                **_words(
                    school=f"({first} + n % {schools})::int",
                    number=f"(1 + (n - 1) / {schools})::int",
                    total=incidents,
                    seconds=span / incidents,
                )
            ),
        )
        if with_big_school:
            _say(
                cursor,
                f"a school with {BIG_SCHOOL:,} incidents",
                _INCIDENTS.format(
                    **_words(
                        school=str(last),
                        number="n::int",
                        total=BIG_SCHOOL,
                        seconds=span / BIG_SCHOOL,
                    )
                ),
            )
        _say(cursor, "turns, events, clocks", _AROUND)
        for _, definition in indexes:
            _say(cursor, definition.split(" ON ")[0].split()[-1], definition)
        _say(cursor, "statistics", "VACUUM ANALYZE")
    connection.close()


def _words(**more: Any) -> dict[str, Any]:
    return {
        "secret": SECRET,
        "spoc_secret": SPOC_SECRET,
        "token": TECHNICIAN_TOKEN,
        "spoc_token": SPOC_TOKEN,
        "rare": RARE,
        "common": COMMON,
        **more,
    }


def _say(cursor: Any, what: str, statement: str) -> None:
    began = time.monotonic()
    cursor.execute(statement)
    say(f"    {what}: {time.monotonic() - began:.1f} s")
