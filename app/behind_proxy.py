"""Who really asks, when a proxy stands between: believed from the proxy's own address only.

The proxy sets these headers and adds to none (deploy/nginx.conf), so one value is all there is; of
several the last is the proxy's. From anybody else they are dropped, lest something reads them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Any

from flask import Flask

from config import Settings

_FORWARDED = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PREFIX",
    "HTTP_FORWARDED",
    "HTTP_X_REAL_IP",
)
Wsgi = Callable[..., Iterable[bytes]]


def init_app(app: Flask) -> None:
    settings: Settings = app.config["SETTINGS"]
    app.wsgi_app = BehindProxy(  # type: ignore[method-assign]
        app.wsgi_app, settings.trusted_proxies
    )


class BehindProxy:
    def __init__(self, inner: Wsgi, trusted: tuple[str, ...]) -> None:
        self._inner = inner
        networks = [ip_network(one) for one in trusted]
        self._is_trusted = lru_cache(256)(
            lambda address: any(address in network for network in networks)
        )

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        said = {name: environ.pop(name) for name in _FORWARDED if name in environ}
        peer = _address(environ.get("REMOTE_ADDR", ""))
        if peer is not None and self._is_trusted(peer):
            whose = _address(_last(said.get("HTTP_X_FORWARDED_FOR", "")))
            if whose is not None:
                environ["REMOTE_ADDR"] = str(whose)
            if (scheme := _last(said.get("HTTP_X_FORWARDED_PROTO", ""))) in ("http", "https"):
                environ["wsgi.url_scheme"] = scheme
        return self._inner(environ, start_response)


def _last(text: str) -> str:
    return text.rpartition(",")[2].strip()


def _address(text: str) -> Any:
    try:
        return ip_address(text)
    except ValueError:
        return None
