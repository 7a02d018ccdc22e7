"""Word, Excel, PowerPoint and OpenDocument: a zip archive that must say what it is.

Every entry is unpacked once, within bounds, so that a bomb goes off here and not at a reader's.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass

from app.files import parts
from app.files.found import Found, Unfit, check_eicar
from app.files.rules import LARGEST_OPENED, MOST_ENTRIES, Refusal

# Only beyond this is it a question how much smaller the archive was.
_SUSPICIOUS = 20 * 1024 * 1024
_MOST_TIMES_SMALLER = 150
_DEEPEST = 1
_CHUNK = 1 << 16

_CONTENT_TYPES = "[Content_Types].xml"
_MIMETYPE = "mimetype"
_OTHER_DIRECTORIES = frozenset({_MIMETYPE, "META-INF/manifest.xml"})
_MAIN = {
    b"wordprocessingml.document.main+xml": "docx",
    b"spreadsheetml.sheet.main+xml": "xlsx",
    b"presentationml.presentation.main+xml": "pptx",
}
_MIMETYPES = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.presentation": "odp",
}
_MACRO_NAMES = re.compile(
    r"(vbaproject|vbadata|macrosheets|activex|(^|/)(basic|scripts)/|customui)", re.I
)
_NESTED_OFFICE = re.compile(r"(^|/)embeddings/[^/]+\.(docx|xlsx|pptx)$", re.I)
_XML = re.compile(r"\.(xml|rels|vml|rdf)$", re.I)


@dataclass
class Budget:
    """For an archive and everything in it."""

    entries: int = MOST_ENTRIES
    opened: int = LARGEST_OPENED

    def spend(self, size: int) -> None:
        self.opened -= size
        if self.opened < 0:
            raise Unfit(Refusal.TOO_BIG_OPENED)


def take(whole: bytes) -> Found:
    return Found(_kind(whole, Budget(), 0))


def _kind(whole: bytes, budget: Budget, depth: int) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(whole)) as archive:
            _check_directory(archive, whole, budget)
            return _said_kind(archive, _unpack(archive, budget, depth))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError):
        raise Unfit(Refusal.DAMAGED) from None


def _check_directory(archive: zipfile.ZipFile, whole: bytes, budget: Budget) -> None:
    """What the archive says of itself, before anything is unpacked."""
    entries = archive.infolist()
    budget.entries -= len(entries)
    declared = sum(one.file_size for one in entries)
    is_bomb = declared > budget.opened or (
        declared > _SUSPICIOUS and declared > _MOST_TIMES_SMALLER * len(whole)
    )
    if budget.entries < 0 or is_bomb:
        raise Unfit(Refusal.TOO_BIG_OPENED)
    if any(one.flag_bits & 0x1 for one in entries):
        raise Unfit(Refusal.PASSWORD)
    names = [one.filename for one in entries]
    if len({one.lower() for one in names}) < len(names) or any(map(_leads_outside, names)):
        raise Unfit(Refusal.DAMAGED)
    # Two documents in one: which of them is opened is up to the program.
    if _CONTENT_TYPES in names and not _OTHER_DIRECTORIES.isdisjoint(names):
        raise Unfit(Refusal.OTHER_KIND)
    # Nothing before the archive, between its parts' directory and its end, or after it.
    end = whole.rfind(b"PK\x05\x06")
    comment = int.from_bytes(whole[end + 20 : end + 22], "little")
    first = min((one.header_offset for one in entries), default=0)
    if first != 0 or end + 22 + comment != len(whole) or comment:
        raise Unfit(Refusal.OTHER_KIND)


def _leads_outside(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return ".." in parts or name.startswith(("/", "\\")) or ":" in parts[0] or "\0" in name


def _unpack(archive: zipfile.ZipFile, budget: Budget, depth: int) -> dict[str, bytes]:
    """The parts that say what kind of document it is; the others are looked at and let go."""
    is_open_document = archive.namelist()[:1] == [_MIMETYPE]
    kept = {}
    for entry in archive.infolist():
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Unfit(Refusal.DAMAGED)
        content = _read(archive, entry, budget)
        check_eicar(content)
        if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            _check_nested(entry.filename, content, budget, depth)
        if entry.filename in (_CONTENT_TYPES, _MIMETYPE):
            kept[entry.filename] = content
        if _XML.search(entry.filename):
            _check_part(entry.filename, content, is_open_document)
    return kept


def _check_part(name: str, content: bytes, is_open_document: bool) -> None:
    if name.lower().endswith(".rels"):
        parts.check_relations(content)
    elif name == _CONTENT_TYPES:
        parts.check_content_types(content)
    elif is_open_document:
        parts.check_open_document(content)
    else:
        parts.check_beginning(content)


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: Budget) -> bytes:
    pieces = []
    with archive.open(entry) as source:
        while piece := source.read(_CHUNK):
            budget.spend(len(piece))
            pieces.append(piece)
    return b"".join(pieces)


def _check_nested(name: str, content: bytes, budget: Budget, depth: int) -> None:
    """The table behind a chart is a document inside the document; nothing else is let in."""
    if depth >= _DEEPEST:
        raise Unfit(Refusal.TOO_BIG_OPENED)
    kind = _kind(content, budget, depth + 1)
    if not _NESTED_OFFICE.search(name) or not kind.endswith("x"):
        raise Unfit(Refusal.FILES_INSIDE)


def _said_kind(archive: zipfile.ZipFile, kept: dict[str, bytes]) -> str:
    kind = _of_office(kept) or _of_open_document(archive, kept)
    if kind is None:
        raise Unfit(Refusal.ZIP)
    names = archive.namelist()
    if any(map(_MACRO_NAMES.search, names)):
        raise Unfit(Refusal.MACROS)
    if any("oleobject" in name.lower() for name in names):
        raise Unfit(Refusal.FILES_INSIDE)
    return kind


def _of_office(kept: dict[str, bytes]) -> str | None:
    types = kept.get(_CONTENT_TYPES, b"")
    return next((kind for word, kind in _MAIN.items() if word in types), None)


def _of_open_document(archive: zipfile.ZipFile, kept: dict[str, bytes]) -> str | None:
    first = archive.infolist()[0] if archive.infolist() else None
    if first is None or first.filename != _MIMETYPE:
        return None
    return _MIMETYPES.get(kept[_MIMETYPE].strip())
