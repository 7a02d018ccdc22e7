"""Run another program to its end, stop it when we are asked to stop, and say why it failed."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import FrameType
from typing import NoReturn

from deploy import say
from deploy.places import LOGS, ROOT

# What would make another Python look in the wrong places, or compile every module every time: with
# PYTHONDONTWRITEBYTECODE, which some containers set, a process takes twice as long to start.
MISLEADING = (
    "PYTHONHOME",
    "PYTHONPATH",
    "PYTHONSAFEPATH",
    "VIRTUAL_ENV",
    "PYTHONDONTWRITEBYTECODE",
)


def clean_environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Our environment for the programs of `.venv`."""
    kept = {name: value for name, value in os.environ.items() if name not in MISLEADING}
    return {**kept, "PYTHONUNBUFFERED": "1", **(more or {})}


def run(
    command: Iterable[str | Path],
    *,
    doing: str,
    env: Mapping[str, str] | None = None,
    show: bool = False,
) -> str:
    """Run it to its end and give back what it printed; `show` prints each line as it comes.

    Raises GiveUp with one sentence when it fails.
    """
    process = subprocess.Popen(
        [str(part) for part in command],
        cwd=ROOT,
        env=clean_environment(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    lines: list[str] = []
    try:
        assert process.stdout is not None
        for text in process.stdout:
            lines.append(text)
            if show:
                say.line("  " + text.rstrip())
        process.wait()
    except BaseException:
        process.terminate()
        process.wait()
        raise
    output = "".join(lines)
    if process.returncode:
        _keep(output)
        raise say.GiveUp(say.why(doing, output))
    return output


def _keep(output: str) -> None:
    """The sentence on the screen is short; whoever mends it may want the rest."""
    with contextlib.suppress(OSError):  # A full disk is often why we are here.
        (LOGS / "last-failure.log").write_text(output)


def let_signals_interrupt() -> None:
    """Ctrl-C, a closed terminal and a polite kill all end in the same KeyboardInterrupt."""

    def interrupt(number: int, frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)


def ignore_signals() -> None:
    """Stopping is under way: a second Ctrl-C must not leave half of it running."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
