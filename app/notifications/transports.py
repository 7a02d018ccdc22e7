"""Where mail goes: to an SMTP server, or into a folder where people can look at it.

One connection serves a whole drain. Each thread has its own, and a forked child never uses its
parent's: two processes on one connection would mix their mails up.
"""

from __future__ import annotations

import contextlib
import os
import smtplib
import ssl
import tempfile
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname
from uuid import UUID

from app.notifications.letters import Permanent, Temporary
from app.notifications.mail import Envelope
from config import BadSetting

SECONDS = 10.0
REST_SECONDS = 5.0
# A server that closes a connection says so, if it has the time (RFC 5321).
_CLOSING = 421
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


class Transport(Protocol):
    def send(self, envelope: Envelope, content: bytes, message_id: UUID) -> None:
        """Raises Temporary or Permanent."""

    def close(self) -> None: ...


def transport_for(url: str) -> Transport:
    """By MAIL_URL: `smtp://`, `smtps://` or `file://`. Raises BadSetting."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadSetting("MAIL_URL cannot be read.") from None
    if parts.scheme == "file" and parts.path:
        return Folder(Path(url2pathname(parts.path)))
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise BadSetting("MAIL_URL must be smtp://host, smtps://host or file:///folder.")
    is_tls = parts.scheme == "smtps"
    return Smtp(
        Server(
            host=parts.hostname,
            port=port or (465 if is_tls else 25),
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            is_tls=is_tls,
        )
    )


class Folder:
    """Each mail a file that any mail program opens; a name sorts by time and says the id."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, envelope: Envelope, content: bytes, message_id: UUID) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self.folder, suffix=".part")
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(name).replace(self.folder / file_name(message_id))
        except OSError as error:
            raise Temporary(type(error).__name__) from None

    def close(self) -> None:
        pass


def file_name(message_id: UUID) -> str:
    """The time stands in the id (uuid7), so the same id is the same file."""
    at = datetime.fromtimestamp((message_id.int >> 80) / 1000, UTC)
    return f"{at:%Y%m%dT%H%M%S}-{message_id}.eml"


@dataclass(frozen=True)
class Server:
    host: str
    port: int
    user: str
    password: str
    is_tls: bool


class Smtp:
    def __init__(self, server: Server) -> None:
        self._server = server
        self._kept = threading.local()
        self._away_until = 0.0

    def send(self, envelope: Envelope, content: bytes, message_id: UUID) -> None:
        try:
            smtp = self._begin(envelope)
            _check(*smtp.rcpt(envelope.receiver), is_address=True)
            _check(*smtp.data(content))
        except Permanent:
            self._reset()
            raise
        except smtplib.SMTPResponseException as error:
            self._drop()
            raise Temporary(f"SMTP {error.smtp_code}") from None
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise Temporary(type(error).__name__) from None

    def close(self) -> None:
        smtp = self._mine()
        if smtp is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                smtp.quit()
        self._kept.smtp = None

    def _begin(self, envelope: Envelope) -> smtplib.SMTP:
        """On the connection kept, if it is there still; otherwise on a new one."""
        smtp = self._mine()
        if smtp is not None:
            try:
                return _from(smtp, envelope)
            except (smtplib.SMTPServerDisconnected, OSError):
                self._drop()
            except smtplib.SMTPResponseException as error:
                if error.smtp_code != _CLOSING:
                    raise
                self._drop()
        self._kept.smtp, self._kept.process = self._reach(), os.getpid()
        return _from(self._kept.smtp, envelope)

    def _reach(self) -> smtplib.SMTP:
        """A server that does not answer is left alone for a moment: a hundred mails that each wait
        ten seconds for it would keep all other work waiting."""
        if time.monotonic() < self._away_until:
            raise Temporary("server away")
        try:
            return self._connect()
        except (OSError, smtplib.SMTPException, Temporary):
            self._away_until = time.monotonic() + REST_SECONDS
            raise

    def _mine(self) -> smtplib.SMTP | None:
        found: smtplib.SMTP | None = getattr(self._kept, "smtp", None)
        return found if found is not None and self._kept.process == os.getpid() else None

    def _drop(self) -> None:
        smtp = self._mine()
        if smtp is not None:
            smtp.close()
        self._kept.smtp = None

    def _reset(self) -> None:
        """After a refusal the next mail begins anew."""
        smtp = self._mine()
        if smtp is not None:
            try:
                smtp.rset()
            except (OSError, smtplib.SMTPException):
                self._drop()

    def _connect(self) -> smtplib.SMTP:
        """Wrong credentials are ours to mend, not the letter's: nothing is given up for them."""
        server = self._server
        tls = ssl.create_default_context()
        if server.is_tls:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=SECONDS, context=tls
            )
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=SECONDS)
        try:
            smtp.ehlo_or_helo_if_needed()
            if not server.is_tls:
                self._start_tls(smtp, tls)
            if server.password:
                smtp.login(server.user, server.password)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _start_tls(self, smtp: smtplib.SMTP, tls: ssl.SSLContext) -> None:
        is_here = self._server.host in _LOCAL
        if smtp.has_extn("starttls"):
            if is_here or not self._server.password:
                # As between mail servers: encrypted is better, whoever is at the other end.
                tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
            _check(*smtp.starttls(context=tls))
            smtp.ehlo()
        elif self._server.password and not is_here:
            raise Temporary("no STARTTLS")


def _from(smtp: smtplib.SMTP, envelope: Envelope) -> smtplib.SMTP:
    options = ["SMTPUTF8", "BODY=8BITMIME"] if envelope.needs_utf8 else []
    if envelope.needs_utf8 and not smtp.has_extn("smtputf8"):
        raise Permanent("no SMTPUTF8", is_address=True)
    _check(*smtp.mail(envelope.sender, options))
    return smtp


def _check(code: int, said: bytes, *, is_address: bool = False) -> None:
    """What the server said of a step. Only its code is kept: the words may quote the address."""
    if 200 <= code < 400:
        return
    if 500 <= code < 600:
        # Mailbox and its state (RFC 3463) are the receiver's matter, whenever they are said.
        is_theirs = is_address or said.startswith((b"5.1.1", b"5.1.2", b"5.1.10", b"5.2.1"))
        raise Permanent(f"SMTP {code}", is_address=is_theirs)
    raise smtplib.SMTPResponseException(code, b"")
