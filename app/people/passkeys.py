"""Passkeys (WebAuthn): made, shown to prove who somebody is, named and removed.

A passkey answers only with the person's finger, face or PIN (user verification), so it counts as
both factors. What it must sign is kept here, is good once, for five minutes, and for one person
where we know who it is.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import orjson
import webauthn
from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from webauthn.helpers import structs

from app.errors import NotThere, Refused
from app.later import uuid7
from app.people.factors import Passkey, PasskeyChallenge
from app.people.second_factor import NotProven
from tenants import db

GOOD_FOR = timedelta(minutes=5)
MOST = 20
LONGEST_NAME = 60
_LONGEST_ANSWER = 20_000


@dataclass(frozen=True)
class Site:
    """Whom a passkey is for: the host of PUBLIC_URL, asked from that address only."""

    origin: str

    @property
    def rp_id(self) -> str:
        return urlsplit(self.origin).hostname or ""


def to_add(
    site: Site, person_id: int, handle: bytes, email: str, name: str, now: datetime
) -> dict[str, Any]:
    """What the browser needs to make one. `handle` names the account without saying whose it is."""
    options = webauthn.generate_registration_options(
        rp_id=site.rp_id,
        rp_name="Deskbell",
        user_id=handle,
        user_name=email,
        user_display_name=name,
        challenge=secrets.token_bytes(32),
        attestation=structs.AttestationConveyancePreference.NONE,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.PREFERRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_known(person_id),
    )
    return _ask(options, person_id, now)


def to_prove(site: Site, person_id: int | None, now: datetime) -> dict[str, Any]:
    """What the browser needs to show one; without a person, whichever it has for this site."""
    options = webauthn.generate_authentication_options(
        rp_id=site.rp_id,
        challenge=secrets.token_bytes(32),
        allow_credentials=_known(person_id) if person_id is not None else None,
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    return _ask(options, person_id, now)


def add(
    site: Site, person_id: int, challenge_id: str, answer: str, name: str, now: datetime
) -> None:
    """Raises NotProven for an answer that was not made for this very question."""
    challenge = _take(challenge_id, person_id, now)
    try:
        made = webauthn.verify_registration_response(
            credential=_read(answer),
            expected_challenge=challenge,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except Exception as error:  # it parses bytes that anybody may send
        raise _no() from error
    how_many = db.session.scalar(
        select(func.count()).select_from(Passkey).where(Passkey.person_id == person_id)
    )
    if (how_many or 0) >= MOST:
        raise Refused(f"You have {MOST} passkeys. Remove one first.")
    kept = db.session.execute(
        upsert(Passkey)
        .values(
            id=uuid7(),
            person_id=person_id,
            credential_id=made.credential_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            name=name,
            created_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Passkey.id)
    ).first()
    if kept is None:
        raise NotProven("That passkey is known here already.")


def prove(site: Site, person_id: int | None, challenge_id: str, answer: str, now: datetime) -> int:
    """Whose passkey it is. Raises NotProven; where a person is named, for anybody else's too."""
    challenge = _take(challenge_id, person_id, now)
    found = _find(answer)
    if found is None or person_id not in (None, found.person_id):
        raise _no()
    try:
        shown = webauthn.verify_authentication_response(
            credential=_read(answer),
            expected_challenge=challenge,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            credential_public_key=found.public_key,
            # Counted below, in one statement that two at once cannot both pass.
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except Exception as error:  # it parses bytes that anybody may send
        raise _no() from error
    _count(found.id, shown.new_sign_count, now)
    return int(found.person_id)


def rename(person_id: int, passkey_id: UUID, name: str) -> None:
    """Raises NotThere."""
    renamed = db.session.execute(
        update(Passkey)
        .where(Passkey.id == passkey_id, Passkey.person_id == person_id)
        .values(name=name)
        .returning(Passkey.id)
    ).first()
    if renamed is None:
        raise NotThere


def remove(person_id: int, passkey_id: UUID) -> None:
    """Raises NotThere."""
    gone = db.session.execute(
        delete(Passkey)
        .where(Passkey.id == passkey_id, Passkey.person_id == person_id)
        .returning(Passkey.id)
    ).first()
    if gone is None:
        raise NotThere


def spend(challenge_id: str) -> None:
    """It was answered wrongly: nobody gets to try it again."""
    if (number := _uuid(challenge_id)) is not None:
        db.session.execute(delete(PasskeyChallenge).where(PasskeyChallenge.id == number))


def _known(person_id: int) -> list[structs.PublicKeyCredentialDescriptor]:
    found = db.session.scalars(select(Passkey.credential_id).where(Passkey.person_id == person_id))
    return [structs.PublicKeyCredentialDescriptor(id=one) for one in found]


def _ask(options: Any, person_id: int | None, now: datetime) -> dict[str, Any]:
    # Questions that nobody answered go when the next one is asked.
    db.session.execute(delete(PasskeyChallenge).where(PasskeyChallenge.expires_at < now))
    challenge_id = uuid7()
    db.session.execute(
        insert(PasskeyChallenge).values(
            id=challenge_id,
            challenge=options.challenge,
            person_id=person_id,
            expires_at=now + GOOD_FOR,
        )
    )
    return {
        "challenge": str(challenge_id),
        "options": orjson.loads(webauthn.options_to_json(options)),
    }


def _take(challenge_id: str, person_id: int | None, now: datetime) -> bytes:
    """Of two answers to one question only one finds it."""
    found = db.session.execute(
        delete(PasskeyChallenge)
        .where(PasskeyChallenge.id == _uuid(challenge_id))
        .returning(
            PasskeyChallenge.challenge, PasskeyChallenge.person_id, PasskeyChallenge.expires_at
        )
    ).first()
    if found is None or found.person_id != person_id or found.expires_at <= now:
        raise _no()
    return bytes(found.challenge)


def _find(answer: str) -> Any:
    try:
        credential_id = webauthn.base64url_to_bytes(str(_read(answer)["id"]))
    except (ValueError, KeyError):
        return None
    return db.session.execute(
        select(Passkey.id, Passkey.person_id, Passkey.public_key).where(
            Passkey.credential_id == credential_id
        )
    ).first()


def _count(passkey_id: UUID, count: int, now: datetime) -> None:
    """A counter that does not go up was read from a copy of the key. Many keys never count: theirs
    stays at nought."""
    is_new = Passkey.sign_count < count
    if count == 0:
        is_new = or_(is_new, Passkey.sign_count == 0)
    counted = db.session.execute(
        update(Passkey)
        .where(Passkey.id == passkey_id, is_new)
        .values(sign_count=count, last_used_at=now)
        .returning(Passkey.id)
    ).first()
    if counted is None:
        raise NotProven(_NO, "passkey_counter_went_back")


def _read(answer: str) -> dict[str, Any]:
    """Raises ValueError."""
    found = orjson.loads(answer) if len(answer) <= _LONGEST_ANSWER else None
    if not isinstance(found, dict):
        raise ValueError("not an answer")
    return found


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


_NO = "That passkey could not be used. Try again, or prove it in another way."


def _no() -> NotProven:
    return NotProven(_NO)
