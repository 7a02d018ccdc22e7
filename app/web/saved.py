"""What is saved now, beside what somebody typed on an older page (reliability.md F9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.web import typed
from app.web.differences import Piece, differences

NOTHING = "nothing"
# Nothing of these is ever shown again, or there is nothing to see.
_QUIET = frozenset({"password", "hidden"})


@dataclass(frozen=True, slots=True)
class Saved:
    """As a person reads it. `pieces` lead from it to what was typed, for a longer text."""

    text: str
    pieces: Sequence[Piece] = ()


def differs(name: str, kind: str, now: Mapping[str, Any], mine: Mapping[str, Any]) -> bool:
    """Whether what was typed is something else than what is saved."""
    return kind not in _QUIET and _essence(name, kind, now) != _essence(name, kind, mine)


def make_saved(
    name: str,
    kind: str,
    now: Mapping[str, Any],
    mine: Mapping[str, Any],
    labels: Mapping[str, str],
) -> Saved | None:
    """None where both say the same. `labels`: how the choices are called."""
    if not differs(name, kind, now, mine):
        return None
    if kind in typed.IN_PARTS:
        return Saved(_date_words(*_essence(name, kind, now)))
    value = now.get(name)
    if kind == "checkbox":
        return Saved("ticked" if value else "not ticked")
    if kind == "checkboxes":
        return Saved(", ".join(labels.get(one, one) for one in value or ()) or NOTHING)
    text = str(value or "").strip()
    if kind == "textarea" and text:
        return Saved(text, differences(text, str(mine.get(name) or "").strip()))
    return Saved(labels.get(text, text) or NOTHING)


def _essence(name: str, kind: str, values: Mapping[str, Any]) -> Any:
    """What counts: not the blanks around a text, a nought before a day, the order of ticks."""
    if kind in typed.IN_PARTS:
        parts = [str(values.get(f"{name}-{part}", "")) for part in typed.IN_PARTS[kind]]
        return tuple(part.strip().lstrip("0").replace(".", ":") for part in parts)
    value = values.get(name)
    if kind == "checkboxes":
        return sorted(value or ())
    if kind == "checkbox":
        return bool(value)
    return str(value or "").strip()


def _date_words(day: str, month: str, year: str, hours: str = "") -> str:
    if not year:
        return NOTHING
    on = date(int(year), int(month), int(day))
    # Midnight's nought has gone with those before a day.
    at = f", {'0' if hours.startswith(':') else ''}{hours}" if hours else ""
    return f"{on.day} {on:%B %Y}{at}"
