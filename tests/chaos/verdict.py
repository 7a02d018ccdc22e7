"""What must be true when everything is quiet again; each line is a promise of the issue."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from app.notifications.rules import TELL, Who
from tests.chaos.clients import Written
from tests.chaos.sink import Mail

MOST_DOUBLED = 1 / 1000
# Who hears of it, worked out from the table of rules and the events alone: per event and person.
_OWED = """
    WITH told AS (
        SELECT e.school_id, e.id, e.kind, r.person_id AS reporter, a.person_id AS actor
          FROM events e
          JOIN incidents i ON i.school_id = e.school_id AND i.id = e.subject_id
          LEFT JOIN memberships r ON r.school_id = i.school_id AND r.id = i.reporter_id
          LEFT JOIN memberships a ON a.school_id = e.school_id AND a.id = e.actor_membership_id
         WHERE e.subject_kind = 'incident' AND e.kind = ANY(%(kinds)s) AND e.visibility = 'public')
    SELECT school_id, id, reporter FROM told
     WHERE reporter IS NOT NULL AND (kind = ANY(%(receipts)s) OR reporter IS DISTINCT FROM actor)
     UNION
    SELECT t.school_id, t.id, s.person_id FROM told t
      JOIN memberships s ON s.school_id = t.school_id AND s.role = 'spoc'
     WHERE s.person_id IS DISTINCT FROM t.actor
"""
# Two tasks are written down for a later instant: a clock's next mark, and the nightly counting,
# which each school gets at a minute of its own. Neither is late before then.
_FOR_LATER = ("decide_clocks", "count_in_depth")
_WAIT = """
      FROM outbox WHERE done_at IS NULL AND failed_at IS NULL
       AND (next_try_at <= now() OR attempts > 0 OR task <> ALL(%s))
"""


@dataclass
class Verdict:
    lines: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    lost: int = 0
    mails: int = 0
    doubled: int = 0

    def check(self, what: str, wrong: Iterable[object], *, most: int = 0) -> None:
        """One promise: nothing that breaks it, or at most so many."""
        listed = list(wrong)
        is_kept = len(listed) <= most
        self.lines.append(f"  {'kept    ' if is_kept else 'VIOLATED'}  {what}: {len(listed)}")
        if not is_kept:
            self.violations.append(what)
            self.lines += [f"              {one}" for one in listed[:5]]


def waiting(cursor: Any) -> int:
    """Outbox rows that are to be done now, also those that were put off after a failure."""
    cursor.execute(f"SELECT count(*) {_WAIT}", [list(_FOR_LATER)])
    return int(cursor.fetchone()[0])


def longest_waiting(cursor: Any) -> str:
    """One of those rows, for the diary: its task, when it is due, and what became of it."""
    told = "SELECT task, next_try_at, attempts, last_error"
    cursor.execute(f"{told} {_WAIT} ORDER BY next_try_at LIMIT 1", [list(_FOR_LATER)])
    return " ".join(map(str, cursor.fetchone() or ()))


def judge(cursor: Any, written: list[Written], mails: list[Mail]) -> Verdict:
    verdict = Verdict()
    _writes(verdict, cursor, written)
    _numbers(verdict, cursor)
    _work(verdict, cursor)
    _mail(verdict, cursor, mails)
    return verdict


def _writes(verdict: Verdict, cursor: Any, written: list[Written]) -> None:
    there = defaultdict(list)
    cursor.execute(
        "SELECT i.title, s.slug, i.number FROM incidents i JOIN schools s ON s.id = i.school_id"
    )
    for title, slug, number in cursor.fetchall():
        there[title].append((slug, number))
    cursor.execute(
        "SELECT e.note, s.slug, i.number FROM events e JOIN schools s ON s.id = e.school_id"
        "  JOIN incidents i ON i.school_id = e.school_id AND i.id = e.subject_id"
        " WHERE e.kind = 'incident.noted'"
    )
    for note, slug, number in cursor.fetchall():
        there[note].append((slug, number))
    answered = {one.marker: one for one in written}
    lost = [one for one in answered if not there[one]]
    verdict.lost = len(lost)
    verdict.check(f"answered writes lost, of {len(written)}", lost)
    verdict.check("writes doubled", [one for one, rows in there.items() if len(rows) > 1])
    verdict.check(
        "answered with another number than is there",
        [
            one
            for one in written
            if there[one.marker] and (one.school, one.number) not in there[one.marker]
        ],
    )
    verdict.check("there although nobody was told so", set(there) - set(answered) - set(lost))


def _numbers(verdict: Verdict, cursor: Any) -> None:
    cursor.execute(
        "SELECT s.slug, count(*), min(i.number), max(i.number), count(DISTINCT i.number)"
        "  FROM incidents i JOIN schools s ON s.id = i.school_id GROUP BY s.slug"
    )
    rows = cursor.fetchall()
    wrong = [row for row in rows if not (row[2] == 1 and row[1] == row[3] == row[4])]
    verdict.check(f"schools whose numbers have a gap, of {len(rows)}", wrong)
    cursor.execute(
        "SELECT i.title FROM incidents i LEFT JOIN turns t ON t.school_id = i.school_id"
        " AND t.incident_id = i.id AND t.ended_at IS NULL GROUP BY i.title HAVING count(t.id) <> 1"
    )
    verdict.check("incidents that are not exactly one party's turn", cursor.fetchall())
    cursor.execute(
        "SELECT i.title FROM incidents i LEFT JOIN events e ON e.school_id = i.school_id"
        " AND e.subject_id = i.id AND e.kind = 'incident.logged'"
        " GROUP BY i.title HAVING count(e.id) <> 1"
    )
    verdict.check("incidents without exactly one record of their beginning", cursor.fetchall())


def _work(verdict: Verdict, cursor: Any) -> None:
    cursor.execute("SELECT task, last_error FROM outbox WHERE failed_at IS NOT NULL")
    verdict.check("outbox rows given up", cursor.fetchall())
    cursor.execute(
        "SELECT task, attempts, last_error FROM outbox WHERE done_at IS NULL"
        " AND failed_at IS NULL AND (task <> ALL(%s) OR attempts > 0"
        # Since the desk was quiet something may just have become due.
        " OR next_try_at <= now() - interval '10 seconds')",
        [list(_FOR_LATER)],
    )
    verdict.check("outbox rows that still wait", cursor.fetchall())


def _mail(verdict: Verdict, cursor: Any, mails: list[Mail]) -> None:
    kinds = [
        kind
        for kind, lines in TELL.items()
        # In chaos nobody takes anything, so that no assignee hears.
        if {one.who for one in lines} - {Who.ASSIGNEE} == {Who.REPORTER, Who.SPOC}
    ]
    receipts = [kind for kind, lines in TELL.items() if any(one.is_receipt for one in lines)]
    cursor.execute(_OWED, {"kinds": kinds, "receipts": receipts})
    owed = set(cursor.fetchall())
    cursor.execute(
        "SELECT o.school_id, (o.payload->>'event_id')::bigint, (o.payload->>'person_id')::bigint,"
        "       o.id::text, p.email"
        "  FROM outbox o LEFT JOIN people p ON p.id = (o.payload->>'person_id')::bigint"
        " WHERE o.task = 'send_mail'"
    )
    rows = cursor.fetchall()
    meant = Counter((school, event, person) for school, event, person, _, _ in rows)
    verdict.check(f"owed mails that nobody wrote down, of {len(owed)}", owed - set(meant))
    verdict.check("mails written down that nobody is owed", set(meant) - owed)
    verdict.check("mails written down twice", [one for one, n in meant.items() if n > 1])
    taken = Counter((one.message_id.split("@")[0].lower(), one.to) for one in mails)
    expected = {(row_id, email) for _, _, _, row_id, email in rows}
    verdict.check("mails not handed over", expected - set(taken))
    verdict.check("mails that nobody wrote down", set(taken) - expected)
    verdict.mails = len(expected)
    verdict.doubled = sum(n - 1 for n in taken.values())


def too_many_doubled(verdicts: Iterable[Verdict]) -> tuple[int, int, bool]:
    """Mails that came twice (always with the same Message-ID), of how many, over all runs: a kill
    between handing over and commit is one mail, and a short run has not a thousand of them."""
    listed = list(verdicts)
    doubled, mails = sum(one.doubled for one in listed), sum(one.mails for one in listed)
    return doubled, mails, doubled > max(1, int(mails * MOST_DOUBLED))
