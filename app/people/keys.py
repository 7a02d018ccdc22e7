"""A membership's name in an address of its school: `f3a9…`, not its number, which would say how
many people the authority has. It is good in that school only, and always the same.
"""

from __future__ import annotations

import hashlib
import hmac

_LENGTH = 8


def make_key(secret: str, school_id: int, number: int) -> str:
    plain = number.to_bytes(_LENGTH)
    mark = _mark(secret, school_id, plain)
    return (mark + _hidden(secret, mark, plain)).hex()


def read_key(secret: str, school_id: int, text: str) -> int | None:
    """None for what was not made here for this school."""
    try:
        raw = bytes.fromhex(text)
    except ValueError:
        return None
    mark, hidden = raw[:_LENGTH], raw[_LENGTH:]
    if len(raw) != 2 * _LENGTH or raw.hex() != text:
        return None
    plain = _hidden(secret, mark, hidden)
    is_ours = hmac.compare_digest(_mark(secret, school_id, plain), mark)
    return int.from_bytes(plain) if is_ours else None


def _mark(secret: str, school_id: int, plain: bytes) -> bytes:
    return hmac.digest(secret.encode(), b"member %d " % school_id + plain, hashlib.sha256)[:_LENGTH]


def _hidden(secret: str, mark: bytes, text: bytes) -> bytes:
    """The same step hides it and shows it again."""
    cover = hmac.digest(secret.encode(), b"cover " + mark, hashlib.sha256)
    return bytes(a ^ b for a, b in zip(text, cover, strict=False))
