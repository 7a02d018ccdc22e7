"""Text that only this deployment can read again: the keys of authenticator apps, and what a page
shows once. Fernet, with a key made from SECRET_KEY for each purpose.

Whoever changes SECRET_KEY makes all of it unreadable: people then sign in with a passkey or a
recovery code and set up their app again.
"""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def seal(secret_key: str, purpose: str, text: str, now: datetime) -> bytes:
    return _lock(secret_key, purpose).encrypt_at_time(text.encode(), int(now.timestamp()))


def unseal(secret_key: str, purpose: str, sealed: bytes | str) -> str | None:
    """None for what was not sealed here for this purpose."""
    try:
        return _lock(secret_key, purpose).decrypt(sealed).decode()
    except InvalidToken:
        return None


def unseal_lately(
    secret_key: str, purpose: str, sealed: bytes | str, now: datetime, within: timedelta
) -> str | None:
    """None also for what was sealed longer ago."""
    try:
        return (
            _lock(secret_key, purpose)
            .decrypt_at_time(sealed, int(within.total_seconds()), int(now.timestamp()))
            .decode()
        )
    except InvalidToken:
        return None


@lru_cache(maxsize=32)
def _lock(secret_key: str, purpose: str) -> Fernet:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode())
    return Fernet(base64.urlsafe_b64encode(key.derive(secret_key.encode())))
