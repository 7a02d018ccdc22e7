"""Recovery codes: ten pieces of paper for the day the phone is lost, each good once.

They are kept as plain SHA-256: with 80 random bits each there is nothing to guess, so a slow hash,
which passwords need because people choose them, would protect nothing more.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update

from app.people.factors import RecoveryCode
from tenants import db

HOW_MANY = 10
# Crockford's: nothing that is mistaken for something else on paper.
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
_SAME = str.maketrans("oil", "011")
_LENGTH = 16
_CODE = re.compile(f"[{_LETTERS}]{{{_LENGTH}}}")


def make(person_id: int, now: datetime) -> list[str]:
    """Ten new ones; the old ones end. They are told once, the table keeps hashes."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    codes = ["".join(secrets.choice(_LETTERS) for _ in range(_LENGTH)) for _ in range(HOW_MANY)]
    db.session.execute(
        insert(RecoveryCode),
        [{"person_id": person_id, "code_hash": _hash(code), "created_at": now} for code in codes],
    )
    return [_in_fours(code) for code in codes]


def take(person_id: int, typed: str, now: datetime) -> bool:
    """Whether it is one of theirs that was not used; now it is. Of two at once one gets in."""
    code = as_written(typed)
    if code is None:
        return False
    taken = db.session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.person_id == person_id,
            RecoveryCode.code_hash == _hash(code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(RecoveryCode.id)
    ).first()
    return taken is not None


def left(person_id: int) -> int:
    return (
        db.session.scalar(
            select(func.count())
            .select_from(RecoveryCode)
            .where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
        )
        or 0
    )


def as_written(typed: str) -> str | None:
    """The code behind what somebody typed: hyphens, blanks and capitals do not matter."""
    code = re.sub(r"[\s–-]", "", typed).lower().translate(_SAME)
    return code if _CODE.fullmatch(code) else None


def _hash(code: str) -> bytes:
    return hashlib.sha256(code.encode()).digest()


def _in_fours(code: str) -> str:
    return "-".join(code[i : i + 4] for i in range(0, _LENGTH, 4))
