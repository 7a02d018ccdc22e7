"""Every hostile file, by page and by program: a sentence, no row, nothing left in the store.

reliability.md A40 to A44. What a browser does with what is kept: tests/browser/test_files.py.
"""

from __future__ import annotations

import os
import socket
import threading

import pytest
from werkzeug.serving import make_server

from tests.files import samples
from tests.files.desk import API, HERE, contents, kept_keys, report, rows, send
from tests.incidents.pages import BROKEN, logged, text_of


def test_a_program_is_refused_every_hostile_file(api, app, cast):
    number = logged(api, cast)
    rita = api(cast.rita)
    for case, hostile in samples.hostile().items():
        answer = send(rita, number, [(hostile.name, hostile.content)])
        expected = (413,) if len(hostile.content) > 10_000_000 else (422,)
        assert answer.status_code in expected, f"{case}: {answer.status_code} {answer.json}"
        assert answer.json["detail"].startswith(hostile.sentence), case
    assert rows(app) == [] and contents(app) == []


def test_a_page_is_refused_every_hostile_file_and_keeps_what_was_typed(sign_in, app, cast):
    rita = sign_in(cast.rita)
    for case, hostile in samples.hostile().items():
        page = report(rita, [(hostile.name, hostile.content)])
        said = text_of(page)
        assert page.status_code == 422, f"{case}: {page.status_code}"
        assert hostile.sentence in said and BROKEN["happened"] in said, case
        assert 'href="#files"' in said and "script>alert" not in said, case
    assert rows(app) == [] and contents(app) == []


def test_too_many_files_and_too_large_a_form(api, sign_in, app, cast):
    number = logged(api, cast)
    six = [(f"{one}.png", samples.png()) for one in range(6)]
    assert send(api(cast.rita), number, six).json["detail"] == "Send at most 5 files at a time"
    assert "Send at most 5 files at a time" in text_of(report(sign_in(cast.rita), six))
    big = [("a.bin", bytes(11 * 1024 * 1024))]
    sentence = "The file or form is too big. The limit is 10 MB"
    answer = send(api(cast.rita), number, big)
    assert (answer.status_code, answer.json["detail"]) == (413, sentence)
    page = report(sign_in(cast.rita), big)
    assert page.status_code == 413 and sentence in text_of(page)
    assert rows(app) == [] and contents(app) == []


def test_an_incident_holds_twenty(api, app, cast):
    number = logged(api, cast)
    sam = api(cast.sam)
    text = [(f"{one}.txt", f"note {one}".encode()) for one in range(5)]
    for _ in range(4):
        assert send(sam, number, text).status_code == 201
    answer = send(sam, number, text[:1])
    assert answer.status_code == 422 and "at most 20 files" in answer.json["detail"]
    first = rows(app)[0]["id"]
    assert sam.delete(f"{API}/{number}/attachments/{first}").status_code == 204
    assert send(sam, number, text[:1]).status_code == 201


# fmt: off
NAMES = {
    "../../etc/passwd":                  "passwd.png",
    "C:\\Users\\rita\\Desktop\\a.b.png": "a.b.png",
    "invoice\u202egnp.exe":              "invoicegnp.png",
    "a\r\nSet-Cookie: x=1.png":          "aSet-Cookie x=1.png",
    "photo.png.exe":                     "photo.png.png",
    ".htaccess":                         "htaccess.png",
    "x" * 300 + ".png":                 "x" * 116 + ".png",
    "<img src=x onerror=alert(1)>.png":  "img src=x onerror=alert(1).png",
    "früh 日本.jpeg":                     "früh 日本.png",
    "\u200b\u2066.png":                  "png.png",
    "CON .png":                          "CON.png",
    '";filename=evil.html;".png':        "filename=evil.html.png",
}
# fmt: on


def test_a_name_is_only_ever_shown():
    from app.files.rules import shown_name

    for claimed, shown in NAMES.items():
        assert shown_name(claimed, "png") == shown, claimed
    assert shown_name(None, "pdf") == shown_name("///", "pdf") == "file.pdf"


def test_hostile_names_come_in_and_go_out_harmless(api, sign_in, app, cast):
    number = logged(api, cast)
    for claimed in ("../../etc/passwd", "<img src=x onerror=alert(1)>.png", "a;x='1'.html"):
        assert send(api(cast.rita), number, [(claimed, samples.png())]).status_code == 201
    page = sign_in(cast.rita).get(f"{HERE}/{number}")
    assert "<img src=x" not in page.get_data(as_text=True)
    for row in rows(app):
        answer = sign_in(cast.rita).get(f"{HERE}/{number}/files/{row['id']}")
        assert answer.headers["Content-Disposition"].count('"') == 2
    assert all(path.name == path.name.lower() and len(path.name) == 64 for path in contents(app))


def test_json_and_other_bodies_are_not_taken_for_files(api, cast):
    number = logged(api, cast)
    path = f"{API}/{number}/attachments"
    rita = api(cast.rita)
    assert rita.post(path, {"file": "x"}).status_code == 415
    assert rita.post(path).status_code == 415
    assert rita.post(path, data={"visibility": "public"}).status_code == 415
    assert send(rita, number, [], visibility="public").status_code == 422
    unknown = send(rita, number, [("a.png", samples.png())], name="x")
    assert unknown.json["errors"] == {"name": ["Unknown field."]}
    odd = send(rita, number, [("a.png", samples.png())], visibility="everybody")
    assert odd.status_code == 422


@pytest.fixture
def raw(app):
    """A real server, to which a test speaks byte by byte."""
    app.config["PROPAGATE_BUGS"] = False
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()

    def speak(head: str, body: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as line:
            line.sendall(head.replace("\n", "\r\n").encode() + body)
            line.shutdown(socket.SHUT_WR)
            said = b""
            while piece := line.recv(65536):
                said += piece
        return said

    yield speak
    server.shutdown()
    server.server_close()
    thread.join(5)
    app.config["PROPAGATE_BUGS"] = True


def test_uploads_that_are_cut_off_or_lie_leave_nothing(raw, api, app, cast):
    number = logged(api, cast)
    content = samples.png()
    begin = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n'
        b"Content-Type: image/png\r\n\r\n"
    )
    whole = begin + content + b"\r\n--b--\r\n"
    head = (
        f"POST /api/v1{API}/{number}/attachments HTTP/1.1\nHost: localhost\nConnection: close\n"
        f"Authorization: Bearer {cast.rita.token}\nContent-Type: multipart/form-data; boundary=b\n"
    )
    cases = {
        "cut off in the file": (len(whole), begin + content[:300], b" 400 "),
        "longer than it is": (len(whole) + 5000, whole, b" 400 "),
        "shorter than it is": (len(whole) - 60, whole, b" 422 "),
        "without its end": (len(begin + content), begin + content, b" 422 "),
        "far too long": (2_000_000_000, begin, b" 413 "),
        "no number": ("many", whole, b" 4"),
    }
    for case, (length, body, status) in cases.items():
        said = raw(f"{head}Content-Length: {length}\n\n", body)
        assert status in said.split(b"\r\n", 1)[0], f"{case}: {said[:200]!r}"
    assert rows(app) == [] and contents(app) == []
    said = raw(f"{head}Content-Length: {len(whole)}\n\n", whole)
    assert b" 201 " in said.split(b"\r\n", 1)[0]


class Full:
    """The disk is full: writing the store's files fails as the kernel says it."""

    def __init__(self, monkeypatch, app) -> None:
        from tests.files.desk import folder

        inside, replace = str(folder(app)), os.replace

        def no_space(source, target, **more):
            if str(target).startswith(inside):
                raise OSError(28, "No space left on device")
            return replace(source, target, **more)

        monkeypatch.setattr(os, "replace", no_space)


def test_a_full_disk_keeps_the_text_and_makes_no_row(monkeypatch, sign_in, api, app, cast):
    Full(monkeypatch, app)
    rita = sign_in(cast.rita)
    page = report(rita, [("a.png", samples.png())])
    assert page.status_code == 503
    assert "We could not save your file. Your text has been kept" in text_of(page)
    assert f'href="{HERE}/1"' in text_of(page)
    assert BROKEN["happened"] in text_of(rita.get(f"{HERE}/1"))
    answer = send(api(cast.rita), 1, [("a.png", samples.png())])
    assert answer.status_code == 503 and answer.headers["Retry-After"]
    assert answer.json["detail"] == "We could not save your file. Your text has been kept"
    assert rows(app) == [] and contents(app) == []


def test_sent_once_more_after_a_full_disk_the_sheet_is_not_there_twice(
    monkeypatch, sign_in, app, cast
):
    rita = sign_in(cast.rita)
    with monkeypatch.context() as patch:
        Full(patch, app)
        assert report(rita, [("a.png", samples.png())], submission_id="once").status_code == 503
    again = report(rita, [("a.png", samples.png())], submission_id="once")
    assert again.status_code == 303 and again.headers["Location"].endswith(f"{HERE}/1")
    assert rita.get(f"{HERE}/2").status_code == 404


def test_a_full_disk_and_a_mistake_show_the_form_again(monkeypatch, sign_in, app, cast):
    Full(monkeypatch, app)
    rita = sign_in(cast.rita)
    page = report(rita, [("a.png", samples.png())], title="", happened="A blue screen")
    assert page.status_code == 503
    assert "We could not save your file. Your text has been kept" in text_of(page)
    assert "A blue screen" in text_of(page) and not kept_keys(page)
    assert rita.get(f"{HERE}/1").status_code == 404
