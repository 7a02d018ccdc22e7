"""Passwords are kept as Argon2id hashes (stack.md 4: 19 MiB, 2 passes, 1 lane)."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# Nobody types more; hashing a megabyte would only keep us busy.
LONGEST = 1000


class _Cost:
    time, memory_kib = 2, 19456


def use_cost(time: int, memory_kib: int) -> None:
    """Tests run with less, a faster machine may ask for more."""
    _Cost.time, _Cost.memory_kib = time, memory_kib


def make_hash(password: str) -> str:
    return _hasher(_Cost.time, _Cost.memory_kib).hash(same(password))


def is_right(password: str, kept: str | None) -> bool:
    """Takes as long for an account that is not there (`kept` None) as for one that is."""
    dummy = _dummy(_Cost.time, _Cost.memory_kib)
    typed = same(password) if len(password) <= LONGEST else ""
    try:
        _hasher(_Cost.time, _Cost.memory_kib).verify(kept or dummy, typed)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def is_out_of_date(kept: str) -> bool:
    """Whether it was made with other parameters than those of today."""
    return _hasher(_Cost.time, _Cost.memory_kib).check_needs_rehash(kept)


def same(password: str) -> str:
    """One password whether the keyboard sends é as one character or as two."""
    return unicodedata.normalize("NFC", password)


@lru_cache(maxsize=4)
def _hasher(time: int, memory_kib: int) -> PasswordHasher:
    return PasswordHasher(time_cost=time, memory_cost=memory_kib, parallelism=1)


@lru_cache(maxsize=4)
def _dummy(time: int, memory_kib: int) -> str:
    return _hasher(time, memory_kib).hash("an account that is not there")
