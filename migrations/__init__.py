"""The schema, one numbered step each, forward only. Run as migrator, which becomes owner.

Pages are open while a step runs. So a statement waits for its lock a sixth of a second at most,
because whoever comes after it queues behind it, and a busy desk needs three times as long to catch
up; then the step is undone and tried again later.
`tests/deploy/test_upgrade.py` reads each step for statements that hold a lock for long.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, NullPool, create_engine, text
from sqlalchemy.exc import OperationalError

from config import Settings

LOCK_TIMEOUT_MS = 150
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 10.0
PATIENCE = 600.0  # seconds for all tries of one upgrade
# What PostgreSQL calls a lock that was not given in time, and one that would never be.
_IN_THE_WAY = {"55P03", "40P01"}
_ONE_AT_A_TIME = 0x6D696772  # "migr"


class InTheWay(Exception):
    """Something holds a table for longer than an upgrade waits; the step was undone."""


def upgrade(
    settings: Settings,
    to: str = "head",
    *,
    patience: float = PATIENCE,
    more_steps: Path | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> list[str]:
    """Bring the database to a step; returns the steps taken (none: it was there).

    Raises InTheWay when a lock was not to be had in all that time. What was done stays done; the
    next run goes on from there.
    """
    config = _config(settings, more_steps)
    script = ScriptDirectory.from_config(config)
    engine = create_engine(settings.migrator_url or settings.database_url, poolclass=NullPool)
    with _one_at_a_time(engine):
        before = _at(engine, settings)
        for retry in _tries(patience, say):
            with retry:
                command.upgrade(config, to)
        after = _at(engine, settings)
    if after is None or after == before:
        return []
    steps = [step.revision for step in script.iterate_revisions(after, before or "base")]
    return list(reversed(steps))


def _config(settings: Settings, more_steps: Path | None) -> Config:
    here = Path(__file__).parent
    config = Config()
    config.set_main_option("script_location", str(here))
    if more_steps is not None:
        config.set_main_option("path_separator", "newline")
        config.set_main_option("version_locations", f"{here / 'versions'}\n{more_steps}")
    config.attributes["settings"] = settings
    config.attributes["lock_timeout_ms"] = LOCK_TIMEOUT_MS
    return config


class _Try:
    """One try; whether it was in vain because a lock was not to be had."""

    def __init__(self) -> None:
        self.why: str | None = None

    def __enter__(self) -> None:
        self.why = None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if not isinstance(error, OperationalError):
            return False
        if getattr(error.orig, "pgcode", None) not in _IN_THE_WAY:
            return False
        self.why = (error.statement or "").strip().split("\n")[0][:80]
        return True


def _tries(patience: float, say: Callable[[str], None]) -> Iterator[_Try]:
    """Until one succeeds, with longer and longer pauses in which everybody else may work."""
    until, pause, one = time.monotonic() + patience, FIRST_PAUSE, _Try()
    while True:
        yield one
        if one.why is None:
            return
        if time.monotonic() + pause > until:
            raise InTheWay(
                f"A long transaction is in the way of `{one.why}`. The step was undone and the "
                "desk is as it was: run the same command again when that has ended."
            )
        say(f"a lock was not to be had ({one.why}); trying again in {pause:.1f} s")
        time.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


@contextmanager
def _one_at_a_time(engine: Engine) -> Iterator[None]:
    """Two upgrades at once take turns; PostgreSQL lets go when a holder ends. Asked again and
    again: a statement that waits would itself be in the way of an index that is being built."""
    ask = text("SELECT pg_try_advisory_lock(:lock)")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while not connection.scalar(ask, {"lock": _ONE_AT_A_TIME}):
            time.sleep(0.2)
        yield


def _at(engine: Engine, settings: Settings) -> str | None:
    with engine.connect() as connection:
        connection.exec_driver_sql(f"SET ROLE {settings.role_prefix}_owner")
        return MigrationContext.configure(connection).get_current_revision()
