"""PDF: kept as it came if it is one PDF and nothing else, of bounded size, and only to be read."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from app.files.found import Found, Unfit, check_eicar
from app.files.rules import LARGEST_OPENED, MOST_PAGES, Refusal

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
_COUNT = re.compile(rb"/Count\s+(\d+)")
_PACKED = re.compile(rb"/Type\s*/ObjStm" + _END)
_MARKUP = re.compile(rb"<\s*(!doctype|html|script|svg|iframe|body|\?php)", re.I)
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_LATEST_MARKUP = 1024
_MOST_STREAMS = 20_000


def take(whole: bytes) -> Found:
    if _MARKUP.search(whole[:_LATEST_MARKUP]):
        raise Unfit(Refusal.OTHER_KIND)
    _check_end(whole)
    if len(_PAGE.findall(whole)) > MOST_PAGES:
        raise Unfit(Refusal.TOO_BIG_OPENED)
    if _PASSWORD.search(whole):
        raise Unfit(Refusal.PASSWORD)
    _check_words([whole, *_packed(whole)])
    _check_structure(whole)
    return Found("pdf")


def _check_end(whole: bytes) -> None:
    """One file: what follows its end, or another archive's directory, is a second one."""
    _, mark, rest = whole.rpartition(b"%%EOF")
    if not mark:
        raise Unfit(Refusal.DAMAGED)
    if len(rest.strip(b"\r\n\t \0")) > 0 or b"PK\x05\x06" in whole[-66_000:]:
        raise Unfit(Refusal.OTHER_KIND)


def _check_words(parts: list[bytes]) -> None:
    pages = 0
    for part in parts:
        plain = _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), part)
        if _SCRIPTS.search(plain):
            raise Unfit(Refusal.SCRIPTS)
        if _FILES_INSIDE.search(plain):
            raise Unfit(Refusal.FILES_INSIDE)
        check_eicar(plain)
        pages += len(_PAGE.findall(plain))
    if pages > MOST_PAGES:
        raise Unfit(Refusal.TOO_BIG_OPENED)


def _packed(whole: bytes) -> Iterator[bytes]:
    """Things that stand in compressed streams of things, wherever the file has such a stream;
    not only where its own table says so, for other readers look further than ours."""
    import zlib

    opened = 0
    for number, found in enumerate(_STREAM.finditer(whole)):
        if number > _MOST_STREAMS:
            raise Unfit(Refusal.TOO_BIG_OPENED)
        about = whole[max(0, found.start() - 600) : found.start()].rpartition(b"obj")[2]
        if not _PACKED.search(_ESCAPED.sub(lambda one: bytes([int(one[1], 16)]), about)):
            continue
        if b"Flate" not in about:
            # Other packings of things are not written by any program we know.
            if b"/Filter" in about:
                raise Unfit(Refusal.DAMAGED)
            continue
        unpacker = zlib.decompressobj()
        try:
            part = unpacker.decompress(whole[found.end() :], LARGEST_OPENED - opened)
        except zlib.error:
            raise Unfit(Refusal.DAMAGED) from None
        opened += len(part)
        if unpacker.unconsumed_tail and opened >= LARGEST_OPENED:
            raise Unfit(Refusal.TOO_BIG_OPENED)
        yield part


def _check_structure(whole: bytes) -> None:
    """A reader that is not ours finds its way in it."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(whole), strict=False)
        if reader.is_encrypted:
            raise Unfit(Refusal.PASSWORD)
        pages = reader.root_object["/Pages"].get_object()["/Count"]  # type: ignore[index]
    except (PyPdfError, KeyError, ValueError, TypeError, RecursionError):
        raise Unfit(Refusal.DAMAGED) from None
    if not 0 < int(pages) <= MOST_PAGES:
        raise Unfit(Refusal.TOO_BIG_OPENED if int(pages) > 0 else Refusal.DAMAGED)
