"""A letter written down as mail (RFC 5322): plain text and HTML, headers that nobody can add to.

By hand, because email.message makes a class for each header and takes ten times as long.

Whatever people typed stands in a name, a subject or a sentence; none of it can end a header line,
and the one receiver is told to the server apart from the message.
"""

from __future__ import annotations

import binascii
import re
import unicodedata
from dataclasses import dataclass
from email.header import Header
from email.utils import format_datetime, formataddr, parseaddr
from functools import cache, lru_cache
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import idna
from jinja2 import Environment, FileSystemLoader, Template

from app import clock
from app.notifications.letters import Letter, Permanent

_LONGEST_NAME, _LONGEST_SUBJECT = 100, 200
_ATOM = re.compile(r"[^\x00-\x20\x7f-\x9f()<>\[\]:;@\\,\"\s]+")


@dataclass(frozen=True)
class Envelope:
    """What the server is told: it alone decides who gets the mail."""

    sender: str
    receiver: str
    # The receiver's name before the @ is not plain ASCII, so the server must know SMTPUTF8.
    needs_utf8: bool = False


def write(
    letter: Letter,
    *,
    message_id: UUID,
    sender: str,
    public_url: str,
    bounce_to: str | None = None,
) -> tuple[Envelope, bytes]:
    """The same letter and id make the same mail. Raises Permanent when the address is none."""
    from_name, from_address = _sender(sender)
    receiver = sound_address(letter.to)
    host = urlsplit(public_url).hostname or "localhost"
    head = {
        "From": _mailbox("From", from_name, from_address),
        "To": _mailbox("To", letter.to_name, receiver),
        "Subject": _encoded("Subject", one_line(letter.subject, _LONGEST_SUBJECT)),
        "Date": format_datetime(clock.now()),
        "Message-ID": f"<{message_id}@{host}>",
    }
    if letter.thread:
        # Of a mail that never was: all of an incident's mails hang on it.
        head["In-Reply-To"] = head["References"] = f"<{letter.thread}@{host}>"
    # RFC 3834: nobody's machine answers a machine.
    head["Auto-Submitted"] = "auto-generated"
    head["X-Auto-Response-Suppress"] = "All"
    if letter.choices_url:
        head["List-Unsubscribe"] = f"<{letter.choices_url}>"
    boundary = f"part-{message_id.hex}"
    head["MIME-Version"] = "1.0"
    head["Content-Type"] = f'multipart/alternative;\r\n boundary="{boundary}"'
    lines = [f"{name}: {value}".encode() for name, value in head.items()]
    parts = (
        _part(boundary, "plain", plain(letter)),
        _part(boundary, "html", _html().render(letter=letter)),
    )
    content = b"\r\n".join((*lines, b"", *parts, f"--{boundary}--".encode(), b""))
    return Envelope(bounce_to or from_address, receiver, not receiver.isascii()), content


@lru_cache(maxsize=4)
def _sender(text: str) -> tuple[str, str]:
    """MAIL_FROM: `Name <address>`."""
    return parseaddr(text)


def _part(boundary: str, kind: str, text: str) -> bytes:
    text = _without_controls(text).replace("\n", "\r\n")
    head = (
        f"--{boundary}\r\n"
        f'Content-Type: text/{kind}; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    return head.encode() + binascii.b2a_qp(text.encode(), istext=True)


def _mailbox(header: str, name: str, address: str) -> str:
    """`Name <address>`, the name quoted or encoded so that it is one name whatever stands in it."""
    name = one_line(name, _LONGEST_NAME)
    if name.isascii():
        # The address stands beside it as it is: the old function knows ASCII only.
        shown = formataddr((name, "x@x")).removesuffix("x@x").removesuffix("<x@x>")
        return f"{shown}<{address}>" if shown else address
    return f"{_encoded(header, name)} <{address}>"


def _encoded(header: str, text: str) -> str:
    """As RFC 2047 wants what is not ASCII."""
    if text.isascii():
        return text
    return Header(text, "utf-8", header_name=header).encode(linesep="\r\n")


def plain(letter: Letter) -> str:
    """The mail as text; the HTML says the same and no more."""
    parts = [*letter.paragraphs]
    if letter.button:
        parts.append(f"{letter.button[0]}:\n{letter.button[1]}")
    if letter.small_print:
        parts.append("\n".join(("-- ", *letter.small_print)))
    return "\n\n".join(_without_controls(part) for part in parts) + "\n"


def one_line(text: str, longest: int) -> str:
    """For a header: without anything that ends a line or is not to be seen, and not too long.

    `=?` begins an encoded word (RFC 2047): one that was typed would be decoded by whoever reads
    it, and Python's own EmailMessage writes what was in it, line breaks and all, into the header.
    """
    line = " ".join(_without_controls(text).replace("=?", "= ?").split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def sound_address(text: str) -> str:
    """`name@host` with the host in ASCII. Raises Permanent: no mail could ever reach it."""
    local, at, domain = text.strip().rpartition("@")
    if not at or not _ATOM.fullmatch(local) or not _ATOM.fullmatch(domain):
        raise Permanent("not an address", is_address=True)
    if ".." in f".{local}." or len(local.encode()) > 64:
        raise Permanent("not an address", is_address=True)
    try:
        return f"{unicodedata.normalize('NFC', local)}@{_ascii_domain(domain)}"
    except (UnicodeError, ValueError):
        raise Permanent("not an address", is_address=True) from None


def _ascii_domain(domain: str) -> str:
    if domain.isascii():
        return domain.lower()
    return idna.encode(domain, uts46=True).decode()


def _without_controls(text: str) -> str:
    """Line breaks stay; what is invisible or turns the direction of a text goes."""
    return _UNSEEN.sub("", _OTHER_BLANKS.sub(" ", text.replace("\r\n", "\n")))


_OTHER_BLANKS = re.compile("[\t\x0b\x0c\r\x85\u2028\u2029]")
_UNSEEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


@cache
def _html() -> Template:
    folder = Path(__file__).parent / "templates"
    rooms = Environment(loader=FileSystemLoader(folder), autoescape=True, auto_reload=False)
    return rooms.get_template("notifications/letter.html")
