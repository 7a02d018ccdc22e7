"""A licence key is kept sealed, and opened only by somebody who is written down for it."""

from __future__ import annotations

from app import clock
from app.errors import NotThere
from app.licences.models import Licence
from app.licences.told import tell
from app.people.identity import Me
from app.people.sealed import seal, unseal

# Bound to its row: copied into another, it stays shut.
_PURPOSE = "key of licence {} of school {}"
UNREADABLE = "This key can no longer be read. Put it in again from where you have it."


def keep_key(licence: Licence, key: str | None, *, by: Me, secret_key: str) -> None:
    """None takes it out. The row has its id by now; no event says what the key is."""
    had_one = licence.key_sealed is not None
    if key is None and not had_one:
        return
    licence.key_sealed = seal(secret_key, _purpose(licence), key, clock.now()) if key else None
    tell("licence.key_kept" if key else "licence.key_removed", licence, by)


def reveal_key(licence: Licence, *, by: Me, secret_key: str) -> str:
    """Raises NotThere where it has none."""
    if licence.key_sealed is None:
        raise NotThere
    key = unseal(secret_key, _purpose(licence), licence.key_sealed)
    tell("licence.key_revealed", licence, by)
    return key if key is not None else UNREADABLE


def _purpose(licence: Licence) -> str:
    return _PURPOSE.format(licence.id, licence.school_id)
