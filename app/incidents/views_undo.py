"""The button beside what was just done, and what it sends back (D11)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from flask import current_app, flash
from itsdangerous import BadSignature, URLSafeTimedSerializer

from app.door import me
from app.incidents.bulk import Outcome
from app.incidents.undo import GRACE, Undone

_SALT = "undo giving"


def offer_undo(said: str, url: str, **fields: str) -> None:
    """`_undo.html` draws it on the next page."""
    flash(cast(Any, {"said": said, "url": url, "fields": fields}), "undo")


def make_token(rows: Iterable[Undone]) -> str:
    """Which rows, signed, for a moment and for this person only. What they were before stands in
    their history."""
    return _signer().dumps([list(row) for row in rows])


def read_token(token: str) -> list[Undone]:
    """Nothing where it is too old, or not ours."""
    try:
        rows = _signer().loads(token, max_age=int(GRACE.total_seconds()))
    except BadSignature:
        return []
    return [Undone(*row) for row in rows]


def say_undone(outcome: Outcome) -> None:
    """What is as it was, and what is not and why."""
    if outcome.done:
        flash(f"Undone: {', '.join(outcome.done)}.", "success")
    if outcome.refused:
        said = "; ".join(f"{one.reference}: {one.why.rstrip('.')}" for one in outcome.refused)
        flash(f"Left as it is. {said}.", "error")


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt=f"{_SALT} {me().person_id}")
