"""PDF: kept as it came if it is one PDF and nothing else, of bounded size, and only to be read.

Twice: a reader resolves every thing in it (pdf_things.py), and its names are looked for in the
bytes, for other readers find things where ours does not look.
"""

from __future__ import annotations

import re

from app.files import pdf_things
from app.files.found import Found, Unfit, check_eicar
from app.files.rules import MOST_PAGES, Refusal

# The name of a thing may be spelled with #xx for any letter.
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_END = rb"(?![A-Za-z0-9])"
# Long names, or with what must follow: in megabytes of packed pictures a short one is chance.
_SCRIPTS = re.compile(
    rb"/(JavaScript|Launch|Rendition|RichMedia|ImportData|SubmitForm)(?![A-Za-z0-9])"
    rb"|/XFA\s*[\[0-9]"
)
_FILES_INSIDE = re.compile(rb"/(EmbeddedFiles?|Collection)" + _END)
_PASSWORD = re.compile(rb"/Encrypt\s*(<<|\d+\s+\d+\s+R)")
_PAGE = re.compile(rb"/Type\s*/Page" + _END)
_PACKED = re.compile(rb"/ObjStm" + _END)
_MARKUP = re.compile(rb"<\s*(!doctype|html|script|svg|iframe|body|\?php)", re.I)
_LATEST_MARKUP = 1024


def take(whole: bytes) -> Found:
    if _MARKUP.search(whole[:_LATEST_MARKUP]):
        raise Unfit(Refusal.OTHER_KIND)
    _check_end(whole)
    plain = _unescaped(whole)
    # Before a reader makes something of each.
    if len(_PAGE.findall(plain)) > MOST_PAGES:
        raise Unfit(Refusal.TOO_BIG_OPENED)
    if _PASSWORD.search(plain):
        raise Unfit(Refusal.PASSWORD)
    _check_words(plain)
    packed = [_unescaped(part) for part in pdf_things.read(whole)]
    for part in packed:
        _check_words(part)
    everything = (plain, *packed)
    if sum(len(_PAGE.findall(part)) for part in everything) > MOST_PAGES:
        raise Unfit(Refusal.TOO_BIG_OPENED)
    # Streams of things that our reader did not come to may be found by another one.
    if sum(len(_PACKED.findall(part)) for part in everything) > len(packed):
        raise Unfit(Refusal.DAMAGED)
    return Found("pdf")


def _check_end(whole: bytes) -> None:
    """One file: what follows its end, or another archive's directory, is a second one."""
    _, mark, rest = whole.rpartition(b"%%EOF")
    if not mark:
        raise Unfit(Refusal.DAMAGED)
    if len(rest.strip(b"\r\n\t \0")) > 0 or b"PK\x05\x06" in whole[-66_000:]:
        raise Unfit(Refusal.OTHER_KIND)


def _unescaped(part: bytes) -> bytes:
    return _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), part)


def _check_words(part: bytes) -> None:
    if _SCRIPTS.search(part):
        raise Unfit(Refusal.SCRIPTS)
    if _FILES_INSIDE.search(part):
        raise Unfit(Refusal.FILES_INSIDE)
    check_eicar(part)
