"""Bounces: the return address that says which mail it was, and reading what came back to it.

What comes in is believed only if it carries our own signature in its receiver; everything else is
ignored in silence, and nothing is ever answered (RFC 3834).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from typing import NamedTuple
from uuid import UUID

from app.notifications.refusals import Refusal, by_status
from config import BadSetting, Settings

LONGEST = 1024 * 1024
_SIGNED = 12
_PARTS_LOOKED_AT = 50


class Bounced(NamedTuple):
    """Which row of which outbox it was (school 0: the front door's), and the status said."""

    row_id: UUID
    school_id: int
    status: str


@dataclass(frozen=True)
class Verp:
    """`bounces+<row>.<school>.<signature>@desk.example` (variable envelope return path)."""

    local: str
    domain: str
    key: bytes

    def address(self, row_id: UUID, school_id: int) -> str:
        said = f"{row_id.hex}.{school_id}"
        return f"{self.local}+{said}.{self._sign(said)}@{self.domain}"

    def read(self, address: str) -> tuple[UUID, int] | None:
        """What one of our own return addresses says; None for any other."""
        found = self._pattern.fullmatch(address.strip().strip("<>").lower())
        if found is None:
            return None
        said = f"{found['row']}.{found['school']}"
        if not hmac.compare_digest(self._sign(said), found["signature"]):
            return None
        return UUID(hex=found["row"]), int(found["school"])

    @property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(
            rf"{re.escape(self.local)}\+(?P<row>[0-9a-f]{{32}})\.(?P<school>[0-9]{{1,9}})"
            rf"\.(?P<signature>[a-z2-7]{{{_SIGNED}}})@{re.escape(self.domain)}"
        )

    def _sign(self, said: str) -> str:
        signed = hmac.digest(self.key, said.encode(), "sha256")
        return base64.b32encode(signed).decode().lower()[:_SIGNED]


def verp_for(settings: Settings) -> Verp | None:
    """None without MAIL_BOUNCES_TO: bounces then go to the sender's own mailbox."""
    if settings.bounces_to is None:
        return None
    local, at, domain = settings.bounces_to.lower().rpartition("@")
    if not re.fullmatch(r"[a-z0-9._-]{1,12}", local) or not at or not domain:
        raise BadSetting("MAIL_BOUNCES_TO must be a short address, like bounces@desk.example.")
    key = hashlib.sha256(f"bounces {settings.secret_key}".encode()).digest()
    return Verp(local, domain, key)


def read_bounce(raw: bytes, verp: Verp) -> Bounced | None:
    """A delivery report of ours that says "no such address"; None for whatever else, however
    broken. A full mailbox or a server that does not like us is no reason to write there no more."""
    if len(raw) > LONGEST:
        return None
    try:
        return _read(message_from_bytes(raw), verp)
    except Exception:
        # The parser and its lazy headers raise what they like on hostile input
        # (reliability.md 0.5); a bounce that cannot be read is nobody's loss.
        return None


def _read(message: Message, verp: Verp) -> Bounced | None:
    if message.get_content_type() != "multipart/report":
        return None
    status = _status(message)
    if status is None or by_status(status) is not Refusal.ADDRESS:
        return None
    for name in ("X-Original-To", "Delivered-To", "Envelope-To", "To"):
        for value in message.get_all(name, ()):
            if (found := verp.read(_bare(str(value)))) is not None:
                return Bounced(*found, status)
    return None


def _bare(value: str) -> str:
    match = re.search(r"<([^<>]{1,320})>", value)
    return match.group(1) if match else value


def _status(message: Message) -> str | None:
    """The first `Status: 5.1.1` of a part that is a delivery status."""
    for number, part in enumerate(message.walk()):
        if number >= _PARTS_LOOKED_AT:
            return None
        if part.get_content_type() != "message/delivery-status":
            continue
        blocks = part.get_payload()
        for block in blocks if isinstance(blocks, list) else ():
            said = str(block.get("Status", "")) if isinstance(block, Message) else ""
            found = re.match(r"\s*([245]\.[0-9]{1,3}\.[0-9]{1,3})", said)
            if found:
                return found.group(1)
    return None
