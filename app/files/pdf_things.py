"""Every thing in a PDF as a reader sees it, spelled and packed in whatever way.

The reader (pypdf) works within the limits that the opener set itself. Each thing is looked at by
itself, whether or not a page leads to it, so what refers to what does not matter.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from app.files.found import Unfit
from app.files.rules import LARGEST_OPENED, MOST_PAGES, Refusal

MOST_THINGS = 100_000

# fmt: off
# What an entry's name alone says; there is no harmless use of these.
_KEYS = {
    "/JS":             Refusal.SCRIPTS,
    "/JavaScript":     Refusal.SCRIPTS,
    "/XFA":            Refusal.SCRIPTS,
    "/OnInstantiate":  Refusal.SCRIPTS,
    "/RichMediaContent": Refusal.SCRIPTS,
    "/RichMediaSettings": Refusal.SCRIPTS,
    "/EF":             Refusal.FILES_INSIDE,
    "/EmbeddedFile":   Refusal.FILES_INSIDE,
    "/EmbeddedFiles":  Refusal.FILES_INSIDE,
    "/Collection":     Refusal.FILES_INSIDE,
}
# What an action does ("/S"), and what an annotation or a stream is.
_ACTIONS = frozenset({
    "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/Rendition", "/Movie",
    "/Sound", "/RichMediaExecute",
})
_KINDS = {
    "/RichMedia":      Refusal.SCRIPTS,
    "/3D":             Refusal.SCRIPTS,
    "/Movie":          Refusal.SCRIPTS,
    "/Screen":         Refusal.SCRIPTS,
    "/FileAttachment": Refusal.FILES_INSIDE,
    "/EmbeddedFile":   Refusal.FILES_INSIDE,
}
# fmt: on
_PACKINGS = (None, "/FlateDecode", ["/FlateDecode"])


def read(whole: bytes) -> list[bytes]:
    """What stands in its streams of things, unpacked. Raises Unfit."""
    from pypdf import PdfReader
    from pypdf.errors import LimitReachedError, PyPdfError

    try:
        reader = PdfReader(io.BytesIO(whole), strict=False)
        if reader.is_encrypted:
            raise Unfit(Refusal.PASSWORD)
        _check_pages(reader)
        return _Look(reader).through_all()
    except LimitReachedError:
        raise Unfit(Refusal.TOO_BIG_OPENED) from None
    except (PyPdfError, ArithmeticError, AssertionError, AttributeError, LookupError) as error:
        raise Unfit(Refusal.DAMAGED) from error
    except (ValueError, TypeError, RecursionError, OSError) as error:
        raise Unfit(Refusal.DAMAGED) from error


def _check_pages(reader: Any) -> None:
    pages = int(reader.root_object["/Pages"].get_object()["/Count"])
    if not 0 < pages <= MOST_PAGES:
        raise Unfit(Refusal.TOO_BIG_OPENED if pages > 0 else Refusal.DAMAGED)


class _Look:
    def __init__(self, reader: Any) -> None:
        self.reader = reader
        # Each once: two numbers of one stream of things are not two of them.
        self.packed: dict[bytes, None] = {}
        self.opened = 0

    def through_all(self) -> list[bytes]:
        self._look_at(self.reader.trailer)
        for thing in self._things():
            self._look_at(thing)
        return list(self.packed)

    def _things(self) -> Iterator[Any]:
        from pypdf.generic import IndirectObject

        places = [(one, 0) for one in self.reader.xref_objStm]
        places += [(one, age) for age, ones in self.reader.xref.items() for one in ones]
        if len(places) > MOST_THINGS:
            raise Unfit(Refusal.TOO_BIG_OPENED)
        for number, age in places:
            yield self.reader.get_object(IndirectObject(number, age, self.reader))

    def _look_at(self, thing: Any) -> None:
        """It and what stands in it; what it only refers to is a thing of its own."""
        from pypdf.generic import DictionaryObject, StreamObject

        inside = [thing]
        while inside:
            one = inside.pop()
            if isinstance(one, DictionaryObject):
                self._check(one)
                if isinstance(one, StreamObject):
                    self._check_stream(one)
                inside += one.values()
            elif isinstance(one, list):
                inside += one

    def _check(self, about: Any) -> None:
        for key, refusal in _KEYS.items():
            if key in about:
                raise Unfit(refusal)
        if _name(about, "/S") in _ACTIONS:
            raise Unfit(Refusal.SCRIPTS)
        for key in ("/Subtype", "/Type"):
            if kind := _KINDS.get(_name(about, key)):
                raise Unfit(kind)
        if "/OpenAction" in about:
            _check_automatic(about["/OpenAction"])
        if "/AA" in about and isinstance(about["/AA"], dict):
            for event in about["/AA"]:
                _check_automatic(about["/AA"][event])

    def _check_stream(self, stream: Any) -> None:
        # Its content lies in another file.
        if "/F" in stream:
            raise Unfit(Refusal.FILES_INSIDE)
        if _name(stream, "/Type") != "/ObjStm":
            return
        # Other packings of things, or a kind that is said elsewhere, no program writes.
        filters = stream.get("/Filter")
        is_plain = stream.raw_get("/Type") == "/ObjStm" and filters in _PACKINGS
        if not is_plain:
            raise Unfit(Refusal.DAMAGED)
        part = stream.get_data()
        self.opened += len(part)
        if self.opened > LARGEST_OPENED:
            raise Unfit(Refusal.TOO_BIG_OPENED)
        self.packed[part] = None


def _name(about: Any, key: str) -> str:
    """Also one that stands elsewhere in the file; "" for what is no name."""
    # Not `get`, which gives what refers to it.
    if key not in about:
        return ""
    found = about[key]
    return found if isinstance(found, str) else ""


def _check_automatic(action: Any) -> None:
    """What happens without anybody asking for it may only lead to a place in the document."""
    seen: set[int] = set()
    waiting = [action]
    while waiting:
        one = waiting.pop()
        one = one.get_object() if hasattr(one, "get_object") else one
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, list):
            waiting += one
        elif isinstance(one, dict) and "/S" in one:
            if _name(one, "/S") != "/GoTo":
                raise Unfit(Refusal.SCRIPTS)
            if "/Next" in one:
                waiting.append(one["/Next"])
