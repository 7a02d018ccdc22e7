"""Starts the printer for one report, and ends it when it takes too long.

At most two at a time in a process: setting pages is work for the whole of a processor.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Any

from app.errors import DeskError
from config import ROOT

WALL_SECONDS = 20.0
LARGEST = 4 * 1024 * 1024
_AT_ONCE = threading.BoundedSemaphore(2)
_PATIENCE = 5.0
# No settings and no secrets; it needs none.
_ENVIRONMENT = {"LANG": "C.UTF-8", "RAYON_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}


class NotPrinted(DeskError):
    """Not now, or not at all: the page can still be printed by the browser."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            "The PDF could not be made just now. Try again in a minute, or print the page instead."
        )


def as_pdf(report: Mapping[str, Any]) -> bytes:
    """Raises NotPrinted."""
    said = json.dumps(report).encode()
    if len(said) > LARGEST or not _AT_ONCE.acquire(timeout=_PATIENCE):
        raise NotPrinted
    try:
        made = subprocess.run(
            [sys.executable, "-E", "-s", "-m", "app.reports.paper.printer"],
            input=said,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=WALL_SECONDS,
            cwd=ROOT,
            env=_ENVIRONMENT,
            start_new_session=True,
        )
    except subprocess.TimeoutExpired:
        raise NotPrinted from None
    finally:
        _AT_ONCE.release()
    if made.returncode or not made.stdout.startswith(b"%PDF-"):
        raise NotPrinted
    return made.stdout
