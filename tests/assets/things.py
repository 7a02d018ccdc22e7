"""Equipment of St Mary's, made through the API."""

from __future__ import annotations

from typing import Any

from tests.api.desk import SCHOOL, done, send

ASSETS = f"{SCHOOL}/assets"
PAGES = "/st-marys/assets"
LAPTOP = {
    "tag": "LAP-001",
    "type": "laptop",
    "make": "Dell",
    "model": "Latitude 3540",
    "serial": "5CG1234XYZ",
    "location": "ict-suite",
    "holder": "Rita Reporter",
    "purchase_date": "2024-03-01",
    "price": "549.00",
    "funding": "Devolved capital",
    "warranty_end": "2027-02-28",
    "os_version": "Windows 11",
    "notes": "With a bag",
}


def added(app: Any, who: str = "sam", **said: Any) -> Any:
    """A laptop with these of its fields changed, as it was answered."""
    return done(app, who, "post", ASSETS, {**LAPTOP, **said}).json


def plain(app: Any, tag: str, **said: Any) -> Any:
    return done(app, "sam", "post", ASSETS, {"tag": tag, "type": "tablet", **said}).json


def to(app: Any, tag: str, status: str, who: str = "sam", **said: Any) -> Any:
    """The answer to the next status."""
    return send(app, who, "put", f"{ASSETS}/{tag}/status", {"status": status, **said})


def history(app: Any, tag: str) -> list[Any]:
    found: list[Any] = done(app, "sam", "get", f"{ASSETS}/{tag}/timeline").json["items"]
    return found
