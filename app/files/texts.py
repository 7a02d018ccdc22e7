"""Plain text: kept as UTF-8. Nothing that a browser or a shell would take for more than text."""

from __future__ import annotations

import re
from typing import BinaryIO

import puremagic

from app.files.found import Found, Unfit
from app.files.rules import Refusal

# As far as browsers look when they guess.
_LOOKED_AT = 1024
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_MARKUP = re.compile(
    r"<\s*(!doctype|!--|\?|%|html|head|body|script|svg|iframe|img|object|embed|style|table|title"
    r"|link|meta|base|form|a\s|div|math|xml)",
    re.I,
)
_BEGINS_A_SCRIPT = re.compile(r"(#!|@echo\b|<|%!ps|\{\\rtf|\[internetshort)", re.I)


def take(whole: bytes, content: BinaryIO) -> Found:
    # A byte-order mark is no letter.
    body = whole.removeprefix(b"\xef\xbb\xbf")
    if not body.strip():
        raise Unfit(Refusal.EMPTY)
    if _CONTROL.search(body) or _is_known_binary(body):
        raise Unfit(Refusal.OTHER_KIND)
    text = _decoded(body)
    begin = text[:_LOOKED_AT].lstrip()
    if _MARKUP.search(begin) or _BEGINS_A_SCRIPT.match(begin):
        raise Unfit(Refusal.OTHER_KIND)
    content.write(text.encode())
    return Found("text", is_rewritten=True)


def _decoded(body: bytes) -> str:
    for encoding in ("utf-8", "cp1252"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unfit(Refusal.OTHER_KIND)


def _is_known_binary(body: bytes) -> bool:
    """By its first bytes something else, although it has no control characters."""
    try:
        found = puremagic.magic_string(body[:4096])
    except (puremagic.PureError, ValueError):
        return False
    # One or two letters at the beginning say nothing: "BM", "II", "GIF".
    return any(len(one.byte_match or b"") >= 5 and one.confidence >= 0.7 for one in found)
