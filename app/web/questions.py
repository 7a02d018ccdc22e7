"""One field of a form, ready to draw: everything the `field()` macro reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marshmallow import fields as shapes
from marshmallow import validate

from app.web import typed
from app.web.saved import Saved, make_saved

INPUT_TYPES = {
    "email": "email",
    "password": "password",
    "tel": "tel",
    "search": "search",
}
INPUT_MODES = {"number": "numeric", "money": "decimal"}
PART_WIDTHS = {"day": "2", "month": "2", "year": "4", "time": "4"}


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    text: str
    hint: str
    id: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One box of a date."""

    name: str
    label: str
    value: str
    width: str
    input_mode: str

    @property
    def id(self) -> str:
        return self.name


@dataclass(slots=True)
class Question:
    name: str
    kind: str
    label: str
    hint: str
    value: Any
    errors: Sequence[str]
    choices: Sequence[Choice]
    groups: Sequence[tuple[str, Sequence[Choice]]]
    parts: Sequence[Part]
    max_length: int | None
    counts: bool
    has_blank: bool
    blank: str
    rows: int
    width: str
    autocomplete: str
    spellcheck: bool
    is_inline: bool
    # What a browser offers while somebody types; anything else may be typed as well.
    suggestions: Sequence[str] = ()
    # What somebody else has saved since the form was opened, where it differs.
    saved: Saved | None = None

    @property
    def id(self) -> str:
        return self.name

    @property
    def input_type(self) -> str:
        return INPUT_TYPES.get(self.kind, "text")

    @property
    def input_mode(self) -> str:
        return INPUT_MODES.get(self.kind, "")

    @property
    def described_by(self) -> str:
        """The ids of what explains the field, in the order they stand on the page."""
        ids = [f"{self.id}-hint"] if self.hint else []
        ids += [f"{self.id}-error" + (f"-{n}" if n else "") for n in range(len(self.errors))]
        ids += [f"{self.id}-saved"] if self.saved else []
        return " ".join([*ids, f"{self.id}-info"] if self.counts else ids)


def make_question(
    name: str,
    field: typed.Field,
    values: Mapping[str, Any],
    errors: Sequence[str],
    replaced: Mapping[str, Any],
    saved: Mapping[str, Any] | None = None,
) -> Question:
    """`replaced`: what the page says instead of the metadata; None leaves it as it is.
    `saved`: what is saved now, when the form was opened on something older."""
    about = {
        **field.metadata,
        **{key: what for key, what in replaced.items() if what is not None},
    }
    kind = str(about.get("kind") or typed.kind_of(field))
    value = "" if kind == "password" else values.get(name, "")
    groups = _groups(name, about.get("choices") or _own_choices(field), value)
    max_length = typed.longest(field)
    choices = [choice for _, inner in groups for choice in inner]
    return Question(
        name=name,
        kind=kind,
        label=_label(name, field, kind, about),
        hint=str(about.get("hint", "")),
        value=value,
        errors=errors,
        choices=choices,
        groups=groups,
        parts=[_part(name, part, values) for part in typed.IN_PARTS.get(kind, ())],
        max_length=max_length,
        counts=kind == "textarea" and max_length is not None,
        has_blank=not field.required or not value,
        blank=str(about.get("blank", "Choose one" if field.required else "")),
        rows=int(about.get("rows", 4)),
        width=str(about.get("width", "")),
        autocomplete=str(about.get("autocomplete", "")),
        spellcheck=kind in ("text", "textarea") and about.get("spellcheck", True),
        is_inline=bool(about.get("inline", False)),
        suggestions=about.get("suggestions", ()),
        saved=None
        if saved is None
        else make_saved(name, kind, saved, values, {one.value: one.text for one in choices}),
    )


def _label(name: str, field: typed.Field, kind: str, about: Mapping[str, Any]) -> str:
    label = str(about.get("label") or typed.label_of(name, field))
    # A tick box is optional by nature; a page may say it another way with optional=False.
    is_optional = about.get("optional", not field.required and kind != "checkbox")
    return f"{label} (optional)" if is_optional else label


def _own_choices(field: typed.Field) -> Iterable[Any]:
    """The values a schema allows are the choices a page offers."""
    inner = field.inner if isinstance(field, shapes.List) else field
    if isinstance(inner, shapes.Enum):
        return [(member.value, str(member.value)) for member in inner.enum]
    for rule in inner.validators:
        if isinstance(rule, validate.OneOf):
            return [(choice, label or choice) for choice, label in _labelled(rule)]
    return ()


def _labelled(rule: validate.OneOf) -> Iterable[tuple[Any, str]]:
    labels = list(rule.labels)
    return zip(
        rule.choices,
        labels + [""] * (len(list(rule.choices)) - len(labels)),
        strict=True,
    )


def _groups(
    name: str, choices: Mapping[str, Any] | Iterable[Any], value: Any
) -> list[tuple[str, list[Choice]]]:
    """Choices are (value, text) or (value, text, hint); a mapping gives named groups of them."""
    chosen = set(value) if isinstance(value, list) else {value}
    named = choices.items() if isinstance(choices, Mapping) else [("", choices)]
    place = 0
    groups = []
    for group, rows in named:
        inner = []
        for row in rows:
            place += 1
            code, text, hint = str(row[0]), str(row[1]), str(row[2]) if len(row) > 2 else ""
            own_id = name if place == 1 else f"{name}-{place}"
            inner.append(Choice(code, text, hint, own_id, code in chosen))
        groups.append((group, inner))
    return groups


def _part(name: str, part: str, values: Mapping[str, Any]) -> Part:
    key = f"{name}-{part}"
    mode = "" if part == "time" else "numeric"
    return Part(key, part.capitalize(), values.get(key, ""), PART_WIDTHS[part], mode)
