"""The post: takes a letter, writes it down as mail and hands it over to wherever MAIL_URL says.

`post(letter, message_id=row_being_done.get())` from a task; what goes wrong is `Temporary` or
`Permanent` (letters.py), and the drain tries again or gives up.
"""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from uuid import UUID

from app import metrics
from app.notifications import bounces
from app.notifications.letters import Letter, Permanent
from app.notifications.mail import sound_address, write
from app.notifications.transports import Folder, Transport, transport_for
from config import BadSetting, Settings
from tenants.context import SCHOOL, current_binding


@dataclass
class _Office:
    transport: Transport
    sender: str
    public_url: str
    verp: bounces.Verp | None


class _Ours:
    office: _Office | None = None


def use_post(settings: Settings) -> None:
    """From now on mail goes where these settings say. Raises BadSetting."""
    hang_up()
    _check_sender(settings.mail_from)
    _Ours.office = _Office(
        transport=transport_for(settings.mail_url),
        sender=settings.mail_from,
        public_url=settings.public_url,
        verp=bounces.verp_for(settings),
    )


def _check_sender(text: str) -> None:
    try:
        sound_address(parseaddr(text)[1])
    except Permanent:
        raise BadSetting("MAIL_FROM must be an address, like Deskbell <desk@la.example>.") from None


def post(letter: Letter, *, message_id: UUID) -> None:
    """Hand it over. The same id again is the same mail again."""
    office = _office()
    school_id = _school_id()
    bounce_to = office.verp.address(message_id, school_id) if office.verp else None
    envelope, content = write(
        letter,
        message_id=message_id,
        sender=office.sender,
        public_url=office.public_url,
        bounce_to=bounce_to,
    )
    try:
        office.transport.send(envelope, content, message_id)
    except Permanent:
        metrics.mail("refused")
        raise
    except Exception:
        metrics.mail("put off")
        raise
    metrics.mail("sent")


def hang_up() -> None:
    """Let go of a connection that was kept for the next letter."""
    if _Ours.office is not None:
        _Ours.office.transport.close()


def absolute(path: str) -> str:
    """An address for a mail: of the deployment, never of the request that led to it."""
    return f"{_office().public_url}{path}"


def folder() -> Path | None:
    """Where mail stands that is not sent; None when it is."""
    transport = _office().transport
    return transport.folder if isinstance(transport, Folder) else None


def verp() -> bounces.Verp | None:
    return _office().verp


def _office() -> _Office:
    if _Ours.office is None:
        raise BadSetting("Nobody has said where mail goes (use_post).")
    return _Ours.office


def _school_id() -> int:
    binding = current_binding()
    return (binding.school_id or 0) if binding and binding.role == SCHOOL else 0
