"""The XML parts of a document, read by an XML parser: no other spelling, prefix or encoding hides
what a document fetches from elsewhere, or runs, when somebody opens it."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.parsers import expat

from app.files.found import Unfit
from app.files.rules import Refusal

Attributes = dict[str, str]

# fmt: off
_LINKS = frozenset({
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink",
    "http://purl.oclc.org/ooxml/officeDocument/relationships/hyperlink",
})
# Parts that a document leads to by the last word of their kind, whatever they are called.
_BAD_PARTS = {
    "vbaproject":           Refusal.MACROS,
    "wordvbadata":          Refusal.MACROS,
    "xlmacrosheet":         Refusal.MACROS,
    "xlintlmacrosheet":     Refusal.MACROS,
    "control":              Refusal.MACROS,
    "activexcontrolbinary": Refusal.MACROS,
    "extensibility":        Refusal.MACROS,
    "attachedtoolbars":     Refusal.MACROS,
    "oleobject":            Refusal.FILES_INSIDE,
    "externallink":         Refusal.OUTSIDE,
}
# OpenDocument: elements, and the places in a program or a macro language that one can lead to.
_BAD_ELEMENTS = {
    "script":               Refusal.MACROS,
    "applet":               Refusal.SCRIPTS,
    "plugin":               Refusal.SCRIPTS,
    "object-ole":           Refusal.FILES_INSIDE,
    "dde-source":           Refusal.OUTSIDE,
    "dde-connection-decl":  Refusal.OUTSIDE,
    "encryption-data":      Refusal.PASSWORD,
}
# fmt: on
_MACRO_WORDS = re.compile(r"macroEnabled|vbaProject|macrosheet|ms-office\.activeX", re.I)
_MACRO_ADDRESS = re.compile(
    r"(vnd\.sun\.star\.(script|expand)|macro|script|service|slot|\.uno):", re.I
)
# What a program might take for an address; "/word/…" is a document's own.
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*:|[\\/]{2}|\\", re.I)
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|[\\/]|(.*[\\/])?\.\.([\\/]|$)", re.I)
# On another machine; a template in a folder of one's own is only a name.
_REMOTE = re.compile(
    r"(?!file:)[a-z][a-z0-9+.-]+:|(file:)?[\\/]{2}(?![\\/]|localhost/)|file:/{4,}", re.I
)


class _Enough(Exception):
    """The document type can no longer come."""


def check_beginning(content: bytes) -> None:
    """Refuses a document type, which is where entities stand."""

    def enough(name: str, attributes: Attributes) -> None:
        raise _Enough

    try:
        _parse(content, enough)
    except _Enough:
        return


def check_relations(content: bytes) -> None:
    """What a part leads to: only links that somebody follows may lead out of the document."""
    _parse(content, _check_relation)


def check_content_types(content: bytes) -> None:
    _parse(content, _check_type)


def check_open_document(content: bytes) -> None:
    _parse(content, _check_element)


def _check_type(_: str, attributes: Attributes) -> None:
    if any(_MACRO_WORDS.search(value) for value in attributes.values()):
        raise Unfit(Refusal.MACROS)


def _check_relation(name: str, attributes: Attributes) -> None:
    if name != "Relationship":
        return
    kind, target = attributes.get("Type", "").strip(), attributes.get("Target", "").strip()
    if refusal := _BAD_PARTS.get(kind.rstrip("/").rpartition("/")[2].lower()):
        raise Unfit(refusal)
    if kind in _LINKS:
        return
    is_inside = attributes.get("TargetMode", "Internal").strip().lower() == "internal"
    if not is_inside or _ADDRESS.match(target):
        raise Unfit(Refusal.OUTSIDE)


def _check_element(name: str, attributes: Attributes) -> None:
    if refusal := _BAD_ELEMENTS.get(name):
        raise Unfit(refusal)
    if name == "event-listener":
        _check_listener(attributes)
    for key, value in attributes.items():
        if key.endswith("href"):
            _check_address(name, value.strip())


def _check_listener(attributes: Attributes) -> None:
    """What happens at an event, a click on a slide among them: a macro, or a program."""
    said = {_plain(key): value for key, value in attributes.items()}
    if "language" in said or "macro-name" in said:
        raise Unfit(Refusal.MACROS)
    if said.get("action") == "execute":
        raise Unfit(Refusal.SCRIPTS)


def _check_address(name: str, address: str) -> None:
    if _MACRO_ADDRESS.match(address):
        raise Unfit(Refusal.MACROS)
    # A link, and where a click on a slide leads, somebody follows or does not.
    if name in ("a", "event-listener"):
        return
    if (_REMOTE if name == "template" else _ELSEWHERE).match(address):
        raise Unfit(Refusal.OUTSIDE)


def _parse(content: bytes, look: Callable[[str, Attributes], None]) -> None:
    """`look` gets the name of each element without its prefix, which is anybody's choice."""
    if not content.strip():
        return
    parser = expat.ParserCreate()
    parser.EntityDeclHandler = _refuse_entity
    parser.EndDoctypeDeclHandler = _refuse_type
    parser.StartElementHandler = lambda name, attributes: look(_plain(name), attributes)
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, LookupError, ValueError):
        raise Unfit(Refusal.DAMAGED) from None


def _refuse_entity(*_: object) -> None:
    raise Unfit(Refusal.TOO_BIG_OPENED)


def _refuse_type() -> None:
    raise Unfit(Refusal.DAMAGED)


def _plain(name: str) -> str:
    return name.rpartition(":")[2]
