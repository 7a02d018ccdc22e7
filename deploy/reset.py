"""`make reset`: throw the data of this checkout away, so that the next run starts from nothing."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from deploy import locks, say
from deploy.account import Account
from deploy.places import LOCAL
from deploy.postgres import Postgres
from deploy.valkey import Valkey


def reset() -> None:
    if not LOCAL.exists():
        say.line("There is nothing to reset.")
        return
    try:
        locks.take(LOCAL / "run.lock")
    except locks.Taken as taken:
        raise say.GiveUp(f"Deskbell is running here at {taken}: stop it first (Ctrl-C).") from None
    stop_what_is_left_over()
    shutil.rmtree(LOCAL)
    say.line("The data of this checkout is gone; `make run` starts from nothing.")


def stop_what_is_left_over() -> None:
    """A run that was killed hard may have left its servers behind."""
    if (LOCAL / "postgres").exists():
        Postgres(LOCAL / "postgres", Account(), Path()).stop()
    if (LOCAL / "valkey").exists():
        Valkey(LOCAL / "valkey", Path()).stop()


if __name__ == "__main__":
    try:
        reset()
    except say.GiveUp as reason:
        sys.exit(str(reason))
    except OSError as error:
        sys.exit(say.why_not(error))
