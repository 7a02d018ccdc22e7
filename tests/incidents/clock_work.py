"""The worker's tasks about clocks, done in the test with the clock where the test has put it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Flask
from sqlalchemy import update

from app import clock
from app.later import Outbox
from tenants import acting_in, db
from tests.ledger import Ledger
from workers import jobs

_DUE = """
    SELECT school_id, id, task, payload FROM outbox
     WHERE done_at IS NULL AND failed_at IS NULL AND task IN ('decide_clocks', 'retime_clocks')
       AND next_try_at <= %s ORDER BY next_try_at, id LIMIT 1"""
_NEXT = """
    SELECT min(next_try_at) FROM outbox WHERE done_at IS NULL AND failed_at IS NULL
       AND task IN ('decide_clocks', 'retime_clocks')"""
_SAID = """
    SELECT at, to_value FROM events WHERE kind = %s ORDER BY at, id"""


def work(app: Flask, ledger: Ledger) -> int:
    """Everything that is due; how many rows that were."""
    done = 0
    while rows := ledger.rows(_DUE, clock.now()):
        school_id, row_id, task, payload = rows[0]
        with app.app_context(), acting_in(school_id):
            jobs.TASKS[task](**payload)
            db.session.execute(
                update(Outbox).where(Outbox.id == row_id).values(done_at=clock.now()),
                execution_options={"synchronize_session": False},
            )
            db.session.commit()
        done += 1
        assert done < 500, "the worker asks itself for ever"
    return done


def work_until(app: Flask, ledger: Ledger, at: Any, end: str) -> None:
    """Instant by instant, as the ticker would ring."""
    last = datetime.fromisoformat(end)
    while (next_at := ledger.rows(_NEXT)[0][0]) is not None and next_at <= last:
        at(max(next_at, clock.now()).isoformat())
        work(app, ledger)
    at(end)


def said(ledger: Ledger, kind: str) -> list[tuple[str, str]]:
    """`("2026-01-13T10:00", "ola response 50")`"""
    return [(f"{when.isoformat()[:16]}", what) for when, what in ledger.rows(_SAID, kind)]
