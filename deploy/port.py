"""The port of this run: taken once, held until the end, handed to the web server when it starts.

So no other program, and no second checkout, can slip in between or while the web server restarts.
"""

from __future__ import annotations

import errno
import socket
from dataclasses import dataclass

from deploy.say import GiveUp

FIRST, LAST = 8000, 8199


@dataclass(frozen=True)
class Port:
    listener: socket.socket

    @property
    def number(self) -> int:
        return int(self.listener.getsockname()[1])

    @property
    def url(self) -> str:
        return f"http://localhost:{self.number}"


def take_port(asked: str) -> Port:
    """The port that was asked for or nothing; without a wish the first free one from 8000."""
    if not asked:
        for number in range(FIRST, LAST + 1):
            if port := _try(number):
                return port
        raise GiveUp(f"No port from {FIRST} to {LAST} is free; choose one: make run PORT=9000")
    if not asked.isdecimal() or not 1 <= int(asked) <= 65535:
        raise GiveUp(f"PORT must be a number from 1 to 65535, not {asked!r}.")
    if port := _try(int(asked)):
        return port
    raise GiveUp(
        f"Port {asked} is taken by another program: stop that one, or choose another port "
        f"(make run PORT={min(int(asked) + 1, 65535)})."
    )


def _try(number: int) -> Port | None:
    listener = socket.socket()
    # Only past connections are overlooked by this; a listening program still counts.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", number))
        listener.listen(64)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            return None
        raise GiveUp(f"Port {number} may not be used here: {error.strerror}.") from None
    return Port(listener)
