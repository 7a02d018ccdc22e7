"""What a mail server's "no" means: one table, for what it says at once and what comes back later.

Lost is worse than late: whatever a relay says of us (we may not send, must sign in, are blocked) is
for the LA to mend, and the mail waits for that. An address is silenced only where the server says
that it is none.
"""

from __future__ import annotations

import re
from enum import Enum


class Refusal(Enum):
    ADDRESS = "address"  # nothing will ever arrive there
    PASSING = "passing"  # ours to mend, or it passes by itself
    LETTER = "letter"  # this mail will not go like this; the next one may


# fmt: off
# RFC 3463, and RFC 7505 for 5.1.10. A beginning that ends with a dot stands for all that follow.
_STATUSES = {
    "5.1.1":  Refusal.ADDRESS,  # no such mailbox
    "5.1.2":  Refusal.ADDRESS,  # no such domain
    "5.1.3":  Refusal.ADDRESS,  # not an address
    "5.1.6":  Refusal.ADDRESS,  # moved, and nobody knows where
    "5.1.10": Refusal.ADDRESS,  # a domain that takes no mail
    "5.2.1":  Refusal.ADDRESS,  # mailbox closed
    "5.1.7":  Refusal.PASSING,  # our own address
    "5.1.8":  Refusal.PASSING,
    "5.2.2":  Refusal.PASSING,  # mailbox full
    "5.3.1":  Refusal.PASSING,  # server full
    "5.3.2":  Refusal.PASSING,  # server takes nothing now
    "5.7.":   Refusal.PASSING,  # not from us: relaying, blocked, not signed in
}
# Without such a status, by the answer to RCPT.
_CODES = {
    550: Refusal.ADDRESS,
    551: Refusal.ADDRESS,
    553: Refusal.ADDRESS,
    552: Refusal.PASSING,  # full
    554: Refusal.PASSING,  # "relay access denied", by servers that say no more
}
# fmt: on
# Signing in is missing or wrong, whenever it is said.
_SIGN_IN = (530, 534, 535, 538)
_STATUS = re.compile(rb"\s*(5\.[0-9]{1,3}\.[0-9]{1,3})(?![0-9.])")


def by_status(status: str) -> Refusal:
    subject = f"{status.rpartition('.')[0]}."
    return _STATUSES.get(status) or _STATUSES.get(subject, Refusal.LETTER)


def by_answer(code: int, said: bytes, *, is_of_receiver: bool) -> Refusal:
    """Of a 5xx to the receiver (RCPT) or to the content. What is said before that is of us."""
    if code in _SIGN_IN:
        return Refusal.PASSING
    if found := _STATUS.match(said):
        return by_status(found.group(1).decode())
    return _CODES.get(code, Refusal.LETTER) if is_of_receiver else Refusal.LETTER
