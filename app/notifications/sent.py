"""The demo's mail: what would have been sent stands in a folder, and people may read it there."""

from __future__ import annotations

import re
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import NamedTuple

from app.notifications.post import folder

# Exactly what transports.file_name makes: no dots, no slashes, no way out of the folder.
NAME = re.compile(r"[0-9]{8}T[0-9]{6}-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.eml")
_LONGEST = 1024 * 1024


class Sent(NamedTuple):
    name: str
    to: str
    subject: str
    at: datetime | None
    text: str


def newest(limit: int) -> list[Sent]:
    """Names begin with the time."""
    there = folder()
    if there is None or not there.is_dir():
        return []
    names = sorted((one.name for one in there.iterdir() if NAME.fullmatch(one.name)), reverse=True)
    return [found for name in names[:limit] if (found := _read(there / name)) is not None]


def one(name: str) -> Sent | None:
    there = folder()
    if there is None or not NAME.fullmatch(name):
        return None
    return _read(there / name)


def _read(path: Path) -> Sent | None:
    try:
        with path.open("rb") as file:
            message = message_from_bytes(file.read(_LONGEST), policy=default)
        assert isinstance(message, EmailMessage)
        body = message.get_body(("plain",))
        return Sent(
            path.name,
            str(message["To"] or ""),
            str(message["Subject"] or ""),
            parsedate_to_datetime(str(message["Date"])) if message["Date"] else None,
            str(body.get_content()) if body is not None else "",
        )
    except (OSError, ValueError, LookupError):
        return None
