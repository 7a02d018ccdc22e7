"""A start with the settings of production on loopback: the real proxy, gunicorn, worker, ticker,
and servers that flush to disk."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.cast import CAST
from tests.chaos.desk import Desk, a_folder, children_of
from tests.deploy.behind_nginx import HOST, NGINX, Proxy, nginx

pytestmark = [
    pytest.mark.xdist_group("behind nginx"),
    pytest.mark.skipif(NGINX is None, reason="NOT RUN: no nginx here (Debian: apt install nginx)"),
]
CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
MB = 1024 * 1024


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with a_folder("desk-nginx-") as folder:
        # These callers pause for nobody.
        often = {f"REQUESTS_PER_{whose}": "100000" for whose in ("PERSON", "SCHOOL", "ADDRESS")}
        made = Desk(folder / "desk", more={"PUBLIC_URL": f"https://{HOST}", **often})
        made.prepare()
        made.start()
        try:
            yield made
        finally:
            made.stop()


@pytest.fixture(scope="module")
def proxied(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with nginx(tmp_path_factory.mktemp("nginx"), desk.port) as made:
        yield made


class Visitor:
    """A browser of a kind: it believes the certificate and keeps cookies."""

    def __init__(self, proxied: Proxy) -> None:
        self._proxied = proxied
        self.cookies: dict[str, str] = {}

    def connection(self) -> http.client.HTTPSConnection:
        context = ssl.create_default_context(cafile=str(self._proxied.certificate))
        made = http.client.HTTPSConnection(HOST, self._proxied.https, timeout=40, context=context)
        # As if the name were in the DNS.
        made._create_connection = lambda _address, *rest: socket.create_connection(  # type: ignore[attr-defined]
            ("127.0.0.1", self._proxied.https), *rest
        )
        return made

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[http.client.HTTPResponse, bytes]:
        sent = {"Host": HOST, **(headers or {})}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection = self.connection()
        try:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, rest = line.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return answer, text

    def form(self, path: str, fields: dict[str, str]) -> tuple[http.client.HTTPResponse, bytes]:
        _, page = self.ask("GET", path)
        found = CSRF.search(page.decode())
        assert found, page.decode()[:500]
        body = urlencode({"csrf_token": found[1], **fields})
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": f"https://{HOST}",
        }
        return self.ask("POST", path, body, headers)


@pytest.fixture
def visitor(proxied: Proxy) -> Visitor:
    return Visitor(proxied)


def raw(proxied: Proxy, text: bytes, seconds: float = 20) -> bytes:
    """What is answered to exactly these bytes."""
    context = ssl.create_default_context(cafile=str(proxied.certificate))
    with (
        socket.create_connection(("127.0.0.1", proxied.https), timeout=seconds) as plain,
        context.wrap_socket(plain, server_hostname=HOST) as caller,
    ):
        caller.sendall(text)
        found = b""
        with contextlib.suppress(TimeoutError, ssl.SSLError, ConnectionError):
            while part := caller.recv(65536):
                found += part
        return found


def sign_in(visitor: Visitor, email: str) -> http.client.HTTPResponse:
    answer, _ = visitor.form("/sign-in", {"email": email, "password": CAST.password})
    return answer


# --- over https, as a browser sees it ---


def test_signing_in_gives_a_cookie_that_no_other_host_can_set(visitor: Visitor) -> None:
    answer = sign_in(visitor, CAST.rita.email)
    assert answer.status in (302, 303)
    assert not (answer.headers["Location"] or "").startswith("http:")
    told = [line for line in answer.headers.get_all("Set-Cookie") or [] if "deskbell" in line]
    assert len(told) == 1
    assert told[0].startswith("__Host-deskbell=")
    for word in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"):
        assert word in told[0]
    assert "Domain" not in told[0]
    home, page = visitor.ask("GET", "/account")
    assert home.status == 200
    assert "Rita" in page.decode()


def test_every_answer_says_what_a_browser_may_do(visitor: Visitor) -> None:
    answer, _ = visitor.ask("GET", "/sign-in")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert not re.search(r"\d", answer.headers.get("Server", ""))


def test_whoever_reaches_more_than_their_own_owes_a_second_factor(visitor: Visitor) -> None:
    sign_in(visitor, CAST.sam.email)
    answer, _ = visitor.ask("GET", "/st-marys/incidents")
    assert answer.status in (302, 303)
    assert "factor" in answer.headers["Location"]


def test_plain_http_leads_to_https_of_our_own_name(proxied: Proxy) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", proxied.http, timeout=10)
    connection.request("GET", "/queue?a=b", headers={"Host": "evil.example"})
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{HOST}/queue?a=b")
    connection.close()


def test_by_another_name_nobody_is_there(proxied: Proxy) -> None:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", proxied.https), timeout=10) as plain,
        pytest.raises(ssl.SSLError),
    ):
        context.wrap_socket(plain, server_hostname="evil.example")


def test_styles_are_kept_for_ever_and_are_there_when_no_page_is(
    desk: Desk, visitor: Visitor
) -> None:
    _, page = visitor.ask("GET", "/sign-in")
    found = re.search(r'href="(/static/[^"]+\.css)"', page.decode())
    assert found
    answer, style = visitor.ask("GET", found[1])
    assert answer.status == 200
    assert "immutable" in answer.headers["Cache-Control"]
    master = desk.running()["web"]
    hung = [master, *children_of(master)]
    for number in hung:
        os.kill(number, signal.SIGSTOP)
    try:
        again, same = visitor.ask("GET", found[1])
    finally:
        for number in hung:
            os.kill(number, signal.SIGCONT)
    assert (again.status, same) == (200, style)


def test_the_figures_of_the_service_are_not_for_visitors(visitor: Visitor) -> None:
    assert visitor.ask("GET", "/metrics")[0].status == 404


# --- who asks ---


def test_the_proxy_says_who_asks_and_nobody_else(desk: Desk, visitor: Visitor) -> None:
    """Eleven addresses invented by one visitor are one address: the try counts at each of them."""
    before = _addresses(desk)
    for number in range(3):
        visitor.form("/sign-in", {"email": f"nobody{number}@x.example", "password": "wrong"})
    headers = {"X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9"}
    for _ in range(3):
        _, page = visitor.ask("GET", "/sign-in")
        token = CSRF.search(page.decode())
        assert token
        fields = {"csrf_token": token[1], "email": "nobody@x.example", "password": "wrong"}
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"https://{HOST}"}
        visitor.ask("POST", "/sign-in", urlencode(fields), {**headers, **kind})
    assert len(_addresses(desk) - before) <= 1


def _addresses(desk: Desk) -> set[bytes]:
    with desk.superuser() as cursor:
        cursor.execute("SELECT DISTINCT address_hash FROM sign_in_events")
        return {bytes(row[0]) for row in cursor.fetchall() if row[0] is not None}


# --- what is refused before it costs a thread of the pages ---


def test_trace_is_not_offered(proxied: Proxy) -> None:
    asked = b"TRACE / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" % HOST.encode()
    assert raw(proxied, asked).startswith(b"HTTP/1.1 405")


def test_two_lengths_are_a_smuggler(proxied: Proxy) -> None:
    asked = (
        b"POST /sign-in HTTP/1.1\r\nHost: %s\r\nContent-Length: 4\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" % HOST.encode()
    )
    assert raw(proxied, asked).startswith(b"HTTP/1.1 400")


def test_an_address_of_20_kb_is_too_long(visitor: Visitor) -> None:
    assert visitor.ask("GET", "/queue?q=" + "a" * 20_000)[0].status == 414


@pytest.mark.parametrize("path", ["/sign-in", "/api/v1/schools/st-marys/incidents"])
def test_eleven_megabytes_are_too_many(proxied: Proxy, path: str) -> None:
    asked = f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: {11 * MB}\r\n\r\n"
    said = raw(proxied, asked.encode())
    assert said.startswith(b"HTTP/1.1 413")
    assert b"The limit is 10 MB" in said
    assert (b"application/problem+json" in said) == path.startswith("/api/")


def test_dots_lead_nowhere(proxied: Proxy) -> None:
    for path in ("/%2e%2e/", "/static/%2e%2e/manifest.json", "/../etc/passwd"):
        asked = f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n"
        status = raw(proxied, asked.encode()).split(b" ")[1]
        assert status in (b"400", b"404", b"302"), (path, status)


def test_a_sender_who_stops_is_cut_off_and_holds_no_thread(
    desk: Desk, proxied: Proxy, visitor: Visitor
) -> None:
    """More of them than the pages have threads; the desk answers meanwhile."""
    asked = f"POST /sign-in HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 1000\r\n\r\nab".encode()
    said: list[bytes] = []
    slow = [
        threading.Thread(target=lambda: said.append(raw(proxied, asked, 30))) for _ in range(12)
    ]
    began = time.monotonic()
    for one in slow:
        one.start()
    assert visitor.ask("GET", "/healthz")[0].status == 200
    assert time.monotonic() - began < 8
    for one in slow:
        one.join()
    assert time.monotonic() - began < 20
    assert all(one == b"" or b" 408 " in one.split(b"\r\n")[0] for one in said)


# --- when something behind it is away ---


def test_a_program_and_a_person_hear_politely_that_nobody_answers(
    tmp_path: Path, proxied: Proxy
) -> None:
    with nginx(tmp_path, 9) as nobody_behind:  # the port "discard", where nobody listens
        lonely = Visitor(nobody_behind)
        page, text = lonely.ask("GET", "/queue")
        told, problem = lonely.ask("GET", "/api/v1/queue")
    assert (page.status, told.status) == (503, 503)
    assert page.headers["Retry-After"] == told.headers["Retry-After"] == "2"
    assert "Sorry, the service is unavailable" in text.decode()
    assert told.headers["Content-Type"] == "application/problem+json"
    assert json.loads(problem)["status"] == 503


class Callers:
    """Programs that keep asking through the proxy while something happens; who got what."""

    def __init__(self, visitor: Visitor, count: int = 4) -> None:
        self._visitor = visitor
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(count)]
        self.statuses: list[int] = []

    def _ask(self) -> None:
        headers = {"Authorization": f"Bearer {CAST.sam.token}"}
        while not self._over.is_set():
            try:
                self.statuses.append(
                    self._visitor.ask("GET", "/api/v1/schools", headers=headers)[0].status
                )
            except (OSError, http.client.HTTPException):
                self.statuses.append(0)
            self._over.wait(0.02)

    def __enter__(self) -> list[int]:
        for one in self._threads:
            one.start()
        return self.statuses

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for one in self._threads:
            one.join()


def wait_until(is_so: Any, what: str, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, what
        time.sleep(0.05)


def test_a_reload_loses_no_request(desk: Desk, visitor: Visitor) -> None:
    master = desk.running()["web"]
    before = set(children_of(master))
    with Callers(visitor) as statuses:
        wait_until(lambda: len(statuses) > 10, "callers are answered")
        os.kill(master, signal.SIGHUP)
        wait_until(
            lambda: len(new := set(children_of(master))) >= 2 and not new & before,
            "the workers are new ones",
        )
        so_far = len(statuses)
        wait_until(lambda: len(statuses) > so_far + 20, "callers are answered by the new ones")
    assert set(statuses) == {200}


def test_a_restart_loses_no_request(desk: Desk, visitor: Visitor) -> None:
    """As systemd does it: the socket stays, so whoever comes meanwhile waits."""
    master = desk.running()["web"]
    with Callers(visitor) as statuses:
        wait_until(lambda: len(statuses) > 10, "callers are answered")
        os.kill(master, signal.SIGTERM)
        wait_until(lambda: desk.running().get("web", master) != master, "another master runs")
        so_far = len(statuses)
        wait_until(lambda: len(statuses) > so_far + 20, "callers are answered by it")
    assert set(statuses) == {200}


def test_a_killed_worker_takes_only_its_own_requests_with_it(desk: Desk, visitor: Visitor) -> None:
    master = desk.running()["web"]
    with Callers(visitor) as statuses:
        wait_until(lambda: len(statuses) > 10, "callers are answered")
        os.kill(children_of(master)[0], signal.SIGKILL)
        so_far = len(statuses)
        wait_until(lambda: len(statuses) > so_far + 20, "the others go on")
    broken = [status for status in statuses if status != 200]
    # It has four threads; what it held the proxy calls 503, so that a program repeats it.
    assert len(broken) <= 4
    assert set(broken) <= {503}
