"""A virus scanner that speaks clamd's protocol (VIRUS_SCANNER): a file goes in, a verdict comes.

Whether one is used is the deployment's choice; when it is and cannot be reached, no file is kept.
"""

from __future__ import annotations

import socket
import struct
import time
from pathlib import Path
from urllib.parse import unquote, urlsplit

from config import BadSetting

SECONDS = 5.0
_CHUNK = 1 << 16
_LONGEST_ANSWER = 4096
_PORT = 3310


class ScannerAway(Exception):
    """Not reached, or it did not say what it found."""


class _Used:
    address: tuple[str, int] | str | None = None


def use_scanner(url: str | None) -> None:
    """`clamd://host:3310` or `clamd:///run/clamd.sock`. Raises BadSetting."""
    _Used.address = _address(url) if url else None


def has_virus(path: Path, until: float | None = None) -> bool:
    """False without a scanner, too. Raises ScannerAway, at `until` (time.monotonic) at latest."""
    if _Used.address is None:
        return False
    latest = time.monotonic() + SECONDS
    try:
        said = _ask(_Used.address, path, latest if until is None else min(latest, until))
    except OSError as error:
        raise ScannerAway from error
    verdict = said.rstrip(b"\0\n")
    if verdict.endswith(b" FOUND"):
        return True
    if not verdict.endswith(b": OK"):
        raise ScannerAway
    return False


def _ask(address: tuple[str, int] | str, path: Path, until: float) -> bytes:
    """INSTREAM: each piece after its length, an empty one at the end."""
    with _connect(address, until) as line, path.open("rb") as file:
        line.sendall(b"zINSTREAM\0")
        while piece := file.read(_CHUNK):
            line.settimeout(_left(until))
            line.sendall(struct.pack("!I", len(piece)) + piece)
        line.sendall(struct.pack("!I", 0))
        said = b""
        while len(said) < _LONGEST_ANSWER and not said.endswith(b"\0"):
            line.settimeout(_left(until))
            piece = line.recv(_LONGEST_ANSWER)
            if not piece:
                break
            said += piece
    return said


def _left(until: float) -> float:
    """For one step; a scanner that answers a byte at a time has no more time than another."""
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _connect(address: tuple[str, int] | str, until: float) -> socket.socket:
    if isinstance(address, tuple):
        return socket.create_connection(address, timeout=_left(until))
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        line.settimeout(_left(until))
        line.connect(address)
    except OSError:
        line.close()
        raise
    return line


def _address(url: str) -> tuple[str, int] | str:
    parts = urlsplit(url)
    try:
        if parts.scheme == "clamd" and parts.hostname:
            return parts.hostname, parts.port or _PORT
        if parts.scheme == "clamd" and parts.path.startswith("/"):
            return unquote(parts.path)
    except ValueError:
        pass
    raise BadSetting("VIRUS_SCANNER must be clamd://host:3310 or clamd:///run/clamd.sock.")
