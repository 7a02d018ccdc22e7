"""Pages go first: somebody waits for those, and for mail and the minute's round nobody does.

Where the cores are not enough for a moment, the work behind the pages gets a third of what a page
gets; where they are, all that it asks for. No less than a third: what it holds a lock on, a page
may wait for.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

NICE = 5  # the kernel's weight for it is 335, that of a page's process 1024
_OF_SESSION = Path("/proc/self/autogroup")


def let_pages_go_first() -> None:
    """Of this process and those that it forks. Where that is not allowed (systemd's filter, which
    has set it by then) or not known, nothing changes."""
    with suppress(OSError):
        os.nice(NICE - min(NICE, os.nice(0)))
    # Linux weighs sessions before it weighs the processes of one. Ours, or a terminal's?
    if os.getsid(0) == os.getpid():
        with suppress(OSError):
            _OF_SESSION.write_text(str(NICE))
