"""Who is asking, found by keys: with IN beside OR, PostgreSQL read every school of the authority

With an array it takes each by its key: at 24,000 schools 0.4 ms instead of 2.6, on every page and
every call of the API. `coalesce`, because for a NULL it would think of a plan anew each time.
"""

from alembic import op

revision = "0025"
down_revision = "0024"

# What app/people/front_door.py reads. `valid_to` is the last day; no end means for good.
PERSON = """
    p.id, p.email, p.name, p.keyboard_shortcuts, p.second_factor_since,
    (SELECT a.name FROM local_authority a),
    (SELECT json_agg(json_build_array(m.id, m.role, m.name, m.school_id, g.groups)
            ORDER BY m.school_id, m.id)
       FROM memberships m
       LEFT JOIN LATERAL (
            SELECT json_agg(sm.group_id) AS groups FROM support_group_members sm
             WHERE sm.school_id = m.school_id AND sm.membership_id = m.id) g ON true
      WHERE m.person_id = p.id AND m.valid_from <= today
        AND (m.valid_to IS NULL OR m.valid_to >= today)),
    (SELECT json_agg(json_build_array(l.id, l.role, l.name, NULL, g.groups) ORDER BY l.id)
       FROM la_memberships l
       LEFT JOIN LATERAL (
            SELECT json_agg(lm.group_id) AS groups FROM la_support_group_members lm
             WHERE lm.membership_id = l.id) g ON true
      WHERE l.person_id = p.id AND l.valid_from <= today
        AND (l.valid_to IS NULL OR l.valid_to >= today)),
    (SELECT json_agg(json_build_array(s.id, s.slug, s.code, s.name, s.status)
            ORDER BY (s.slug IS NOT DISTINCT FROM asked_school) DESC, s.name)
       FROM schools s
      WHERE s.slug = coalesce(asked_school, '') OR s.id = ANY (ARRAY(
            SELECT m.school_id FROM memberships m
             WHERE m.person_id = p.id AND m.valid_from <= today
               AND (m.valid_to IS NULL OR m.valid_to >= today))))
"""
BY_SESSION = f"""
    SELECT i.id, i.last_seen_at, false, NULL::int, i.second_factor_at, i.acting_as, {PERSON}
      FROM sessions i JOIN people p ON p.id = i.person_id
     WHERE i.token_hash = secret_hash AND i.ended_at IS NULL AND i.expires_at > instant
       AND i.last_seen_at + make_interval(secs => i.idle_seconds) > instant AND p.is_active
"""  # noqa: S608  (both parts are written here)
BY_TOKEN = f"""
    SELECT t.id, t.last_used_at, t.is_read_only, t.narrowed_to_school,
           NULL::timestamptz, NULL::varchar, {PERSON}
      FROM api_tokens t JOIN people p ON p.id = t.person_id
     WHERE t.token_hash = secret_hash AND t.revoked_at IS NULL AND t.expires_at > instant
       AND p.is_active
"""  # noqa: S608  (both parts are written here)
FUNCTIONS = {"who_by_session": BY_SESSION, "who_by_token": BY_TOKEN}

TAKES = "secret_hash bytea, instant timestamptz, today date, asked_school varchar"
GIVES = """
    key_id uuid, key_seen_at timestamptz, is_read_only boolean, narrowed_to_school int,
    second_factor_at timestamptz, acting_as varchar,
    person_id bigint, email varchar, own_name varchar, keyboard_shortcuts boolean,
    second_factor_since timestamptz,
    authority varchar, of_schools json, of_la json, schools json
"""


def upgrade() -> None:
    """The same function otherwise; whose it is and who may call it stay."""
    for name, body in FUNCTIONS.items():
        op.execute(
            f"CREATE OR REPLACE FUNCTION {name}({TAKES}) RETURNS TABLE ({GIVES}) "
            f"LANGUAGE plpgsql STABLE "
            f"AS $$\n#variable_conflict use_column\nBEGIN RETURN QUERY {body}; END $$"
        )
