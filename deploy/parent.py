"""Does `make`, whose child we are, still want us?

Make passes a polite kill on to us, but an interrupt or hang-up that was sent to it alone it only
waits out: with that signal blocked, until we end.
"""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path

WAITED_OUT = (1 << (signal.SIGINT - 1)) | (1 << (signal.SIGHUP - 1))


class Parent:
    def __init__(self) -> None:
        self.number = os.getppid()
        self.is_make = bool(os.environ.get("MAKELEVEL"))
        self.blocked_from_the_start = self._blocked()

    def wants_us(self) -> bool:
        """A shell may end while we go on in the background; make may not."""
        if not self.is_make:
            return True
        return os.getppid() == self.number and not (
            self._blocked() & WAITED_OUT & ~self.blocked_from_the_start
        )

    def _blocked(self) -> int:
        """Linux tells which signals a process has blocked; elsewhere we cannot know."""
        with suppress(OSError, ValueError):
            for line in Path(f"/proc/{self.number}/status").read_text().splitlines():
                if line.startswith("SigBlk:"):
                    return int(line.split()[1], 16)
        return 0
