"""Two schools full of things whose names give them away, and how answers are compared."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

MARK = "Zebrafinch"
# Numbers that only the other school has.
FOREIGN_NUMBERS = range(1, 13)


def fill_oakfield(api: Callable[[Any], Any], cast: Any) -> None:
    """Twelve incidents in several states, rooms and notes, each with the mark in its words."""
    otto, olga = api(cast.otto), api(cast.olga)
    rooms = "/schools/oakfield/locations"
    room = olga.post(rooms, {"name": f"{MARK} room"}).json["key"]
    fill_registers(olga, "oakfield", MARK, room)
    for number in FOREIGN_NUMBERS:
        sheet = {
            "title": f"{MARK} {number}",
            "expected": MARK,
            "happened": MARK,
            "location": room,
            "anything_else": MARK,
        }
        assert otto.post("/schools/oakfield/incidents", sheet).status_code == 201
        path = f"/schools/oakfield/incidents/{number}"
        otto.post(f"{path}/notes", {"text": f"{MARK} note"})
        if number % 2 == 0:
            checked = {"impact": 2, "urgency": 1, "category": "display"}
            assert olga.put(f"{path}/check", checked).status_code == 200
        if number % 4 == 0:
            forward = {"to": "first_line", "note": MARK}
            assert olga.post(f"{path}/escalation", forward).status_code == 200


def fill_registers(program: Any, school: str, word: str, key: str) -> None:
    """Other registers by key: the same word names a thing in each."""
    kit = {"tag": key, "type": "laptop", "notes": word, "holder": word}
    assert program.post(f"/schools/{school}/assets", kit).json["tag"] == key
    supplier = {"name": f"{word} room", "notes": word, "email": f"help@{word.lower()}.example"}
    assert program.post(f"/schools/{school}/suppliers", supplier).json["key"] == key


_CHANGING = (
    re.compile(r'nonce="?-?[A-Za-z0-9_-]+'),
    re.compile(r'name="(?:csrf_token|submission_id)"[^>]*value="[^"]*"'),
    re.compile(r'value="[^"]*"[^>]*name="(?:csrf_token|submission_id)"'),
    re.compile(r"data-etag='[^']*'|data-etag=\"[^\"]*\""),
    re.compile(r"after=[A-Za-z0-9_.%-]+"),
    re.compile(r'"next":"[^"]*"'),
    re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)"),
)


def words_of(response: Any) -> str:
    """What an answer says, as text. Of a workbook its sheets: the file around them has a time."""
    if not response.mimetype.endswith("spreadsheetml.sheet"):
        return str(response.get_data(as_text=True))
    with zipfile.ZipFile(io.BytesIO(response.data)) as book:
        parts = [one for one in book.namelist() if "/worksheets/" in one or "Strings" in one]
        return "".join(book.read(one).decode() for one in sorted(parts))


def without_changing_parts(body: str) -> str:
    """The page without what differs from one request to the next for one and the same person."""
    for pattern in _CHANGING:
        body = pattern.sub("·", body)
    return body
