"""What people write into cells, understood: dates, money, yes and no, words of a list. Pure.

Each reader gets text that is not blank and gives the value, or raises ValueError with a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from marshmallow import ValidationError, validate

from app.shapes import LONGEST_EMAIL, check_characters, is_visible

Read = Callable[[str], Any]

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'", "′": "'"})
_BLANKS = re.compile(r"\s+")
_DASHES = re.compile("[\u2010-\u2015]")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# Day first, as everybody here writes it; a time behind it says nothing.
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?")
_UK = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th)?[-/. ]+(\d{1,2}|[a-z]{3,9})[-/., ]+(\d{4}|\d{2})(?: .*)?"
)
_MONTH_YEAR = re.compile(r"([a-z]{3,9})[-/., ]+(\d{4})")
_SERIAL = re.compile(r"\d{5}(\.\d+)?")
_FIRST_SERIAL, _LAST_SERIAL = 18_264, 73_050  # 1950 to 2099
_EXCEL_BEGAN = date(1899, 12, 30)
_MONEY = re.compile(r"\(?-?\s*(?:£|gbp)?\s*-?([\d,]*\.?\d*)\s*(?:gbp|p\.?a\.?)?\)?")
_MOST_MONEY = Decimal("9999999999.99")
_YES = frozenset({"yes", "y", "true", "1", "x", "✓", "✔", "on"})
_NO = frozenset({"no", "n", "false", "0", "✗", "off"})


def folded(text: str) -> str:
    """The same for names that only differ in case, blanks, dashes or the kind of apostrophe."""
    text = _DASHES.sub("-", text.translate(_APOSTROPHES))
    return _BLANKS.sub(" ", text).strip().casefold()


def words(longest: int, *, is_long: bool = False) -> Read:
    def read(text: str) -> str | None:
        found = text.strip() if is_long else _BLANKS.sub(" ", text).strip()
        try:
            check_characters(found)
        except ValidationError as wrong:
            raise ValueError(str(wrong.messages[0])) from None
        if len(found) > longest:
            raise ValueError(f"This is longer than {longest:,} characters.")
        return found if is_visible(found) else None

    return read


def day(text: str) -> date:
    found = folded(text)
    try:
        if iso := _ISO.fullmatch(found):
            return _checked(date(int(iso[1]), int(iso[2]), int(iso[3])))
        if uk := _UK.fullmatch(found):
            return _checked(date(_year(uk[3]), _month(uk[2]), int(uk[1])))
        if _SERIAL.fullmatch(found) and _FIRST_SERIAL <= float(found) <= _LAST_SERIAL:
            return _EXCEL_BEGAN + timedelta(days=int(float(found)))
        if of_month := _MONTH_YEAR.fullmatch(found):
            return _checked(date(int(of_month[2]), _month(of_month[1]), 1))
    except ValueError:
        pass
    raise ValueError(f"“{_short(text)}” is no date. Write it like 31/01/2026.")


def _year(text: str) -> int:
    number = int(text)
    return number if number > 99 else number + (1900 if number >= 70 else 2000)


def _month(text: str) -> int:
    if text.isdigit():
        return int(text)
    return _MONTHS.index(text[:3]) + 1


def _checked(found: date) -> date:
    if not 1950 <= found.year <= 2199:
        raise ValueError
    return found


def money(text: str) -> Decimal:
    """“£1,234.50”, “1234.5”; two decimals."""
    found = _MONEY.fullmatch(folded(text))
    try:
        amount = Decimal(found[1].replace(",", "")) if found and found[1] else None
    except InvalidOperation:
        amount = None
    if amount is None:
        raise ValueError(f"“{_short(text)}” is no amount of money. Write it like 1,234.50.")
    if amount and ("-" in text or text.strip().startswith("(")):
        raise ValueError("An amount cannot be less than nothing.")
    if amount > _MOST_MONEY:
        raise ValueError(f"“{_short(text)}” is too much.")
    return amount.quantize(Decimal("0.01"))


def whole(least: int, most: int) -> Read:
    def read(text: str) -> int:
        said = f"“{_short(text)}” must be a whole number from {least:,} to {most:,}."
        plain = text.replace(",", "").strip()
        if not re.fullmatch(r"\d{1,10}(\.0+)?", plain):
            raise ValueError(said)
        found = int(plain.partition(".")[0])
        if not least <= found <= most:
            raise ValueError(said)
        return found

    return read


def yes_no(text: str) -> bool:
    found = folded(text)
    if found in _YES:
        return True
    if found in _NO:
        return False
    raise ValueError(f"“{_short(text)}” must be yes or no.")


def email(text: str) -> str:
    found = text.strip().removeprefix("mailto:").lower()
    try:
        validate.Email()(found)
    except ValidationError:
        found = ""
    if not found or len(found) > LONGEST_EMAIL or not found.isascii():
        raise ValueError(f"“{_short(text)}” is no e-mail address.")
    return found


def one_of(labels: Mapping[str, str], also: Mapping[str, str] | None = None) -> Read:
    """The word of a list, by its name here, by the words people see, or by another word for it
    (`also`: word → name)."""
    known = {folded(label): name for name, label in labels.items()}
    known |= {folded(name.replace("_", " ")): name for name in labels}
    known |= {folded(word): name for word, name in (also or {}).items()}

    def read(text: str) -> str:
        found = known.get(folded(text.replace("_", " ")))
        if found is None:
            most = ", ".join(list(labels.values())[:12])
            raise ValueError(f"“{_short(text)}” is not one of: {most}.")
        return found

    return read


def _short(text: str) -> str:
    plain = _BLANKS.sub(" ", text).strip()
    return plain if len(plain) <= 40 else f"{plain[:39]}…"


short = _short
