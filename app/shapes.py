"""Fields that schemas share: text without hostile characters, instants in UTC, plain choices.

Pages and JSON read the same schema, so a rule here holds for both.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

SHORT, LINE, LONG = 200, 500, 10_000
# RFC 5321 allows no longer address.
LONGEST_EMAIL = 254


class Shape(Schema):
    """Unknown fields are an error: a misspelt name must not be lost in silence."""

    # A program may send no body at all where this is the body.
    may_be_left_out = False

    class Meta:
        unknown = RAISE


class Text(fields.String):
    """Text as a person wrote it, without its outer blanks. Blank is the same as missing.

    Where it is not long it is one line: a break that was pasted into it becomes a blank, so that
    no mail header, log line or cell of a table is ever split by it.
    """

    def __init__(self, longest: int = SHORT, *, is_long: bool = False, **extra: Any) -> None:
        self.longest = longest
        self.is_long = is_long
        metadata = {"kind": "textarea" if is_long else "text", **extra.pop("metadata", {})}
        if said := metadata.get("missing"):
            extra.setdefault("error_messages", {"required": said, "null": said})
        # What a program is told: the characters we take, and one to see where text is required.
        metadata["pattern"] = _SOMETHING if extra.get("required") else _PLAIN
        super().__init__(validate=validate.Length(max=longest), metadata=metadata, **extra)

    def _deserialize(self, value: Any, attr: Any, data: Any, **extra: Any) -> Any:
        text = str(super()._deserialize(value, attr, data, **extra))
        check_characters(text)
        text = _BREAKS.sub("\n", text) if self.is_long else _ANY_BREAKS.sub(" ", text)
        text = text.strip()
        if len(text) > self.longest:
            called = self.metadata.get("called") or str(self.name).replace("_", " ").capitalize()
            raise ValidationError(f"{called} must be {self.longest:,} characters or fewer")
        if not is_visible(text):
            if self.required:
                raise self.make_error("required")
            return None
        return text

    def _validate(self, value: Any) -> None:
        if value is not None:
            super()._validate(value)


class EmailAddress(Text):
    """An address that mail could reach."""

    def __init__(self, **extra: Any) -> None:
        metadata = {"kind": "email", **extra.pop("metadata", {})}
        if not extra.get("allow_none"):
            # Where none is needed an empty text says so, and that is no address.
            metadata["format"] = "email"
        super().__init__(LONGEST_EMAIL, metadata=metadata, **extra)
        said = "Enter an e-mail address in the right form, like name@example.sch.uk"
        self.validators.append(validate.Email(error=said))


# Breaks of every system and of Unicode.
_BREAKS = re.compile("\r\n|[\r\u2028\u2029]")
_ANY_BREAKS = re.compile("[ \t]*[\t\n\r\u2028\u2029]+[ \t]*")
# Control characters, halves of characters, what is no character, and the two overrides that show
# a text in another order than it is stored in.
_BROKEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202d\u202e\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
# The same for other programs' regular expressions.
_PLAIN = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$"
_SOMETHING = (
    r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*[^\x00-\x20\x7f-\xa0]"
    r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$"
)
# Letters and symbols by name, and nothing to see.
_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def check_characters(text: str) -> None:
    """Refuse what no person types and what databases, mails and logs choke on."""
    if _BROKEN.search(text):
        raise ValidationError("Remove the control characters or broken characters.")


def is_visible(text: str) -> bool:
    """Whether a person would see anything: blanks, zero-width and filling characters are nothing,
    and so is an accent without its letter."""
    return any(unicodedata.category(c)[0] in "LNPS" and c not in _FILLERS for c in text)


class Instant(fields.AwareDateTime):
    """RFC 3339; comes in with an offset, goes out in UTC with `Z` and whole seconds."""

    default_error_messages = {
        "invalid": "Enter a real date and time, like 2026-01-13T09:10:00Z",
        "invalid_awareness": "Say the time zone too, like 2026-01-13T09:10:00Z",
    }

    def __init__(self, **extra: Any) -> None:
        super().__init__(format="iso", default_timezone=None, **extra)

    def _serialize(self, value: datetime | None, attr: Any, obj: Any, **extra: Any) -> Any:
        return instant(value)

    def _deserialize(self, value: Any, attr: Any, data: Any, **extra: Any) -> datetime:
        if not isinstance(value, str) or not _INSTANT.fullmatch(value):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        try:
            found: datetime = super()._deserialize(value, attr, data, **extra)
            at = found.astimezone(UTC)
        except OverflowError as error:
            raise ValidationError("Enter a real date") from error
        _check_year(at.year)
        return at


class Day(fields.Date):
    """A date as `2026-01-13`."""

    default_error_messages = {"invalid": "Enter a real date"}

    def _deserialize(self, value: Any, attr: Any, data: Any, **extra: Any) -> Any:
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        found = super()._deserialize(value, attr, data, **extra)
        _check_year(found.year)
        return found


# Python reads more forms of ISO 8601 than RFC 3339 has: weeks, dates without dashes, ….
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(_DAY.pattern + r"[Tt ][0-9:.]{5,20}([Zz]|[+-][0-9]{2}:[0-9]{2})?")


def _check_year(year: int) -> None:
    if not 1900 <= year <= 2199:
        raise ValidationError("Enter a real date")


class Flag(fields.Boolean):
    """True or false as JSON has them, and `true` or `false` in an address."""

    default_error_messages = {"invalid": "Must be true or false."}
    truthy = {True, "true", "1", "on"}
    falsy = {False, "false", "0", "off"}

    def _deserialize(self, value: Any, attr: Any, data: Any, **extra: Any) -> Any:
        if not isinstance(value, bool | str):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **extra)


class Whole(fields.Integer):
    """A whole number within bounds; its digits where there is nothing but text."""

    def __init__(self, least: int, most: int, **extra: Any) -> None:
        said = f"Must be a whole number from {least} to {most}."
        super().__init__(
            strict=True,
            validate=validate.Range(least, most, error=said),
            error_messages={"invalid": said},
            **extra,
        )

    def _deserialize(self, value: Any, attr: Any, data: Any, **extra: Any) -> Any:
        if isinstance(value, str) and _DIGITS.fullmatch(value):
            value = int(value)
        if isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **extra)


_DIGITS = re.compile("[0-9]{1,10}")

_MONEY = re.compile(r"[0-9]{1,8}(\.[0-9]{2})?")


class Money(fields.Field[Decimal]):
    """Pounds: `"8850.00"` from a program; a person may write £8,850."""

    def __init__(self, **extra: Any) -> None:
        metadata = {"type": "string", "pattern": f"^{_MONEY.pattern}$", **extra.pop("metadata", {})}
        super().__init__(metadata=metadata, **extra)

    def _deserialize(self, value: Any, attr: Any, data: Any, **extra: Any) -> Decimal:
        text = value.strip().removeprefix("£").replace(",", "") if isinstance(value, str) else ""
        if not (text.isascii() and _MONEY.fullmatch(text)):
            raise ValidationError("Enter pounds and pence, for example 120.00")
        return Decimal(text).quantize(Decimal("0.01"))


PAGE_SIZE, LARGEST_PAGE = 25, 100


class PageArgs(Shape):
    """Lists page by keyset: how many, and after which place."""

    limit = Whole(1, LARGEST_PAGE, load_default=PAGE_SIZE, metadata={"description": "Page size"})
    after = fields.String(
        metadata={"description": "The `next` of the page before"},
        validate=validate.Length(max=500),
    )


def choice(
    values: Mapping[str, str] | Iterable[str],
    *,
    error: str = "Choose one of: {choices}.",
    **extra: Any,
) -> fields.String:
    """One of a few words; a mapping gives the words people read."""
    labels = list(values.values()) if isinstance(values, Mapping) else []
    return fields.String(validate=validate.OneOf(list(values), labels=labels, error=error), **extra)


def instant(at: datetime | None) -> str | None:
    """RFC 3339 in UTC, whole seconds."""
    if at is None:
        return None
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
