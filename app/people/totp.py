"""Codes of an authenticator app (RFC 6238: SHA-1, six digits, 30 seconds, one step either way)."""

from __future__ import annotations

import hmac
from datetime import datetime

import pyotp
from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from app.errors import NotThere
from app.people.factors import TotpSecret
from app.people.sealed import seal, unseal
from tenants import db

ISSUER = "Deskbell"
_SECONDS = 30
_STEPS_EITHER_WAY = 1
_PURPOSE = "authenticator app of person {}"


def new_secret() -> str:
    """160 bits, as RFC 4226 wants."""
    return pyotp.random_base32()


def in_fours(secret: str) -> str:
    """As people type it."""
    return " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))


def address(secret: str, email: str, authority: str) -> str:
    """What the QR code says to the app."""
    issuer = f"{ISSUER} {authority}".replace(":", " ").strip()
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer)


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The 30-second step this code belongs to, if it is near. Takes equally long for each."""
    here = int(now.timestamp()) // _SECONDS
    maker = pyotp.TOTP(secret)
    found = None
    for step in range(here - _STEPS_EITHER_WAY, here + _STEPS_EITHER_WAY + 1):
        if hmac.compare_digest(maker.at(step * _SECONDS).encode(), code.encode()):
            found = step
    return found


def keep(person_id: int, secret: str, step: int, secret_key: str, now: datetime) -> None:
    """The app has shown that it knows the secret, with the code of this step."""
    row = {
        "secret_encrypted": seal(secret_key, _PURPOSE.format(person_id), secret, now),
        "created_at": now,
        "confirmed_at": now,
        "last_step": step,
    }
    db.session.execute(
        insert(TotpSecret)
        .values(person_id=person_id, **row)
        .on_conflict_do_update(index_elements=[TotpSecret.person_id], set_=row)
    )


def take(person_id: int, code: str, secret_key: str, now: datetime) -> bool:
    """Whether the code is good; it never is again. Of two at once only one gets in (A20)."""
    sealed = db.session.scalar(
        select(TotpSecret.secret_encrypted).where(
            TotpSecret.person_id == person_id, TotpSecret.confirmed_at.is_not(None)
        )
    )
    secret = unseal(secret_key, _PURPOSE.format(person_id), sealed) if sealed else None
    step = step_of(secret or new_secret(), code, now)
    if secret is None or step is None:
        return False
    taken = db.session.execute(
        update(TotpSecret)
        .where(
            TotpSecret.person_id == person_id,
            or_(TotpSecret.last_step.is_(None), TotpSecret.last_step < step),
        )
        .values(last_step=step)
        .returning(TotpSecret.person_id)
    ).first()
    return taken is not None


def remove(person_id: int) -> None:
    """Raises NotThere."""
    gone = db.session.execute(
        delete(TotpSecret).where(TotpSecret.person_id == person_id).returning(TotpSecret.person_id)
    ).first()
    if gone is None:
        raise NotThere
