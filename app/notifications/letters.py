"""A mail before it is written down: who gets it, what it says, and the one link in it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Letter:
    """To one person. Sentences are plain text, whatever people typed into them."""

    to: str
    to_name: str
    subject: str
    paragraphs: tuple[str, ...]
    # Words of the button and the absolute address behind it.
    button: tuple[str, str] | None = None
    # Why they get it and what to do if it is not for them.
    small_print: tuple[str, ...] = ()
    # What mail programs put in one thread, e.g. `incident-7.3`.
    thread: str | None = None
    # Where a person chooses not to get such mail; None where they must get it.
    choices_url: str | None = None


class Temporary(Exception):
    """It did not go out now; later it may. `said` is for the log: no address, no text.
    `is_server`: because the server is away or takes nothing from us, so no other would go either.
    """

    def __init__(self, said: str, *, is_server: bool = False) -> None:
        super().__init__(said)
        self.said = said
        self.is_server = is_server


class Permanent(Exception):
    """It will never go out like this. `is_address`: because mail does not reach the receiver."""

    def __init__(self, said: str, *, is_address: bool = False) -> None:
        super().__init__(said)
        self.said = said
        self.is_address = is_address
