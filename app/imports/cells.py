"""One cell as text, whatever it was in its file: dates as 2026-01-13, 1001.0 as 1001. Pure."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any

# What a spreadsheet shows where a formula failed; nobody typed it.
_FAILED = re.compile(r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|SPILL!|CALC!|GETTING_DATA)", re.I)
_BLANKS = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
# Nothing to see, and what no database or log takes: they come along with copied text.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064"
    "\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
# An apostrophe in front says "text" to a spreadsheet; our own lists write one too.
_MARKED_TEXT = re.compile(r"'(?=[=+\-@\t\r0-9])")
_MIDNIGHT = time(0, 0)


def plain(value: Any) -> str:
    """ "" for an empty cell."""
    if value is None:
        return ""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime):
        is_day = value.time().replace(microsecond=0) == _MIDNIGHT
        return value.date().isoformat() if is_day else value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return _text(str(value))


def _number(value: float) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        return ""
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return format(value, ".15g")


def _text(text: str) -> str:
    text = _UNSEEN.sub("", _BLANKS.sub(" ", text)).replace("\r\n", "\n").replace("\r", "\n")
    text = _MARKED_TEXT.sub("", text.strip(), count=1) if text.lstrip().startswith("'") else text
    text = text.strip()
    return "" if _FAILED.fullmatch(text) else text
