"""What the page tests share: a sheet, an incident at some stage, and a form's hidden fields."""

from __future__ import annotations

import html
import re
from typing import Any

BROKEN = {
    "type": "incident",
    "title": "Projector shows no picture",
    "expected": "The lesson on the board",
    "happened": "A blue screen",
    "location": "ict-suite",
}
HERE = "/st-marys/incidents"
_VERSION = re.compile(r'name="version" value="(\d+)"')


def text_of(response: Any) -> str:
    return html.unescape(response.get_data(as_text=True))


def version_on(response: Any) -> str:
    found = _VERSION.search(response.get_data(as_text=True))
    assert found, "the page carries no version"
    return found[1]


def logged(api: Any, cast: Any, **more: Any) -> int:
    """Rita's sheet, handed in. Returns its number."""
    return int(
        api(cast.rita).post("/schools/st-marys/incidents", {**BROKEN, **more}).json["number"]
    )


def checked(api: Any, cast: Any, **more: Any) -> int:
    number = logged(api, cast, **more)
    body = {"impact": 2, "urgency": 1, "category": "display"}
    assert api(cast.sam).put(f"/schools{HERE}/{number}/check", body).status_code == 200
    return number


def forwarded(api: Any, cast: Any, **more: Any) -> int:
    number = checked(api, cast, **more)
    body = {"to": "first_line", "note": "Tried another cable"}
    assert api(cast.sam).post(f"/schools{HERE}/{number}/escalation", body).status_code == 200
    return number


def resolved(api: Any, cast: Any, **more: Any) -> int:
    number = forwarded(api, cast, **more)
    body = {"type": "permanent_fix", "text": "New lamp"}
    assert api(cast.tariq).put(f"/schools{HERE}/{number}/resolution", body).status_code == 200
    return number
