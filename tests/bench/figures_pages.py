"""The report pages of a very large authority in a browser: which they are, and what the figures in
depth show on them, month by month as the worker keeps it.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

MANAGER_SECRET = "bench-session-of-the-manager"
SESSION = """
    INSERT INTO sessions (id, token_hash, person_id, device, is_shared_computer, idle_seconds,
                          created_at, last_seen_at, expires_at)
    SELECT gen_random_uuid(), sha256('{secret}'::bytea), id, 'bench', false, 864000, now(), now(),
           now() + interval '10 days' FROM people WHERE email = 'manager@la.example'
"""
# Of each school and month: three models, two services, twelve hours of the week, visits, problems,
# changes and licences; about twenty rows, as a school with 17 incidents a month has.
DEPTH = """
    ALTER TABLE depth_months DROP CONSTRAINT pk_depth_months;
    DROP INDEX ix_depth_months_across;
    INSERT INTO depth_months (school_id, topic, "on", kind, name, detail, hits, base, amount)
    SELECT s.id, r.topic, m.on, r.kind, r.name, r.detail, r.hits, r.base, r.amount
      FROM schools s
     CROSS JOIN (SELECT date_trunc('month', d)::date AS on
                   FROM generate_series(now() - interval '23 months', now(), '1 month') d) m
     CROSS JOIN LATERAL (VALUES
        ('model', 'laptop', 'Dell', 'Latitude ' || s.id % 40, 1 + s.id % 3, 900, 0),
        ('model', 'projector', 'Epson', 'EB-' || s.id % 12, s.id % 2, 300, s.id % 5 * 3600),
        ('model', 'tablet', 'Apple', 'iPad ' || s.id % 9, s.id % 2, 600, 0),
        ('service', 'high', 'Internet', '', s.id % 2, 500000, s.id % 7 * 600),
        ('service', 'normal', 'Printing', '', s.id % 3, 500000, s.id % 5 * 900),
        ('visit', 'la', '', '', s.id % 2, 2, 0),
        ('problem', 'logged', '', '', 1, 0, 0),
        ('change', '', '', '', s.id % 2, 1, 0),
        ('licence', '', '', '', 4, 5, s.id % 3)
     ) r(topic, kind, name, detail, hits, base, amount);
    INSERT INTO depth_months (school_id, topic, "on", kind, name, detail, hits)
    SELECT s.id, 'hour', date_trunc('month', d)::date, (1 + n % 5)::text, '',
           to_char(8 + (n + s.id) % 9, 'FM00'), 1 + s.id % 2
      FROM schools s
     CROSS JOIN generate_series(now() - interval '23 months', now(), '1 month') d
     CROSS JOIN generate_series(1, 12) n;
    INSERT INTO depth_months (school_id, topic, "on", kind, name, detail, amount)
    SELECT id, 'counted', '1970-01-01', '', '', '', extract(epoch FROM now())::bigint FROM schools;
    ALTER TABLE depth_months ADD CONSTRAINT pk_depth_months
        PRIMARY KEY (school_id, topic, "on", kind, name, detail);
    CREATE INDEX ix_depth_months_across ON depth_months (topic, "on", school_id);
"""


def pages(schools: int, dice: Random) -> Iterator[tuple[str, str]]:
    """Name and address of each, of another school each time."""
    from app.performance.depth.topics import TOPICS

    slug = f"bench-{dice.randint(1, schools)}"
    month, year = "period=last_month", "period=last_school_year"
    yield "figures by school, a month", f"/performance?by=school&{month}"
    yield "figures by school, a year", f"/performance?by=school&{year}"
    for by in ("contract", "supplier", "priority"):
        yield f"figures by {by}, a year", f"/performance?by={by}&{year}"
    yield "one school of all", f"/performance/one?by=school&school={slug}&{year}"
    yield "one agreement", f"/performance/one?by=contract&contract=la-standard&{year}"
    yield "incidents behind a number", f"/performance/incidents?by=school&school={slug}&{month}"
    yield "the LA's overview", "/overview"
    for key in TOPICS:
        yield f"in depth: {key}", f"/performance/in-depth/{key}?{year}"
    yield "a school's figures", f"/{slug}/performance?{year}"
    yield "a school's overview", f"/{slug}/overview"
    yield "a school in depth", f"/{slug}/performance/in-depth/reliability?{year}"
    yield "a school's reports", f"/{slug}/reports"
