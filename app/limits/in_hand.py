"""How many requests this process is working on, and whether that is as many as it has threads. A
stream that is still being read is not work.
"""

from __future__ import annotations

import threading


class InHand:
    """`threads`: of the process. With one it is always at work, which says nothing."""

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._lock = threading.Lock()
        self._count = 0

    @property
    def is_full(self) -> bool:
        return self._count >= self._threads > 1

    def one_more(self) -> None:
        with self._lock:
            self._count += 1

    def one_less(self) -> None:
        with self._lock:
            self._count -= 1
