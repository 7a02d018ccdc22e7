"""Second factors: passkeys, an authenticator app, recovery codes, and how they are reset."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import DateTime

from tenants import Model


class Passkey(Model):
    """A public key whose private half never leaves the person's device."""

    __tablename__ = "passkeys"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0)
    name: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(DateTime(True))
    last_used_at: Mapped[datetime | None] = mapped_column(DateTime(True))


class PasskeyChallenge(Model):
    """What a browser must sign, once, within minutes."""

    __tablename__ = "passkey_challenges"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    challenge: Mapped[bytes] = mapped_column(LargeBinary)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    expires_at: Mapped[datetime] = mapped_column(DateTime(True), index=True)


class TotpSecret(Model):
    """The key shared with an authenticator app, encrypted with the deployment's key."""

    __tablename__ = "totp_secrets"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("people.id"), primary_key=True, autoincrement=False
    )
    secret_encrypted: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(DateTime(True))
    confirmed_at: Mapped[datetime | None] = mapped_column(DateTime(True))
    # The last 30-second step whose code was taken: no code is good twice (RFC 6238 5.2).
    last_step: Mapped[int | None] = mapped_column(BigInteger)


class RecoveryCode(Model):
    """For the day the phone is lost. Each is good once; only hashes are kept."""

    __tablename__ = "recovery_codes"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(DateTime(True))
    used_at: Mapped[datetime | None] = mapped_column(DateTime(True))


class SecondFactorReset(Model):
    """One person asks that somebody's second factor be taken off, another one approves."""

    __tablename__ = "second_factor_resets"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    # Where it was asked for and is decided; null: at the LA. Not an owner: the row is of no school.
    asked_in_school: Mapped[int | None] = mapped_column(ForeignKey("schools.id"))
    reason: Mapped[str]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    asked_by: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(DateTime(True))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(True))
    is_approved: Mapped[bool | None]
