"""What must be true of every incident of a play, asked of the tables; 0 of each is right."""
# ruff: noqa: E501

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg2

from tests.replay import clocks
from tests.replay.explain import state_of

# fmt: off
QUESTIONS = {
    "incidents whose first turn does not begin at the log": """
        SELECT count(*) FROM incidents i WHERE i.logged_at <> (
            SELECT min(began_at) FROM turns t WHERE (t.school_id, t.incident_id) = (i.school_id, i.id))""",
    "turns that leave a gap or overlap": """
        SELECT count(*) FROM (
            SELECT ended_at, lead(began_at) OVER (PARTITION BY school_id, incident_id ORDER BY began_at, id) AS next
              FROM turns) t WHERE next IS NOT NULL AND ended_at IS DISTINCT FROM next""",
    "incidents without exactly one party's turn": """
        SELECT count(*) FROM incidents i WHERE (i.status NOT IN ('closed', 'cancelled', 'rejected'))::int <> (
            SELECT count(*) FROM turns t
             WHERE (t.school_id, t.incident_id) = (i.school_id, i.id) AND t.ended_at IS NULL)""",
    "turns that do not end with the incident": """
        SELECT count(*) FROM incidents i WHERE i.status IN ('closed', 'cancelled') AND
            coalesce(i.closed_at, i.cancelled_at) <> (SELECT max(ended_at) FROM turns t
             WHERE (t.school_id, t.incident_id) = (i.school_id, i.id))""",
    "incidents whose turns do not sum to their life": """
        SELECT count(*) FROM (
            SELECT i.id, coalesce(i.closed_at, i.cancelled_at) - i.logged_at AS life,
                   sum(t.ended_at - t.began_at) AS turns
              FROM incidents i JOIN turns t ON (t.school_id, t.incident_id) = (i.school_id, i.id)
             WHERE i.status IN ('closed', 'cancelled') GROUP BY i.school_id, i.id) x WHERE life <> turns""",
    "references with a gap or a double": """
        SELECT count(*) FROM (SELECT school_id, count(*) AS c, count(DISTINCT number) AS d, max(number) AS m
              FROM incidents GROUP BY school_id) x WHERE c <> d OR c <> m""",
    "live clocks of finished incidents": """
        SELECT count(*) FROM clocks c JOIN incidents i ON (i.school_id, i.id) = (c.school_id, c.incident_id)
         WHERE NOT i.is_open AND c.stopped_at IS NULL AND c.cancelled_at IS NULL""",
    "queue times that are not the earliest of the clocks": """
        SELECT count(*) FROM incidents i WHERE i.is_open AND i.next_due_at <> coalesce((
            SELECT min(due_at) FROM clocks c WHERE (c.school_id, c.incident_id) = (i.school_id, i.id)
               AND c.stopped_at IS NULL AND c.cancelled_at IS NULL AND c.state <> 'paused'), 'infinity')""",
    "met clocks that stopped after their due time": """
        SELECT count(*) FROM clocks WHERE state = 'met' AND stopped_at > due_at""",
    "breached clocks decided at another instant than due or a change": """
        SELECT count(*) FROM clocks WHERE state = 'breached' AND decided_at < started_at""",
}
EVENTS = """
    SELECT i.school_id, i.id, i.status, i.reporter_id, e.kind, e.to_value, e.note, e.actor_membership_id
      FROM incidents i JOIN events e ON e.school_id = i.school_id
       AND e.subject_kind = 'incident' AND e.subject_id = i.id
     ORDER BY i.school_id, i.id, e.at, e.id"""
# fmt: on


def look(url: str) -> dict[str, int]:
    connection = psycopg2.connect(url.replace("postgresql+psycopg2", "postgresql"))
    with connection, connection.cursor() as cursor:
        found = {}
        for sentence, question in QUESTIONS.items():
            cursor.execute(question)
            row = cursor.fetchone()
            assert row is not None
            found[sentence] = int(row[0])
    with connection, connection.cursor() as cursor:
        cursor.execute(EVENTS)
        found["states that the events do not explain"] = unexplained(cursor.fetchall())
        found["clocks that a reference reckons otherwise"] = len(clocks.wrong(_asked(cursor)))
    connection.close()
    return found


def _asked(cursor: Any) -> Callable[..., list[Any]]:
    def rows(question: str) -> list[Any]:
        cursor.execute(question)
        return list(cursor.fetchall())

    return rows


def unexplained(rows: list[Any]) -> int:
    stories: dict[tuple[int, int, str], list[tuple[str, str | None, str | None, bool]]] = {}
    for school, number, status, reporter, kind, to, note, actor in rows:
        events = stories.setdefault((school, number, status), [])
        events.append((kind, to, note, actor is not None and actor == reporter))
    return sum(state_of(events) != key[2] for key, events in stories.items())
