"""Links that let somebody in once: `<id>.<proof>`, of which only the id is ever kept.

The proof is made from the id, what the link is for and the deployment's key. So a mail can be
written again with the same link, a copy of the table opens nothing, and a link for one thing is no
good for another.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from uuid import UUID

from app.errors import DeskError

INVITATION, LA_INVITATION, RESET = "invitation", "la_invitation", "reset"


class Expired(DeskError):
    """Used, withdrawn, too old, for something else, or never made: nobody learns which."""

    status = 410

    def __init__(self) -> None:
        super().__init__("This link has expired. Ask for a new one.")


def make_link(key: str, purpose: str, row_id: UUID) -> str:
    """The last part of the address in the mail."""
    return f"{row_id.hex}.{_proof(key, purpose, row_id)}"


def read_link(key: str, purpose: str, text: str) -> UUID | None:
    """The row that a link names; None for one that was not made here, or not for this."""
    name, _, proof = text.partition(".")
    try:
        row_id = UUID(hex=name)
    except ValueError:
        return None
    is_ours = hmac.compare_digest(_proof(key, purpose, row_id).encode(), proof.encode())
    return row_id if is_ours and row_id.hex == name else None


def _proof(key: str, purpose: str, row_id: UUID) -> str:
    digest = hmac.digest(key.encode(), f"link {purpose} {row_id.hex}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
