"""The form of a pack in the back office: the desk's own, and why it is changed."""

from __future__ import annotations

from app.admin.schemas import Change
from app.contracts.pack_form import KIND_WORDS, NewPack, NextVersion, as_pack, as_typed, terms_rows


class NewVersion(Change, NextVersion):
    """The next version of a pack, from a day on."""


__all__ = ["KIND_WORDS", "NewPack", "NewVersion", "as_pack", "as_typed", "terms_rows"]
