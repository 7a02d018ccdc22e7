"""What every answer tells the browser: run only our own scripts, keep nothing, trust nobody."""

from __future__ import annotations

import secrets

from flask import Flask, Response, g, request

POLICY = (
    "default-src 'none'; script-src 'self'{nonce}; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "manifest-src 'self'; require-trusted-types-for 'script'; trusted-types htmx"
)
POLICY_WITHOUT_NONCE = POLICY.format(nonce="")

ALWAYS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    (
        "Permissions-Policy",
        "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
    ),
)
ONE_YEAR = "max-age=31536000; includeSubDomains"


def csp_nonce() -> str:
    """The word that marks this page's own scripts; a page that never asks has none to steal."""
    nonce: str | None = g.get("csp_nonce")
    if nonce is None:
        nonce = g.csp_nonce = secrets.token_urlsafe(16)
    return nonce


def add_headers(response: Response) -> Response:
    """A view that set one of these itself keeps its own."""
    headers = response.headers
    for name, value in ALWAYS:
        headers.setdefault(name, value)
    if "Content-Security-Policy" not in headers:
        headers["Content-Security-Policy"] = _policy(g.get("csp_nonce"))
    if "Cache-Control" not in headers:
        headers["Cache-Control"] = "no-store"
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", ONE_YEAR)
    return response


def _policy(nonce: str | None) -> str:
    return POLICY.format(nonce=f" 'nonce-{nonce}'") if nonce else POLICY_WITHOUT_NONCE


def init_app(app: Flask) -> None:
    app.jinja_env.globals["csp_nonce"] = csp_nonce
    app.after_request(add_headers)
