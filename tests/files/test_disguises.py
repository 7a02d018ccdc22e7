"""The same harm in another spelling, prefix, encoding or packing; and harmless things that look
like it. What the opener says of each, without a process for each."""

from __future__ import annotations

import pytest

from app.files import containers, pdfs
from app.files.found import Unfit
from app.files.rules import Refusal
from tests.files.samples import office, open_document, packed_action, pdf, unlisted_action

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def opens(action: bytes) -> bytes:
    return pdf(catalog=b"/OpenAction " + action + b" ")


# fmt: off
PDFS = {
    "in a stream of things": (packed_action(), Refusal.SCRIPTS),
    "behind the word obj":  (packed_action(b"/Pad (obj)"), Refusal.SCRIPTS),
    "behind much else":     (packed_action(b"/Pad (" + b"x" * 700 + b")"), Refusal.SCRIPTS),
    "filter, spelled":      (packed_action(filter=b"/F#69lter /Fl#61teDecode"), Refusal.SCRIPTS),
    "filter in a list":     (packed_action(filter=b"/Filter [/FlateDecode]"), Refusal.SCRIPTS),
    "a bare return":        (packed_action(after=b"\r"), Refusal.SCRIPTS),
    "where no table leads": (unlisted_action(), Refusal.DAMAGED),
    "spelled":              (pdf(extra=b"<< /S /Java#53cript /JS (x) >>"), Refusal.SCRIPTS),
    "only /JS":             (pdf(extra=b"<< /J#53 (app.alert) >>"), Refusal.SCRIPTS),
    "a kind elsewhere":     (pdf(1, b"/GoToE", catalog=b"/X << /S 4 0 R >> "), Refusal.SCRIPTS),
    "an address at once":   (opens(b"<< /S /URI /URI (https://evil.example/) >>"), Refusal.SCRIPTS),
    "a place, then more":   (opens(b"<< /S /GoTo /D [3 0 R /Fit] /Next << /S /GoToR /F (x) >> >>"), Refusal.SCRIPTS),
    "at an event":          (pdf(extra=b"<< /AA << /O << /S /URI /URI (x) >> >> >>"), Refusal.SCRIPTS),
    "a form of forms":      (pdf(extra=b"<< /XFA (x) >>"), Refusal.SCRIPTS),
    "a film":               (pdf(extra=b"<< /Type /Annot /Subtype /3D >>"), Refusal.SCRIPTS),
    "a file":               (pdf(extra=b"<< /Type /Filespec /EF << /F 3 0 R >> >>"), Refusal.FILES_INSIDE),
    "content elsewhere":    (pdf(extra=b"<< /F (\\\\evil\\x) /Length 1 >>\nstream\nx\nendstream"), Refusal.FILES_INSIDE),
    "no tree of pages":     (pdf().replace(b"/Pages 2", b"/Pages 9"), Refusal.DAMAGED),
}
GOOD_PDFS = {
    "opens at a page":      opens(b"[3 0 R /Fit]"),
    "goes to a page":       opens(b"<< /S /GoTo /D [3 0 R /Fit] >>"),
    "a link":               pdf(extra=b"<< /Subtype /Link /A << /S /URI /URI (https://x.example/) >> >>"),
    "a font called AA":     pdf(extra=b"<< /Font << /AA 3 0 R >> >>"),
    "a heading":            pdf(extra=b"<< /Type /StructElem /S /H1 >>"),
}
# fmt: on


@pytest.mark.parametrize("case", PDFS)
def test_a_pdf_that_does_something_is_refused(case):
    content, refusal = PDFS[case]
    with pytest.raises(Unfit) as refused:
        pdfs.take(content)
    assert refused.value.refusal == refusal


@pytest.mark.parametrize("case", GOOD_PDFS)
def test_a_pdf_that_is_only_read_is_kept(case):
    assert pdfs.take(GOOD_PDFS[case]).kind == "pdf"


def relation(kind: str, target: str, mode: str = ' TargetMode="External"', p: str = "") -> str:
    prefix, bound = (f"{p}:", f":{p}") if p else ("", "")
    return (
        f'<{prefix}Relationships xmlns{bound}="{_PACKAGE}"><{prefix}Relationship Id="r1"'
        f' Type="{kind}" Target="{target}"{mode}/></{prefix}Relationships>'
    )


def related(text: str, encoding: str = "utf-8", name: str = "word/_rels/x.xml.rels") -> bytes:
    return office(**{name: text.encode(encoding)})


TEMPLATE = (f"{_OFFICE}/attachedTemplate", "https://evil.example/t.dotm")
DTD = '<!DOCTYPE r [<!ENTITY e "x">]>'
UTF16 = '<?xml version="1.0" encoding="UTF-16"?>'

# fmt: off
OFFICES = {
    "template":             (related(relation(*TEMPLATE)), Refusal.OUTSIDE),
    "with a prefix":        (related(relation(*TEMPLATE, p="p")), Refusal.OUTSIDE),
    "in UTF-16":            (related(UTF16 + relation(*TEMPLATE), "utf-16"), Refusal.OUTSIDE),
    "a letter by number":   (related(relation(TEMPLATE[0].replace("T", "&#84;"), TEMPLATE[1])), Refusal.OUTSIDE),
    "mode by number":       (related(relation(*TEMPLATE, mode=' TargetMode="Externa&#108;"')), Refusal.OUTSIDE),
    "inside, it says":      (related(relation(*TEMPLATE, mode="")), Refusal.OUTSIDE),
    "a capital name":       (related(relation(*TEMPLATE), name="word/_rels/x.xml.RELS"), Refusal.OUTSIDE),
    "a picture":            (related(relation(f"{_OFFICE}/image", "file://evil/a.png")), Refusal.OUTSIDE),
    "a share":              (related(relation(f"{_OFFICE}/image", "\\\\evil\\a.png", mode="")), Refusal.OUTSIDE),
    "like a link":          (related(relation("http://x/hyperlink", "https://evil.example/")), Refusal.OUTSIDE),
    "macros by a name":     (related(relation("http://schemas.microsoft.com/office/2006/relationships/vbaProject", "a.bin", mode="")), Refusal.MACROS),
    "a program by a name":  (related(relation(f"{_OFFICE}/oleObject", "a.bin", mode="")), Refusal.FILES_INSIDE),
    "another workbook":     (related(relation(f"{_OFFICE}/externalLink", "a.xml", mode="")), Refusal.OUTSIDE),
    "entity":               (related(DTD + relation("x", "y", mode="")), Refusal.TOO_BIG_OPENED),
    "entity in UTF-16":     (office(**{"word__x.xml": (UTF16 + DTD + "<r/>").encode("utf-16")}), Refusal.TOO_BIG_OPENED),
    "a document type":      (office(**{"word__x.xml": b'<!DOCTYPE r SYSTEM "https://evil.example/"><r/>'}), Refusal.DAMAGED),
    "no XML":               (related("<Relationships><Relationship"), Refusal.DAMAGED),
    "a type by number":     (office(types="<Default Extension='x' ContentType='application/vnd.ms-office.vba&#80;roject'/>"), Refusal.MACROS),
    "two documents":        (office(mimetype=b"application/vnd.oasis.opendocument.text"), Refusal.OTHER_KIND),
    "two of a name":        (office(**{"Word__document.xml": b"<a/>"}), Refusal.DAMAGED),
}
# fmt: on


@pytest.mark.parametrize("case", OFFICES)
def test_an_office_document_that_fetches_or_runs_is_refused(case):
    content, refusal = OFFICES[case]
    with pytest.raises(Unfit) as refused:
        containers.take(content)
    assert refused.value.refusal == refusal


def test_links_and_parts_of_its_own_are_kept():
    for kept in (
        relation(f"{_OFFICE}/hyperlink", "https://school.example/"),
        relation(f"{_OFFICE}/image", "/word/media/a.png", mode=' TargetMode="Internal"'),
        relation(f"{_OFFICE}/image", "../media/a.png", mode=""),
        UTF16 + relation(f"{_OFFICE}/styles", "styles.xml", mode=""),
    ):
        encoding = "utf-16" if kept.startswith(UTF16) else "utf-8"
        assert containers.take(related(kept, encoding)).kind == "docx", kept


def odf(element: str, encoding: str = "utf-8", part: str = "content.xml") -> bytes:
    names = " ".join(
        f'xmlns:{one}="urn:{one}"'
        for one in ("office", "draw", "xlink", "text", "script", "presentation", "meta", "x")
    )
    head = UTF16 if encoding == "utf-16" else ""
    text = f"{head}<office:document {names}>{element}</office:document>"
    return open_document(**{part: text.encode(encoding)})


_EVIL = 'xlink:href="https://evil.example/x"'
# fmt: off
OPEN_DOCUMENTS = {
    "a script":             ('<office:script script:language="ooo:Basic"/>', Refusal.MACROS),
    "a script in text":     ("<text:script>x</text:script>", Refusal.MACROS),
    "a macro at an event":  ('<script:event-listener script:language="ooo:script" xlink:href="vnd.sun.star.script:a"/>', Refusal.MACROS),
    "a macro behind a link": ('<text:a xlink:href="vnd.sun.star.script:a?language=Python"/>', Refusal.MACROS),
    "a program at a click": ('<presentation:event-listener presentation:action="execute" xlink:href="calc.exe"/>', Refusal.SCRIPTS),
    "an object":            (f"<draw:object {_EVIL}/>", Refusal.OUTSIDE),
    "an object on a share": ('<draw:object xlink:href="//evil/x.ods"/>', Refusal.OUTSIDE),
    "an object in a folder": ('<draw:object xlink:href="../../x.ods"/>', Refusal.OUTSIDE),
    "a picture":            ('<draw:image xlink:href="file:///c:/x.png"/>', Refusal.OUTSIDE),
    "by number":            ('<draw:image xlink:href="&#104;ttps://evil.example/x"/>', Refusal.OUTSIDE),
    "with another prefix":  ('<draw:image x:href="https://evil.example/x" xlink:href="Pictures/a.png"/>', Refusal.OUTSIDE),
    "a frame":              (f"<draw:floating-frame {_EVIL}/>", Refusal.OUTSIDE),
    "a section":            (f"<text:section-source {_EVIL}/>", Refusal.OUTSIDE),
    "a template":           (f"<meta:template {_EVIL}/>", Refusal.OUTSIDE),
    "a template on a share": ('<meta:template xlink:href="file://evil/t.ott"/>', Refusal.OUTSIDE),
    "a program's data":     ('<office:dde-source/>', Refusal.OUTSIDE),
    "a packed program":     ('<draw:object-ole xlink:href="./Object 1"/>', Refusal.FILES_INSIDE),
    "an applet":            ("<draw:applet/>", Refusal.SCRIPTS),
    "a password":           ("<manifest:encryption-data/>", Refusal.PASSWORD),
}
# fmt: on


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("case", OPEN_DOCUMENTS)
def test_an_open_document_that_fetches_or_runs_is_refused(case, encoding):
    element, refusal = OPEN_DOCUMENTS[case]
    with pytest.raises(Unfit) as refused:
        containers.take(odf(element, encoding))
    assert refused.value.refusal == refusal


def test_a_document_type_in_an_open_document_is_refused():
    with pytest.raises(Unfit):
        containers.take(open_document(**{"styles.xml": DTD.encode() + b"<r/>"}))


def test_open_documents_as_people_write_them_are_kept():
    kept = (
        '<text:a xlink:href="https://school.example/">x</text:a>'
        '<draw:image xlink:href="Pictures/a.png"/><draw:object xlink:href="./Object 1"/>'
        '<presentation:event-listener presentation:action="next-page"/><office:scripts/>'
        '<meta:template xlink:href="../Templates/Letter.ott"/><text:a xlink:href="#Top"/>'
        '<meta:template xlink:href="file:///C:/Users/rita/Letter.ott"/>'
    )
    assert containers.take(odf(kept)).kind == "odt"
