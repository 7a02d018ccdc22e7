"""Where a page finds its styles and scripts: hashed names, served by WhiteNoise, kept for ever.

`deploy/assets.py` makes the files and the list of their names.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path
from wsgiref.headers import Headers

from flask import Flask
from whitenoise import WhiteNoise

VENDOR = Path(__file__).resolve().parent.parent / "static" / "vendor"
PREFIX = "/static/"

log = logging.getLogger(__name__)


def init_app(app: Flask, folder: Path = VENDOR) -> None:
    names = _names(folder)

    def asset(name: str) -> str:
        return PREFIX + names.get(name, name)

    app.jinja_env.globals["asset"] = asset
    # Every name carries the hash of its content, so a browser never needs to ask again.
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(folder) if folder.is_dir() else None,
        prefix=PREFIX,
        immutable_file_test=lambda _path, url: not url.endswith(".json"),
        add_headers_function=_nosniff,
        allow_all_origins=False,
    )


def _names(folder: Path) -> dict[str, str]:
    try:
        names: dict[str, str] = json.loads((folder / "manifest.json").read_text())
    except FileNotFoundError:
        log.warning("Pages will be plain: run `python deploy/assets.py` to make their styles.")
        return {}
    return names


def _nosniff(headers: Headers, _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
