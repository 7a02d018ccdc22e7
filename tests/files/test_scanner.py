"""A virus scanner: a stand-in speaks clamd's protocol, over TCP and over a socket in a folder."""

from __future__ import annotations

import socketserver
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.files import scanner
from config import BadSetting
from tests.files import samples
from tests.files.desk import HERE, contents, report, rows, send
from tests.incidents.pages import BROKEN, logged, text_of

AWAY = "We could not check your file. Your text has been kept"


class Clamd(socketserver.StreamRequestHandler):
    """INSTREAM as clamd answers it; what holds the word VIRUS is one."""

    answer: bytes | None = None

    def handle(self) -> None:
        assert self.rfile.read(10) == b"zINSTREAM\0"
        content = b""
        while length := struct.unpack("!I", self.rfile.read(4))[0]:
            content += self.rfile.read(length)
        verdict = b"stream: Test.Virus FOUND\0" if b"VIRUS" in content else b"stream: OK\0"
        self.wfile.write(type(self).answer or verdict)


@pytest.fixture(params=["tcp", "socket"])
def clamd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[type[Clamd]]:
    handler = type("Handler", (Clamd,), {})
    place = tmp_path / "clamd.sock"
    server: Any
    if request.param == "tcp":
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler)
        url = f"clamd://127.0.0.1:{server.server_address[1]}"
    else:
        server = socketserver.ThreadingUnixStreamServer(str(place), handler)
        url = f"clamd://{place}"
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    scanner.use_scanner(url)
    yield handler
    scanner.use_scanner(None)
    server.shutdown()
    server.server_close()
    thread.join(5)


def test_infected_files_are_refused_and_others_kept(clamd, api, sign_in, app, cast):
    number = logged(api, cast)
    infected = [("a.txt", b"a VIRUS in it")]
    answer = send(api(cast.rita), number, infected)
    assert answer.status_code == 422
    assert answer.json["detail"] == "This file has a virus in it and was not kept"
    page = report(sign_in(cast.rita), infected)
    assert page.status_code == 422 and "has a virus in it" in text_of(page)
    assert rows(app) == [] and contents(app) == []
    assert send(api(cast.rita), number, [("a.png", samples.png())]).status_code == 201


@pytest.mark.parametrize("said", [b"INSTREAM size limit exceeded. ERROR\0", b"\0", b"garbage"])
def test_a_scanner_that_does_not_say_ok_has_not_checked(clamd, said, api, app, cast):
    clamd.answer = said
    number = logged(api, cast)
    answer = send(api(cast.rita), number, [("a.png", samples.png())])
    assert (answer.status_code, answer.json["detail"]) == (503, AWAY)
    assert rows(app) == [] and contents(app) == []


def test_a_scanner_that_is_away_keeps_the_text(api, sign_in, app, cast, tmp_path):
    scanner.use_scanner(f"clamd://{tmp_path}/nobody.sock")
    try:
        page = report(sign_in(cast.rita), [("a.png", samples.png())])
    finally:
        scanner.use_scanner(None)
    assert page.status_code == 503 and AWAY in text_of(page)
    assert BROKEN["happened"] in text_of(sign_in(cast.rita).get(f"{HERE}/1"))
    assert rows(app) == []


def test_a_scanner_has_no_more_time_than_is_left(clamd, tmp_path):
    """It would answer; but the time for this form's files is over."""
    path = tmp_path / "a"
    path.write_bytes(b"x")
    assert not scanner.has_virus(path, time.monotonic() + 5)
    with pytest.raises(scanner.ScannerAway):
        scanner.has_virus(path, time.monotonic())


@pytest.mark.parametrize("url", ["clamav://x", "clamd://", "clamd:relative", "clamd://x:port"])
def test_an_address_that_cannot_be_is_refused_at_start(url):
    with pytest.raises(BadSetting):
        scanner.use_scanner(url)
