"""Where mail goes: to an SMTP server, or into a folder where people can look at it.

One connection serves a whole drain. Each thread has its own, and a forked child never uses its
parent's: two processes on one connection would mix their mails up.
"""

from __future__ import annotations

import contextlib
import os
import re
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
from app.notifications.refusals import Refusal, by_answer
from config import BadSetting

# A mail is sent while its row's transaction is open, and a drain may begin one at the end of its
# two seconds: both must end before the bell's job does (app/bell.py). So long for an answer,
# for the last one, which comes when the server has looked at the mail, and for all of them.
STEP_SECONDS, TAKING_SECONDS, MAIL_SECONDS = 5.0, 12.0, 15.0
GOODBYE_SECONDS = 1.0
REST_SECONDS = 5.0
# A server that closes a connection says so, if it has the time (RFC 5321).
_CLOSING = 421
_GOOD, _GO_AHEAD = range(200, 400), range(354, 355)
# A line that is only a dot would end the mail (RFC 5321).
_DOT = re.compile(rb"^\.", re.MULTILINE)
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


class _Watch:
    """How long the server may take: so long for each answer, and so long for the whole mail."""

    def __init__(self) -> None:
        self._until = time.monotonic() + MAIL_SECONDS

    def give(self, smtp: smtplib.SMTP, seconds: float) -> None:
        left = self.left(seconds)
        if smtp.sock is not None:
            smtp.sock.settimeout(left)

    def left(self, seconds: float) -> float:
        found = min(seconds, self._until - time.monotonic())
        if found <= 0:
            raise TimeoutError
        return found


class Smtp:
    def __init__(self, server: Server) -> None:
        self._server = server
        self._kept = threading.local()
        self._away_until = 0.0

    def send(self, envelope: Envelope, content: bytes, message_id: UUID) -> None:
        watch = _Watch()
        try:
            smtp = self._begin(envelope, watch)
            watch.give(smtp, STEP_SECONDS)
            _check(*smtp.rcpt(envelope.receiver), is_of_receiver=True)
            _hand_over(smtp, content, watch)
        except (Permanent, Temporary):
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
                _Watch().give(smtp, GOODBYE_SECONDS)
                smtp.quit()
            smtp.close()
        self._kept.smtp = None

    def _begin(self, envelope: Envelope, watch: _Watch) -> smtplib.SMTP:
        """On the connection kept, if it is there still; otherwise on a new one. Whatever goes wrong
        so far is between the server and us, and would go wrong with any other letter."""
        try:
            smtp = self._mine()
            if smtp is not None:
                try:
                    return _from(smtp, envelope, watch)
                except (smtplib.SMTPException, OSError):
                    # Closed meanwhile, or the server has had enough mails on this one.
                    self._drop()
            self._kept.smtp, self._kept.process = self._reach(watch), os.getpid()
            return _from(self._kept.smtp, envelope, watch)
        except smtplib.SMTPResponseException as error:
            self._drop()
            raise Temporary(f"SMTP {error.smtp_code}", is_server=True) from None
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise Temporary(type(error).__name__, is_server=True) from None

    def _reach(self, watch: _Watch) -> smtplib.SMTP:
        """A server that does not answer is left alone for a moment: a hundred mails that each wait
        for it would keep all other work waiting."""
        if time.monotonic() < self._away_until:
            raise Temporary("server away", is_server=True)
        try:
            return self._connect(watch)
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
                _Watch().give(smtp, GOODBYE_SECONDS)
                smtp.rset()
            except (OSError, smtplib.SMTPException):
                self._drop()

    def _connect(self, watch: _Watch) -> smtplib.SMTP:
        """Wrong credentials are ours to mend, not the letter's: nothing is given up for them."""
        server = self._server
        tls = ssl.create_default_context()
        if server.is_tls:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=watch.left(STEP_SECONDS), context=tls
            )
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=watch.left(STEP_SECONDS))
        try:
            watch.give(smtp, STEP_SECONDS)
            smtp.ehlo_or_helo_if_needed()
            if not server.is_tls:
                self._start_tls(smtp, tls, watch)
            if server.password:
                watch.give(smtp, STEP_SECONDS)
                smtp.login(server.user, server.password)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _start_tls(self, smtp: smtplib.SMTP, tls: ssl.SSLContext, watch: _Watch) -> None:
        is_here = self._server.host in _LOCAL
        if smtp.has_extn("starttls"):
            if is_here or not self._server.password:
                # As between mail servers: encrypted is better, whoever is at the other end.
                tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
            watch.give(smtp, STEP_SECONDS)
            _accepted(*smtp.starttls(context=tls))
            watch.give(smtp, STEP_SECONDS)
            smtp.ehlo()
        elif self._server.password and not is_here:
            raise Temporary("no STARTTLS", is_server=True)


def _from(smtp: smtplib.SMTP, envelope: Envelope, watch: _Watch) -> smtplib.SMTP:
    options = ["SMTPUTF8", "BODY=8BITMIME"] if envelope.needs_utf8 else []
    if envelope.needs_utf8 and not smtp.has_extn("smtputf8"):
        raise Permanent("no SMTPUTF8", is_address=True)
    watch.give(smtp, STEP_SECONDS)
    _accepted(*smtp.mail(envelope.sender, options))
    return smtp


def _hand_over(smtp: smtplib.SMTP, content: bytes, watch: _Watch) -> None:
    """In two steps, because a server may look at a mail for longer than it may say nothing."""
    watch.give(smtp, STEP_SECONDS)
    _check(*smtp.docmd("DATA"), expected=_GO_AHEAD)
    watch.give(smtp, TAKING_SECONDS)
    end = b".\r\n" if content.endswith(b"\r\n") else b"\r\n.\r\n"
    smtp.send(_DOT.sub(b"..", content) + end)
    _check(*smtp.getreply())


def _accepted(code: int, said: bytes) -> None:
    """Of a step that is about us. Only the code is kept: the words may quote an address."""
    if not 200 <= code < 400:
        raise smtplib.SMTPResponseException(code, b"")


def _check(
    code: int, said: bytes, *, is_of_receiver: bool = False, expected: range = _GOOD
) -> None:
    """Of a step that is about this letter. Again only the code is kept."""
    if code in expected:
        return
    if 500 <= code < 600:
        refusal = by_answer(code, said, is_of_receiver=is_of_receiver)
        if refusal is not Refusal.PASSING:
            raise Permanent(f"SMTP {code}", is_address=refusal is Refusal.ADDRESS)
    elif code == _CLOSING or not 400 <= code < 500:
        raise smtplib.SMTPResponseException(code, b"")
    raise Temporary(f"SMTP {code}")
