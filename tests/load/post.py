"""What became of the mails: when each was owed, and when the mail server took it."""

from __future__ import annotations

from collections import Counter

from tests.chaos.desk import Desk, wait_for

IN_TIME = 10.0
_OWED = """
    SELECT o.id::text, extract(epoch FROM (o.payload->>'event_at')::timestamptz)
      FROM outbox o WHERE o.task = 'send_mail'
"""
_LEFT = """
    SELECT count(*) FROM outbox WHERE done_at IS NULL AND failed_at IS NULL
       AND task IN ('send_mail', 'tell_people')
"""


def wait_until_quiet(desk: Desk, within: float = 120.0) -> None:
    def is_quiet() -> bool:
        with desk.superuser() as cursor:
            cursor.execute(_LEFT)
            return bool(cursor.fetchone()[0] == 0)

    wait_for(is_quiet, "every mail is handed over", desk.logs, within)


def seconds_to_hand_over(desk: Desk, began: float, ended: float) -> list[float]:
    """From what happened until the mail server had it, for what happened in that time."""
    taken = {one.message_id.split("@")[0].lower(): one.at for one in desk.sink.mails()}
    return [
        taken[row_id] - float(at)
        for row_id, at in _owed(desk)
        if began <= at < ended and row_id in taken
    ]


def lost_and_doubled(desk: Desk) -> tuple[int, int, int]:
    """Owed mails that never came, and mails that came again; of how many."""
    owed = {row_id for row_id, _ in _owed(desk)}
    taken = Counter(one.message_id.split("@")[0].lower() for one in desk.sink.mails())
    return len(owed - set(taken)), sum(n - 1 for n in taken.values()), len(owed)


def _owed(desk: Desk) -> list[tuple[str, float]]:
    with desk.superuser() as cursor:
        cursor.execute(_OWED)
        return [(row_id, float(at)) for row_id, at in cursor.fetchall()]
