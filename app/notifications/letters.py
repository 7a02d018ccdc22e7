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
