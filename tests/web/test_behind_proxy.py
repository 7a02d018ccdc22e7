"""X-Forwarded-* is believed from the proxy and from nobody else (reliability.md 2, ASVS 4.1.3)."""

from __future__ import annotations

from typing import Any

import pytest

from app.behind_proxy import BehindProxy

PROXY, STRANGER, VISITOR = "172.31.57.2", "172.31.57.3", "203.0.113.9"


def seen(peer: str, trusted: tuple[str, ...] = (PROXY,), **headers: str) -> dict[str, Any]:
    """What the application is told."""
    found: dict[str, Any] = {}

    def inner(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        found.update(environ)
        return []

    environ = {"REMOTE_ADDR": peer, "wsgi.url_scheme": "http", "HTTP_HOST": "desk.example"}
    environ |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    BehindProxy(inner, trusted)(environ, None)
    return found


@pytest.mark.parametrize(
    ("peer", "headers", "address", "scheme"),
    [
        (PROXY, {"x_forwarded_for": VISITOR, "x_forwarded_proto": "https"}, VISITOR, "https"),
        (PROXY, {"x_forwarded_for": f"1.2.3.4, {VISITOR}"}, VISITOR, "http"),
        (PROXY, {"x_forwarded_for": "2001:db8::1"}, "2001:db8::1", "http"),
        (PROXY, {"x_forwarded_for": "nonsense", "x_forwarded_proto": "gopher"}, PROXY, "http"),
        (PROXY, {}, PROXY, "http"),
        (STRANGER, {"x_forwarded_for": VISITOR, "x_forwarded_proto": "https"}, STRANGER, "http"),
        ("", {"x_forwarded_for": VISITOR}, "", "http"),
    ],
)
def test_who_asks_and_how(peer: str, headers: dict[str, str], address: str, scheme: str) -> None:
    told = seen(peer, **headers)
    assert (told["REMOTE_ADDR"], told["wsgi.url_scheme"]) == (address, scheme)


@pytest.mark.parametrize("peer", [PROXY, STRANGER])
def test_nothing_else_that_was_forwarded_reaches_the_pages(peer: str) -> None:
    told = seen(
        peer,
        x_forwarded_host="evil.example",
        x_forwarded_prefix="/evil",
        x_forwarded_port="1",
        forwarded="for=1.2.3.4;host=evil.example",
        x_real_ip="1.2.3.4",
    )
    assert not [name for name in told if "FORWARDED" in name or "REAL_IP" in name]
    assert told["HTTP_HOST"] == "desk.example"


def test_a_network_may_be_trusted_and_nobody_by_default() -> None:
    told = seen(STRANGER, ("172.31.57.0/24",), x_forwarded_for=VISITOR)
    assert told["REMOTE_ADDR"] == VISITOR
    assert seen("127.0.0.1", (), x_forwarded_for=VISITOR)["REMOTE_ADDR"] == "127.0.0.1"


def test_no_link_is_made_from_the_name_that_was_asked_for(app: Any) -> None:
    """Whatever Host says, a redirect stays within this site."""
    answer = app.test_client().get("/queue", headers={"Host": "evil.example"})
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/")
